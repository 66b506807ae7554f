import { createRandom } from "../../engine/random.ts";

/** Times that customers are drawn again unless said, and the share of the draws inside an interval. */
const NUM_DRAWS = 300;
const INSIDE = 0.95;

export type Interval = [low: number, high: number];

/**
 * Draws `numRows` rows with replacement, again and again, and calls `look` with how often each was drawn; the array is reused. The same
 * seed draws the same rows, so that figures of several models on the same rows are paired.
 */
export function resample(numRows: number, seed: number, look: (counts: Uint16Array) => void, numDraws = NUM_DRAWS): void {
	const random = createRandom(seed, 17);
	const counts = new Uint16Array(numRows);
	for (let time = 0; time < numDraws; time++) {
		counts.fill(0);
		for (let draw = 0; draw < numRows; draw++) counts[random.below(numRows)]++;
		look(counts);
	}
}

/** The middle 95 % of a figure's draws; draws in which it had no value are left out, and without any there is no interval. */
export function intervalOf(draws: readonly number[]): Interval | null {
	const known = Float64Array.from(draws.filter(Number.isFinite)).sort();
	if (known.length === 0) return null;
	const outside = Math.floor(((1 - INSIDE) / 2) * known.length);
	return [known[outside], known[known.length - 1 - outside]];
}
