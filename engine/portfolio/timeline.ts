import type { Portfolio, Table, Timeline } from "./portfolio.ts";
import { foldEvents } from "./purchase-events.ts";

/** The timeline of a portfolio: its own, or one made of its tables where they are no snapshot's. */
export function timelineOf({ tables, timeline }: Portfolio): Timeline {
	return timeline?.orders === tables.orders && timeline.contacts === tables.contacts ? timeline : buildTimeline(tables);
}

/** The timeline of tables whose rows are in any order. */
function buildTimeline({ customers, orders, contacts, products }: Portfolio["tables"]): Timeline {
	const lines = groupByCustomer(orders.refs.customer_id, orders.numRows, customers.length, orders.days.ordered_on);
	const met = groupByCustomer(contacts.refs.customer_id, contacts.numRows, customers.length, contacts.numbers.contacted_at);
	return {
		orders,
		contacts,
		lineStart: lines.start,
		line: lines.row,
		contactStart: met.start,
		contact: met.row,
		...foldEvents(orders, products.numbers.margin_rate, lines.start, lines.row),
	};
}

export interface Grouped {
	readonly start: Int32Array;
	readonly row: Int32Array;
}

/** Rows by customer, then time, then row; rows without a customer are left out. */
export function groupByCustomer(
	customer: Table["refs"][string],
	numRows: number,
	numCustomers: number,
	time: Int32Array | Float64Array,
): Grouped {
	const start = new Int32Array(numCustomers + 1);
	for (let row = 0; row < numRows; row++) start[customer[row] + 1]++;
	start[0] = 0; // rows without a customer were counted here
	for (let c = 0; c < numCustomers; c++) start[c + 1] += start[c];
	const next = start.slice();
	const rows = new Int32Array(start[numCustomers]);
	for (let row = 0; row < numRows; row++) if (customer[row] >= 0) rows[next[customer[row]]++] = row;
	for (let c = 0; c < numCustomers; c++) sortByTime(rows, start[c], start[c + 1], time);
	return { start, row: rows };
}

/** Sorts a slice of rows by time, then row. Files are mostly in order of time already, so that most slices are left as they are. */
function sortByTime(rows: Int32Array, from: number, to: number, time: Int32Array | Float64Array): void {
	let sorted = true;
	for (let i = from + 1; i < to && sorted; i++) sorted = time[rows[i - 1]] <= time[rows[i]];
	if (!sorted) rows.subarray(from, to).sort((a, b) => time[a] - time[b] || a - b);
}

/** The part of a timeline's rows whose time lies before a limit. `row` null: rows are in that order already. */
export function cutRows(start: Int32Array, row: Int32Array | null, time: Int32Array | Float64Array, limit: number): Grouped {
	const numCustomers = start.length - 1;
	const kept = new Int32Array(numCustomers + 1);
	for (let c = 0; c < numCustomers; c++) {
		const [from, end] = [start[c], start[c + 1]];
		// Mostly nothing lies behind the limit: a look at the last row saves the search.
		const isWhole = end > from && time[row === null ? end - 1 : row[end - 1]] < limit;
		kept[c + 1] = kept[c] + (isWhole ? end : firstFrom(from, end, row, time, limit)) - from;
	}
	const rows = new Int32Array(kept[numCustomers]);
	if (row === null && rows.length === start[numCustomers]) {
		for (let i = 0; i < rows.length; i++) rows[i] = i;
		return { start: kept, row: rows };
	}
	for (let c = 0; c < numCustomers; c++) {
		for (let i = kept[c], from = start[c]; i < kept[c + 1]; i++, from++) rows[i] = row === null ? from : row[from];
	}
	return { start: kept, row: rows };
}

/** The first of positions from … to − 1, which are in order of time, whose time is the limit or later; `to` where none is. */
export function firstFrom(from: number, to: number, row: Int32Array | null, time: Int32Array | Float64Array, limit: number): number {
	let [low, high] = [from, to];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (time[row === null ? middle : row[middle]] < limit) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** Values of the given rows. */
export function takeInto<T extends Int32Array | Float64Array | Uint8Array>(values: T, rows: Int32Array, out: T): T {
	for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]];
	return out;
}
