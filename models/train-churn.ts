import type { History } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { createRandom } from "../engine/random.ts";
import type { BuyTillYouDie } from "../engine/scoring/buy-till-you-die.ts";
import { CHURN_INPUTS, NUM_OUTPUTS } from "../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../engine/scoring/cut-history.ts";
import { HAZARD_EDGES } from "../engine/scoring/hazard.ts";
import type { Comparison, ModelManifest } from "../engine/scoring/model-folder.ts";
import { buildRhythm } from "../engine/scoring/rhythm.ts";
import { scaleInPlace } from "../engine/scoring/scaler.ts";
import type { TensorFlow } from "../engine/scoring/tensorflow.ts";
import { type Day, formatDay } from "../engine/units.ts";
import { buildChurnRows } from "./churn-dataset.ts";
import { fitBuyTillYouDie, fittedCustomers } from "./fit-buy-till-you-die.ts";
import { compare } from "./compare.ts";
import { buildNetwork, fitNetwork, predictRows, type Rows } from "./fit-network.ts";
import { fitScaler } from "./fit-scaler.ts";
import { churnLoss, levelFreeLoss } from "./losses.ts";
import { pickOrigins } from "./origins.ts";
import { exportNet, type TrainedNet } from "./trained-net.ts";

/** Rows that the net learns from at most. */
const MAX_ROWS = 90_000;
const UNITS = [48, 32];
const NUM_SEEDS = 3;
const MAX_EPOCHS = 12;
/** Epochs where the history is too short to hold a later origin back. */
const SHORT_EPOCHS = 4;
/** Past origins that a rehearsal needs to say anything. */
const MIN_ORIGINS = 4;

/** How a training run is told apart and told about. */
export interface TrainContext {
	readonly tensorFlow: TensorFlow;
	readonly seed: number;
	readonly onProgress: (message: string) => void;
}

/**
 * Trains the churn net on all past origins. How long to train is found by a rehearsal: a net that knows only what was over 90 days
 * ago is judged on the 90 days that followed.
 */
export async function trainChurn(
	context: TrainContext,
	portfolio: Portfolio,
	history: History,
): Promise<TrainedNet<ModelManifest["churn"]> & { readonly comparison?: Comparison }> {
	const { seed, onProgress, tensorFlow } = context;
	onProgress("fitting the buy-till-you-die model");
	const buyTillYouDie = fitPast(portfolio, history);
	const { epochs, comparison } = rehearse(context, portfolio, history);
	const origins = pickOrigins(history, history.before);
	onProgress(`training the churn net on ${origins.length} origins, ${epochs} epochs`);
	const rows = buildChurnRows(portfolio, history, origins, buyTillYouDie, { maxRows: MAX_ROWS, random: createRandom(seed, 1) });
	const scaler = fitScaler(rows.inputs);
	scaleInPlace(scaler, rows.inputs.values, rows.numRows);
	const model = createModel(context, NUM_SEEDS);
	fitNetwork(tensorFlow, model, rows, { loss: churnLoss, numOutputs: NUM_OUTPUTS, seed, maxEpochs: epochs });
	const { manifest, weights } = await exportNet(tensorFlow, "churn", model, CHURN_INPUTS, scaler);
	model.dispose();
	return { manifest: { ...manifest, numSeeds: NUM_SEEDS, hazardEdges: [...HAZARD_EDGES], buyTillYouDie }, weights, comparison };
}

function createModel({ tensorFlow, seed }: TrainContext, numSeeds: number) {
	return buildNetwork(tensorFlow, { numInputs: CHURN_INPUTS.length, numOutputs: NUM_OUTPUTS, units: UNITS, numSeeds, seed });
}

function fitPast(portfolio: Portfolio, history: History): BuyTillYouDie {
	return fitBuyTillYouDie(fittedCustomers(history, buildRhythm(portfolio, history))).model;
}

interface Rehearsal {
	readonly epochs: number;
	readonly comparison?: Comparison;
}

/** Trains a net as of 90 days ago: after how many epochs it was best on what followed, and how good it was. */
function rehearse(context: TrainContext, portfolio: Portfolio, history: History): Rehearsal {
	const latest: Day = history.before - 90;
	const past = cutHistory(portfolio, history, latest);
	const origins = pickOrigins(past, latest);
	if (origins.length < MIN_ORIGINS) return { epochs: SHORT_EPOCHS };
	context.onProgress(`rehearsing on ${origins.length} origins that were over 90 days ago`);
	const buyTillYouDie = fitPast(portfolio, past);
	const draw = { maxRows: MAX_ROWS, random: createRandom(context.seed, 2) };
	const rows = buildChurnRows(portfolio, past, origins, buyTillYouDie, draw);
	const validation = buildChurnRows(portfolio, history, [latest], buyTillYouDie, draw);
	if (validation.numRows === 0) return { epochs: SHORT_EPOCHS };
	const { epochs, outputs } = fitHeldBack(context, rows, validation);
	const labels = noOrderLabels(validation);
	const scores = {
		net: noOrder90(outputs),
		"buy-till-you-die": noOrder90(validation.offsets.values),
		"base rate": new Float64Array(validation.numRows).fill(baseRate(rows)),
	};
	return { epochs, comparison: compare(formatDay(latest), labels, scores) };
}

function fitHeldBack(context: TrainContext, rows: Rows, validation: Rows): { epochs: number; outputs: Float32Array } {
	const scaler = fitScaler(rows.inputs);
	for (const part of [rows, validation]) scaleInPlace(scaler, part.inputs.values, part.numRows);
	const model = createModel(context, 1);
	const onEpoch = (epoch: number, loss: number): void => context.onProgress(`epoch ${epoch}: loss ${loss.toFixed(4)} on what followed`);
	const { epochs } = fitNetwork(context.tensorFlow, model, rows, {
		loss: churnLoss,
		numOutputs: NUM_OUTPUTS,
		seed: context.seed,
		maxEpochs: MAX_EPOCHS,
		validation: { rows: validation, lossOf: (outputs) => levelFreeLoss(outputs, validation) },
		onEpoch,
	});
	const outputs = predictRows(context.tensorFlow, model, validation);
	model.dispose();
	return { epochs, outputs };
}

const NUM_BINS_90 = HAZARD_EDGES.indexOf(90) + 1;

function noOrder90(logits: Float32Array): Float64Array {
	return Float64Array.from({ length: logits.length / NUM_OUTPUTS }, (_, row) => {
		let alive = 1;
		for (let bin = 0; bin < NUM_BINS_90; bin++) alive /= 1 + Math.exp(logits[row * NUM_OUTPUTS + bin]);
		return alive;
	});
}

function noOrderLabels({ labels, numRows }: Rows): Uint8Array {
	return Uint8Array.from({ length: numRows }, (_, row) =>
		labels.values.subarray(row * labels.width, row * labels.width + NUM_BINS_90).includes(1) ? 0 : 1,
	);
}

/** Share without an order within 90 days, among the rows whose 90 days are over. */
function baseRate(rows: Rows): number {
	const all = noOrderLabels(rows);
	const over = all.filter((_, row) => rows.labels.values[(row + 1) * rows.labels.width - 1] === 1);
	return over.reduce((sum, label) => sum + label, 0) / Math.max(1, over.length);
}
