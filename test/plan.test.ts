import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine, parseDay, type PlanDocument, type Portfolio, readPortfolio } from "../engine/index.ts";
import { generate } from "../models/generator/generate.ts";

const AS_OF = parseDay("2026-11-23");
const ITERATIONS = 300;

describe("a plan of a generated distributor", () => {
	let folder: string;
	let portfolio: Portfolio;
	let one: Engine;
	let two: Engine;
	let plan: PlanDocument;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "carteira-plan-"));
		await generate({ customers: 240, reps: 2, seed: 11, asOf: AS_OF, format: "parquet", out: folder });
		portfolio = await readPortfolio(folder);
		one = await createEngine({ threads: 1 });
		two = await createEngine({ threads: 2 });
		plan = await one.plan(portfolio, { asOf: AS_OF, seed: 3, iterations: ITERATIONS });
	});

	afterAll(async () => {
		await one?.close();
		await two?.close();
		await rm(folder, { recursive: true });
	});

	const allEntries = (document: PlanDocument) => document.reps.flatMap((rep) => rep.days.flatMap((day) => day.entries));

	it("passes the independent check, the money of every contact recomputed", async () => {
		expect(await one.check(portfolio, plan)).toEqual([]);
		expect(allEntries(plan).length).toBeGreaterThan(50);
	});

	it("is the same to the byte on one thread and on two", async () => {
		const again = await two.plan(portfolio, { asOf: AS_OF, seed: 3, iterations: ITERATIONS });
		expect(JSON.stringify(again)).toBe(JSON.stringify(plan));
	});

	it("is another plan for another seed", async () => {
		const other = await two.plan(portfolio, { asOf: AS_OF, seed: 4, iterations: ITERATIONS });
		expect(other.plan_id).not.toBe(plan.plan_id);
	});

	it("made against the clock is repeated exactly from its receipt's iterations", async () => {
		const timed = await two.plan(portfolio, { asOf: AS_OF, seed: 3, seconds: 0.3 });
		const repeated = await one.plan(portfolio, { asOf: AS_OF, seed: 3, iterations: timed.receipt.iterations });
		expect(JSON.stringify(repeated)).toBe(JSON.stringify(timed));
	});

	it("plans, explains or owns up to every customer exactly once", () => {
		const planned = new Set(allEntries(plan).map(({ customer_id }) => customer_id));
		const left = plan.unplanned.map(({ customer_id }) => customer_id);
		const { customers } = portfolio.tables;
		const ids = Array.from({ length: customers.numRows }, (_, row) => customers.texts.customer_id.at(row) ?? "");
		const unmet = new Set(plan.unmet_required.map(({ customer_id }) => customer_id));
		expect(new Set(left).size).toBe(left.length);
		expect(left.filter((id) => planned.has(id))).toEqual([]);
		expect(ids.filter((id) => !planned.has(id) && !left.includes(id) && !unmet.has(id))).toEqual([]);
		expect(plan.unplanned.filter(({ reasons }) => reasons.length === 0)).toEqual([]);
	});

	it("certifies each rep with a bound above its value", () => {
		for (const rep of plan.reps) {
			expect(rep.upper_bound_cents).toBeGreaterThanOrEqual(rep.value_cents);
			if (rep.upper_bound_cents > 0) expect(rep.gap).toBe((rep.upper_bound_cents - rep.value_cents) / rep.upper_bound_cents);
		}
	});

	it("says why in a sentence and briefs the rep for every contact", () => {
		for (const entry of allEntries(plan)) {
			expect(entry.reason).toMatch(/^\p{Lu}.*\.$/u);
			expect(entry.reason).not.toMatch(/undefined|NaN|null/);
			expect(entry.brief.credit).toMatch(/^(sell|collect|collections)/);
		}
	});

	it.each(["fixed", "guided"] as const)("keeps the rules of %s routing", async (routing_mode) => {
		const other = await two.plan(portfolio, { asOf: AS_OF, iterations: ITERATIONS, policy: { routing_mode } });
		expect(await two.check(portfolio, other)).toEqual([]);
		expect(other.reps.some((rep) => rep.days.some((day) => day.entries.some(({ channel }) => channel === "visit")))).toBe(true);
	});

	it("plans nothing on a national holiday and starts on the next working day", async () => {
		const holiday = parseDay("2026-11-20");
		const early = await two.plan(portfolio, { asOf: holiday, iterations: 50 });
		expect(await two.check(portfolio, early)).toEqual([]);
		expect(early.horizon).toEqual({ from: "2026-11-20", to: "2026-12-04" });
		expect(early.reps.flatMap((rep) => rep.days).filter(({ date }) => date === "2026-11-20")).toEqual([]);
	});

	it("keeps to the published agendas where a change is not worth its price", async () => {
		const request = { asOf: AS_OF, seed: 5, iterations: ITERATIONS };
		const held = await two.plan(portfolio, { ...request, published: plan, policy: { stability: { change_cost: 1000 } } });
		expect(await two.check(portfolio, held, plan)).toEqual([]);
		const before = new Set(plan.reps.flatMap((rep) => rep.days.flatMap((day) => day.entries.map(({ entry_id }) => entry_id))));
		expect(allEntries(held).filter(({ entry_id }) => !before.has(entry_id))).toEqual([]);
	});

	it("catches a value that adds up but is not what the contact is worth", async () => {
		const forged: PlanDocument = structuredClone(plan);
		const entry = allEntries(forged).find(({ terms }) => terms.some(({ name }) => name === "cadence"));
		const cadence = entry?.terms.find(({ name }) => name === "cadence");
		if (!entry || !cadence) throw new Error("the plan has no cadence term");
		Object.assign(cadence, { cents: cadence.cents + 1 });
		Object.assign(entry, { value_cents: entry.value_cents + 1 });
		expect((await one.check(portfolio, forged)).map(({ rule }) => rule)).toContain("term-value");
	});

	it("refuses a folder without customers, and reps that are not there, in words", async () => {
		await expect(one.plan(portfolio, { asOf: AS_OF, reps: ["nobody"] })).rejects.toMatchObject({
			code: "INVALID_INPUT",
			message: /nobody/,
		});
		const bare = { ...portfolio, given: new Set(["orders" as const]) };
		await expect(one.plan(bare, { asOf: AS_OF })).rejects.toMatchObject({ code: "INVALID_INPUT", message: /customers, reps/ });
	});
});
