import { expect, it } from "vitest";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { formatDay } from "../../engine/units.ts";
import { ACTIVE, caseOf, oneCustomer, shown } from "./small-case.ts";

const heldOut = (from: string, to: string, customers = ["C1"]) => ({ hold_outs: [{ experiment: "autumn", from, to, customers }] });
const datesOf = (policy: unknown): string[] => [
	...new Set(shown(caseOf(oneCustomer(), { guesses: ACTIVE, policy })).map((text) => text.slice(0, 10))),
];

it("plans no contact with a customer on the days that an experiment holds it out, and says so", () => {
	const all = datesOf({});
	expect(datesOf(heldOut("2026-11-24", "2026-12-02"))).toEqual(all.filter((date) => date < "2026-11-24" || date > "2026-12-02"));
	expect(datesOf(heldOut("2026-11-01", "2026-12-31", ["somebody else"]))).toEqual(all);
	const { options, exclusions } = caseOf(oneCustomer(), { guesses: ACTIVE, policy: heldOut("2026-11-01", "2026-12-31") });
	expect(options).toEqual([]);
	expect(exclusions).toEqual([
		{ customer: 0, reasons: [{ code: "HELD_OUT", proven: true, detail: "the experiment autumn holds the customer out" }] },
	]);
});

it("keeps promises to customers that are held out", () => {
	const rows = { ...oneCustomer(), appointments: [{ customer_id: "C1", rep_id: "R1", on: "2026-11-25" }] };
	const { options } = caseOf(rows, { guesses: ACTIVE, policy: heldOut("2026-11-01", "2026-12-31") });
	expect(options.map(({ kind }) => kind)).toEqual(["appointment"]);
});

const daysOut = (rep_id: string, dates: string[]) => ({
	hold_outs: [{ experiment: "switch", from: "2026-11-01", to: "2026-12-31", rep_days: [{ rep_id, dates }] }],
});

it("plans nothing on a rep's days that an experiment holds out but promises, and everything on the others", () => {
	const all = datesOf({});
	const out = all.slice(0, 2);
	expect(datesOf(daysOut("R1", out))).toEqual(all.slice(2));
	expect(datesOf(daysOut("R2", out))).toEqual(all);
	const { exclusions } = caseOf(oneCustomer(), { guesses: ACTIVE, policy: daysOut("R1", all) });
	expect(exclusions[0].reasons).toContainEqual({ code: "HELD_OUT", proven: true, detail: "the experiment switch holds the rep's day out" });
	const rows = { ...oneCustomer(), appointments: [{ customer_id: "C1", rep_id: "R1", on: out[0] }] };
	const { options, days } = caseOf(rows, { guesses: ACTIVE, policy: daysOut("R1", all) });
	expect(options.map(({ kind, day }) => `${formatDay(days[day])} ${kind}`)).toEqual([`${out[0]} appointment`]);
});

it("refuses hold-outs and roll-outs that make no sense", () => {
	expect(() => validatePolicy(heldOut("2026-12-01", "2026-11-01"))).toThrow(/hold_outs\/0: from must not come after to/);
	expect(() => validatePolicy(heldOut("2026-11-01", "2026-11-02", ["C1", "C1"]))).toThrow(/a customer may appear once/);
	expect(() => validatePolicy(daysOut("R1", ["2027-01-01"]))).toThrow(/dates of rep_days must lie/);
	expect(() => validatePolicy({ rollout: [{ team_id: "T1", stage: "later" }] })).toThrow(/rollout\/0\/stage/);
	expect(() => validatePolicy({ rollout: [1, 2].map(() => ({ team_id: "T1", stage: "advise" })) })).toThrow(/a team may appear once/);
});
