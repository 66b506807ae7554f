import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { OPEN_INPUTS, REPLENISH_INPUTS } from "../../engine/scoring/mix-inputs.ts";
import { scaleInPlace } from "../../engine/scoring/scaler.ts";
import { BATCH, buildNetwork, fitNetwork, type Rows } from "../network/fit-network.ts";
import { fitScaler } from "../network/fit-scaler.ts";
import { logisticLoss } from "../network/losses.ts";
import { buildMixRows, type MixRows } from "./mix-dataset.ts";
import { pastOccasions } from "./mix-occasions.ts";
import { checkpointOf, type TrainContext } from "../churn/train-churn.ts";
import { exportNet, type TrainedNet } from "../network/trained-net.ts";

/** Customers, counted once an origin, whose candidates the nets learn from at most. */
export const MAX_CUSTOMERS = 12_000;
const UNITS = [32, 16];
const LEARNING_RATE = 3e-3;
/** Training takes about so many steps, within these bounds of epochs. */
const STEPS = 3000;
const MIN_EPOCHS = 5;
const MAX_EPOCHS = 40;

/** The nets of the two lists. */
export interface MixNets {
	readonly replenish: TrainedNet;
	readonly open: TrainedNet;
}

/** Trains the nets of the two lists, each on its own candidates: every candidate is kept, so that what they say is a probability. */
export async function trainMix(context: TrainContext, portfolio: Portfolio, history: History): Promise<MixNets> {
	context.onProgress("gathering candidates for the mix");
	const draw = { maxCustomers: MAX_CUSTOMERS, random: createRandom(context.seed, 3) };
	return trainMixRows(context, buildMixRows(pastOccasions(portfolio, history), draw));
}

/** Trains the nets on rows, which it scales in place. */
export async function trainMixRows(context: TrainContext, rows: MixRows): Promise<MixNets> {
	context.onProgress(`training the mix nets on ${rows.replenish.numRows} and ${rows.open.numRows} candidates`);
	return {
		replenish: await trainList(context, "replenish", rows.replenish, REPLENISH_INPUTS),
		open: await trainList(context, "open", rows.open, OPEN_INPUTS),
	};
}

async function trainList(context: TrainContext, name: "replenish" | "open", rows: Rows, inputs: readonly string[]): Promise<TrainedNet> {
	const { tensorFlow, seed } = context;
	const scaler = fitScaler(rows.inputs);
	scaleInPlace(scaler, rows.inputs.values, rows.numRows);
	const model = buildNetwork(tensorFlow, { numInputs: inputs.length, numOutputs: 1, units: UNITS, numSeeds: 1, seed, isWide: true });
	const maxEpochs = Math.max(MIN_EPOCHS, Math.min(MAX_EPOCHS, Math.ceil((STEPS * BATCH) / Math.max(1, rows.numRows))));
	const checkpoint = checkpointOf(context, name);
	await fitNetwork(tensorFlow, model, rows, {
		loss: logisticLoss,
		numOutputs: 1,
		seed,
		maxEpochs,
		learningRate: LEARNING_RATE,
		...checkpoint,
	});
	const net = await exportNet(tensorFlow, name, model, inputs, scaler);
	model.dispose();
	return net;
}
