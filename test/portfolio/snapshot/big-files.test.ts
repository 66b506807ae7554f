import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { buildStore } from "../../../engine/portfolio/reading/open-store.ts";
import { importTable } from "../../../engine/portfolio/reading/import-table.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";
import { parseDay } from "../../../engine/units.ts";
import { csvOf, sampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";
import { customersView, plainView } from "./views.ts";

/** Every file of orders and contacts is a big one. */
const LIMITS = { bigBytes: 1 };
const BEFORE = parseDay("2026-12-31");

function sampleFolder(): string {
	const folder = temporaryFolder();
	const tables = sampleTables();
	const more = {
		customer_id: "c2",
		ordered_on: "2026-11-04",
		product_id: "not in products",
		quantity: "2",
		net_value: "7.50",
		rep_id: "nobody",
	};
	writeCsvFolder(folder, {
		...tables,
		orders: [...tables.orders, { ...more, order_id: "o8" }, { ...more, order_id: "o9", kind: "return" }],
	});
	return folder;
}

describe("big files of orders and contacts", () => {
	it("come to the same portfolio as small ones, stubs included", async () => {
		const folder = sampleFolder();
		const [small, big] = [await readPortfolio(folder), await readPortfolio(folder, { limits: LIMITS })];
		expect(plainView(big)).toEqual(plainView(small));
		expect(customersView(big, buildHistory(big, BEFORE))).toEqual(customersView(small, buildHistory(small, BEFORE)));
		expect(big.digest).toBe(small.digest);
		expect(big.reports).toEqual(small.reports);
		expect([...big.given].sort()).toEqual([...small.given].sort());
	});

	it("take the place of a store's table, and the rows that are set aside with them", async () => {
		const [one, other] = [temporaryFolder(), temporaryFolder()].map((folder) => join(folder, "store"));
		const order = (id: string, customer: string) => ({
			order_id: id,
			customer_id: customer,
			ordered_on: "2026-11-05",
			product_id: "p1",
			quantity: "1",
			net_value: "2.00",
		});
		const rows = [...Array.from({ length: 300 }, (_, i) => order(`n${i}`, "c1")), order("late", "c7")];
		const path = join(temporaryFolder(), "orders.csv");
		writeFileSync(path, csvOf(rows));
		for (const [store, limits] of [
			[one, {}],
			[other, LIMITS],
		] as const) {
			mkdirSync(store);
			await buildStore(sampleFolder(), store);
			expect(await importTable(store, "orders", { path, format: "csv" }, "replace", limits)).toMatchObject({
				numRead: 301,
				numQuarantined: 1,
			});
			await importTable(store, "customers", { path: customersFile(), format: "csv" }, "upsert", limits);
		}
		const [small, big] = [one, other].map((store) => openSnapshot(store).portfolio());
		expect(big.tables.orders.numRows).toBe(301); // the late order came in with its customer
		expect(plainView(big)).toEqual(plainView(small));
		expect(customersView(big, buildHistory(big, BEFORE))).toEqual(customersView(small, buildHistory(small, BEFORE)));
	});
});

function customersFile(): string {
	const path = join(temporaryFolder(), "customers.csv");
	writeFileSync(path, "customer_id\nc7\n");
	return path;
}
