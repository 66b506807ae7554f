import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { ingestEvents } from "../../../engine/portfolio/ingest/ingest-events.ts";
import { temporaryFolder } from "../sample-folder.ts";
import { arrowFiles, parquetFiles } from "../files/typed-files.ts";
import { expectSame } from "./both-readers.ts";

/** Orders as other systems type them in Parquet: each line what is unlike the usual. */
const ODD_TYPES: Readonly<Record<string, string>> = {
	"ids as whole doubles, some null":
		"o::DOUBLE AS order_id, 3::DOUBLE AS customer_id, CASE WHEN o % 3 = 0 THEN NULL ELSE 7.0 END AS rep_id",
	"ids as doubles that are not whole": "o + 0.5 AS order_id, o::BIGINT AS customer_id",
	"ids beyond what a double can hold": "9007199254740993::DOUBLE + o AS order_id, 12345678901234567890::HUGEINT AS customer_id",
	"dates as timestamps":
		"TIMESTAMP '2026-01-01 13:45:10' + INTERVAL (o) DAY AS ordered_on, TIMESTAMP_S '2026-02-03 00:00:00' AS invoiced_on",
	"dates as timestamps of other units":
		"TIMESTAMP_NS '2026-01-01 13:45:10' AS ordered_on, TIMESTAMP_MS '2026-02-03 00:00:00' AS invoiced_on",
	"dates with a zone": "TIMESTAMPTZ '2026-01-01 13:45:10+00' AS ordered_on",
	"dates beyond the calendar": "DATE 'infinity' AS ordered_on, DATE '2200-01-01' AS invoiced_on",
	"dates as texts of two kinds":
		"CASE WHEN o % 2 = 0 THEN '2026-03-04' ELSE '5/3/2026' END AS ordered_on, ' 2026-03-04 10:00 ' AS invoiced_on",
	"dates as numbers": "20260304 AS ordered_on",
	"numbers as texts": "CASE o % 4 WHEN 0 THEN ' 5 ' WHEN 1 THEN '1e2' WHEN 2 THEN '1_0' ELSE '+3' END AS quantity, '12,50' AS net_value",
	"numbers as texts, all well": "(o / 4)::VARCHAR AS quantity, (o / 100)::DECIMAL(12, 2)::VARCHAR AS net_value",
	"numbers that are none": "CASE o % 3 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE ELSE 1 END AS quantity",
	"numbers of all sizes":
		"CASE o % 4 WHEN 0 THEN 1e-10 WHEN 1 THEN 1e13 WHEN 2 THEN -0.0 ELSE 2.5 END AS quantity, 1e-12 * (o % 2) AS net_value",
	"halves of cents": "(o - 20) * 0.005 AS net_value, (o - 20)::FLOAT / 8 AS margin",
	"booleans where numbers and words belong": "true AS quantity, o % 2 = 0 AS status",
	"words with spaces": "' sale  ' AS kind, 'cancelled ' AS status, '  c1' AS customer_id, 'food  ' AS line",
	"texts of nothing": "'' AS rep_id, '   ' AS line, NULL AS margin",
	enums: "'visit'::ENUM('visit', 'edi') AS origin",
	"a column of another name": "o AS file_row_number, 1 AS N",
};

async function copy(select: string, path: string): Promise<void> {
	const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
	await connection.run("SET TimeZone = 'UTC'");
	await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
	connection.closeSync();
}

const USUAL: Readonly<Record<string, string>> = {
	order_id: "'o' || o",
	customer_id: "'c' || o % 4",
	ordered_on: "DATE '2026-01-01' + (o % 700)::INTEGER",
	product_id: "'p' || o % 3",
	quantity: "o - 3",
	net_value: "(o - 3) * 1.25",
};

describe("typed files of orders and contacts", () => {
	it.each(Object.entries(ODD_TYPES))("are read by both readers the same: %s", async (_, columns) => {
		const folder = temporaryFolder();
		const own = [...columns.matchAll(/ AS (\w+)(?=,|$)/g)].map((match) => match[1]);
		const usual = Object.entries(USUAL).filter(([name]) => !own.includes(name));
		const select = [...usual.map(([name, sql]) => `${sql} AS ${name}`), columns].join(", ");
		await copy(`SELECT ${select} FROM range(40) t(o)`, join(folder, "orders.parquet"));
		writeFileSync(join(folder, "products.csv"), "product_id,margin_rate\np0,0.25\np1,0.3\n");
		await expectSame(folder, "orders");
	});

	it("are read the same in every compression and layout of Parquet and Arrow that the readers are tested with", async () => {
		const source = temporaryFolder();
		const files = [...(await parquetFiles(source)), ...(await arrowFiles(temporaryFolder()))];
		const own = files.filter(({ table }) => table === "orders" || table === "contacts");
		expect(own.length).toBeGreaterThan(12);
		for (const { table, path, format } of own) {
			const folder = temporaryFolder();
			renameSync(path, join(folder, `${table}.${format}`));
			if (table === "orders" || table === "contacts") await expectSame(folder, table);
		}
	});

	it("become files of one batch that do not differ from one run to the next", async () => {
		const folder = temporaryFolder();
		const path = join(folder, "orders.parquet");
		const columns = Object.entries({ ...USUAL, order_id: "'o' || hash(o)" }).map(([name, sql]) => `${sql} AS ${name}`);
		// More words of orders than are joined, so that they are told by their hashes; more rows than a piece that is written.
		await copy(`SELECT ${columns.join(", ")} FROM (SELECT range % 1000 + range // 3 AS o FROM range(400000))`, path);
		const run = async (): Promise<Buffer[]> => {
			const into = temporaryFolder();
			const { part } = await ingestEvents({
				table: "orders",
				file: { table: "orders", path, format: "parquet" },
				dialects: {},
				into,
				others: { ids: { customers: null, products: null, reps: null }, asideCustomers: new Set(), marginRates: new Float64Array(0) },
				memoryMegabytes: 1024,
				scratch: join(into, "scratch"),
			});
			const { lines, groups, events, words, links } = part;
			return [lines, groups, events ?? "", ...Object.values(words), ...Object.values(links)].map((file) => readFileSync(file));
		};
		const [first, second] = [await run(), await run()];
		expect(first.every((bytes, i) => bytes.equals(second[i]))).toBe(true);
		for (const bytes of first) expect(tableFromIPC(bytes).batches.length).toBe(1);
	});
});
