import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDeliveries, type DeliveryRule, deliveryRuleOf, findDelivery } from "../../engine/policy/delivery.ts";
import { buildCalendar, parseWeekdays } from "../../engine/portfolio/calendar/calendar.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { portfolioOf } from "../check/tables.ts";
import { dayAfter, weekdayName, weekParity } from "../portfolio/calendar/slow-calendar.ts";

const calendar = buildCalendar(null, { country: "BR", region: "SP" });
const rule = (days: string, more: Partial<DeliveryRule> = {}): DeliveryRule => ({
	weekdays: days === "" ? 0 : parseWeekdays(days),
	parity: -1,
	leadDays: 0,
	cutoff: null,
	...more,
});

function delivered(rules: DeliveryRule, date: string, maxWait = 5): string | null {
	const found = findDelivery(rules, parseDay(date), calendar, maxWait);
	return found && `${formatDay(found.deliversOn)} +${found.wait}`;
}

describe("delivery", () => {
	it("is on the loading day where that is a delivery day", () => {
		expect(delivered(rule("Mo,We"), "2026-11-23")).toBe("2026-11-23 +0");
	});

	it("waits for the next delivery day in calendar days", () => {
		expect(delivered(rule("Mo,We"), "2026-11-24")).toBe("2026-11-25 +1");
		expect(delivered(rule("Mo"), "2026-11-25")).toBe("2026-11-30 +5"); // Wednesday to Monday
		expect(delivered(rule("Mo"), "2026-11-24")).toBe(null); // six days
	});

	it("loads after the lead time in working days, past weekends and holidays", () => {
		// Thursday 19 November and one working day: Friday the 20th is a holiday, so Monday the 23rd.
		expect(delivered(rule("Mo-Fr", { leadDays: 1 }), "2026-11-19")).toBe("2026-11-23 +0");
		expect(delivered(rule("", { leadDays: 2 }), "2026-11-26")).toBe("2026-11-30 +0");
	});

	it("is on any working day where no days are stated", () => {
		expect(delivered(rule(""), "2026-11-28")).toBe("2026-11-30 +2"); // a Saturday's order
	});

	it("leaves holidays out", () => {
		expect(delivered(rule("Fr"), "2026-11-19")).toBe(null); // Friday the 20th is a holiday, the 27th is 8 days away
	});

	it("keeps to odd or even ISO weeks", () => {
		// 23 November 2026 lies in week 48: even.
		expect(delivered(rule("Mo", { parity: 1 }), "2026-11-23")).toBe("2026-11-23 +0");
		expect(delivered(rule("Mo", { parity: 0 }), "2026-11-23", 7)).toBe("2026-11-30 +7");
	});

	it("counts a contact after the cut-off as the next working day's order", () => {
		const find = createDeliveries(calendar, 5);
		const { before, after } = find(rule("Tu,Th", { cutoff: 54_000 }), parseDay("2026-11-24"));
		expect(before).toEqual({ deliversOn: parseDay("2026-11-24"), wait: 0 });
		expect(after).toEqual({ deliversOn: parseDay("2026-11-26"), wait: 1 }); // order of Wednesday, delivered on Thursday
		expect(find(rule("Tu,Th"), parseDay("2026-11-24")).after).toBe(null);
	});
});

describe("the delivery rule of a customer", () => {
	const routes = [{ route_id: "V1", days: "Mo,We", week_parity: "A", cutoff_time: "15:00", lead_days: 2 }];
	const ruleOf = (customer: Record<string, string | number>) =>
		deliveryRuleOf(portfolioOf({ customers: [{ customer_id: "C1", ...customer }], delivery_routes: routes }), 0);

	it("is its route's", () => {
		expect(ruleOf({ route_id: "V1" })).toEqual({ weekdays: 0b101, parity: 0, leadDays: 2, cutoff: 54_000 });
	});

	it("takes the customer's own days and lead instead, with the route's cut-off but not its parity", () => {
		expect(ruleOf({ route_id: "V1", delivery_days: "Fr", delivery_lead_days: 0 })).toEqual({
			weekdays: 0b10000,
			parity: -1,
			leadDays: 0,
			cutoff: 54_000,
		});
	});

	it("is every working day without lead where neither says anything", () => {
		expect(ruleOf({})).toEqual({ weekdays: 0, parity: -1, leadDays: 0, cutoff: null });
	});
});

/** National holidays and São Paulo's own of the winter in which the property below looks. */
const CLOSED = ["2026-11-20", "2026-12-25", "2027-01-01", "2026-11-02", "2026-11-15"];

describe("a delivery and its slow twin", () => {
	it("agree on every route: days, parity of the week, lead and longest wait, over the end of a year of 53 weeks", () => {
		const NAMES = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
		const isWorked = (date: string): boolean => !["Sa", "Su"].includes(weekdayName(date)) && !CLOSED.includes(date);
		const days = fc.subarray(NAMES);
		const from = parseDay("2026-11-01");
		fc.assert(
			fc.property(days, fc.constantFrom("A", "B", null), fc.nat(3), fc.nat(7), fc.nat(75), (names, parity, leadDays, maxWait, shift) => {
				let date = formatDay(from + shift);
				for (let left = leadDays; left > 0; ) {
					date = dayAfter(date);
					if (isWorked(date)) left--;
				}
				let expected: string | null = null;
				for (let wait = 0; wait <= maxWait && expected === null; wait++, date = dayAfter(date)) {
					const fits = names.includes(weekdayName(date)) && !CLOSED.includes(date) && (parity === null || weekParity(date) === parity);
					if (names.length === 0 ? isWorked(date) : fits) expected = `${date} +${wait}`;
				}
				const route = rule(names.join(","), { leadDays, parity: parity === null ? -1 : parity === "A" ? 0 : 1 });
				expect(delivered(route, formatDay(from + shift), maxWait)).toBe(expected);
			}),
			{ seed: 23, numRuns: 400 },
		);
	});
});
