import { createRandom } from "../engine/random.ts";

/** Times that customers are drawn again, and the share of the draws inside an interval. */
const TIMES = 300;
const INSIDE = 0.95;

export type Interval = [low: number, high: number];

/**
 * Draws `numRows` rows with replacement, again and again, and calls `look` with how often each was drawn; the array is reused. The same
 * seed draws the same rows, so that figures of several models on the same rows are paired.
 */
export function resample(numRows: number, seed: number, look: (counts: Uint16Array) => void): void {
	const random = createRandom(seed, 17);
	const counts = new Uint16Array(numRows);
	for (let time = 0; time < TIMES; time++) {
		counts.fill(0);
		for (let draw = 0; draw < numRows; draw++) counts[random.below(numRows)]++;
		look(counts);
	}
}

/** The middle 95 % of a figure's draws; draws in which it had no value are left out, and without any there is no interval. */
export function intervalOf(draws: readonly number[]): Interval | null {
	const known = Float64Array.from(draws.filter(Number.isFinite)).sort();
	if (known.length === 0) return null;
	const at = (share: number): number => known[Math.min(known.length - 1, Math.floor(share * known.length))];
	return [at((1 - INSIDE) / 2), at((1 + INSIDE) / 2)];
}
