import { type Day, SECONDS_PER_DAY } from "../units.ts";
import type { Portfolio, PurchaseEvents } from "./portfolio.ts";
import { createSignOf } from "./purchase-events.ts";
import { ORDER_STATUS } from "./schema.ts";
import { once } from "./snapshot/lazy.ts";
import { cutRows, takeInto, timelineOf } from "./timeline.ts";

export { createIsSale } from "./purchase-events.ts";

/**
 * What each customer did before a day, as compressed rows: the slice of customer c is start[c] … start[c + 1] - 1, oldest first.
 * A purchase event is a customer-day with a sale line (quantity > 0, status not cancelled). Nothing dated `before` or later is in it.
 */
export interface History {
	readonly before: Day;
	/** Of customers, stubs included. */
	readonly numCustomers: number;
	readonly eventStart: Int32Array;
	readonly eventDay: Int32Array;
	/** Net value of the day's lines in cents, returns of that day subtracted. */
	readonly eventValue: Float64Array;
	/** Margin in cents; where lines carry none, the product's margin_rate, else NaN for the whole event. */
	readonly eventMargin: Float64Array;
	readonly lineStart: Int32Array;
	/** Rows of `orders`, by customer, then day, then row. Cancelled lines and returns are among them. */
	readonly line: Int32Array;
	readonly contactStart: Int32Array;
	/** Rows of `contacts`, by customer, then time. */
	readonly contact: Int32Array;
}

const CANCELLED = ORDER_STATUS.indexOf("cancelled");

/** What each customer did before a day, cut from the portfolio's timeline. */
export function buildHistory(portfolio: Portfolio, before: Day): History {
	const { customers, orders, contacts } = portfolio.tables;
	const timeline = timelineOf(portfolio);
	const lines = once(() => cutRows(timeline.lineStart, timeline.line, orders.days.ordered_on, before));
	const met = once(() => cutRows(timeline.contactStart, timeline.contact, contacts.numbers.contacted_at, before * SECONDS_PER_DAY));
	// Whole days are cut off, so that the events before stay what they are.
	return {
		before,
		numCustomers: customers.length,
		...cutEvents(timeline, before),
		// Not everybody who asks what was bought when asks for each line of it.
		get lineStart() {
			return lines().start;
		},
		get line() {
			return lines().row;
		},
		get contactStart() {
			return met().start;
		},
		get contact() {
			return met().row;
		},
	};
}

function cutEvents({ eventStart, eventDay, eventValue, eventMargin }: PurchaseEvents, before: Day): PurchaseEvents {
	if (!hasFrom(eventStart, eventDay, before)) return { eventStart, eventDay, eventValue, eventMargin };
	const { start, row } = cutRows(eventStart, null, eventDay, before);
	return {
		eventStart: start,
		eventDay: takeInto(eventDay, row, new Int32Array(row.length)),
		eventValue: takeInto(eventValue, row, new Float64Array(row.length)),
		eventMargin: takeInto(eventMargin, row, new Float64Array(row.length)),
	};
}

/** Is any customer's last event on a day or later? */
function hasFrom(start: Int32Array, day: Int32Array, limit: Day): boolean {
	for (let c = 0; c + 1 < start.length; c++) if (start[c + 1] > start[c] && day[start[c + 1] - 1] >= limit) return true;
	return false;
}

/** Purchase events of a history by day, from its first one on. */
export interface DayCounts {
	readonly firstDay: Day;
	readonly counts: Int32Array;
}

const countsOf = new WeakMap<Int32Array, DayCounts>();

/** Counts the events of each day, once for a history's events. `firstDay` is the end of a history without any. */
export function countDays({ eventDay, before }: History): DayCounts {
	const known = countsOf.get(eventDay);
	if (known && known.firstDay + known.counts.length === before) return known;
	let firstDay = before;
	for (let event = 0; event < eventDay.length; event++) if (eventDay[event] < firstDay) firstDay = eventDay[event];
	const counts = new Int32Array(before - firstDay);
	for (let event = 0; event < eventDay.length; event++) counts[eventDay[event] - firstDay]++;
	const counted = { firstDay, counts };
	countsOf.set(eventDay, counted);
	return counted;
}

/** Net value of a customer's days from … to − 1, cents, floored at 0: sales less returns, on whatever day they came. */
export function netValueOf({ tables: { orders } }: Portfolio, { lineStart, line }: History, customer: number, from: Day, to: Day): number {
	const { ordered_on: orderedOn } = orders.days;
	const signOf = createSignOf(orders);
	let value = 0;
	for (let at = lineStart[customer]; at < lineStart[customer + 1]; at++) {
		const row = line[at];
		if (orderedOn[row] < from || orderedOn[row] >= to || orders.codes.status[row] === CANCELLED) continue;
		value += signOf(row) * orders.numbers.net_value[row];
	}
	return Math.max(0, value);
}
