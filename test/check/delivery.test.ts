import { expect, it } from "vitest";
import { deliveriesOf } from "../../engine/check/delivery.ts";
import { formatDay, parseDay, parseTime } from "../../engine/units.ts";
import { contextOf } from "./contexts.ts";
import type { Row } from "./tables.ts";

/** Friday 2026-12-04 is a holiday of the state, Wednesday 2026-12-02 one of the city of Itu. 2026-11-23 is Monday of ISO week 48. */
const HOLIDAYS = [
	{ date: "2026-12-04", region: "SP" },
	{ date: "2026-12-02", region: "Itu" },
];

function deliveries(customer: Row, route: Row, on: string, start = "09:00"): string[] {
	const rows = {
		customers: [{ customer_id: "C", route_id: "T", ...customer }],
		delivery_routes: [{ route_id: "T", days: "Mo,Th", ...route }],
		holidays: HOLIDAYS,
	};
	return deliveriesOf(contextOf(rows, { delivery: { max_wait_days: 3 } }), 0, parseDay(on), parseTime(start)).map(formatDay);
}

it("loads on the day of the order without lead", () => {
	expect(deliveries({}, {}, "2026-11-23")).toEqual(["2026-11-23"]);
	expect(deliveries({}, {}, "2026-11-24")).toEqual(["2026-11-26"]);
});

it("takes an order after the cut-off on the next working day", () => {
	// At the cut-off it is still Monday's; a second later Tuesday's, delivered on Thursday.
	expect(deliveries({}, { cutoff_time: "16:00" }, "2026-11-23", "16:00:00")).toEqual(["2026-11-23"]);
	expect(deliveries({}, { cutoff_time: "16:00" }, "2026-11-23", "16:00:01")).toEqual(["2026-11-26"]);
});

it("counts the lead in working days", () => {
	// From Thursday 3 two working days over the holiday and the week-end: Tuesday 8; then Thursday 10.
	expect(deliveries({}, { lead_days: 2 }, "2026-12-03")).toEqual(["2026-12-10"]);
	// The customer's own lead of one day goes before the route's: Monday 7.
	expect(deliveries({ delivery_lead_days: 1 }, { lead_days: 2 }, "2026-12-03")).toEqual(["2026-12-07"]);
});

it("has no delivery beyond the longest wait", () => {
	// Loaded on Tuesday, the next Monday is six days away.
	expect(deliveries({ delivery_days: "Mo" }, {}, "2026-11-24")).toEqual([]);
	// Loaded on Friday, it is three.
	expect(deliveries({ delivery_days: "Mo" }, {}, "2026-11-27")).toEqual(["2026-11-30"]);
});

it("keeps the route's weeks", () => {
	// Week 48 is even, so B; the Monday of week 49 is five days after Wednesday 25.
	expect(deliveries({}, { days: "We,Mo", week_parity: "B" }, "2026-11-25")).toEqual(["2026-11-25"]);
	expect(deliveries({}, { days: "We,Mo", week_parity: "A" }, "2026-11-25")).toEqual([]);
	expect(deliveries({}, { days: "We,Mo", week_parity: "A" }, "2026-11-27")).toEqual(["2026-11-30"]);
});

it("delivers on every working day where no days are stated", () => {
	const rows = { customers: [{ customer_id: "C" }], holidays: HOLIDAYS };
	const on = (date: string) => deliveriesOf(contextOf(rows), 0, parseDay(date), 0).map(formatDay);
	expect(on("2026-11-23")).toEqual(["2026-11-23"]);
	expect(on("2026-12-04")).toEqual(["2026-12-07"]);
});

it("leaves open whether the holidays of the customer's city count", () => {
	expect(deliveries({ delivery_days: "We,Th", city_code: "Itu" }, {}, "2026-12-02")).toEqual(["2026-12-02", "2026-12-03"]);
});
