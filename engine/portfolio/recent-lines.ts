import type { Day } from "../units.ts";
import type { History } from "./history.ts";
import type { Portfolio, RecentLines } from "./portfolio.ts";
import { firstFrom, timelineOf } from "./timeline.ts";

/** Order lines of customers numbered from 0, each one's in order of day. */
export interface CustomerLines extends RecentLines {
	/** The row in the portfolio's own table of the line at a position of the nth customer. */
	ownRow(nth: number, position: number): number;
}

/** The lines of a history, by row of customers. */
export function allLinesOf({ tables: { orders } }: Portfolio, history: History): CustomerLines {
	return {
		orders,
		get start() {
			return history.lineStart;
		},
		get row() {
			return history.line;
		},
		ownRow: (_, position) => history.line[position],
	};
}

/** The lines of some customers alone, by ascending row. Whoever goes through them leaves out those dated when the history ends, or later. */
export function linesOfCustomers(portfolio: Portfolio, history: History, customers: Int32Array): CustomerLines {
	const timeline = timelineOf(portfolio);
	const read = timeline.linesOf?.(customers);
	if (read) return { ...read, ownRow: (nth, position) => timeline.lineStart[customers[nth]] + position - read.start[nth] };
	const { lineStart, line } = history;
	const rows = Array.from(customers, (customer) => line.subarray(lineStart[customer], lineStart[customer + 1]));
	const start = new Int32Array(customers.length + 1);
	for (const [nth, own] of rows.entries()) start[nth + 1] = start[nth] + own.length;
	const row = new Int32Array(start[customers.length]);
	for (const [nth, own] of rows.entries()) row.set(own, start[nth]);
	return { orders: portfolio.tables.orders, start, row, ownRow: (_, position) => row[position] };
}

/** The order lines of a history from a day on. Whoever goes through them leaves out those dated when the history ends, or later. */
export function recentLinesOf(portfolio: Portfolio, history: History, from: Day): RecentLines {
	const timeline = timelineOf(portfolio);
	if (timeline.linesFrom) return timeline.linesFrom(from);
	const { orders } = portfolio.tables;
	const { line, lineStart, numCustomers } = history; // asked for here alone: a snapshot would put all lines in order for it
	const start = new Int32Array(numCustomers + 1);
	const row = new Int32Array(line.length);
	for (let customer = 0; customer < numCustomers; customer++) {
		const end = lineStart[customer + 1];
		const first = firstFrom(lineStart[customer], end, line, orders.days.ordered_on, from);
		start[customer + 1] = start[customer] + end - first;
		row.set(line.subarray(first, end), start[customer]);
	}
	return { orders, start, row };
}
