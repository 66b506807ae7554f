import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Format } from "../../../engine/portfolio/files/find-tables.ts";
import { readTables } from "../../../engine/portfolio/reading/read-tables.ts";
import { readBigFile } from "../ingest/read-big-file.ts";
import { temporaryFolder } from "../sample-folder.ts";

const order = (more: object = {}): string =>
	JSON.stringify({ order_id: "o1", customer_id: "ç1", ordered_on: "2026-11-02", product_id: "p1", quantity: 3, ...more });
const lines = (...objects: string[]): string => `${objects.join("\n")}\n`;

/** Net values that were read, cents; what is wrong; what is warned of. */
async function read(format: Format, text: string) {
	const path = join(temporaryFolder(), `orders.${format}`);
	writeFileSync(path, text);
	const file = { table: "orders", path, format } as const;
	const { tables, reports } = await readTables([file], { onBadRows: "keep", dialects: {} });
	const draft = tables.get("orders")?.draft;
	const big = await readBigFile(file, {});
	const values = Array.from(tables.get("orders")?.kept ?? [], (row) => draft?.columns.net_value.cellAt(row));
	expect(big.rows.map((row) => Number(/net_value=(\d+)/.exec(row)?.[1]))).toEqual(values);
	return { values, problems: reports[0].problems.map(({ message }) => message), warnings: reports[0].warnings };
}

const EMPTY = ["net_value is empty: expected a value"];

describe("orders without net_value", () => {
	it.each([
		["csv", "order_id,customer_id,ordered_on,product_id,quantity\no1,ç1,2026-11-02,p1,3\n"],
		["ndjson", lines(order())],
		["json", `[${order()}]`],
		["ndjson", lines(order({ line: "net_value", unknown: { net_value: 9 } }))],
	] as const)("count pieces, in %s as well", async (format, text) => {
		const { values, problems, warnings } = await read(format, text);
		expect({ values, problems }).toEqual({ values: [300], problems: [] });
		expect(warnings).toContain("orders: no column net_value; quantity stands in for it");
	});

	it.each([
		["csv", "order_id,customer_id,ordered_on,product_id,quantity,net_value\no1,ç1,2026-11-02,p1,3,\no2,ç1,2026-11-02,p1,3,9\n"],
		["ndjson", lines(order(), order({ order_id: "o2", net_value: 9 }))],
		["ndjson", lines(order(), order({ order_id: "o2", net_value: 9 }).replace("net_value", "net\\u005fvalue"))],
		["json", `[${order()}, ${order({ order_id: "o2", net_value: 9 })}]`],
	] as const)("are refused where other rows have it, in %s as well", async (format, text) => {
		expect(await read(format, text)).toEqual({ values: [900], problems: EMPTY, warnings: [] });
	});

	it("are refused where all say that it is nothing", async () => {
		expect(await read("ndjson", lines(order({ net_value: null })))).toEqual({ values: [], problems: EMPTY, warnings: [] });
	});
});
