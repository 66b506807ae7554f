import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createEngine, type Engine, openMonitor, parseDay, type PlanDocument, type Portfolio, readPortfolio } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";

const asOf = parseDay("2026-11-23");
let folder: string;
let engine: Engine;
let portfolio: Portfolio;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-recovery-"));
	await generate({ customers: 260, reps: 2, seed: 31, asOf, format: "csv", out: folder });
	portfolio = await readPortfolio(folder);
	engine = await createEngine({ threads: 1 });
});
afterAll(async () => {
	await engine.close();
	await rm(folder, { recursive: true });
});

const entriesOf = ({ reps }: PlanDocument) => reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries));
const COVERED = { floors: [{ phase: "inactivating", min_share_of_time: 0.5, cost_per_hour_short: 5000 }] };

it("a contact with a customer that stopped is for the cause that the monitor tells, with the same date and evidence, and says so", async () => {
	const breaks = new Map(
		openMonitor(portfolio, { asOf })
			.customers("breaks", { limit: 1000 })
			.customers.map((row) => [row.customer_id, row]),
	);
	const plan = await engine.plan(portfolio, { asOf, iterations: 5, policy: COVERED });
	const { recovery_objectives: objectives } = plan.policy as { recovery_objectives: Record<string, string | null> };
	const causes = new Map<string, number>();
	for (const { customer_id: id, objective, reason, brief } of entriesOf(plan)) {
		const { recovery } = brief;
		const told = breaks.get(id);
		expect(recovery && { cause: recovery.cause, on: recovery.since, evidence: recovery.evidence }).toEqual(
			told ? { cause: told.cell.cause, on: told.on, evidence: told.evidence } : null,
		);
		if (!recovery) expect(Object.values(objectives)).not.toContain(objective);
		else {
			causes.set(recovery.cause, (causes.get(recovery.cause) ?? 0) + 1);
			expect(recovery.advice.length).toBeGreaterThan(20);
			expect(reason).toContain("parou de comprar");
			if (recovery.cause === "unknown") expect(["retain", "win_back"]).toContain(objective);
			else expect(objective).toBe(objectives[recovery.cause]);
		}
	}
	expect(causes.size).toBeGreaterThan(4);
	expect(await engine.check(portfolio, plan)).toEqual([]);
});

it("the objectives are the policy's: in the company's words, or the action plan's where it wants none", async () => {
	const evident = ["not_served", "stock_out", "delivery_failure", "price_objection", "complaint", "competitor", "closed"];
	const policy = {
		...COVERED,
		language: "en",
		recovery_objectives: { ...Object.fromEntries(evident.map((cause) => [cause, "voltar"])), credit: null },
	};
	const plan = await engine.plan(portfolio, { asOf, iterations: 5, policy, reps: ["R00001"] });
	const recoveries = entriesOf(plan).flatMap((entry) =>
		entry.brief.recovery ? [{ ...entry, ...entry.brief.recovery, own: entry.objective }] : [],
	);
	for (const { cause, own } of recoveries) {
		if (evident.includes(cause)) expect(own).toBe("voltar");
		else expect(["retain", "win_back"]).toContain(own);
	}
	const cured = recoveries.filter(({ cause }) => evident.includes(cause));
	expect(cured.length).toBeGreaterThan(3);
	for (const { reason } of cured) expect(reason).toContain("topped buying");
	expect(await engine.check(portfolio, plan)).toEqual([]);
});
