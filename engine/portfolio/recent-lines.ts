import type { Day } from "../units.ts";
import type { History } from "./history.ts";
import type { Portfolio, RecentLines } from "./portfolio.ts";
import { firstFrom, timelineOf } from "./timeline.ts";

/** The order lines of a history from a day on. Whoever goes through them leaves out those dated when the history ends, or later. */
export function recentLinesOf(portfolio: Portfolio, { line, lineStart, numCustomers }: History, from: Day): RecentLines {
	const timeline = timelineOf(portfolio);
	if (timeline.linesFrom) return timeline.linesFrom(from);
	const { orders } = portfolio.tables;
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
