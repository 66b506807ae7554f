import { type Break, intervalsOn, parseBreaks, parseHours, type WeeklyHours } from "../portfolio/calendar/calendar.ts";
import type { Calendar } from "../portfolio/calendar/calendar.ts";
import type { Table } from "../portfolio/portfolio.ts";
import type { Day, Seconds } from "../units.ts";

const DEFAULT_SHIFTS = "Mo-Fr 08:00-18:00";

/** When a rep works on a day, in seconds from midnight. */
export interface WorkDay {
	readonly open: Seconds;
	readonly close: Seconds;
	/** In order of their earliest start; between them the rep works. */
	readonly breaks: readonly Break[];
	/** Shift less breaks. */
	readonly workSeconds: Seconds;
}

type Interval = readonly [Seconds, Seconds];

/** Hours and breaks of a row of reps, parsed once. */
export function workDaysOf(reps: Table, rep: number, calendar: Calendar): (day: Day) => WorkDay | null {
	const hours: WeeklyHours = parseHours(reps.texts.shifts.at(rep) ?? DEFAULT_SHIFTS);
	const text = reps.texts.break.at(rep);
	const breaks = text === null ? [] : parseBreaks(text);
	return (day) => workDayOf(intervalsOn(hours, day, calendar.isHoliday(day)), breaks);
}

/**
 * A day of one or more shift intervals as one shift with breaks: the pauses between the intervals, breaks at a fixed time and breaks
 * of a length within a window. A break that begins before the shift or ends after it shortens the shift; one outside the shift, one
 * that fits in a pause, or for which the others leave no room, is not taken. Null without shift, and where breaks leave nothing of it.
 */
export function workDayOf(shift: readonly Interval[], breaks: readonly Break[]): WorkDay | null {
	if (shift.length === 0) return null;
	const opens = shift[0][0];
	const closes = shift[shift.length - 1][1];
	const stated = breaks
		.filter(({ earliest, latest }) => earliest === latest)
		.map(({ earliest, duration }): Interval => [earliest, earliest + duration]);
	const cut = stated.filter(([from, to]) => from < closes && to > opens && (from < opens || to > closes));
	const open = Math.max(opens, ...cut.filter(([from]) => from < opens).map(([, to]) => to));
	const close = Math.min(closes, ...cut.filter(([, to]) => to > closes).map(([from]) => from));
	if (close <= open) return null;
	const pauses = shift.slice(1).map(([from], i): Interval => [shift[i][1], from]);
	const fixed = union([...pauses, ...stated.filter(([from, to]) => from >= opens && to <= closes)]);
	const flexible = breaks.filter(
		({ earliest, latest, duration }) =>
			earliest < latest && earliest >= opens && latest + duration <= closes && !fits(earliest, latest, duration, fixed),
	);
	let all = inOrder(fixed.map(([from, to]): Break => ({ earliest: from, latest: from, duration: to - from })));
	for (const pause of inOrder(flexible)) {
		const more = inOrder([...all, pause]);
		if (canBeTaken(more, open, close)) all = more;
	}
	const workSeconds = close - open - all.reduce((sum, { duration }) => sum + duration, 0);
	return workSeconds > 0 ? { open, close, breaks: all, workSeconds } : null;
}

function inOrder(breaks: readonly Break[]): Break[] {
	return [...breaks].sort((a, b) => a.earliest - b.earliest || a.latest - b.latest);
}

/** Can breaks be taken one after the other, each in its window, within the shift? */
function canBeTaken(breaks: readonly Break[], open: Seconds, close: Seconds): boolean {
	let time = open;
	return breaks.every(({ earliest, latest, duration }) => {
		const start = Math.max(time, earliest);
		time = start + duration;
		return start <= latest && time <= close;
	});
}

/** Can a break in a window be had during a pause that is there anyway? */
function fits(earliest: Seconds, latest: Seconds, duration: Seconds, pauses: readonly Interval[]): boolean {
	return pauses.some(([from, to]) => Math.max(from, earliest) <= latest && Math.max(from, earliest) + duration <= to);
}

/** The same time as disjoint intervals, ascending. */
function union(intervals: readonly Interval[]): Interval[] {
	const merged: Interval[] = [];
	for (const [from, to] of [...intervals].sort(([a], [b]) => a - b)) {
		const last = merged[merged.length - 1];
		if (last && from <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], to)];
		else merged.push([from, to]);
	}
	return merged;
}
