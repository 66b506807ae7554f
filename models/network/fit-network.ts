import type { Scalar, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";
import { createRandom, type Random } from "../../engine/random.ts";
import type { TensorFlow } from "../../engine/scoring/tensorflow.ts";
import { assign, type Average, copyOf, createAverage } from "./average-weights.ts";
import { keyOf } from "./checkpoints.ts";
import { createKeeper, type Place, type Progress } from "./run-state.ts";

/** Rows of a training step. */
export const BATCH = 512;
/** Adam's first step size, unless said. */
const LEARNING_RATE = 1e-3;
/** Pull of every weight towards 0, on the squared norm of the kernels. */
const DECAY = 2e-5;
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
	/** Where each epoch is kept, so that a run that was killed goes on from the last one to the same weights. */
	readonly checkpoint?: Place;
}

/**
 * Trains a net in place by Adam on shuffled batches; the same seed gives the same weights. The net ends up with the running average of
 * its weights (Polyak and Juditsky 1992), which spares it the jitter of the last batches; with validation rows as the average was after
 * the epoch that they liked best.
 */
export async function fitNetwork(
	tensorFlow: TensorFlow,
	model: LayersModel,
	rows: Rows,
	options: FitOptions,
): Promise<{ epochs: number; loss: number }> {
	const { tf } = tensorFlow;
	const optimizer = tf.train.adam(options.learningRate ?? LEARNING_RATE);
	const weights = variablesOf(tensorFlow, model);
	const average = createAverage(weights);
	const keeper = createKeeper(
		tensorFlow,
		{ optimizer, weights, average, key: keyOfRun(rows, options), maxEpochs: options.maxEpochs },
		options.checkpoint,
	);
	const progress = await keeper.resume();
	const random = createRandom(options.seed, 71);
	const order = Int32Array.from({ length: rows.numRows }, (_, row) => row);
	for (let epoch = 1; epoch <= options.maxEpochs && !isOver(progress, epoch, options); epoch++) {
		shuffle(order, random);
		if (epoch <= progress.losses.length) {
			options.onEpoch?.(epoch, progress.losses[epoch - 1]);
			continue;
		}
		for (let from = 0; from < rows.numRows; from += BATCH) {
			const batch = order.subarray(from, Math.min(rows.numRows, from + BATCH));
			optimizer.minimize(() => tf.add(lossOn(tensorFlow, model, rows, batch, options), decayOf(tensorFlow, weights)), false, weights);
			average.follow();
		}
		validate(tensorFlow, model, progress, { weights, average, options });
		await keeper.keep(progress);
	}
	assign(tensorFlow, weights, progress.kept ?? average.values);
	optimizer.dispose();
	return progress.best;
}

function isOver({ losses, best, kept }: Progress, epoch: number, { validation }: FitOptions): boolean {
	return validation !== undefined && kept !== null && epoch > losses.length && losses.length - best.epochs >= PATIENCE;
}

/** Notes the loss of the average weights on the validation rows, and keeps them if it is the least. */
function validate(
	tensorFlow: TensorFlow,
	model: LayersModel,
	progress: Progress,
	{ weights, average, options }: { readonly weights: readonly Variable[]; readonly average: Average; readonly options: FitOptions },
): void {
	if (!options.validation) {
		progress.losses.push(Number.NaN);
		return;
	}
	const current = copyOf(weights);
	assign(tensorFlow, weights, average.values);
	const loss = options.validation.lossOf(predictRows(tensorFlow, model, options.validation.rows));
	assign(tensorFlow, weights, current);
	progress.losses.push(loss);
	options.onEpoch?.(progress.losses.length, loss);
	if (loss >= progress.best.loss) return;
	progress.best = { epochs: progress.losses.length, loss };
	progress.kept = average.values.map((values) => values.slice());
}

function keyOfRun({ inputs, offsets, labels }: Rows, { seed, maxEpochs, learningRate, checkpoint }: FitOptions): string {
	return checkpoint ? keyOf([JSON.stringify({ seed, maxEpochs, learningRate }), inputs.values, offsets.values, labels.values]) : "";
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
