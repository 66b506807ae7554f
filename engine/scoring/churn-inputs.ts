import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { aliveProbability, type BuyTillYouDie, noOrderProbability, type PurchaseSummary } from "./buy-till-you-die.ts";
import { openDays } from "./closures.ts";
import { createFeatureReader, FEATURES } from "./features.ts";
import { HAZARD_EDGES, NUM_BINS } from "./hazard.ts";
import type { Rhythm } from "./rhythm.ts";

/** Columns of the churn net's input: the features, and what the buy-till-you-die model says. */
export const CHURN_INPUTS: readonly string[] = [...FEATURES, "btyd_no_order_14", "btyd_no_order_90", "btyd_alive"];
/** The net's outputs: a logit a bin, then the logarithms of the orders and of the value (in tickets) of the next 90 days. */
export const NUM_OUTPUTS = NUM_BINS + 2;

/** The model lets nobody come back, people do: its certainty ends at a chance of 1 in 400 a bin, from where the net can tell. */
const MIN_OFFSET = -6;

/**
 * Writes a customer's inputs to inputs[at …] and the offsets of its outputs to offsets[offsetAt …]. The net is a correction: with
 * its own outputs at 0, the scores are those of the buy-till-you-die model.
 */
export type ChurnReader = (customer: number, inputs: Float32Array, at: number, offsets: Float32Array, offsetAt: number) => void;

/** Reads churn inputs of customers with at least one purchase event. Time for the model runs in intervals of the customer's base, so that one model fits fast and slow trades. */
export function createChurnReader(portfolio: Portfolio, history: History, rhythm: Rhythm, model: BuyTillYouDie): ChurnReader {
	const readFeatures = createFeatureReader(portfolio, history, rhythm);
	return (customer, inputs, at, offsets, offsetAt) => {
		readFeatures(customer, inputs, at);
		const unit = rhythm.baseInterval[customer];
		const summary = summarise(history, rhythm, customer);
		const noOrder = (days: number): number => noOrderProbability(model, summary, days / unit);
		inputs[at + FEATURES.length] = logit(noOrder(14));
		inputs[at + FEATURES.length + 1] = logit(noOrder(90));
		inputs[at + FEATURES.length + 2] = logit(aliveProbability(model, summary));
		let before = 1;
		for (let bin = 0; bin < NUM_BINS; bin++) {
			const after = noOrder(HAZARD_EDGES[bin]);
			offsets[offsetAt + bin] = Math.max(MIN_OFFSET, logit(1 - after / before));
			before = after;
		}
		const orders = (1 - noOrder(90)) * Math.max(1, 90 / rhythm.expectedInterval[customer]);
		offsets[offsetAt + NUM_BINS] = Math.log(orders + 1e-3);
		offsets[offsetAt + NUM_BINS + 1] = Math.log(orders + 1e-3);
	};
}

/** Sufficient statistics of a customer, in intervals of its base, closures taken out. */
export function summarise(history: History, rhythm: Rhythm, customer: number): PurchaseSummary {
	const [from, to] = [history.eventStart[customer], history.eventStart[customer + 1]];
	const unit = rhythm.baseInterval[customer];
	const first = history.eventDay[from];
	return {
		repeatCount: to - from - 1,
		lastRepeat: openDays(rhythm.closures, first, history.eventDay[to - 1]) / unit,
		age: openDays(rhythm.closures, first, history.before) / unit,
	};
}

/** Log odds, bounded at one in a hundred thousand. */
export function logit(probability: number): number {
	const bounded = Math.max(1e-5, Math.min(1 - 1e-5, probability));
	return Math.log(bounded / (1 - bounded));
}
