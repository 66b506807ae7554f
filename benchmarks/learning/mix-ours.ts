import { createRandom } from "../../engine/random.ts";
import { createCandidateReader, MAX_OPEN, MAX_REPLENISH } from "../../engine/scoring/candidates.ts";
import { createNet } from "../../engine/scoring/net.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { scoreMix } from "../../engine/scoring/score-mix.ts";
import { PRODUCT_REASONS } from "../../engine/scoring/scores.ts";
import { loadTensorFlow } from "../../engine/scoring/tensorflow.ts";
import { buildMixRows, type MixRows } from "../../models/mix/mix-dataset.ts";
import { MAX_CUSTOMERS, trainMixRows } from "../../models/mix/train-mix.ts";
import type { Rankings } from "./mix-figures.ts";
import type { MixTrial } from "./mix-trial.ts";

const CROSS_SELL = PRODUCT_REASONS.indexOf("cross_sell");

/** Our answer to a trial. */
export interface OurAnswer {
	readonly rankings: Rankings;
	/** Every candidate of the judged customers. */
	readonly pairs: { readonly customer: Int32Array; readonly product: Int32Array; readonly probability: Float32Array };
	/** CPU seconds of features, training and scoring. */
	readonly seconds: number;
}

/** Rows to learn from, as our training gathers them. */
export function trainingRows({ training }: MixTrial, seed: number): MixRows {
	return buildMixRows(training, { maxCustomers: MAX_CUSTOMERS, random: createRandom(seed, 3) });
}

/** Trains the two nets on rows, which it scales in place, and asks them through the path that serves. */
export async function answerTrial(trial: MixTrial, rows: MixRows, seed: number): Promise<OurAnswer> {
	const started = process.cpuUsage();
	const tensorFlow = await loadTensorFlow();
	const { replenish, open } = await trainMixRows({ tensorFlow, seed, onProgress: () => undefined }, rows);
	const source = {
		manifest: { replenish: replenish.manifest, open: open.manifest },
		weights: { replenish: replenish.weights, open: open.weights },
	};
	const nets = {
		replenish: await createNet(tensorFlow, source, "replenish", 1),
		open: await createNet(tensorFlow, source, "open", 1),
	};
	const { portfolio, past, customers } = trial.judged;
	const lengths = { replenish: MAX_REPLENISH, open: MAX_OPEN };
	const scores = scoreMix(nets, portfolio, past, buildRhythm(portfolio, past), Int32Array.from(customers), lengths);
	const ranked = (customer: number, isWanted: (at: number) => boolean): number[] => {
		const best: number[] = [];
		for (let at = scores.productStart[customer]; at < scores.productStart[customer + 1] && best.length < 10; at++)
			if (trial.isEligible(scores.product[at]) && isWanted(at)) best.push(scores.product[at]);
		return best;
	};
	return {
		rankings: {
			top: (customer) => ranked(customer, () => true),
			open: (customer) => ranked(customer, (at) => scores.productReason[at] === CROSS_SELL),
		},
		pairs: { customer: ownersOf(scores.productStart), product: scores.product, probability: scores.propensity },
		seconds: secondsSince(started),
	};
}

/** Candidates of the judged customers with their inputs, for a peer that ranks the same pairs. */
export function judgedPairs({ judged }: MixTrial): { rows: MixRows; pairs: { replenish: Int32Array; open: Int32Array } } {
	const rows = buildMixRows([judged], { maxCustomers: Number.POSITIVE_INFINITY, random: createRandom(1) });
	const read = createCandidateReader(judged.portfolio, judged.past, buildRhythm(judged.portfolio, judged.past));
	const pairs: Record<"replenish" | "open", number[]> = { replenish: [], open: [] };
	for (const customer of judged.customers)
		for (const [name, { length, product }] of Object.entries(read(customer)) as [
			"replenish" | "open",
			{ length: number; product: Int32Array },
		][])
			for (let i = 0; i < length; i++) pairs[name].push(customer, product[i]);
	return { rows, pairs: { replenish: Int32Array.from(pairs.replenish), open: Int32Array.from(pairs.open) } };
}

/** CPU seconds of this process since a reading of `process.cpuUsage()`. */
export function secondsSince(started: NodeJS.CpuUsage): number {
	const { user, system } = process.cpuUsage(started);
	return (user + system) / 1e6;
}

function ownersOf(start: Int32Array): Int32Array {
	const owner = new Int32Array(start[start.length - 1]);
	for (let customer = 0; customer + 1 < start.length; customer++) owner.fill(customer, start[customer], start[customer + 1]);
	return owner;
}
