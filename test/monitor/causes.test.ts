import { expect, it } from "vitest";
import { openMonitor } from "../../engine/monitor/monitor.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { createRandom } from "../../engine/random.ts";
import { portfolioOf, type Row } from "../check/tables.ts";
import { slowCause } from "./slow-causes.ts";
import { slowBreaks, slowWorld, sumsOf, tally } from "./slow-figures.ts";

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
	["no contact for five weeks before the break", { contacts: [visit(-95)] }, "unknown", null],
	["no contact for five weeks and a day", { contacts: [visit(-96)] }, "not_served", `contacts K-96 ${on(-96)}`],
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

/** Customers that bought every few days and mostly stopped, and what is on record of each before and after: little of some, much of others. */
function brokenWorld(seed: number) {
	const random = createRandom(seed, 12);
	const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
	const chance = (share: number): boolean => random.next() < share;
	const ids = Array.from({ length: 60 }, (_, i) => `C${i}`);
	const lastOf = new Map(ids.map((id) => [id, chance(0.1) ? -3 : -(25 + random.below(90))]));
	const orders = ids.flatMap((customer_id): Row[] => {
		const every = 4 + random.below(9);
		const numCut = chance(0.3) ? random.below(5) : 0;
		return Array.from({ length: 12 }, (_, nth) => nth).flatMap((nth) => {
			const day = (lastOf.get(customer_id) ?? 0) - every * (11 - nth);
			const line = (i: number): Row => ({
				order_id: `${customer_id} ${nth} ${i}`,
				customer_id,
				ordered_on: on(day),
				product_id: "P",
				quantity: 1,
				net_value: 20 + random.below(400),
				...(nth === 11 && i > 0 && i <= numCut && { status: pick(["cut", "cut", "cancelled"]) }),
			});
			return Array.from({ length: 1 + random.below(5) }, (_, i) => line(i));
		});
	});
	const contacts = ids.flatMap((customer_id): Row[] => {
		const last = lastOf.get(customer_id) ?? 0;
		const [isServed, isVain, every] = [chance(0.7), chance(0.25), pick([6, 12, 30, 45])];
		const days = Array.from({ length: 12 }, (_, i) => last + 8 - i * every - random.below(4)).filter((day) => isServed || day < last - 40);
		const later = chance(0.6) ? Array.from({ length: 1 + random.below(5) }, () => last + random.below(60)) : [];
		const word = pick(["price", "no_cash", "competitor", "stock_out", "delivery", "closed", "complaint", "weather"]);
		return [...days, ...later].map((day, i) => ({
			contact_id: `${customer_id} ${i}`,
			customer_id,
			rep_id: "R",
			contacted_at: `${on(day)}T${pick(["08:00", "12:15", "23:30"])}`,
			channel: "visit",
			outcome:
				isVain && day > last ? pick(["not_reached", "not_reached", "cancelled"]) : pick(["order", "no_order", "no_order", "not_reached"]),
			...(chance(0.6) && { objection: chance(0.8) ? word : pick(["price", "weather"]) }),
		}));
	});
	const events = ids
		.filter(() => chance(0.3))
		.map(
			(customer_id, i): Row => ({
				event_id: `E${i}`,
				customer_id,
				at: `${on((lastOf.get(customer_id) ?? 0) - 2 + random.below(6))}T09:00`,
				kind: pick(["complaint", "delivery_failure", "request", "return"]),
				...(chance(0.5) && { severity: pick(["low", "high"]) }),
			}),
		);
	return portfolioOf({
		customers: ids.map(
			(customer_id): Row => ({
				customer_id,
				rep_id: "R",
				...(chance(0.05) && { status: "closed" }),
				...(chance(0.2) && { overdue_amount: 10 + random.below(400), ...(chance(0.8) && { overdue_days: random.below(60) }) }),
				...(chance(0.3) && { credit_limit: pick([50, 200, 900]), open_balance: pick([0, 50, 180]) }),
				...(chance(0.2) && { min_order_value: 100 }),
			}),
		),
		reps: [{ rep_id: "R", kind: "field_employee" }],
		products: [{ product_id: "P" }],
		orders,
		contacts,
		service_events: [...events, ...events.slice(0, 3).map((row, i) => ({ ...row, event_id: `F${i}`, at: `${on(-10)}T08:00` }))],
	});
}

it("finds of random customers the cause that the rows show first, each by its row, and adds up what was lost to each", () => {
	const seen = new Map<string, number>();
	for (let seed = 1; seed <= 8; seed++) {
		const portfolio = brokenWorld(seed);
		const monitor = openMonitor(portfolio, { asOf: AS_OF });
		const world = slowWorld(portfolio, AS_OF);
		const slow = slowBreaks(world).map((one) => ({ ...one, ...slowCause(world, one.c, one.last, one.on) }));
		const found = monitor.customers("breaks", { limit: 1000 }).customers;
		expect(new Map(found.map((row) => [row.customer_id, { cause: row.cell.cause, evidence: row.evidence }]))).toEqual(
			new Map(slow.map(({ c, cause, evidence }) => [`C${c}`, { cause, evidence }])),
		);
		const sums = sumsOf(monitor.document().total.figures, "breaks");
		expect(sums).toEqual(tally(slow.map(({ cause, revenue, margin }) => [cause, revenue, margin])));
		for (const { cause, evidence } of slow) {
			const kind = `${cause} by ${evidence?.table ?? "nothing"}`;
			seen.set(kind, (seen.get(kind) ?? 0) + 1);
		}
	}
	const ways = {
		customers: ["closed", "credit"],
		service_events: ["complaint", "delivery_failure"],
		contacts: ["closed", "not_served", "price_objection", "credit", "competitor", "complaint", "stock_out", "delivery_failure"],
		orders: ["stock_out"],
		nothing: ["unknown"],
	};
	const kinds = Object.entries(ways).flatMap(([table, causes]) => causes.map((cause) => `${cause} by ${table}`));
	for (const kind of kinds) expect(seen.get(kind), kind).toBeGreaterThan(2);
});
