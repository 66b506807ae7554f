import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importRows } from "../../../engine/portfolio/reading/import-rows.ts";
import { importTable } from "../../../engine/portfolio/reading/import-table.ts";
import { findTables } from "../../../engine/portfolio/files/find-tables.ts";
import type { Portfolio, Table, TableReport } from "../../../engine/portfolio/portfolio.ts";
import { readPolicy } from "../../../engine/portfolio/reading/read-policy.ts";
import { readTables } from "../../../engine/portfolio/reading/read-tables.ts";
import { writeSnapshot } from "../../../engine/portfolio/reading/write-snapshot.ts";
import type { TableName } from "../../../engine/portfolio/schema.ts";
import { openPartWriter } from "../../../engine/portfolio/snapshot/part-writer.ts";
import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";
import { isStore, openBuilding, readCurrent, switchTo } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { formatDay } from "../../../engine/units.ts";
import { LIMITS } from "../snapshot/live-store.ts";
import { csvOf, type SampleRow, sampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";

/** Imports rows without a process around it. */
async function importInto(
	folder: string,
	table: TableName,
	rows: readonly object[] | string,
	mode: "replace" | "upsert",
): Promise<TableReport> {
	const isText = typeof rows === "string";
	mkdirSync(join(folder, "uploads"), { recursive: true });
	const path = join(folder, "uploads", isText ? "upload.csv" : "upload.json");
	writeFileSync(path, isText ? rows : JSON.stringify(rows));
	const { sha, manifest } = await currentOf(folder);
	const into = openBuilding(folder);
	const upload = { table, path, format: isText ? ("csv" as const) : ("json" as const) };
	const rules = { onBadRows: "quarantine" as const, dialects: {} };
	const imports = [{ file: upload, mode }];
	const { reports, manifest: next } = await importRows({ store: folder, manifest, imports, rules, limits: LIMITS, into });
	switchTo(folder, into, { ...next, parent: sha }, sha);
	return reports[0];
}

/** The store's snapshot; one is made of a folder's files first. */
async function currentOf(folder: string): Promise<ReturnType<typeof readCurrent>> {
	if (!isStore(folder)) {
		const into = openBuilding(folder);
		const read = await readTables(findTables(folder), readPolicy(folder).rules);
		switchTo(folder, into, await writeSnapshot(read, null, openPartWriter(into), true), null);
	}
	return readCurrent(folder);
}

const tablesOf = (folder: string): Portfolio["tables"] => openSnapshot(folder).portfolio().tables;

/** Rows of a table that are set aside. */
function asideOf(folder: string, table: "orders"): Record<string, unknown>[] {
	const { quarantine } = readCurrent(folder).manifest.events[table];
	if (quarantine === undefined) return [];
	return readFileSync(join(folder, "parts", `${quarantine}.ndjson`), "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
}

function order(id: string, more: Record<string, string> = {}): SampleRow {
	return { order_id: id, customer_id: "c1", ordered_on: "2026-11-02", product_id: "p1", quantity: "1", net_value: "10.00", ...more };
}

function linesOf({ texts, numbers, days, numRows }: Table): string[] {
	const rows = Array.from(
		{ length: numRows },
		(_, row) => `${texts.order_id.at(row)} ${formatDay(days.ordered_on[row])} ${numbers.net_value[row]}`,
	);
	return rows.sort();
}

const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort();
const manyOrders = (count: number): SampleRow[] => Array.from({ length: count }, (_, i) => order(`n${i}`));

describe("importTable", () => {
	it("makes an Arrow table of an upload in any dialect, through a process of its own, and puts the old file away", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		const path = join(temporaryFolder(), "upload");
		writeFileSync(path, "order_id;customer_id;ordered_on;product_id;quantity;net_value\no9;c1;05/11/2026;p1;2;1.234,50\n");
		const report = await importTable(folder, "orders", { path, format: "csv" }, "replace");
		expect(report).toMatchObject({
			table: "orders",
			format: "csv",
			numRead: 1,
			numAccepted: 1,
			dialect: { delimiter: ";", decimal: ",", dates: "dd/mm/yyyy" },
		});
		expect(readdirSync(folder).sort()).toEqual(["CURRENT", "manifests", "parts"]);
		expect(linesOf(tablesOf(folder).orders)).toEqual(["o9 2026-11-05 123450"]);
	});

	it("changes nothing in the reading process: what it makes lies aside until its parent, which may be gone, gives it its place", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		const { sha, manifest } = await currentOf(folder);
		const into = join(folder, ".building-2147483647-killed");
		mkdirSync(into);
		const before = filesIn(folder);
		const path = join(temporaryFolder(), "upload");
		writeFileSync(path, JSON.stringify([...manyOrders(300), order("bad", { quantity: "x" })]));
		await importRows({
			store: folder,
			manifest,
			imports: [{ file: { table: "orders", path, format: "json" }, mode: "replace" }],
			rules: { onBadRows: "quarantine", dialects: {} },
			limits: LIMITS,
			into,
		});
		expect(filesIn(folder).filter((name) => !name.startsWith(".building"))).toEqual(before.filter((name) => !name.startsWith(".building")));
		expect(readdirSync(into).length).toBeGreaterThan(5);
		expect(readCurrent(folder).sha).toBe(sha);
		// The next import clears it away.
		writeFileSync(path, JSON.stringify([order("o9")]));
		await importTable(folder, "orders", { path, format: "json" }, "replace");
		expect(readdirSync(folder).sort()).toEqual(["CURRENT", "manifests", "parts"]);
		expect(linesOf(tablesOf(folder).orders)).toEqual(["o9 2026-11-02 1000"]);
	});

	it("makes the first table of a folder", async () => {
		const folder = temporaryFolder();
		await importInto(folder, "orders", [order("o1")], "upsert");
		expect(linesOf(tablesOf(folder).orders)).toEqual(["o1 2026-11-02 1000"]);
	});

	it("changes nothing where the upload is refused", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		const { sha } = await currentOf(folder);
		await expect(importInto(folder, "orders", [order("o1"), order("o2", { quantity: "x" })], "replace")).rejects.toMatchObject({
			code: "IMPORT_REFUSED",
			details: [{ table: "orders", row: 2, column: "quantity", value: "x" }],
		});
		await expect(importInto(folder, "orders", "order_id,customer_id\no1,c1\n", "upsert")).rejects.toMatchObject({
			code: "IMPORT_REFUSED",
			details: [
				{ row: 2, column: "ordered_on", code: "missing_value" },
				{ column: "product_id" },
				{ column: "quantity" },
				{ column: "net_value" },
			],
		});
		expect(readCurrent(folder).sha).toBe(sha);
	});

	it("checks references against the tables that the folder holds", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		await expect(importInto(folder, "orders", [order("o1", { customer_id: "nobody" })], "upsert")).rejects.toMatchObject({
			details: [{ column: "customer_id", value: "nobody", code: "unknown_reference" }],
		});
		await importInto(folder, "orders", [order("o1", { product_id: "new" })], "upsert");
		expect(tablesOf(folder).products.numStubs).toBe(1);
	});
});

describe("upsert", () => {
	it("replaces an order whole and leaves the others", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		await importInto(folder, "orders", [order("o1", { net_value: "7" }), order("o3", { net_value: "8" })], "upsert");
		// o1 had lines of 12.50 and 5.00.
		expect(linesOf(tablesOf(folder).orders)).toEqual(["o1 2026-11-02 700", "o2 2026-11-03 -417", "o3 2026-11-02 800"]);
	});

	it("lays the columns sent over a row and keeps the others; null clears", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		await importInto(
			folder,
			"customers",
			[{ customer_id: "c1", overdue_amount: 99.5, segment: null }, { customer_id: "c2", name: "Novo" }, { customer_id: "c9" }],
			"upsert",
		);
		const { customers } = tablesOf(folder);
		const row = (id: string): number => Array.from({ length: 4 }, (_, i) => customers.texts.customer_id.at(i)).indexOf(id);
		expect(customers.numRows).toBe(4);
		expect([
			customers.numbers.overdue_amount[row("c1")],
			customers.numbers.credit_limit[row("c1")],
			customers.texts.segment.at(row("c1")),
		]).toEqual([9950, 123456, null]);
		expect([customers.texts.name.at(row("c2")), customers.refs.rep_id[row("c2")], customers.numbers.overdue_amount[row("c2")]]).toEqual([
			"Novo",
			1,
			Number.NaN,
		]);
	});

	it("finds the key whatever the dialect of the files writes it in", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		await importInto(folder, "prices", "price_table;product_id;price;min_quantity;valid_from\nt1;p1;3,99;10,0;01/01/2026\n", "upsert");
		const { prices } = tablesOf(folder);
		expect([...prices.numbers.price].sort((a, b) => a - b)).toEqual([399, 410]);
	});

	it("refuses a key twice in one upload and a new row without what it must have", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		await expect(
			importInto(
				folder,
				"reps",
				[
					{ rep_id: "r1", name: "a" },
					{ rep_id: "r1", name: "b" },
				],
				"upsert",
			),
		).rejects.toMatchObject({ details: [{ code: "duplicate_key", row: 2 }] });
		await expect(importInto(folder, "reps", [{ rep_id: "r9", name: "a" }], "upsert")).rejects.toMatchObject({
			details: [{ column: "kind", code: "missing_value", row: 1 }],
		});
		await importInto(folder, "reps", [{ rep_id: "r1", name: "a" }], "upsert");
		expect(tablesOf(folder).reps.texts.name.at(1)).toBe("a");
	});

	it("comes to the same table as replacing it with the merged rows", async () => {
		const [merged, whole] = [temporaryFolder(), temporaryFolder()];
		for (const folder of [merged, whole]) writeCsvFolder(folder, { orders: manyOrders(50) });
		const changes = [order("n3", { net_value: "1" }), order("n7", { net_value: "2" }), order("n99")];
		await importInto(merged, "orders", changes, "upsert");
		await importInto(
			whole,
			"orders",
			csvOf([...manyOrders(50).filter(({ order_id }) => order_id !== "n3" && order_id !== "n7"), ...changes]),
			"replace",
		);
		expect(linesOf(tablesOf(merged).orders)).toEqual(linesOf(tablesOf(whole).orders));
	});
});

describe("the quarantine", () => {
	it("keeps the bad rows that are tolerated, and the next import tries them again", async () => {
		const folder = temporaryFolder();
		const { customers } = sampleTables();
		writeCsvFolder(folder, { customers: customers.map(({ customer_id }) => ({ customer_id })) });
		const orders = [...manyOrders(998), order("late", { customer_id: "c7" }), order("late", { net_value: "1" })];
		const report = await importInto(folder, "orders", orders, "replace");
		expect(report).toMatchObject({ numRead: 1000, numAccepted: 998, numQuarantined: 2, numProblems: 1 });
		expect(asideOf(folder, "orders").map((row) => row.order_id)).toEqual(["late", "late"]);
		expect(tablesOf(folder).orders.numRows).toBe(998);

		await importInto(folder, "orders", [order("another")], "upsert"); // still unknown: stays aside, without blame on the upload
		expect(tablesOf(folder).orders.numRows).toBe(999);
		expect(asideOf(folder, "orders")).toHaveLength(2);

		await importInto(folder, "customers", [{ customer_id: "c7" }], "upsert"); // now known: the order comes in
		expect(tablesOf(folder).orders.numRows).toBe(1001);
		expect(asideOf(folder, "orders")).toEqual([]);
	});

	it("lets a later upload overrule what was set aside", async () => {
		const folder = temporaryFolder();
		await importInto(folder, "orders", [...manyOrders(300), order("bad", { quantity: "x" })], "replace");
		await importInto(folder, "orders", [order("bad", { net_value: "3" })], "upsert");
		const lines = linesOf(tablesOf(folder).orders);
		expect(lines.filter((line) => line.startsWith("bad"))).toEqual(["bad 2026-11-02 300"]);
		expect(asideOf(folder, "orders")).toEqual([]);
	});
});
