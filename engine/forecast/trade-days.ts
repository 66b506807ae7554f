import type { Calendar } from "../portfolio/calendar/calendar.ts";
import type { History } from "../portfolio/history.ts";
import { type Day, weekdayOf } from "../units.ts";

/** Many firms close on an optional day, many do not. */
const OPTIONAL_TRADE = 0.5;

/**
 * Answers how much trade the days of a window are good for, as known before an origin: each day counts as its weekday's share of the orders
 * before the origin, holidays nothing. The unit has no meaning: only ratios of windows have.
 */
export function createTradeDays({ eventDay, before }: History, calendar: Calendar): (origin: Day, from: Day, days: number) => number {
	const first = eventDay.reduce((min, day) => Math.min(min, day), before);
	const ordersOn = new Float64Array(before - first);
	for (const day of eventDay) ordersOn[day - first]++;
	const openOn = new Map<Day, number>();
	const openness = (day: Day): number => {
		let open = openOn.get(day);
		if (open === undefined) openOn.set(day, (open = calendar.isHoliday(day) ? 0 : calendar.isOptionalDay(day) ? OPTIONAL_TRADE : 1));
		return open;
	};
	const sharesAt = new Map<Day, Float64Array>();
	const sharesBefore = (origin: Day): Float64Array => {
		let shares = sharesAt.get(origin);
		if (!shares) {
			shares = new Float64Array(7).fill(1e-6);
			for (let day = first; day < origin; day++) shares[weekdayOf(day)] += ordersOn[day - first];
			sharesAt.set(origin, shares);
		}
		return shares;
	};
	return (origin, from, days) => {
		const shares = sharesBefore(origin);
		let trade = 0;
		for (let day = from; day < from + days; day++) trade += shares[weekdayOf(day)] * openness(day);
		return trade;
	};
}
