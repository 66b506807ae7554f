import { expect, it } from "vitest";
import { parseDay } from "../../engine/units.ts";
import { ACTIVE, caseOf, oneCustomer, optionAt, REP, termsOf } from "./small-case.ts";

/** What it costs to contact the customer on a date whose published agenda has it with another rep. */
function priceOfChange(rollout: object[]): number {
	const reps = [
		{ ...REP, team_id: "T1" },
		{ ...REP, rep_id: "R2" },
	];
	const published = new Map([[0, [{ date: parseDay("2026-11-24"), rep: 1 }]]]);
	const repCase = caseOf(oneCustomer({}, { reps }), { guesses: ACTIVE, published, policy: { rollout } });
	return termsOf(repCase, optionAt(repCase, "2026-11-24")).change;
}

it("prices changes of agendas that are the plan, not of those that are advice or only compared", () => {
	expect(priceOfChange([])).toBe(-300);
	expect(priceOfChange([{ team_id: "T1", stage: "plan" }])).toBe(-300);
	expect(priceOfChange([{ team_id: "T2", stage: "shadow" }])).toBe(-300);
	expect(priceOfChange([{ team_id: null, stage: "shadow" }])).toBe(-300);
	expect(priceOfChange([{ team_id: "T1", stage: "advise" }])).toBe(0);
	expect(priceOfChange([{ team_id: "T1", stage: "shadow" }])).toBe(0);
});
