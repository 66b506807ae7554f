import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlanDocument } from "../../engine/agenda/plan-document.ts";
import { checkPlan } from "../../engine/check/check-plan.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { parseDay } from "../../engine/units.ts";
import { randomCase } from "./random-rows.ts";
import { AS_OF, POLICY, ROWS, smallPlan } from "./small-plan.ts";
import { portfolioOf, type Row } from "./tables.ts";

/** Violations of the coverage by the small plan with one more customer, left out by R1, who is away from 27 to 30 November. */
function rulesWith(customer: Row, assignments: readonly Row[], reason: string, contactedOn: string | null): string[] {
	const plan = smallPlan({ action_plans: [POLICY.action_plans[0]] });
	const reasons = [{ code: reason, proven: true, detail: "" }];
	plan.unplanned.push({ customer_id: "C18", rep_id: "R1", reasons, value_forgone_cents: 0 });
	const contact = { contact_id: "K9", customer_id: "C18", contacted_at: `${contactedOn}T10:00`, channel: "phone", outcome: "no_order" };
	const portfolio = portfolioOf({
		...ROWS,
		customers: [...(ROWS.customers ?? []), { customer_id: "C18", rep_id: "R1", ...customer }],
		reps: (ROWS.reps ?? []).map((rep) => (rep.rep_id === "R1" ? { ...rep, absences: "2026-11-27/2026-11-30" } : rep)),
		assignments: [...(ROWS.assignments ?? []), ...assignments.map((row) => ({ customer_id: "C18", ...row }))],
		contacts: [...(ROWS.contacts ?? []), ...(contactedOn === null ? [] : [contact])],
	});
	const at = `/unplanned/${plan.unplanned.length - 1}/`;
	return checkPlan(portfolio, plan).flatMap(({ rule, pointer }) => (pointer.startsWith(at) ? [rule] : []));
}

describe("a reason that is said to be proven", () => {
	const owner = { rep_id: "R1", role: "owner" };
	const cover = { rep_id: "R2", role: "cover" };
	// The last contact on the 20th and a gap of 7 days leave only the 27th on, when R1 is away.
	const gap = (customer: Row, assignments: readonly Row[]) =>
		rulesWith({ min_gap_days: 7, ...customer }, assignments, "MIN_GAP", "2026-11-20");

	it("is none where who stands in could contact the customer", () => {
		expect(gap({}, [owner, cover])).toEqual(["reason-proven"]);
	});

	it("may be one where nobody stands in, or the data leave open whether it could be done", () => {
		expect(gap({}, [owner])).toEqual([]);
		expect(gap({ delivery_days: "Mo" }, [owner, cover])).toEqual([]);
		expect(gap({ channels: "visit" }, [owner, cover])).toEqual([]);
		expect(gap({ min_gap_days: 11 }, [owner, cover])).toEqual([]);
	});

	it("is no absence where another agenda serves the customer on a day", () => {
		const away: Row[] = [
			{ ...owner, valid_from: "2026-11-27" },
			{ rep_id: "R2", role: "owner", valid_to: "2026-11-26" },
		];
		expect(rulesWith({ channels: "email" }, away, "ABSENCE", null)).toEqual(["reason-proven"]);
		expect(rulesWith({ channels: "email" }, [{ ...owner, valid_from: "2026-11-27" }], "ABSENCE", null)).toEqual(["reason-proven"]);
	});

	it("is no missing channel or hour where the owner could call", () => {
		expect(rulesWith({}, [owner], "NO_CHANNEL", null)).toEqual(["reason-proven"]);
		expect(rulesWith({}, [owner], "UNREACHABLE", null)).toEqual(["reason-proven"]);
	});
});

describe("a plan of some reps", () => {
	let engine: Engine;

	beforeAll(async () => {
		engine = await createEngine({ threads: 1 });
	});

	afterAll(async () => {
		await engine.close();
	});

	const rules = async (input: ReturnType<typeof portfolioOf>, asOf: number, rep: string, policy: unknown = {}): Promise<string[]> => {
		const plan: PlanDocument = JSON.parse(JSON.stringify(await engine.plan(input, { asOf, iterations: 20, policy, reps: [rep] })));
		return checkPlan(input, plan).map(({ rule, pointer }) => `${rule} ${pointer}`);
	};

	it("owes nothing to customers without a rep, of a manager, or of a specialist alone", async () => {
		const customers: Row[] = [
			{ customer_id: "C1", rep_id: "R1" },
			{ customer_id: "C2" },
			{ customer_id: "C3", rep_id: "S1" },
			{ customer_id: "C4" },
		];
		const assignments = [{ customer_id: "C4", rep_id: "R1", role: "specialist" }];
		const portfolio = portfolioOf({ reps: ROWS.reps ?? [], customers, assignments, orders: [] });
		for (const rep of ["R1", "S1"]) expect(await rules(portfolio, parseDay(AS_OF), rep)).toEqual([]);
	});

	it("still owes its own customers", async () => {
		const portfolio = portfolioOf({ reps: ROWS.reps ?? [], customers: [{ customer_id: "C1", rep_id: "R1", blocked: true }], orders: [] });
		const plan = await engine.plan(portfolio, { asOf: parseDay(AS_OF), iterations: 1, reps: ["R1"] });
		expect(checkPlan(portfolio, JSON.parse(JSON.stringify({ ...plan, unplanned: [] }))).map(({ rule }) => rule)).toContain(
			"customer-missing",
		);
	});

	it.each([1, 2, 3, 4, 5, 6])("breaks no rule for any one rep of the little distributor %i", async (seed) => {
		const { asOf, rows, policy } = randomCase(seed);
		for (const { rep_id } of rows.reps ?? []) expect(await rules(portfolioOf(rows), asOf, String(rep_id), policy)).toEqual([]);
	});
});
