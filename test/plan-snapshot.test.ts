import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildStore, importTable, openSnapshot, parseDay, type PlanDocument, type PlanRequest } from "../engine/index.ts";
import { planPortfolio } from "../engine/plan.ts";
import { planSnapshot } from "../engine/plan-snapshot.ts";
import { loadPredictor, type Predictor } from "../engine/scoring/predictor.ts";
import { createPool, type SolverPool } from "../engine/workers/pool.ts";
import { generate } from "../models/generator/generate.ts";

const request: PlanRequest = { asOf: parseDay("2026-11-23"), seed: 3, iterations: 300, horizonDays: 3 };
const sliced = { model: undefined, slicedFrom: 1 };

describe("a plan from a snapshot", () => {
	let folder: string;
	let services: { predictor: Predictor; pool: SolverPool };
	const store = (): string => join(folder, "store");
	const populations = (): string[] =>
		readdirSync(join(store(), "populations"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".population"));

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "carteira-test-"));
		await generate({ customers: 60, reps: 2, seed: 5, asOf: request.asOf, format: "csv", out: join(folder, "files") });
		await buildStore(join(folder, "files"), store());
		services = { predictor: await loadPredictor(), pool: createPool({ threads: 2 }) };
	}, 120_000);
	afterAll(async () => {
		await services.pool.close();
		rmSync(folder, { recursive: true, force: true });
	});

	it("rep by rep from slices is the plan of the whole, with one survey for all requests of a day", async () => {
		const snapshot = openSnapshot(store());
		const whole = await planPortfolio(snapshot.portfolio(), request, services);
		expect(JSON.stringify(await planSnapshot(snapshot, request, services, {}, sliced))).toBe(JSON.stringify(whole));
		const [rep] = whole.reps;
		const one = await planSnapshot(snapshot, { ...request, reps: [rep.rep_id] }, services, {}, sliced);
		expect(one.reps).toEqual([rep]);
		expect(one.receipt).not.toHaveProperty("population");
		expect(populations()).toHaveLength(1);
		expect(whole.reps.some(({ days }) => days.some(({ entries }) => entries.length > 0))).toBe(true);
	}, 120_000);

	it("of one rep sees an append at once, and says that the others are those of before; of all reps surveys anew", async () => {
		const before = openSnapshot(store());
		const whole = await planSnapshot(before, request, services, {}, sliced);
		const { entry, rep } = firstEntry(whole);
		const upload = join(folder, "append.csv");
		const product = before.portfolio().tables.products.texts.product_id.at(0);
		writeFileSync(
			upload,
			`order_id,customer_id,ordered_on,product_id,quantity,net_value\nappended,${entry.customer_id},2026-11-22,${product},3,90000.00\n`,
		);
		await importTable(store(), "orders", { path: upload, format: "csv" }, "upsert");
		const after = openSnapshot(store());
		const one = await planSnapshot(after, { ...request, reps: [rep.rep_id] }, services, {}, sliced);
		expect(one.receipt.population).toBe(before.manifest.digest);
		expect(one.warnings.join("\n")).toContain("population");
		expect(one.reps).not.toEqual([rep]);
		const all = await planSnapshot(after, request, services, {}, sliced);
		expect(all.receipt).not.toHaveProperty("population");
		expect(JSON.stringify(all)).toBe(JSON.stringify(await planPortfolio(after.portfolio(), request, services)));
		expect(populations()).toHaveLength(2);
	}, 120_000);

	it("makes a damaged population anew", async () => {
		const snapshot = openSnapshot(store());
		const good = await planSnapshot(snapshot, request, services, {}, sliced);
		for (const name of populations()) writeFileSync(join(store(), "populations", name), "carteira");
		expect(JSON.stringify(await planSnapshot(snapshot, request, services, {}, sliced))).toBe(JSON.stringify(good));
	}, 120_000);
});

function firstEntry(plan: PlanDocument) {
	for (const rep of plan.reps) for (const { entries } of rep.days) for (const entry of entries) return { rep, entry };
	throw new Error("the plan is empty");
}
