import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildStore, importTables, openMonitor, openSnapshot, parseDay, type Portfolio } from "../../engine/index.ts";
import { createLooker, openLook } from "../../engine/monitor/look.ts";
import { FIGURE_IDS } from "../../engine/monitor/figures.ts";
import type { Monitor } from "../../engine/monitor/monitor.ts";
import { generate } from "../../models/generator/generate.ts";

const asOf = parseDay("2026-11-23");
let root: string;
let portfolio: { readonly folder: string; readonly sha: string };
let whole: Portfolio;

/** A store whose orders lie in two parts: customers with lines in both, and lines of which the later part replaces some. */
beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), "carteira-look-"));
	await generate({ customers: 200, reps: 2, seed: 9, asOf, format: "csv", out: join(root, "folder") });
	await buildStore(join(root, "folder"), join(root, "store"));
	const { tables } = openSnapshot(join(root, "store")).portfolio();
	const { order_id } = tables.orders.texts;
	const { customer_id, product_id } = tables.orders.refs;
	const rows = [3, 900, tables.orders.numRows - 1].map((row) =>
		[
			order_id.at(row),
			tables.customers.texts.customer_id.at(customer_id[row]),
			"2026-11-11",
			tables.products.texts.product_id.at(product_id[row]),
			3,
			77,
		].join(","),
	);
	const path = join(root, "more.csv");
	await writeFile(path, ["order_id,customer_id,ordered_on,product_id,quantity,net_value", ...rows, ""].join("\n"));
	await importTables(join(root, "store"), [{ table: "orders", path, format: "csv", mode: "upsert" }]);
	const snapshot = openSnapshot(join(root, "store"));
	portfolio = { folder: snapshot.folder, sha: snapshot.sha };
	whole = snapshot.portfolio();
});
afterAll(() => rm(root, { recursive: true }));

function told(monitor: Monitor): unknown {
	const scopes = [{}, { by: "line" }, { only: { by: "rep", key: "R00001" } }] as const;
	return [scopes.map((scope) => monitor.document(scope)), FIGURE_IDS.map((figure) => monitor.customers(figure, { limit: 1000 }))];
}

it("a look on two threads tells what one thread does", async () => {
	expect(told(await openLook({ portfolio, asOf, plan: null }, 0))).toEqual(told(openMonitor(whole, { asOf })));
});

it("lines read from a day on alone tell what all of them do", () => {
	const { tables, given, policy, reports, digest } = whole;
	for (const name of ["linesFrom", "linesOf"]) expect(whole.timeline).toHaveProperty(name);
	expect(told(openMonitor(whole, { asOf }))).toEqual(told(openMonitor({ tables, given, policy, reports, digest }, { asOf })));
});

it("a look that fails on either thread says why", async () => {
	const lost = { folder: portfolio.folder, sha: "0".repeat(64) };
	await expect(openLook({ portfolio: lost, asOf, plan: null }, 0)).rejects.toThrow();
});

it("what was looked at with a plan is not shown any more once a customer was erased from the plan", async () => {
	const file = join(root, "plan.json");
	await writeFile(file, JSON.stringify({ plan_id: "p", receipt: {}, horizon: { from: "2026-11-23", to: "2026-11-27" }, reps: [] }));
	const look = createLooker();
	const ask = (era: number) =>
		look({ look: { portfolio, asOf, plan: { plan_id: "p", file, era } }, question: { kind: "document", scope: {} } });
	const before = await ask(0);
	await rm(file); // another file takes its place
	expect(await ask(0)).toEqual(before);
	await expect(ask(1)).rejects.toMatchObject({ code: "BUSY" });
});
