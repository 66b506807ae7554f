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
	const order = Int32Array.from(values.keys()).filter((row) => values[row] > 0);
	order.sort((x, y) => values[y] - values[x] || x - y);
	const total = order.reduce((sum, row) => sum + values[row], 0);
	const classes = new Uint8Array(values.length).fill(C);
	let before = 0;
	for (const row of order) {
		if (before / total < a) classes[row] = A;
		else if (before / total < b) classes[row] = B;
		before += values[row];
	}
	return classes;
}

/**
 * Potential by rank of expected monthly value, largest first: `high` for the first share of the customers, `medium` up to the second
 * share, else `low`. Equal values keep the order of rows; customers without value are low.
 */
export function potentialRanks(monthlyValues: Float64Array, high: number, medium: number): Uint8Array {
	const numCustomers = monthlyValues.length;
	const order = Int32Array.from(monthlyValues.keys()).sort((x, y) => monthlyValues[y] - monthlyValues[x] || x - y);
	const ranks = new Uint8Array(numCustomers).fill(POTENTIALS.indexOf("low"));
	for (let rank = 0; rank < numCustomers && monthlyValues[order[rank]] > 0; rank++) {
		if (rank < high * numCustomers) ranks[order[rank]] = POTENTIALS.indexOf("high");
		else if (rank < medium * numCustomers) ranks[order[rank]] = POTENTIALS.indexOf("medium");
	}
	return ranks;
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
	return Uint8Array.from({ length: values.length }, (_, row) => {
		const code = cuts.findIndex((cut) => reaches(cut, row));
		return code < 0 ? cuts.length : code;
	});
}
