/** Centre and spread of a net's inputs, measured on its training rows. */
export interface Scaler {
	readonly mean: readonly number[];
	readonly deviation: readonly number[];
}

/** Beyond so many deviations a value says no more: another portfolio's oddity must not carry a net far from what it has seen. */
const BOUND = 4;

/** Scales row-major inputs in place, `numRows` rows of them. */
export function scaleInPlace({ mean, deviation }: Scaler, inputs: Float32Array, numRows: number): void {
	const width = mean.length;
	for (let row = 0; row < numRows; row++) {
		for (let column = 0; column < width; column++) {
			const at = row * width + column;
			inputs[at] = Math.max(-BOUND, Math.min(BOUND, (inputs[at] - mean[column]) / deviation[column]));
		}
	}
}
