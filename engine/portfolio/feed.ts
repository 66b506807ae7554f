import { median } from "simple-statistics";
import { type Day, formatDay, weekdayOf } from "../units.ts";
import type { Calendar } from "./calendar/calendar.ts";
import { buildHistory, countDays, type History } from "./history.ts";
import type { FeedHealth, Portfolio } from "./portfolio.ts";

/** Weeks of the same weekday that a day is compared with. */
const REFERENCE_WEEKS = 12;
/** Fewer of them say nothing. */
const LEAST_WEEKS = 4;
/** No purchases where this many are usual happens by chance less than once in 2,000 days (Poisson: e^-8). */
const SURE = 8;
/** A thin day has less than this share of the usual, and lies this many deviations below it. */
const THIN_SHARE = 0.5;
const THIN_DEVIATIONS = 5;
/**
 * Days after the last order that are looked at. Where a silence is ever blamed it is blamed by then: eight purchases are due after 96
 * of a weekday that brings one in twelve weeks, less than three years with all holidays.
 */
const TAIL_DAYS = 3 * 366;
export const MOST_LISTED = 30;
export const MOST_STALE_DAYS = 1000;
/** 1.4826 × the median absolute deviation estimates the standard deviation of a normal. */
const MAD_TO_SIGMA = 1.4826;

/**
 * Finds order days that are missing or thin against the same weekday, and until when silence can be trusted. What is counted is
 * purchases (customer-days). Holidays, optional days, bridges and the weeks around Christmas prove nothing: they are neither blamed
 * nor compared with.
 */
export function examineFeed(
	portfolio: Portfolio,
	asOf: Day,
	calendar: Calendar,
	history: History = buildHistory(portfolio, asOf),
): FeedHealth {
	const numPurchases = countPurchases(history);
	const last = Math.max(...numPurchases.keys());
	if (!Number.isFinite(last)) return { silenceFrom: asOf, staleDays: 0, missingDays: [], thinDays: [] };
	const isTelling = (day: Day): boolean => calendar.isWorkingDay(day) && !calendar.isOptionalDay(day) && !isYearEnd(day);
	const count = (day: Day): number => numPurchases.get(day) ?? 0;

	const tailEnd = Math.min(asOf, last + 1 + TAIL_DAYS);
	const missing = new Set<Day>(missingTail(last, tailEnd, isTelling, count));
	const thin = new Set<Day>();
	const first = Math.min(...numPurchases.keys());
	for (let day = Math.max(first, last - 7 * REFERENCE_WEEKS); day <= last; day++) {
		if (!isTelling(day)) continue;
		const usual = usualOn(day, first, isTelling, count);
		if (usual === null) continue;
		if (count(day) === 0 && usual.median >= SURE) missing.add(day);
		else if (isThin(count(day), usual) && !isBesideClosure(calendar, day)) thin.add(day);
	}
	let silenceFrom = asOf;
	// Backwards through the run of blamed days; days that prove nothing neither end it nor begin it.
	for (let day = tailEnd - 1; day >= first; day--) {
		if (missing.has(day) || thin.has(day)) silenceFrom = day;
		else if (isTelling(day)) break;
	}
	let staleDays = 0;
	for (let day = silenceFrom; day < asOf && staleDays < MOST_STALE_DAYS; day++) if (calendar.isWorkingDay(day)) staleDays++;
	return { silenceFrom, staleDays, missingDays: firstOf(missing), thinDays: firstOf(thin) };
}

function countPurchases(history: History): ReadonlyMap<Day, number> {
	const { firstDay, counts } = countDays(history);
	return new Map(Array.from(counts, (count, i): [Day, number] => [firstDay + i, count]).filter(([, count]) => count > 0));
}

/** Collective closures: nothing is learnt from 22 December to 4 January. */
function isYearEnd(day: Day): boolean {
	const monthDay = formatDay(day).slice(5);
	return monthDay >= "12-22" || monthDay <= "01-04";
}

/** Many firms are half closed on the day beside a holiday or an optional day. */
function isBesideClosure(calendar: Calendar, day: Day): boolean {
	return [day - 1, day + 1].some((beside) => calendar.isHoliday(beside) || calendar.isOptionalDay(beside));
}

/** What is usual on a weekday. */
interface Usual {
	readonly median: number;
	readonly sigma: number;
}

function isThin(count: number, { median: usual, sigma }: Usual): boolean {
	return count < THIN_SHARE * usual && count < usual - THIN_DEVIATIONS * sigma;
}

/** Median and deviation of the same weekday before a day; null where there are too few to say. */
function usualOn(day: Day, first: Day, isTelling: (day: Day) => boolean, count: (day: Day) => number): Usual | null {
	const counts: number[] = [];
	for (let week = 1; week <= REFERENCE_WEEKS; week++) {
		const before = day - 7 * week;
		if (before >= first && isTelling(before)) counts.push(count(before));
	}
	if (counts.length < LEAST_WEEKS) return null;
	const usual = median(counts);
	const deviation = MAD_TO_SIGMA * median(counts.map((n) => Math.abs(n - usual)));
	return { median: usual, sigma: Math.max(deviation, Math.sqrt(usual), 0.1 * usual) };
}

/**
 * Telling days after the last purchase, where so long a silence is no chance: as many purchases as make it sure were due by the
 * weekday's mean, and the longest silence of the reference weeks was clearly shorter. So a small portfolio is never blamed for a
 * quiet day, and one that goes quiet for good is found in the end.
 */
function missingTail(last: Day, end: Day, isTelling: (day: Day) => boolean, count: (day: Day) => number): Day[] {
	const tail: Day[] = [];
	for (let day = last + 1; day < end; day++) if (isTelling(day)) tail.push(day);
	const due = meanByWeekday(last, isTelling, count);
	if (tail.reduce((sum, day) => sum + due[weekdayOf(day)], 0) < SURE) return [];
	const single = tail.some((day) => due[weekdayOf(day)] >= SURE);
	return single || tail.length > 1.5 * longestSilence(last, isTelling, count) ? tail : [];
}

function meanByWeekday(last: Day, isTelling: (day: Day) => boolean, count: (day: Day) => number): number[] {
	const sums = Array.from({ length: 7 }, () => ({ total: 0, days: 0 }));
	for (let day = last - 7 * REFERENCE_WEEKS + 1; day <= last; day++) {
		if (!isTelling(day)) continue;
		sums[weekdayOf(day)].total += count(day);
		sums[weekdayOf(day)].days++;
	}
	return sums.map(({ total, days }) => (days === 0 ? 0 : total / days));
}

function longestSilence(last: Day, isTelling: (day: Day) => boolean, count: (day: Day) => number): number {
	let longest = 0;
	let silence = 0;
	for (let day = last - 7 * REFERENCE_WEEKS + 1; day <= last; day++) {
		if (!isTelling(day)) continue;
		silence = count(day) === 0 ? silence + 1 : 0;
		longest = Math.max(longest, silence);
	}
	return longest;
}

function firstOf(days: ReadonlySet<Day>): Day[] {
	return [...days].sort((a, b) => a - b).slice(0, MOST_LISTED);
}
