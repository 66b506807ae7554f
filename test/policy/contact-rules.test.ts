import { expect, it } from "vitest";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { ACTIVE, caseOf, oneCustomer, shown } from "./small-case.ts";

const ruled = (from: string, until: string, more: object = {}) => ({
	contact_rules: [{ customer_id: "C1", from, until, reason: "renovating", ...more }],
});
const datesOf = (policy: unknown): string[] => [
	...new Set(shown(caseOf(oneCustomer(), { guesses: ACTIVE, policy })).map((text) => text.slice(0, 10))),
];

it("keeps the rep from the customer on the days of a rule, and says so", () => {
	const all = datesOf({});
	expect(datesOf(ruled("2026-11-24", "2026-12-02"))).toEqual(all.filter((date) => date < "2026-11-24" || date > "2026-12-02"));
	expect(datesOf(ruled("2026-11-01", "2026-12-31", { rep_id: "R1" }))).toEqual([]);
	for (const other of [{ rep_id: "R2" }, { customer_id: "C2" }]) expect(datesOf(ruled("2026-11-01", "2026-12-31", other))).toEqual(all);
	const { exclusions } = caseOf(oneCustomer(), { guesses: ACTIVE, policy: ruled("2026-11-01", "2026-12-31") });
	expect(exclusions).toEqual([
		{
			customer: 0,
			reasons: [{ code: "BLOCKED", proven: true, detail: "a rule until 2026-12-31 keeps the rep from the customer: renovating" }],
		},
	]);
});

it("keeps promises to the customer of a rule, and refuses a rule that ends before it begins", () => {
	const rows = { ...oneCustomer(), appointments: [{ customer_id: "C1", rep_id: "R1", on: "2026-11-25" }] };
	const { options } = caseOf(rows, { guesses: ACTIVE, policy: ruled("2026-11-01", "2026-12-31") });
	expect(options.map(({ kind }) => kind)).toEqual(["appointment"]);
	expect(() => validatePolicy(ruled("2026-12-01", "2026-11-01"))).toThrow(/contact_rules\/0: from must not come after until/);
});
