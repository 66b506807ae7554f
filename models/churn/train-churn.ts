import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { CHURN_INPUTS, type ChurnAnchor, NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { HAZARD_EDGES } from "../../engine/scoring/hazard.ts";
import type { ModelManifest } from "../../engine/scoring/model-folder.ts";
import { type Scaler, scaleInPlace } from "../../engine/scoring/scaler.ts";
import type { TensorFlow } from "../../engine/scoring/tensorflow.ts";
import type { Day } from "../../engine/units.ts";
import type { Checkpoints } from "../network/checkpoints.ts";
import { buildChurnRows } from "./churn-dataset.ts";
import { fitAnchor } from "./fit-anchor.ts";
import { buildNetwork, type FitOptions, fitNetwork, type Rows } from "../network/fit-network.ts";
import { fitScaler } from "../network/fit-scaler.ts";
import { churnLoss, levelFreeLoss } from "../network/losses.ts";
import { pickOrigins } from "./origins.ts";
import { exportNet, type TrainedNet } from "../network/trained-net.ts";

/** Rows that the net learns from at most. */
const MAX_ROWS = 90_000;
const UNITS = [64, 32];
const NUM_SEEDS = 4;
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
	/** Where the run keeps how far it came; without, it starts from the beginning. */
	readonly checkpoints?: Checkpoints;
}

/** The place of one net of a run, as fitNetwork takes it. */
export function checkpointOf({ checkpoints }: TrainContext, name: string): Pick<FitOptions, "checkpoint"> {
	return checkpoints ? { checkpoint: { checkpoints, name } } : {};
}

export type ChurnNet = TrainedNet<ModelManifest["churn"]>;

/** A churn net and how it came to be. */
export interface TrainedChurn extends ChurnNet {
	readonly origins: readonly Day[];
	/** The rehearsal's loss after each epoch. */
	readonly curve: readonly number[];
	/** The rehearsal's net, which knows nothing of the last 90 days; absent where the history was too short for one. */
	readonly heldBack?: ChurnNet;
}

/**
 * Trains the churn net on all past origins. How long to train is found by a rehearsal: a net that knows only what was over 90 days
 * ago is judged on the 90 days that followed.
 */
export async function trainChurn(context: TrainContext, portfolio: Portfolio, history: History): Promise<TrainedChurn> {
	const { seed, onProgress, tensorFlow } = context;
	onProgress("fitting the buy-till-you-die models");
	const origins = pickOrigins(history, history.before);
	const anchor = fitAnchor(portfolio, history, origins);
	const { epochs, curve, heldBack } = await rehearse(context, portfolio, history);
	onProgress(`training the churn net on ${origins.length} origins, ${epochs} epochs`);
	const rows = buildChurnRows(portfolio, history, origins, anchor, { maxRows: MAX_ROWS, random: createRandom(seed, 1) });
	const scaler = fitScaler(rows.inputs);
	scaleInPlace(scaler, rows.inputs.values, rows.numRows);
	const model = createModel(context, NUM_SEEDS);
	const how = { loss: churnLoss, numOutputs: NUM_OUTPUTS, seed, maxEpochs: epochs };
	await fitNetwork(tensorFlow, model, rows, { ...how, ...checkpointOf(context, "churn") });
	const net = await exportChurn(context, model, scaler, { numSeeds: NUM_SEEDS, ...anchor });
	model.dispose();
	return { ...net, origins, curve, ...(heldBack && { heldBack }) };
}

/** A net of outputs that are 0: the scores are those of the buy-till-you-die model, for histories too short to teach more. */
export async function fitWithoutNet(context: TrainContext, portfolio: Portfolio, history: History): Promise<TrainedChurn> {
	context.onProgress("fitting the buy-till-you-die model alone");
	const { tensorFlow, seed } = context;
	const model = buildNetwork(tensorFlow, { numInputs: CHURN_INPUTS.length, numOutputs: NUM_OUTPUTS, units: [], numSeeds: 1, seed });
	const scaler = { mean: CHURN_INPUTS.map(() => 0), deviation: CHURN_INPUTS.map(() => 1) };
	const net = await exportChurn(context, model, scaler, {
		numSeeds: 1,
		...fitAnchor(portfolio, history, pickOrigins(history, history.before)),
	});
	model.dispose();
	return { ...net, origins: [], curve: [] };
}

type Own = Pick<ModelManifest["churn"], "numSeeds" | keyof ChurnAnchor>;

async function exportChurn({ tensorFlow }: TrainContext, model: LayersModel, scaler: Scaler, own: Own): Promise<ChurnNet> {
	const { manifest, weights } = await exportNet(tensorFlow, "churn", model, CHURN_INPUTS, scaler);
	return { manifest: { ...manifest, ...own, hazardEdges: [...HAZARD_EDGES] }, weights };
}

function createModel({ tensorFlow, seed }: TrainContext, numSeeds: number) {
	return buildNetwork(tensorFlow, { numInputs: CHURN_INPUTS.length, numOutputs: NUM_OUTPUTS, units: UNITS, numSeeds, seed });
}

interface Rehearsal {
	readonly epochs: number;
	readonly curve: readonly number[];
	readonly heldBack?: ChurnNet;
}

/** Trains a net as of 90 days ago: after how many epochs was it best on what followed? */
async function rehearse(context: TrainContext, portfolio: Portfolio, history: History): Promise<Rehearsal> {
	const latest: Day = history.before - 90;
	const past = cutHistory(portfolio, history, latest);
	const origins = pickOrigins(past, latest);
	if (origins.length < MIN_ORIGINS) return { epochs: SHORT_EPOCHS, curve: [] };
	context.onProgress(`rehearsing on ${origins.length} origins that were over 90 days ago`);
	const anchor = fitAnchor(portfolio, past, origins);
	const draw = { maxRows: MAX_ROWS, random: createRandom(context.seed, 2) };
	const rows = buildChurnRows(portfolio, past, origins, anchor, draw);
	const validation = buildChurnRows(portfolio, history, [latest], anchor, draw);
	if (validation.numRows === 0) return { epochs: SHORT_EPOCHS, curve: [] };
	return fitHeldBack(context, rows, validation, anchor);
}

async function fitHeldBack(context: TrainContext, rows: Rows, validation: Rows, anchor: ChurnAnchor): Promise<Rehearsal> {
	const scaler = fitScaler(rows.inputs);
	for (const part of [rows, validation]) scaleInPlace(scaler, part.inputs.values, part.numRows);
	const model = createModel(context, 1);
	const curve: number[] = [];
	const onEpoch = (epoch: number, loss: number): void => {
		curve.push(loss);
		context.onProgress(`epoch ${epoch}: loss ${loss.toFixed(4)} on what followed`);
	};
	const { epochs } = await fitNetwork(context.tensorFlow, model, rows, {
		loss: churnLoss,
		numOutputs: NUM_OUTPUTS,
		seed: context.seed,
		maxEpochs: MAX_EPOCHS,
		validation: { rows: validation, lossOf: (outputs) => levelFreeLoss(outputs, validation) },
		onEpoch,
		...checkpointOf(context, "rehearsal"),
	});
	const heldBack = await exportChurn(context, model, scaler, { numSeeds: 1, ...anchor });
	model.dispose();
	return { epochs, curve, heldBack };
}
