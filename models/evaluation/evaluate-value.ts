import { type Interval, intervalOf, resample } from "./bootstrap.ts";
import { mapValues } from "./compare.ts";

/** How well value over 90 days was foretold; money in cents. */
export interface ValueFigures {
	readonly meanAbsoluteError: number;
	readonly rootMeanSquare: number;
	/** Mean foretold over mean that came, less 1; null where nothing came. */
	readonly bias: number | null;
	/** 95 % by bootstrap over customers. */
	readonly intervals: { readonly meanAbsoluteError: Interval | null; readonly bias: Interval | null };
}

/** Measures what each model foretold of the same customers against what came. */
export function measureValues(
	came: readonly number[],
	foretold: Readonly<Record<string, readonly number[]>>,
	seed: number,
): Record<string, ValueFigures> {
	return mapValues(foretold, (own) => {
		const draws = { meanAbsoluteError: [] as number[], bias: [] as number[] };
		resample(came.length, seed, (counts) => {
			const { error, bias } = sumUp(came, own, counts);
			draws.meanAbsoluteError.push(error);
			draws.bias.push(bias);
		});
		const { error, square, bias } = sumUp(came, own, null);
		return {
			meanAbsoluteError: error,
			rootMeanSquare: Math.sqrt(square),
			bias: Number.isFinite(bias) ? bias : null,
			intervals: { meanAbsoluteError: intervalOf(draws.meanAbsoluteError), bias: intervalOf(draws.bias) },
		};
	});
}

/** Means over customers, each there counts[i] times, or once without counts. */
function sumUp(came: readonly number[], foretold: readonly number[], counts: Uint16Array | null) {
	let [total, error, square, sumCame, sumForetold] = [0, 0, 0, 0, 0];
	for (let i = 0; i < came.length; i++) {
		const count = counts ? counts[i] : 1;
		const excess = foretold[i] - came[i];
		total += count;
		error += count * Math.abs(excess);
		square += count * excess * excess;
		sumCame += count * came[i];
		sumForetold += count * foretold[i];
	}
	return { error: error / total, square: square / total, bias: sumForetold / sumCame - 1 };
}
