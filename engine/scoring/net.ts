import { CarteiraError } from "../errors.ts";
import type { NetManifest, NetName } from "./model-folder.ts";
import { scaleInPlace } from "./scaler.ts";
import type { TensorFlow } from "./tensorflow.ts";

/** Rows that go through a net at once: larger gains nothing, the default of 32 is 75 times slower. */
export const CHUNK = 8192;

/** Outputs of a net for the first `numRows` rows of raw inputs, row-major; the inputs are scaled in place. At most CHUNK rows. */
export type Net = (inputs: Float32Array, numRows: number) => Float32Array;

/** What of a model folder a net is made from. */
export interface NetSource<Name extends NetName> {
	readonly manifest: Readonly<Record<Name, NetManifest>>;
	readonly weights: Readonly<Record<Name, ArrayBuffer>>;
}

/** A net of a model folder, ready to predict; throws MODEL_MISMATCH where its topology and weights do not fit or its outputs are not `numOutputs`. */
export async function createNet<Name extends NetName>(
	{ tf, layers }: TensorFlow,
	{ manifest, weights }: NetSource<Name>,
	name: Name,
	numOutputs: number,
): Promise<Net> {
	const { topology, weights: weightSpecs, scaler, inputs: names } = manifest[name];
	const model = await layers.loadLayersModel(tf.io.fromMemory({ modelTopology: topology, weightSpecs, weightData: weights[name] }));
	return (inputs, numRows) => {
		scaleInPlace(scaler, inputs, numRows);
		const outputs = tf.tidy(() => {
			const rows = tf.tensor2d(inputs.subarray(0, numRows * names.length), [numRows, names.length]);
			const predicted = model.predictOnBatch(rows);
			return Array.isArray(predicted) ? predicted[0] : predicted;
		});
		const values = outputs.dataSync();
		outputs.dispose();
		if (values.length !== numRows * numOutputs) throw new CarteiraError("MODEL_MISMATCH", `net ${name} has not ${numOutputs} outputs`);
		return Float32Array.from(values);
	};
}

/** Probability of a logit. */
export function sigmoid(x: number): number {
	return 1 / (1 + Math.exp(-x));
}
