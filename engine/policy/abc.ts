import type { History } from "../portfolio/history.ts";
import type { Day } from "../units.ts";
import { CLASSES, POTENTIALS } from "./case.ts";
import type { Policy } from "./policy.ts";

const A = CLASSES.indexOf("A");
const B = CLASSES.indexOf("B");
const C = CLASSES.indexOf("C");
/** A customer of two weeks is not credited with 26 times its first order a year: younger ones count as this old. */
const MIN_TENURE = 30;

/**
 * What each customer bought in the trailing window as if it had been there all the window: value × window ÷ days since its first
 * order (at least 30, at most the window). Cents of revenue, or of margin by the policy's basis; 0 for prospects and net returns.
 */
export function normalisedValues(history: History, policy: Policy, asOf: Day): Float64Array {
	const { basis, window_days: window } = policy.classes;
	const values = new Float64Array(history.numCustomers);
	for (let customer = 0; customer < values.length; customer++) {
		const start = history.eventStart[customer];
		const end = history.eventStart[customer + 1];
		let sum = 0;
		for (let event = end - 1; event >= start && history.eventDay[event] >= asOf - window; event--) {
			const margin = history.eventMargin[event];
			const value = history.eventValue[event];
			if (basis === "revenue") sum += value;
			else sum += Number.isNaN(margin) ? value * policy.value.default_margin_rate : margin;
		}
		if (sum <= 0) continue;
		const tenure = Math.min(window, Math.max(MIN_TENURE, asOf - history.eventDay[start]));
		values[customer] = (sum * window) / tenure;
	}
	return values;
}

/**
 * ABC classes: largest first, a customer is A while those before it hold less than the share `a` of the total, B while less than `b`,
 * else C. Equal values keep the order of rows; customers without value are C.
 */
export function abcClasses(values: Float64Array, a: number, b: number): Uint8Array {
	const sorted = descending(values);
	let total = 0;
	for (const value of sorted) total += value;
	let [numA, numB, before] = [0, 0, 0];
	for (const value of sorted) {
		if (before / total < a) numA++;
		else if (before / total < b) numB++;
		before += value;
	}
	return byRank(values, sorted, [numA, numA + numB], [A, B, C]);
}

/** The positive values, largest first. */
function descending(values: Float64Array): Float64Array {
	let count = 0;
	for (const value of values) if (value > 0) count++;
	const positive = new Float64Array(count);
	count = 0;
	for (const value of values) if (value > 0) positive[count++] = value;
	return positive.sort().reverse();
}

/**
 * Codes by rank among the positive values: codes[i] for those ranked before ends[i], the last code for the rest. Equal values rank in order of
 * rows. Only the values are sorted, since sorting rows by them takes ten times as long.
 */
function byRank(values: Float64Array, sorted: Float64Array, ends: readonly number[], codes: readonly number[]): Uint8Array {
	const rest = codes[codes.length - 1];
	const last = ends.map((end) => (end > 0 ? sorted[end - 1] : Number.POSITIVE_INFINITY));
	// Of the values equal to the last inside, so many from the top are.
	const inside = ends.map((end, i) => end - countAbove(sorted, last[i]));
	const seen = ends.map(() => 0);
	const result = new Uint8Array(values.length).fill(rest);
	for (let row = 0; row < values.length; row++) {
		const value = values[row];
		if (!(value > 0)) continue;
		let code = rest;
		for (let i = ends.length - 1; i >= 0; i--) {
			const isInside = value > last[i] || (value === last[i] && seen[i]++ < inside[i]);
			if (isInside) code = codes[i];
		}
		result[row] = code;
	}
	return result;
}

/** How many of some values, largest first, are above a limit. */
function countAbove(sorted: Float64Array, limit: number): number {
	let [low, high] = [0, sorted.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (sorted[middle] > limit) low = middle + 1;
		else high = middle;
	}
	return low;
}

/**
 * Potential by rank of expected monthly value, largest first: `high` for the first share of the customers, `medium` up to the second
 * share, else `low`. Equal values keep the order of rows; customers without value are low.
 */
export function potentialRanks(monthlyValues: Float64Array, high: number, medium: number): Uint8Array {
	const sorted = descending(monthlyValues);
	const ranksBefore = (share: number): number => Math.min(sorted.length, Math.ceil(share * monthlyValues.length));
	const codes = ["high", "medium", "low"].map((name) => POTENTIALS.findIndex((potential) => potential === name));
	return byRank(monthlyValues, sorted, [ranksBefore(high), ranksBefore(medium)], codes);
}

/** How far down a ranking by value a class or better reaches: to all values above `value`, and of those equal to it to all (null) or the ids named. */
export interface Cut {
	readonly value: number;
	readonly tied: ReadonlySet<string> | null;
}

/** Where a ranking was cut into codes, 0 the best: one cut a code but the last, which holds what is left. */
export function cutsOf(values: Float64Array, codes: Uint8Array, numCuts: number, idOf: (row: number) => string): Cut[] {
	return Array.from({ length: numCuts }, (_, code): Cut => {
		let lowest = Number.POSITIVE_INFINITY;
		for (let row = 0; row < values.length; row++) if (codes[row] <= code && values[row] < lowest) lowest = values[row];
		const equal: number[] = [];
		for (let row = 0; row < values.length; row++) if (values[row] === lowest) equal.push(row);
		const inside = equal.filter((row) => codes[row] <= code);
		return { value: lowest, tied: inside.length === equal.length ? null : new Set(inside.map(idOf)) };
	});
}

/** Codes of values by the cuts of a ranking that they, or more than they, were part of. */
export function codesByCuts(values: Float64Array, cuts: readonly Cut[], idOf: (row: number) => string): Uint8Array {
	const reaches = ({ value, tied }: Cut, row: number): boolean =>
		values[row] > value || (values[row] === value && (tied === null || tied.has(idOf(row))));
	const codes = new Uint8Array(values.length);
	for (let row = 0; row < values.length; row++) {
		let code = 0;
		while (code < cuts.length && !reaches(cuts[code], row)) code++;
		codes[row] = code;
	}
	return codes;
}
