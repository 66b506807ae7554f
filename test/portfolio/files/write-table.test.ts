import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Cell } from "../../../engine/portfolio/cells/cell-text.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { openTableWriter, TABLE_FORMATS, type TableFormat } from "../../../engine/portfolio/files/write-table.ts";
import { NULL_DAY, parseDay } from "../../../engine/units.ts";

const root = mkdtempSync(join(tmpdir(), "carteira-write-"));
afterAll(() => rmSync(root, { recursive: true }));
const folder = (): string => mkdtempSync(join(root, "f-"));

const COLUMNS = ["contact_id", "customer_id", "rep_id", "contacted_at", "channel", "outcome", "objection", "minutes"];
const at = parseDay("2026-11-20") * 86_400 + 9 * 3600 + 5;

describe("openTableWriter", () => {
	it("writes CSV with a header, quotes only where they are needed, and nothing for null", async () => {
		const out = folder();
		const writer = openTableWriter(out, "contacts", "csv", COLUMNS);
		writer.append(['K"1', "a,b", "two\nlines", at, "visit", "order", null, 12.5]);
		expect(await writer.close()).toBe(1);
		expect(readFileSync(join(out, "contacts.csv"), "utf8")).toBe(
			`${COLUMNS.join(",")}\n"K""1","a,b","two\nlines",2026-11-20T09:00:05,visit,order,,12.5\n`,
		);
	});

	it("writes money in currency units, dates in ISO, times without idle seconds", async () => {
		const out = folder();
		const orders = openTableWriter(out, "orders", "csv", ["order_id", "customer_id", "ordered_on", "product_id", "quantity", "net_value"]);
		for (const cents of [5, -5, 120_000, -1234, 0]) orders.append(["O", "C", parseDay("2026-01-31"), "P", -1.5, cents]);
		await orders.close();
		const texts = readFileSync(join(out, "orders.csv"), "utf8").trim().split("\n").slice(1);
		expect(texts.map((text) => text.split(",").at(-1))).toEqual(["0.05", "-0.05", "1200.00", "-12.34", "0.00"]);
		expect(texts[0]).toBe("O,C,2026-01-31,P,-1.5,0.05");
		const routes = openTableWriter(out, "delivery_routes", "csv", ["route_id", "days", "cutoff_time"]);
		routes.append(["V1", "Mo,We", 16 * 3600 + 1800]);
		routes.append(["V2", "Mo", 59]);
		await routes.close();
		expect(readFileSync(join(out, "delivery_routes.csv"), "utf8")).toBe('route_id,days,cutoff_time\nV1,"Mo,We",16:30\nV2,Mo,00:00:59\n');
	});

	it.each(TABLE_FORMATS)("is read back from %s as it was written, nulls included", async (format) => {
		const out = folder();
		await writeMinimum(out, format);
		const { tables, reports } = await readPortfolio(out);
		expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
		const { customers, orders } = tables;
		expect([customers.texts.name.at(0), customers.texts.name.at(1)]).toEqual(['Zé "da" Esquina, Ltda', null]);
		expect([...customers.numbers.credit_limit]).toEqual([123_456, Number.NaN]);
		expect([...customers.days.registered_on]).toEqual([parseDay("2020-02-29"), NULL_DAY]);
		expect([customers.codes.blocked[0], customers.codes.blocked[1]]).toEqual([1, 0]);
		expect([...orders.numbers.net_value]).toEqual([-5]);
	});

	it("writes Arrow and Parquet files of more rows than a batch holds", async () => {
		for (const format of ["arrow", "parquet"] as const) {
			const out = folder();
			await writeMinimum(out, format, 70_000);
			const { orders } = (await readPortfolio(out)).tables;
			expect(orders.numRows).toBe(70_000);
			expect(orders.texts.order_id.at(69_999)).toBe("O69999");
			expect(orders.numbers.quantity[66_000]).toBe(66_000);
		}
	});

	it("writes a table without rows in every format", async () => {
		for (const format of TABLE_FORMATS) {
			const out = folder();
			await writeMinimum(out, format);
			expect(await openTableWriter(out, "campaigns", format).close()).toBe(0);
			const { tables, given } = await readPortfolio(out);
			expect(given.has("campaigns")).toBe(true);
			expect(tables.campaigns.numRows).toBe(0);
		}
	});

	it("shows no file before it is closed, and leaves none when it is aborted", async () => {
		for (const format of TABLE_FORMATS) {
			const out = folder();
			const writer = openTableWriter(out, "contacts", format, COLUMNS);
			writer.append(["K", "C", "R", at, "visit", "order", null, null]);
			expect(readdirSync(out)).not.toContain(`contacts.${format}`);
			writer.abort();
			expect(readdirSync(out)).toEqual([]);
		}
	});

	it("leaves nothing but the table behind", async () => {
		for (const format of TABLE_FORMATS) {
			const out = folder();
			await openTableWriter(out, "holidays", format).close();
			expect(readdirSync(out)).toEqual([`holidays.${format}`]);
		}
	});

	it("refuses a column that the table does not have", () => {
		expect(() => openTableWriter(folder(), "orders", "csv", ["order_id", "colour"])).toThrow("table orders has no column colour");
	});
});

async function writeRows(
	out: string,
	format: TableFormat,
	table: "customers" | "orders" | "reps",
	columns: string[],
	rows: Cell[][],
): Promise<void> {
	const writer = openTableWriter(out, table, format, columns);
	for (const row of rows) writer.append(row);
	await writer.close();
}

async function writeMinimum(out: string, format: TableFormat, numOrders = 1): Promise<void> {
	await writeRows(
		out,
		format,
		"customers",
		["customer_id", "name", "credit_limit", "registered_on", "blocked"],
		[
			["C1", 'Zé "da" Esquina, Ltda', 123_456, parseDay("2020-02-29"), true],
			["C2", null, null, null, false],
		],
	);
	await writeRows(out, format, "reps", ["rep_id", "kind"], [["R1", "rca"]]);
	const orders = Array.from({ length: numOrders }, (_, i): Cell[] => [`O${i}`, "C1", parseDay("2026-01-30"), "P", i, -5]);
	await writeRows(out, format, "orders", ["order_id", "customer_id", "ordered_on", "product_id", "quantity", "net_value"], orders);
}
