import { expect, it } from "vitest";
import { openMonitor } from "../../engine/monitor/monitor.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";

const AS_OF = parseDay("2026-11-23");
const on = (days: number): string => formatDay(AS_OF + days);
/** C bought every 10 days until 70 days before as_of, and was visited every week until then: the next order was expected 60 days before. */
const LAST = -70;
const ORDERS = Array.from(
	{ length: 12 },
	(_, i): Row => ({
		order_id: `O${i}`,
		customer_id: "C",
		ordered_on: on(LAST - 10 * (11 - i)),
		product_id: "P",
		quantity: 1,
		net_value: 100,
	}),
);
const visit = (days: number, more: Row = {}): Row => ({
	contact_id: `K${days}`,
	customer_id: "C",
	rep_id: "R",
	contacted_at: `${on(days)}T10:00`,
	channel: "visit",
	outcome: "no_order",
	...more,
});
const VISITS = Array.from({ length: 12 }, (_, i) => visit(LAST + 4 - 7 * i));

interface Story {
	readonly customer?: Row;
	readonly contacts?: readonly Row[];
	readonly orders?: readonly Row[];
	readonly events?: readonly Row[];
}

function causeOf({ customer = {}, contacts = VISITS, orders = ORDERS, events = [] }: Story) {
	const portfolio = portfolioOf({
		customers: [{ customer_id: "C", rep_id: "R", ...customer }],
		reps: [{ rep_id: "R", kind: "field_employee" }],
		products: [{ product_id: "P" }],
		orders,
		contacts,
		service_events: events,
	});
	const [found] = openMonitor(portfolio, { asOf: AS_OF }).customers("breaks").customers;
	return {
		cause: found.cell.cause,
		on: found.on,
		row: found.evidence && `${found.evidence.table} ${found.evidence.id} ${found.evidence.on ?? "-"}`,
	};
}

const event = (id: string, days: number, kind: string): Row => ({ event_id: id, customer_id: "C", at: `${on(days)}T09:00`, kind });
const said = (days: number, objection: string): Row => visit(days, { objection });

it.each<[string, Story, string, string | null]>([
	["nothing on record", {}, "unknown", null],
	["closed in the table of customers", { customer: { status: "closed" } }, "closed", "customers C -"],
	["a complaint after the last order", { events: [event("E1", -68, "complaint")] }, "complaint", `service_events E1 ${on(-68)}`],
	["a complaint before the last order only", { events: [event("E1", -75, "complaint")] }, "unknown", null],
	[
		"a delivery that failed, before a complaint",
		{ events: [event("E2", -60, "complaint"), event("E1", -66, "delivery_failure")] },
		"delivery_failure",
		`service_events E1 ${on(-66)}`,
	],
	["overdue beyond what may be sold to", { customer: { overdue_amount: 300, overdue_days: 45 } }, "credit", `customers C ${on(-45)}`],
	["overdue, but little or lately", { customer: { overdue_amount: 300, overdue_days: 3 } }, "unknown", null],
	[
		"three attempts in vain and no other contact since",
		{ contacts: [...VISITS.slice(1), ...[-50, -40, -30].map((days) => visit(days, { outcome: "not_reached" }))] },
		"closed",
		`contacts K-30 ${on(-30)}`,
	],
	["no contact for seven weeks before the break", { contacts: VISITS.slice(6) }, "not_served", `contacts K-108 ${on(-108)}`],
	["the price, twice", { contacts: [...VISITS, said(-50, "price"), said(-40, "price")] }, "price_objection", `contacts K-40 ${on(-40)}`],
	["the price, then a competitor", { contacts: [...VISITS, said(-50, "price"), said(-40, "competitor")] }, "unknown", null],
	["a competitor", { contacts: [...VISITS, said(-40, "competitor")] }, "competitor", `contacts K-40 ${on(-40)}`],
	["no cash", { contacts: [...VISITS, said(-40, "no_cash")] }, "credit", `contacts K-40 ${on(-40)}`],
	["an objection as_of or later", { contacts: [...VISITS, said(0, "price"), said(2, "price")] }, "unknown", null],
	[
		"most of the last order cut",
		{ orders: [...ORDERS.slice(0, -1), { ...ORDERS[11], order_id: "O11" }, { ...ORDERS[11], order_id: "O11", status: "cut" }] },
		"stock_out",
		`orders O11 ${on(LAST)}`,
	],
])("finds the cause by rule and evidence: %s", (_, story, cause, row) => {
	expect(causeOf(story)).toEqual({ cause, on: on(-60), row });
});

it("does not take a customer that is still new for one that broke off, however quick its first orders came", () => {
	const orders = [-80, -78, -76, -74, -72].map((days, i): Row => ({ ...ORDERS[0], order_id: `N${i}`, ordered_on: on(days) }));
	const breaks = (more: readonly Row[]) => {
		const portfolio = portfolioOf({
			customers: [{ customer_id: "C", rep_id: "R" }],
			reps: [{ rep_id: "R", kind: "field_employee" }],
			products: [{ product_id: "P" }],
			orders: [...more, ...orders],
		});
		return openMonitor(portfolio, { asOf: AS_OF }).customers("breaks").num_customers;
	};
	expect(breaks([])).toBe(0);
	expect(breaks([{ ...ORDERS[0], order_id: "before", ordered_on: on(-90) }])).toBe(1);
});

it.each(["constructor", "toString", "hasOwnProperty"])("an objection in words that programs know too says nothing: %s", (word) => {
	expect(causeOf({ contacts: [...VISITS, said(-50, word), said(-40, word)] })).toMatchObject({ cause: "unknown", row: null });
});
