import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { ensureStore, writePolicy } from "../../../engine/portfolio/reading/open-store.ts";
import { compactStore } from "../../../engine/portfolio/reading/compact-store.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";
import { readCurrent } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { formatDay } from "../../../engine/units.ts";
import { type SampleRow, sampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";
import { buildInProcess, compactInProcess, importInProcess } from "./live-store.ts";
import { customersView, plainView } from "./views.ts";

const order = (id: string, customer: string, more: object = {}): object => ({
	order_id: id,
	customer_id: customer,
	ordered_on: "2026-11-05",
	product_id: "p1",
	quantity: 1,
	net_value: 2,
	...more,
});
const orders = (count: number): object[] => Array.from({ length: count }, (_, i) => order(`n${i}`, "c1"));
const customers = (...ids: string[]): object[] => ids.map((customer_id) => ({ customer_id }));

async function storeOf(tables: Parameters<typeof writeCsvFolder>[1]): Promise<string> {
	const [folder, store] = [temporaryFolder(), temporaryFolder()];
	writeCsvFolder(folder, tables);
	mkdirSync(join(store, "uploads"));
	await buildInProcess(folder, store);
	return store;
}

const idsOf = (store: string): (string | null)[] => {
	const { orders: held } = openSnapshot(store).portfolio().tables;
	return Array.from({ length: held.numRows }, (_, row) => held.texts.order_id.at(row));
};

describe("a store", () => {
	it("takes the place of a folder of files, what was set aside with it, and is read as they were", async () => {
		const [folder, files] = [temporaryFolder(), temporaryFolder()];
		for (const each of [folder, files]) {
			writeCsvFolder(each, sampleTables());
			writeFileSync(join(each, "policy.json"), '{"currency": "BRL"}');
		}
		mkdirSync(join(folder, "quarantine"));
		writeFileSync(join(folder, "quarantine", "orders.ndjson"), `${JSON.stringify(order("late", "c7"))}\n`);
		await ensureStore(folder);
		expect(readdirSync(folder).sort()).toEqual(["CURRENT", "manifests", "parts"]);
		const [store, read] = [await readPortfolio(folder), await readPortfolio(files)];
		expect(plainView(store)).toEqual(plainView(read));
		expect(customersView(store, buildHistory(store, 30_000))).toEqual(customersView(read, buildHistory(read, 30_000)));
		expect([store.digest, store.policy, store.reports]).toEqual([read.digest, read.policy, read.reports]);
		await importInProcess(folder, "customers", customers("c7"), "upsert");
		expect(idsOf(folder)).toContain("late");
	});

	it("removes the files that it was made of, and leaves those that were put beside it since", async () => {
		const folder = temporaryFolder();
		const write = (id: string): void => writeCsvFolder(folder, { orders: [order(id, "c1") as SampleRow] });
		write("read");
		await ensureStore(folder);
		write("read"); // as when the process had died before it removed them
		writeFileSync(join(folder, "CURRENT"), readFileSync(join(folder, "CURRENT")));
		await ensureStore(folder);
		expect(readdirSync(folder).sort()).toEqual(["CURRENT", "manifests", "parts"]);
		write("new");
		const beside = ["orders.csv", "orders.parquet", "policy.json"];
		writeFileSync(join(folder, "orders.parquet"), "another");
		writeFileSync(join(folder, "policy.json"), "{");
		await ensureStore(folder);
		writeFileSync(join(folder, "CURRENT"), readFileSync(join(folder, "CURRENT"))); // older than it they may be, but they are not what it holds
		await ensureStore(folder);
		expect(readdirSync(folder).sort()).toEqual(["CURRENT", "manifests", ...beside.slice(0, 2), "parts", beside[2]]);
		expect(idsOf(folder)).toEqual(["read"]);
	});

	it("is not read from parts whose bytes have changed, nor are those made part of another snapshot", async () => {
		const store = await storeOf({ customers: customers("c1") as SampleRow[], orders: orders(50_000) as SampleRow[] });
		await importInProcess(store, "orders", [order("late", "c1")], "upsert");
		const { base } = readCurrent(store).manifest.events.orders;
		const changing = async (sha: string | undefined, work: () => Promise<unknown>): Promise<void> => {
			const path = join(store, "parts", `${sha}.arrow`);
			const bytes = readFileSync(path);
			const changed = Buffer.from(bytes);
			changed[Math.floor(bytes.length / 2)] ^= 1;
			writeFileSync(path, changed);
			await expect(work()).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining("is damaged: its bytes have") });
			writeFileSync(path, bytes);
		};
		await changing(base?.links.product_id, async () => openSnapshot(store).portfolio());
		await changing(readCurrent(store).manifest.tables.customers.rows, () => importInProcess(store, "customers", customers("c2"), "upsert"));
		await changing(base?.lines, () => compactInProcess(store));
		expect(idsOf(store)).toHaveLength(50_001);
	});

	it("has another digest with another policy, and refuses a policy that is none", async () => {
		const store = await storeOf({ orders: sampleTables().orders });
		const { digest } = openSnapshot(store).portfolio();
		writePolicy(store, '{"currency": "BRL"}');
		expect(openSnapshot(store).portfolio()).toMatchObject({ policy: { currency: "BRL" } });
		expect(openSnapshot(store).portfolio().digest).not.toBe(digest);
		expect(() => writePolicy(store, "{")).toThrow(expect.objectContaining({ code: "INVALID_POLICY" }));
	});

	it("names the tables that it lacks, and the part that is gone", async () => {
		const store = await storeOf({ orders: sampleTables().orders });
		await expect(readPortfolio(store, { requireTables: ["customers", "orders"] })).rejects.toMatchObject({
			code: "INVALID_INPUT",
			details: [{ table: "customers", code: "missing_table" }],
		});
		const { lines } = readCurrent(store).manifest.events.orders.base ?? { lines: "" };
		writeFileSync(join(store, "parts", `${lines}.arrow`), readFileSync(join(store, "parts", `${lines}.arrow`)).subarray(0, 100));
		expect(() => openSnapshot(store).portfolio()).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
	});
});

describe("orders of customers that are no more", () => {
	const rows = (count: number): SampleRow[] => orders(count) as SampleRow[];

	it("are set aside and come back with them", async () => {
		const store = await storeOf({ customers: customers("c1", "c2") as SampleRow[], orders: rows(400) });
		await importInProcess(store, "orders", [order("of c2", "c2")], "upsert");
		await importInProcess(store, "customers", customers("c1"), "replace");
		const portfolio = openSnapshot(store).portfolio();
		expect(portfolio.tables.orders.numRows).toBe(400);
		expect(portfolio.reports.find(({ table }) => table === "orders")).toMatchObject({
			numQuarantined: 1,
			problems: [{ column: "customer_id", value: "c2", code: "unknown_reference" }],
		});
		await compactInProcess(store);
		expect(idsOf(store)).toHaveLength(400);
		await importInProcess(store, "customers", customers("c2"), "upsert");
		expect(idsOf(store)).toContain("of c2");
	});

	it("are refused where there are many, until the tables fit again", async () => {
		const store = await storeOf({ customers: customers("c1", "c2") as SampleRow[], orders: rows(10) });
		await importInProcess(store, "customers", customers("c2"), "replace");
		expect(() => openSnapshot(store).portfolio()).toThrow(expect.objectContaining({ code: "IMPORT_REFUSED" }));
		await importInProcess(store, "orders", [order("x", "c2")], "replace");
		expect(idsOf(store)).toEqual(["x"]);
	});
});

describe("compaction", () => {
	it("changes nothing of more lines than are held at one time, whatever the order of the customers", async () => {
		const ids = Array.from({ length: 300 }, (_, i) => `c${i}`);
		const line = (i: number, id: string, day: number): SampleRow => ({
			order_id: id,
			customer_id: ids[(i * 7) % ids.length],
			ordered_on: formatDay(20_000 + day),
			product_id: `p${i % 3}`,
			quantity: String(1 + (i % 4)),
			net_value: String(i % 97),
			line: i % 5 === 0 ? "" : `l${i % 2}`,
		});
		const rows = Array.from({ length: 70_000 }, (_, i) => line(i, `o${i >> 1}`, i % 400));
		const store = await storeOf({
			customers: customers(...ids) as SampleRow[],
			products: [{ product_id: "p1", margin_rate: "0.3" }],
			orders: rows,
		});
		const typed = (row: SampleRow): object => ({ ...row, quantity: Number(row.quantity), net_value: Number(row.net_value) });
		await importInProcess(store, "customers", customers(...ids.toReversed()), "replace");
		const changed = Array.from({ length: 3000 }, (_, i) => typed(line(i, i % 3 === 0 ? `o${i}` : `n${i}`, i % 500)));
		await importInProcess(store, "orders", changed, "upsert");
		const viewOf = (): unknown => {
			const portfolio = openSnapshot(store).portfolio();
			const { orders: held, products } = portfolio.tables;
			const { line: _line, lineStart, ...history } = buildHistory(portfolio, 30_000);
			const { customer_id: customer, product_id: product } = held.refs;
			const wordsOf = (name: string): (string | null)[] => Array.from(customer, (_, row) => held.texts[name].at(row));
			const productIds = Array.from(product, (row) => products.texts.product_id.at(row));
			return [customer, productIds, held.days.ordered_on, held.numbers.net_value, wordsOf("order_id"), wordsOf("line"), lineStart, history];
		};
		const before = viewOf();
		await compactInProcess(store);
		expect(readCurrent(store).manifest.events.orders).toMatchObject({ deltas: [], base: { num_rows: 71_000 } });
		expect(viewOf()).toEqual(before);
	});

	it("comes when there is much to merge, and changes nothing of what is read", async () => {
		const store = await storeOf({ customers: customers("c1", "c2") as SampleRow[], orders: orders(20) as SampleRow[] });
		await importInProcess(store, "orders", [order("n3", "c2"), order("n30", "c2", { line: "food" })], "upsert");
		expect(await compactStore(store)).toBe(false);
		const before = openSnapshot(store);
		const view = plainView(before.portfolio());
		expect(await compactStore(store, true)).toBe(true);
		const { events } = readCurrent(store).manifest;
		expect([events.orders.deltas, events.orders.base?.num_rows]).toEqual([[], 21]);
		const after = openSnapshot(store).portfolio();
		expect(plainView(after)).toEqual(view);
		expect(customersView(after, buildHistory(after, 30_000))).toEqual(
			customersView(before.portfolio(), buildHistory(before.portfolio(), 30_000)),
		);
		expect(after.digest).toBe(before.manifest.digest);
		await importInProcess(store, "orders", orders(1100), "upsert");
		expect(await compactStore(store)).toBe(true);
		expect(idsOf(store)).toHaveLength(1100); // n3 and n30 are among them
	});
});
