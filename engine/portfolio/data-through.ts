import { type Day, NULL_DAY, SECONDS_PER_DAY } from "../units.ts";
import type { Portfolio } from "./portfolio.ts";
import type { TableName } from "./schema.ts";

/** Last date before a day of each table that tells what happened; tables without one are left out. */
export function dataThroughOf({ orders, contacts, service_events }: Portfolio["tables"], before: Day): Partial<Record<TableName, Day>> {
	const limit = before * SECONDS_PER_DAY;
	const through = {
		orders: lastBefore(orders.days.ordered_on, before),
		contacts: Math.floor(lastBefore(contacts.numbers.contacted_at, limit) / SECONDS_PER_DAY),
		service_events: Math.floor(lastBefore(service_events.numbers.at, limit) / SECONDS_PER_DAY),
	};
	return Object.fromEntries(Object.entries(through).filter(([, day]) => Number.isFinite(day)));
}

/** The latest of some times before a limit; −Infinity for none. */
export function lastBefore(times: Int32Array | Float64Array, limit: number): number {
	let last = Number.NEGATIVE_INFINITY;
	for (let row = 0; row < times.length; row++) {
		const time = times[row];
		if (time > last && time < limit && time !== NULL_DAY) last = time; // NaN is in no order
	}
	return last;
}
