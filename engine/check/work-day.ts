import { type Break, intervalsOn, parseAbsences, parseBreaks, parseHours } from "../portfolio/calendar/calendar.ts";
import type { Day, Seconds } from "../units.ts";
import type { CheckContext } from "./context.ts";

const DEFAULT_SHIFTS = "Mo-Fr 08:00-18:00";

/** From, to; seconds from midnight. */
export type Interval = readonly [Seconds, Seconds];

/** When a rep works on a day. */
export interface WorkDay {
	readonly open: Seconds;
	readonly close: Seconds;
	/** Breaks at a fixed time that lie wholly in the shift, and the pauses between the parts of a split shift; ascending. */
	readonly fixed: readonly Interval[];
	/** Fixed breaks that the shift's open or close cuts: to be kept free, not to be listed. */
	readonly cut: readonly Interval[];
	/** Fixed and cut breaks as one may list them: each by itself, within the shift, and those that touch as one. */
	readonly listable: readonly Interval[];
	/** Breaks of a length within a window. */
	readonly flexible: readonly Break[];
	/** Those of them that must be taken: their window lies in the shift, and no pause that is there anyway holds them. */
	readonly owed: ReadonlySet<Break>;
	/** Shift less breaks. */
	readonly workSeconds: Seconds;
}

/** A rep's shift on a day; null on days off, holidays and absences, and where breaks leave nothing of it. */
export function workDayOf(context: CheckContext, rep: number, day: Day): WorkDay | null {
	const { texts } = context.portfolio.tables.reps;
	if (isAbsent(context, rep, day)) return null;
	const shift = intervalsOn(parseHours(texts.shifts.at(rep) ?? DEFAULT_SHIFTS), day, context.calendar.isHoliday(day));
	const text = texts.break.at(rep);
	const work = shift.length === 0 ? null : withBreaks(shift, text === null ? [] : parseBreaks(text));
	return work && work.workSeconds > 0 ? work : null;
}

/** Is a rep away on a day by its absences? */
export function isAbsent({ portfolio }: CheckContext, rep: number, day: Day): boolean {
	const absences = portfolio.tables.reps.texts.absences.at(rep);
	return absences !== null && parseAbsences(absences).some(([from, to]) => from <= day && day <= to);
}

function withBreaks(shift: readonly Interval[], breaks: readonly Break[]): WorkDay {
	const [open, close] = [shift[0][0], shift[shift.length - 1][1]];
	const stated = breaks.filter(({ earliest, latest }) => earliest === latest).map(intervalOf);
	const fixed = inOrder([...pausesOf(shift), ...stated.filter(([from, to]) => from >= open && to <= close)]);
	const cut = stated.filter(([from, to]) => from < close && to > open && (from < open || to > close));
	const clipped = cut.map(([from, to]): Interval => [Math.max(from, open), Math.min(to, close)]);
	const closed = union([...fixed, ...clipped]);
	const flexible = breaks.filter(({ earliest, latest }) => earliest < latest);
	const inShift = flexible.filter(({ earliest, latest, duration }) => earliest >= open && latest + duration <= close);
	const owed = roomFor(
		inShift.filter((pause) => !fixed.some((free) => fitsIn(pause, free))),
		union(fixed),
		close,
	);
	const rested = lengthOf(closed) + owed.reduce((sum, { duration }) => sum + duration, 0);
	return {
		open,
		close,
		fixed,
		cut,
		listable: [...fixed, ...cut, ...clipped, ...closed, ...union(fixed)],
		flexible,
		owed: new Set(owed),
		workSeconds: close - open - rested,
	};
}

/** Of the breaks, earliest window first, those that can be taken beside the fixed ones and each other, one after the other. */
function roomFor(breaks: readonly Break[], fixed: readonly Interval[], close: Seconds): Break[] {
	const byWindow = (a: Break, b: Break): number => a.earliest - b.earliest || a.latest - b.latest;
	const closed = fixed.map(([from, to]): Break => ({ earliest: from, latest: from, duration: to - from }));
	const taken: Break[] = [];
	for (const pause of [...breaks].sort(byWindow)) {
		let ends = 0;
		const fits = [...closed, ...taken, pause].sort(byWindow).every(({ earliest, latest, duration }) => {
			const start = Math.max(ends, earliest);
			ends = start + duration;
			return start <= latest && ends <= close;
		});
		if (fits) taken.push(pause);
	}
	return taken;
}

function intervalOf({ earliest, duration }: Break): Interval {
	return [earliest, earliest + duration];
}

function lengthOf(intervals: readonly Interval[]): Seconds {
	return intervals.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** Can a break in a window be had inside an interval that is free anyway? */
function fitsIn({ earliest, latest, duration }: Break, [from, to]: Interval): boolean {
	return Math.min(to, latest + duration) - Math.max(from, earliest) >= duration;
}

/** Do two intervals share more than an end? */
export function overlaps([from, to]: Interval, [start, end]: Interval): boolean {
	return from < end && start < to;
}

function inOrder(intervals: readonly Interval[]): Interval[] {
	return [...intervals].sort(([a], [b]) => a - b);
}

function pausesOf(shift: readonly Interval[]): Interval[] {
	return shift.slice(1).map(([from], index): Interval => [shift[index][1], from]);
}

/** The same time as intervals that do not touch, ascending. */
function union(intervals: readonly Interval[]): Interval[] {
	const joined: Interval[] = [];
	for (const [from, to] of inOrder(intervals)) {
		const last = joined.at(-1);
		if (last && from <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], to)];
		else joined.push([from, to]);
	}
	return joined;
}
