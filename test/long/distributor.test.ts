import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	createEngine,
	type Engine,
	parseDay,
	parseTime,
	type PlanDocument,
	type Portfolio,
	readPortfolio,
	type RepPlan,
} from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";

const IS_SLICE = Boolean(process.env.CARTEIRA_SLICE);
const BUDGET = IS_SLICE ? { iterations: 1500 } : { seconds: 20 };
/** First day planned and way of routing; 2026-11-20 is a national holiday. */
const CASES = IS_SLICE
	? [["2026-11-23", "free"] as const]
	: (["2026-11-23", "2026-11-20"] as const).flatMap((asOf) => (["free", "fixed", "guided"] as const).map((mode) => [asOf, mode] as const));

/** Service and all travel over shift less breaks. */
function busyShare(rep: RepPlan): number {
	const entries = rep.days.flatMap((day) => day.entries);
	const service = entries.reduce((sum, { start, end }) => sum + parseTime(end) - parseTime(start), 0);
	return (service + rep.days.reduce((sum, day) => sum + day.travel_seconds, 0)) / rep.work_seconds;
}

describe("a distributor of 3,000 customers and 10 reps", () => {
	let root: string;
	let engine: Engine;
	const portfolios = new Map<string, Portfolio>();

	beforeAll(async () => {
		root = await mkdtemp(join(tmpdir(), "carteira-distributor-"));
		for (const asOf of new Set(CASES.map(([day]) => day))) {
			const out = join(root, asOf);
			await generate({ customers: 3000, reps: 10, seed: 7, asOf: parseDay(asOf), format: "csv", out });
			portfolios.set(asOf, await readPortfolio(out));
		}
		engine = await createEngine();
	});

	afterAll(async () => {
		await engine?.close();
		await rm(root, { recursive: true });
	});

	describe.each(CASES)("planned from %s in %s mode", (asOf, routing_mode) => {
		let plan: PlanDocument;
		let portfolio: Portfolio;

		beforeAll(async () => {
			const read = portfolios.get(asOf);
			if (!read) throw new Error(`no portfolio of ${asOf}`);
			portfolio = read;
			plan = await engine.plan(portfolio, { asOf: parseDay(asOf), seed: 7, ...BUDGET, policy: { routing_mode } });
		});

		it("breaks no rule", async () => {
			expect(await engine.check(portfolio, plan)).toEqual([]);
		});

		it("fills the days of reps who have at least 120 % of their time in due work", () => {
			const idle = plan.reps.filter((rep) => rep.due_seconds >= 1.2 * 0.85 * rep.work_seconds && busyShare(rep) < 0.85);
			expect(idle.map((rep) => [rep.rep_id, busyShare(rep)])).toEqual([]);
			expect(plan.reps.some((rep) => rep.due_seconds >= 1.2 * 0.85 * rep.work_seconds)).toBe(true);
		});

		it("certifies a mean gap of at most 15 %", () => {
			const gaps = plan.reps.flatMap((rep) => rep.gap ?? []);
			expect(gaps.length).toBeGreaterThan(9);
			expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeLessThanOrEqual(0.15);
		});

		it("plans, explains or owns up to every customer", () => {
			const planned = plan.reps.flatMap((rep) => rep.days.flatMap((day) => day.entries.map((entry) => entry.customer_id)));
			const told = new Set([
				...planned,
				...plan.unplanned.map((row) => row.customer_id),
				...plan.unmet_required.map((row) => row.customer_id),
			]);
			expect(told.size).toBe(portfolio.tables.customers.numRows);
		});
	});
});
