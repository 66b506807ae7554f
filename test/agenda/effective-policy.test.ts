import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { portfolioOf } from "../check/tables.ts";
import { AS_OF, oneCustomer, ordersOn } from "../policy/small-case.ts";

let engine: Engine;

beforeAll(async () => {
	engine = await createEngine({ threads: 1 });
});

afterAll(async () => {
	await engine.close();
});

describe("a plan with fields laid over the folder's policy", () => {
	const portfolio = portfolioOf(oneCustomer(), { phases: { inactive: { ceiling_days: 300 } }, horizon_days: 5 });

	it("is made with both, judged together", async () => {
		const plan = await engine.plan(portfolio, { asOf: AS_OF, iterations: 1, policy: { phases: { inactive: { floor_days: 200 } } } });
		expect(plan.policy).toMatchObject({ horizon_days: 5, phases: { inactive: { ratio: 4, floor_days: 200, ceiling_days: 300 } } });
	});

	it("says in its receipt whether the effects of contacts are assumed or measured, and until when", async () => {
		const measured = { as_of: "2026-11-02", assumed_order_logit: 0.8, level: 0.9, lower: 0.1, upper: 0.7, made: 900, held_out: 100 };
		const effects = [{ phase: "active", class: "A", channel: "visit", order_logit: 0.4, retention_logit: 0.3, measured }];
		const receipts = [undefined, { effects }].map(async (policy) => {
			const plan = await engine.plan(portfolio, { asOf: AS_OF, iterations: 1, ...(policy && { policy }) });
			expect(await engine.check(portfolio, plan)).toEqual([]);
			return plan.receipt.effects;
		});
		expect(await Promise.all(receipts)).toEqual(["assumed", "measured 2026-11-02"]);
	});

	it("is refused where they contradict each other", async () => {
		const policy = { phases: { inactive: { floor_days: 301 } } };
		await expect(engine.plan(portfolio, { asOf: AS_OF, iterations: 1, policy })).rejects.toMatchObject({ code: "INVALID_POLICY" });
	});
});

describe("a plan without orders before as_of", () => {
	const warning = "orders: none before 2026-11-23; every customer counts as a prospect";

	it.each([
		["an empty table", []],
		["orders of later days only", ordersOn("C1", ["2026-11-23", "2026-11-30"])],
	])("says so for %s", async (_what, orders) => {
		expect((await engine.plan(portfolioOf(oneCustomer({}, { orders })), { asOf: AS_OF, iterations: 1 })).warnings).toContain(warning);
	});

	it("says nothing of it where there is one", async () => {
		const { warnings } = await engine.plan(portfolioOf(oneCustomer()), { asOf: AS_OF, iterations: 1 });
		expect(warnings).not.toContain(warning);
	});
});
