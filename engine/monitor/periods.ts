import { countWorkingDays, monthStartOf } from "../policy/goals.ts";
import type { SalesOf } from "../policy/monthly-sales.ts";
import type { Calendar } from "../portfolio/calendar/calendar.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type Day, formatDay } from "../units.ts";

/** Months of which flows between phases are told, the running one counted. */
const MONTHS = 6;

/** First days of the last months up to that of as_of, oldest first. */
export function monthStarts(asOf: Day): Day[] {
	const months = [monthStartOf(asOf)];
	while (months.length < MONTHS) months.unshift(monthStartOf(months[0] - 1));
	return months;
}

/** `YYYY-MM` of a day. */
export function periodOf(day: Day): string {
	return formatDay(day).slice(0, 7);
}

/** First day of the next month. */
export function monthEndOf(day: Day): Day {
	return monthStartOf(monthStartOf(day) + 31);
}

/** The days by which a month's sales are held against the last month's. */
export interface MonthDays {
	/** First days of this month and of the last. */
	readonly from: Day;
	readonly before: Day;
	/** Day of the last month from which on it had as many working days left. */
	readonly cut: Day;
}

export function monthDaysOf(calendar: Calendar, asOf: Day): MonthDays {
	const from = monthStartOf(asOf);
	const before = monthStartOf(from - 1);
	const workingDaysLeft = countWorkingDays(calendar, asOf, monthEndOf(asOf));
	let cut = from;
	for (let left = 0; cut > before && left < workingDaysLeft; ) if (calendar.isWorkingDay(--cut)) left++;
	return { from, before, cut };
}

/** The sales that a look asks for: of positivation and of the running month's targets. All lie on `since` or later. */
export function periodsOf(
	{ tables: { targets } }: Portfolio,
	calendar: Calendar,
	asOf: Day,
): { readonly since: Day; readonly asked: readonly Parameters<SalesOf>[] } {
	const { from, before, cut } = monthDaysOf(calendar, asOf);
	const running = periodOf(asOf);
	const rows = Array.from({ length: targets.numRows }, (_, row) => row).filter((row) => targets.texts.period.at(row) === running);
	const lines = new Set(rows.map((row) => targets.texts.line.at(row)));
	const ofAll: Parameters<SalesOf>[] = [
		[null, before, from],
		[null, from, asOf],
	];
	const ofTargets = [...lines].flatMap((line): Parameters<SalesOf>[] => [
		[line, before, cut],
		...(line === null ? [] : ofAll.map(([, first, end]): Parameters<SalesOf> => [line, first, end])),
	]);
	return { since: before, asked: [...ofAll, ...ofTargets] };
}
