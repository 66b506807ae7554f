import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlanDocument } from "../../engine/agenda/plan-document.ts";
import { checkPlan } from "../../engine/check/check-plan.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { randomCase } from "./random-rows.ts";
import { portfolioOf } from "./tables.ts";

let engine: Engine;

beforeAll(async () => {
	engine = await createEngine({ threads: 1 });
});

afterAll(async () => {
	await engine.close();
});

async function planOf(seed: number): Promise<{ portfolio: Portfolio; plan: PlanDocument }> {
	const { asOf, rows, policy } = randomCase(seed);
	const portfolio = portfolioOf(rows);
	const plan: PlanDocument = JSON.parse(JSON.stringify(await engine.plan(portfolio, { asOf, iterations: 30, policy })));
	return { portfolio, plan };
}

describe("plans of the planner", () => {
	it.each(Array.from({ length: 25 }, (_, seed) => seed + 1))("break no rule for the little distributor %i", async (seed) => {
		const { portfolio, plan } = await planOf(seed);
		expect(checkPlan(portfolio, plan)).toEqual([]);
	});
});

/** Members that a plan states beside what the inputs decide: text for people, and what the models think. */
const FREE =
	/(\/reason|\/detail|\/bound_method|\/expected_cents|\/ticket_cents|\/expected_interval_days|\/(lapsed_products|stock_alerts)\/\d+|\/(open_complaint|last_objection|goal_missing))$/;
/** A break within its window may be a second later; on a day without contacts nothing depends on the hours. */
const LOOSE = /\/breaks\/\d+\/(start|end)$|\/days\/\d+\/(start|end)$/;

describe("a plan of the planner with one number changed", () => {
	it("is caught for every number that the inputs decide", async () => {
		const { portfolio, plan } = await planOf(34);
		const missed = new Set<string>();
		let tried = 0;
		for (const pointer of numbersOf(plan, "")) {
			if (pointer.startsWith("/policy") || FREE.test(pointer) || LOOSE.test(pointer) || ++tried % 7 !== 0) continue;
			const broken = structuredClone(plan);
			change(broken, pointer);
			if (checkPlan(portfolio, broken).length === 0) missed.add(pointer.replaceAll(/\d+/g, "*"));
		}
		expect([...missed]).toEqual([]);
		expect(tried).toBeGreaterThan(200);
	});
});

/** Pointers of all numbers and times of day. */
function numbersOf(node: unknown, pointer: string): string[] {
	if (typeof node === "number" || (typeof node === "string" && /^\d\d:\d\d:\d\d$/.test(node))) return [pointer];
	if (typeof node !== "object" || node === null) return [];
	return Object.entries(node).flatMap(([key, member]) => numbersOf(member, `${pointer}/${key}`));
}

/** Adds one to a number, or a second to a time; a share falls outside [0, 1]. */
function change(document: object, pointer: string): void {
	const path = pointer.split("/").slice(1);
	const key = path.pop() ?? "";
	let parent = document;
	for (const member of path) parent = Reflect.get(parent, member);
	const value: unknown = Reflect.get(parent, key);
	const isWhole = Number.isInteger(value) && !["churn_risk", "propensity"].includes(key);
	if (typeof value === "number") Reflect.set(parent, key, value + (isWhole ? 1 : 1.5));
	else if (typeof value === "string")
		Reflect.set(parent, key, value.slice(0, 6) + (value.endsWith("59") ? "58" : String(Number(value.slice(6)) + 1).padStart(2, "0")));
}
