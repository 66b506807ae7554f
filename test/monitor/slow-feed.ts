import { type Policy, validatePolicy } from "../../engine/policy/policy.ts";
import { buildCalendar } from "../../engine/portfolio/calendar/calendar.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { type Day, formatDay, weekdayOf } from "../../engine/units.ts";
import { dayOf, isSaleRow, plainRows } from "./slow-figures.ts";

const middle = (values: readonly number[]): number => {
	const sorted = values.toSorted((a, b) => a - b);
	return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** Until when silence can be trusted, from the rows: the days whose orders are missing or too few against the same weekday before. */
export function slowFeed(portfolio: Portfolio, asOf: Day, policy: Policy = validatePolicy(portfolio.policy ?? {})) {
	const calendar = buildCalendar(portfolio.given.has("holidays") ? portfolio.tables.holidays : null, policy);
	const sold = plainRows(portfolio.tables.orders).filter(
		(row) => Number(row.ordered_on) < asOf && row.status !== "cancelled" && isSaleRow(row),
	);
	const buyers = Map.groupBy(sold, (row) => Number(row.ordered_on));
	const countOn = (day: Day): number => new Set(buyers.get(day)?.map((row) => row.customer_id)).size;
	if (buyers.size === 0) return { silenceFrom: asOf, staleDays: 0, missing: [], thin: [] };
	const [first, last] = [Math.min(...buyers.keys()), Math.max(...buyers.keys())];
	/** From the 22nd of December to the 4th of January firms are shut. */
	const isShut = (day: Day): boolean => /-12-(2[2-9]|3[01])$|-01-0[1-4]$/.test(formatDay(day));
	const tells = (day: Day): boolean => calendar.isWorkingDay(day) && !calendar.isOptionalDay(day) && !isShut(day);
	const days = (from: Day, to: Day): Day[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).filter(tells);

	/** What the same weekday had in the twelve weeks before. */
	const usualOn = (day: Day): number[] =>
		days(day - 84, day)
			.filter((other) => weekdayOf(other) === weekdayOf(day) && other >= first)
			.map(countOn);
	const isMissing = (day: Day): boolean => usualOn(day).length >= 4 && countOn(day) === 0 && middle(usualOn(day)) >= 8;
	const isThin = (day: Day): boolean => {
		const usual = usualOn(day);
		const most = middle(usual);
		const spread = Math.max(1.4826 * middle(usual.map((one) => Math.abs(one - most))), Math.sqrt(most), most / 10);
		const besideClosure = [day - 1, day + 1].some((other) => calendar.isHoliday(other) || calendar.isOptionalDay(other));
		return usual.length >= 4 && countOn(day) < most / 2 && countOn(day) < most - 5 * spread && !besideClosure;
	};
	const recent = days(last - 83, last + 1);
	const meanOn = (weekday: number): number => {
		const own = recent.filter((day) => weekdayOf(day) === weekday).map(countOn);
		return own.length === 0 ? 0 : own.reduce((sum, one) => sum + one, 0) / own.length;
	};
	const silences = recent.map((_, i) => recent.slice(i).findIndex((other) => countOn(other) > 0));
	const silent = days(last + 1, asOf);
	const due = silent.map((day) => meanOn(weekdayOf(day)));
	const isSure = due.reduce((sum, one) => sum + one, 0) >= 8;
	const isLong = due.some((one) => one >= 8) || silent.length > 1.5 * Math.max(0, ...silences);
	const known = days(Math.max(first, last - 84), last + 1);
	const missing = [...known.filter(isMissing), ...(isSure && isLong ? silent : [])];
	const thin = known.filter((day) => !missing.includes(day) && isThin(day));
	const all = days(first, asOf);
	const firstBlamed = all.findLastIndex((day) => !missing.includes(day) && !thin.includes(day)) + 1;
	const silenceFrom = all[firstBlamed] ?? asOf;
	const since = Array.from({ length: asOf - silenceFrom }, (_, i) => silenceFrom + i);
	return { silenceFrom, staleDays: since.filter((day) => calendar.isWorkingDay(day)).length, missing, thin };
}

/** What a look cannot tell, from the rows. */
export function slowNotes(portfolio: Portfolio, asOf: Day, silenceFrom: Day): { code: string; on: string; detail: string }[] {
	const [since, before] = [silenceFrom, asOf].map(formatDay);
	const stale = { code: "STALE_FEED", on: since, detail: `orders: nothing trusted since ${since}; silence is counted up to then` };
	const unmet = { code: "NO_CONTACTS", on: before, detail: `contacts: none before ${before}; service cannot be judged` };
	const isMet = plainRows(portfolio.tables.contacts).some((row) => dayOf(row) < asOf);
	return [...(silenceFrom < asOf ? [stale] : []), ...(isMet ? [] : [unmet])];
}
