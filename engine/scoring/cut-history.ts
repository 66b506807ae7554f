import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type Day, SECONDS_PER_DAY } from "../units.ts";

/** The same history as known before an earlier day: equal to building it anew before that day, without sorting again. */
export function cutHistory(portfolio: Portfolio, history: History, before: Day): History {
	if (before >= history.before) return history;
	const { ordered_on: orderedOn } = portfolio.tables.orders.days;
	const { contacted_at: contactedAt } = portfolio.tables.contacts.numbers;
	const events = cutRows(history.eventStart, (event) => history.eventDay[event] < before);
	const lines = cutRows(history.lineStart, (at) => orderedOn[history.line[at]] < before);
	const contacts = cutRows(history.contactStart, (at) => contactedAt[history.contact[at]] < before * SECONDS_PER_DAY);
	return {
		before,
		numCustomers: history.numCustomers,
		eventStart: events.start,
		eventDay: Int32Array.from(events.kept, (event) => history.eventDay[event]),
		eventValue: Float64Array.from(events.kept, (event) => history.eventValue[event]),
		eventMargin: Float64Array.from(events.kept, (event) => history.eventMargin[event]),
		lineStart: lines.start,
		line: Int32Array.from(lines.kept, (at) => history.line[at]),
		contactStart: contacts.start,
		contact: Int32Array.from(contacts.kept, (at) => history.contact[at]),
	};
}

function cutRows(start: Int32Array, isKept: (position: number) => boolean): { start: Int32Array; kept: Int32Array } {
	const kept = new Int32Array(start[start.length - 1]);
	const cutStart = new Int32Array(start.length);
	let count = 0;
	for (let customer = 0; customer + 1 < start.length; customer++) {
		for (let position = start[customer]; position < start[customer + 1] && isKept(position); position++) kept[count++] = position;
		cutStart[customer + 1] = count;
	}
	return { start: cutStart, kept: kept.subarray(0, count) };
}
