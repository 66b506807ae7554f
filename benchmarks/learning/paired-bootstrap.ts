import { intervalOf, resample } from "../../models/evaluation/bootstrap.ts";

const NUM_DRAWS = 2000;

/** Losses of two contestants on the same customers of one cutoff, row by row. */
export interface Pair {
	/** Index of the customer, the same at every cutoff. */
	readonly customer: ArrayLike<number>;
	readonly ours: ArrayLike<number>;
	readonly theirs: ArrayLike<number>;
}

/** By how much their mean loss exceeds ours, the mean over cutoffs, with the middle 95 % over draws. */
export interface Gain {
	readonly mean: number;
	readonly low: number;
	readonly high: number;
}

/**
 * Paired bootstrap of a difference of mean losses: customers are drawn with replacement, each with all its rows of all cutoffs, so that what
 * two cutoffs share is not taken for news.
 */
export function pairedGain(pairs: readonly Pair[], seed: number): Gain {
	const ids = [...new Set(pairs.flatMap(({ customer }) => Array.from(customer)))];
	const indexOf = new Map(ids.map((id, i) => [id, i]));
	const rows = pairs.map(({ customer, ours, theirs }) => ({
		index: Int32Array.from(customer, (id) => indexOf.get(id) ?? 0),
		excess: Float64Array.from(ours, (loss, i) => theirs[i] - loss),
	}));
	const meanOf = (counts: ArrayLike<number>): number =>
		rows.reduce((sum, { index, excess }) => {
			let [total, weight] = [0, 0];
			for (let i = 0; i < index.length; i++) {
				total += counts[index[i]] * excess[i];
				weight += counts[index[i]];
			}
			return sum + total / weight / rows.length;
		}, 0);
	const draws: number[] = [];
	resample(ids.length, seed, (counts) => draws.push(meanOf(counts)), NUM_DRAWS);
	const [low, high] = intervalOf(draws) ?? [Number.NaN, Number.NaN];
	return { mean: meanOf(ids.map(() => 1)), low, high };
}
