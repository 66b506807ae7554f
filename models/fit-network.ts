import type { Scalar, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";
import { createRandom, type Random } from "../engine/random.ts";
import type { TensorFlow } from "../engine/scoring/tensorflow.ts";

/** Rows of a training step. */
export const BATCH = 512;
/** Adam's first step size, unless said. */
const LEARNING_RATE = 1e-3;
/** Pull of every weight towards 0, on the squared norm of the kernels. */
const DECAY = 2e-5;
/** Batches that the final weights are averaged over. */
const AVERAGED = 300;
/** Epochs without a better validation loss before training stops. */
const PATIENCE = 3;

/** A matrix of 32-bit floats, row-major. */
export interface Matrix {
	readonly width: number;
	readonly values: Float32Array;
}

/** Training rows; inputs are scaled already, offsets are added to the net's outputs. */
export interface Rows {
	readonly numRows: number;
	readonly inputs: Matrix;
	readonly offsets: Matrix;
	readonly labels: Matrix;
}

/** Mean loss of a batch, from outputs with offsets added, [rows × outputs], and labels. */
export type Loss = (tensorFlow: TensorFlow, outputs: Tensor2D, labels: Tensor2D) => Scalar;

export interface Shape {
	readonly numInputs: number;
	readonly numOutputs: number;
	/** Units of the hidden layers. */
	readonly units: readonly number[];
	/** Nets side by side, of the same shape and different first weights. */
	readonly numSeeds: number;
	readonly seed: number;
	/** The last layer sees the inputs too: a logistic regression beside the net. */
	readonly isWide?: boolean;
}

/** Nets side by side over one input; their outputs are concatenated. The last layers start at 0, so that an untrained net says its offsets. */
export function buildNetwork(tensorFlow: TensorFlow, { numInputs, numOutputs, units, numSeeds, seed, isWide = false }: Shape): LayersModel {
	const { layers } = tensorFlow;
	const input = layers.input({ shape: [numInputs] });
	const branches = Array.from({ length: numSeeds }, (_, branch) => {
		let hidden = input;
		for (const [depth, width] of units.entries()) {
			const kernelInitializer = layers.initializers.heNormal({ seed: seed * 1009 + branch * 31 + depth });
			hidden = symbolic(tensorFlow, layers.layers.dense({ units: width, activation: "relu", kernelInitializer }).apply(hidden));
		}
		if (isWide) hidden = symbolic(tensorFlow, layers.layers.concatenate().apply([input, hidden]));
		return symbolic(tensorFlow, layers.layers.dense({ units: numOutputs, kernelInitializer: "zeros" }).apply(hidden));
	});
	const outputs = branches.length === 1 ? branches[0] : symbolic(tensorFlow, layers.layers.concatenate().apply(branches));
	return layers.model({ inputs: input, outputs });
}

/** A layer applied to one symbolic tensor gives one; the library's type says anything. */
function symbolic({ layers }: TensorFlow, output: unknown): SymbolicTensor {
	if (output instanceof layers.SymbolicTensor) return output;
	throw new TypeError("a layer gave no symbolic tensor");
}

/** What training a net was told and how it went. */
export interface FitOptions {
	readonly loss: Loss;
	readonly numOutputs: number;
	readonly seed: number;
	readonly maxEpochs: number;
	readonly learningRate?: number;
	/** Later rows and the loss of the outputs for them (offsets added); training stops when it gets no better. */
	readonly validation?: { readonly rows: Rows; lossOf(outputs: Float32Array): number };
	readonly onEpoch?: (epoch: number, validationLoss: number) => void;
}

/**
 * Trains a net in place by Adam on shuffled batches; the same seed gives the same weights. The net ends up with the running average of
 * its weights (Polyak and Juditsky 1992), which spares it the jitter of the last batches; with validation rows as the average was after
 * the epoch that they liked best.
 */
export function fitNetwork(tensorFlow: TensorFlow, model: LayersModel, rows: Rows, options: FitOptions): { epochs: number; loss: number } {
	const { tf } = tensorFlow;
	const optimizer = tf.train.adam(options.learningRate ?? LEARNING_RATE);
	const weights = variablesOf(tensorFlow, model);
	const average = createAverage(weights);
	const random = createRandom(options.seed, 71);
	const order = Int32Array.from({ length: rows.numRows }, (_, row) => row);
	let kept: Float32Array[] | undefined;
	let best = { epochs: options.maxEpochs, loss: Number.POSITIVE_INFINITY };
	for (let epoch = 1; epoch <= options.maxEpochs; epoch++) {
		shuffle(order, random);
		for (let from = 0; from < rows.numRows; from += BATCH) {
			const batch = order.subarray(from, Math.min(rows.numRows, from + BATCH));
			optimizer.minimize(() => tf.add(lossOn(tensorFlow, model, rows, batch, options), decayOf(tensorFlow, weights)), false, weights);
			average.follow();
		}
		if (!options.validation) continue;
		const current = copyOf(weights);
		assign(tensorFlow, weights, average.values);
		const loss = options.validation.lossOf(predictRows(tensorFlow, model, options.validation.rows));
		assign(tensorFlow, weights, current);
		options.onEpoch?.(epoch, loss);
		if (loss < best.loss) {
			best = { epochs: epoch, loss };
			kept = average.values.map((values) => values.slice());
		} else if (epoch - best.epochs >= PATIENCE) break;
	}
	assign(tensorFlow, weights, kept ?? average.values);
	optimizer.dispose();
	return best;
}

/** Running average of weights, over about the last AVERAGED batches, fewer in the beginning. */
function createAverage(weights: readonly Variable[]): { readonly values: Float32Array[]; follow(): void } {
	const values = copyOf(weights);
	let numBatches = 0;
	return {
		values,
		follow() {
			numBatches++;
			const share = Math.max(1 / AVERAGED, 9 / (9 + numBatches));
			for (const [i, current] of copyOf(weights).entries())
				for (let at = 0; at < current.length; at++) values[i][at] += share * (current[at] - values[i][at]);
		},
	};
}

function copyOf(weights: readonly Variable[]): Float32Array[] {
	return weights.map((weight) => Float32Array.from(weight.dataSync()));
}

function assign({ tf }: TensorFlow, weights: readonly Variable[], values: readonly Float32Array[]): void {
	for (const [i, weight] of weights.entries()) tf.tidy(() => weight.assign(tf.tensor(values[i], weight.shape)));
}

/** Outputs of a net plus the rows' offsets, row-major; inputs are scaled already. For a net of one seed. */
export function predictRows(tensorFlow: TensorFlow, model: LayersModel, { numRows, inputs, offsets }: Rows): Float32Array {
	const { tf } = tensorFlow;
	const outputs = tf.tidy(() => outputsOf(tensorFlow, model, tf.tensor2d(inputs.values, [numRows, inputs.width])));
	const values = Float32Array.from(outputs.dataSync(), (output, at) => output + offsets.values[at]);
	outputs.dispose();
	return values;
}

function outputsOf({ tf }: TensorFlow, model: LayersModel, inputs: Tensor2D): Tensor2D {
	const outputs = model.apply(inputs);
	if (!(outputs instanceof tf.Tensor)) throw new TypeError("the net gave no tensor");
	return tf.reshape(outputs, [inputs.shape[0], -1]);
}

function variablesOf({ tf }: TensorFlow, model: LayersModel): Variable[] {
	return model.trainableWeights.map((weight) => weight.read()).filter((weight) => weight instanceof tf.Variable);
}

function lossOn(tensorFlow: TensorFlow, model: LayersModel, rows: Rows, batch: Int32Array, { loss, numOutputs }: FitOptions): Scalar {
	const { tf } = tensorFlow;
	const outputs = outputsOf(tensorFlow, model, gather(tensorFlow, rows.inputs, batch));
	const offsets = gather(tensorFlow, rows.offsets, batch);
	const labels = gather(tensorFlow, rows.labels, batch);
	const numSeeds = outputs.shape[1] / numOutputs;
	const losses: Scalar[] = [];
	for (let branch = 0; branch < numSeeds; branch++) {
		const own = tf.slice(outputs, [0, branch * numOutputs], [batch.length, numOutputs]);
		losses.push(loss(tensorFlow, tf.add(own, offsets), labels));
	}
	return tf.addN(losses);
}

function decayOf({ tf }: TensorFlow, weights: readonly Variable[]): Scalar {
	const kernels = weights.filter((weight) => weight.rank === 2).map((kernel) => tf.sum(tf.square(kernel)));
	return tf.mul(tf.addN(kernels), DECAY);
}

function gather({ tf }: TensorFlow, { width, values }: Matrix, rows: Int32Array): Tensor2D {
	const gathered = new Float32Array(rows.length * width);
	for (let i = 0; i < rows.length; i++) gathered.set(values.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
	return tf.tensor2d(gathered, [rows.length, width]);
}

function shuffle(order: Int32Array, random: Random): void {
	for (let i = order.length - 1; i > 0; i--) {
		const j = random.below(i + 1);
		[order[i], order[j]] = [order[j], order[i]];
	}
}
