import { countDays, type DayCounts, type History } from "../portfolio/history.ts";
import { type Day, weekdayOf } from "../units.ts";

/** Shortest run of silent working days that counts as a closure of everyone, not as a quiet week. */
const MIN_WORKING_DAYS = 5;
/** A day is silent with at most this share of the events usual around it. */
const SILENT_SHARE = 0.1;
/** With fewer events a working day than this, five silent days in a row can be chance: (e^-3)^5 = 3 in 10 million. */
const MIN_USUAL_EVENTS = 3;
/** Working days looked at on each side for what is usual. */
const REACH = 40;

/** Runs of days on which nearly the whole portfolio was silent (collective holidays): no customer's silence counts there. */
export interface Closures {
	/** Half-open ranges of days, ascending. */
	readonly ranges: readonly (readonly [Day, Day])[];
	/** Closed days before firstDay + i. */
	readonly closedBefore: Int32Array;
	readonly firstDay: Day;
}

/** Finds the collective closures of a history: at least five consecutive working days (Monday to Friday) that are nearly silent. */
export function findClosures(history: History): Closures {
	return closuresBefore(countDays(history), history.before);
}

/** The closures that were known before a day, which the counts reach. */
export function closuresBefore(known: DayCounts, before: Day): Closures {
	const firstDay = Math.min(known.firstDay, before);
	const workingDays = Array.from({ length: before - firstDay }, (_, offset) => firstDay + offset).filter((day) => weekdayOf(day) < 5);
	const silent = silentDays(workingDays.map((day) => known.counts[day - firstDay]));
	const ranges = runsOf(workingDays, silent, before);
	return { ranges, firstDay, closedBefore: cumulate(ranges, firstDay, before) };
}

/** Days of [from, to) on which the portfolio was open. */
export function openDays(closures: Closures, from: Day, to: Day): number {
	return openIndex(closures, to) - openIndex(closures, from);
}

/** Position of a day among the open ones: between two days lie as many as their positions differ. */
export function openIndex(closures: Closures, day: Day): number {
	return day - closedUntil(closures, day);
}

function closedUntil({ closedBefore, firstDay }: Closures, day: Day): number {
	return closedBefore[Math.max(0, Math.min(closedBefore.length - 1, day - firstDay))];
}

function silentDays(counts: readonly number[]): boolean[] {
	return counts.map((count, i) => {
		const around = counts.slice(Math.max(0, i - REACH), i + REACH + 1).sort((a, b) => a - b);
		const usual = around[around.length >> 1];
		return usual >= MIN_USUAL_EVENTS && count <= SILENT_SHARE * usual;
	});
}

/** A run lasts until the next working day with orders, so that the weekend inside or after it belongs to it. */
function runsOf(workingDays: readonly Day[], silent: readonly boolean[], before: Day): (readonly [Day, Day])[] {
	const ranges: (readonly [Day, Day])[] = [];
	let start = -1;
	for (let i = 0; i <= workingDays.length; i++) {
		if (i < workingDays.length && silent[i]) {
			if (start < 0) start = i;
		} else if (start >= 0) {
			if (i - start >= MIN_WORKING_DAYS) ranges.push([workingDays[start], workingDays[i] ?? before]);
			start = -1;
		}
	}
	return ranges;
}

function cumulate(ranges: readonly (readonly [Day, Day])[], firstDay: Day, before: Day): Int32Array {
	const closedBefore = new Int32Array(before - firstDay + 1);
	for (const [from, to] of ranges) closedBefore.fill(1, from - firstDay + 1, to - firstDay + 1);
	for (let i = 1; i < closedBefore.length; i++) closedBefore[i] += closedBefore[i - 1];
	return closedBefore;
}
