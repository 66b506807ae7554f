import type { LayersModel } from "@tensorflow/tfjs-layers";
import { CarteiraError } from "../errors.ts";
import type { NetManifest, NetName } from "./model-folder.ts";
import { scaleInPlace } from "./scaler.ts";
import type { TensorFlow } from "./tensorflow.ts";
import { findTopologyFault } from "./topology.ts";

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
	refuseBroken(topology, weights[name], name);
	const handler = tf.io.fromMemory({ modelTopology: topology, weightSpecs, weightData: weights[name] });
	const model = await layers.loadLayersModel(handler).catch((error: Error) => refuse(name, error.message));
	refuseOtherShape(model, names.length, numOutputs, name);
	return (inputs, numRows) => {
		scaleInPlace(scaler, inputs, numRows);
		const outputs = tf.tidy(() => {
			const rows = tf.tensor2d(inputs.subarray(0, numRows * names.length), [numRows, names.length]);
			const predicted = model.predictOnBatch(rows);
			return Array.isArray(predicted) ? predicted[0] : predicted;
		});
		const values = outputs.dataSync();
		outputs.dispose();
		return Float32Array.from(values);
	};
}

function refuse(name: NetName, what: string): never {
	throw new CarteiraError("MODEL_MISMATCH", `net ${name} of the model cannot be used: ${what}; train it again`);
}

/** Refuses weights that are no numbers, and layers that TensorFlow would not refuse. */
function refuseBroken(topology: unknown, weights: ArrayBuffer, name: NetName): void {
	if (weights.byteLength % 4 !== 0) refuse(name, `its weights are ${weights.byteLength} bytes; expected 32-bit floats`);
	const floats = new Float32Array(weights);
	const odd = floats.findIndex((weight) => !Number.isFinite(weight));
	if (odd >= 0) refuse(name, `weight ${odd + 1} is ${floats[odd]}; expected a finite number`);
	const fault = findTopologyFault(topology, floats.length);
	if (fault !== null) refuse(name, fault);
}

function refuseOtherShape({ inputs, outputs }: LayersModel, numInputs: number, numOutputs: number, name: NetName): void {
	const found = shapesOf(inputs, outputs);
	const expected = `rows,${numInputs} to rows,${numOutputs}`;
	if (found !== expected) refuse(name, `it maps ${found}; expected ${expected}`);
}

function shapesOf(...ends: readonly (readonly { readonly shape: readonly (number | null)[] }[])[]): string {
	return ends.map((tensors) => tensors.map(({ shape }) => shape.map((size) => size ?? "rows").join()).join(" and ")).join(" to ");
}
