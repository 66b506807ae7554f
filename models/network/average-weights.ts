import type { Variable } from "@tensorflow/tfjs-core";
import type { TensorFlow } from "../../engine/scoring/tensorflow.ts";

/** Batches that the final weights are averaged over. */
const AVERAGED = 300;

/** Running average of weights, over about the last AVERAGED batches, fewer in the beginning. */
export interface Average {
	readonly values: Float32Array[];
	numBatches: number;
	follow(): void;
}

/** An average that starts at the weights as they are. */
export function createAverage(weights: readonly Variable[]): Average {
	const average: Average = {
		values: copyOf(weights),
		numBatches: 0,
		follow() {
			average.numBatches++;
			const share = Math.max(1 / AVERAGED, 9 / (9 + average.numBatches));
			for (const [i, current] of copyOf(weights).entries()) {
				const values = average.values[i];
				for (let at = 0; at < current.length; at++) values[at] += share * (current[at] - values[at]);
			}
		},
	};
	return average;
}

/** The values of weights, as they are now. */
export function copyOf(weights: readonly Variable[]): Float32Array[] {
	return weights.map((weight) => Float32Array.from(weight.dataSync()));
}

/** Sets weights to values. */
export function assign({ tf }: TensorFlow, weights: readonly Variable[], values: readonly Float32Array[]): void {
	for (const [i, weight] of weights.entries()) tf.tidy(() => weight.assign(tf.tensor(values[i], weight.shape)));
}
