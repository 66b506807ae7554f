import type { Random } from "../../engine/random.ts";

/** True with a probability. */
export function chance(random: Random, probability: number): boolean {
	return random.next() < probability;
}

/** Uniform in [from, to). */
export function between(random: Random, from: number, to: number): number {
	return from + (to - from) * random.next();
}

/** Whole, uniform in [from, to], both included. */
export function wholeBetween(random: Random, from: number, to: number): number {
	return from + random.below(to - from + 1);
}

/** exp(N(0, sigma)): median 1. */
export function logNormal(random: Random, sigma: number): number {
	return Math.exp(sigma * random.normal());
}

export function pick<T>(random: Random, list: readonly T[]): T {
	return list[random.below(list.length)];
}

/** Position in a list of cumulative weights, drawn in proportion to the weights. */
export function pickCumulative(random: Random, cumulative: ArrayLike<number>): number {
	const target = random.next() * cumulative[cumulative.length - 1];
	let low = 0;
	let high = cumulative.length - 1;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (cumulative[middle] > target) high = middle;
		else low = middle + 1;
	}
	return low;
}

/** Running sums of weights, for `pickCumulative`. */
export function cumulate(weights: readonly number[]): number[] {
	let sum = 0;
	return weights.map((weight) => (sum += weight));
}

/** One of the items, in proportion to their weights. */
export function pickWeighted<T>(random: Random, items: readonly (readonly [T, number])[]): T {
	return items[pickCumulative(random, cumulate(items.map(([, weight]) => weight)))][0];
}

export function clip(value: number, low: number, high: number): number {
	return Math.min(high, Math.max(low, value));
}
