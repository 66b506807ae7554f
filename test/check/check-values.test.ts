import { expect, it } from "vitest";
import { checkPlan } from "../../engine/check/check-plan.ts";
import type { ContactToValue } from "../../engine/check/context.ts";
import { formatDay, parseTime } from "../../engine/units.ts";
import { POLICY, ROWS, smallPlan } from "./small-plan.ts";
import { portfolioOf } from "./tables.ts";

const portfolio = portfolioOf(ROWS, POLICY);

it("compares terms with those that the caller recomputes", () => {
	const seen: ContactToValue[] = [];
	const violations = checkPlan(portfolio, smallPlan(), {
		valuer: () => (contact) => {
			seen.push(contact);
			if (contact.kind === "collect") return null;
			const sale = contact.customer === 2 ? 4999 : contact.channel === "visit" ? 5000 : 2000;
			return new Map([
				["sale", sale],
				["channel_cost", contact.channel === "visit" ? -600 : -150],
			]);
		},
	});
	// Only C03, the row 2, has another sale.
	expect(violations).toEqual([
		{ rule: "term-value", pointer: "/reps/0/days/0/entries/1/terms", message: "sale of 5000 cents, expected 4999" },
	]);
	const c01 = seen.filter(({ customer }) => customer === 0);
	expect(c01.map(({ day, previous, start, elsewhere }) => [formatDay(day), previous && formatDay(previous), start, elsewhere])).toEqual([
		["2026-11-23", null, parseTime("09:00"), []],
		["2026-11-25", "2026-11-23", parseTime("10:00"), []],
		["2026-11-30", "2026-11-25", parseTime("09:00"), []],
	]);
});
