import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { aliveProbability, type BuyTillYouDie, expectedOrders, noOrderProbability, type PurchaseSummary } from "./buy-till-you-die.ts";
import { openDays } from "./closures.ts";
import { createFeatureReader, FEATURES } from "./features.ts";
import { HAZARD_EDGES, NUM_BINS } from "./hazard.ts";
import { logit, sigmoid } from "./log-odds.ts";
import type { Rhythm } from "./rhythm.ts";
import type { Day } from "../units.ts";

/** What the net starts from: two buy-till-you-die models, fitted to the same customers and mixed in log odds. */
export interface ChurnAnchor {
	/** MBG/CNBD-k, for trades with a rhythm. */
	readonly buyTillYouDie: BuyTillYouDie;
	/** BG/NBD, for those that come as they please; it is also slower to give anybody up. */
	readonly bgNbd: BuyTillYouDie & { readonly staysAfterFirst: boolean };
	/** Weight of the BG/NBD's log odds, 0 to 1. */
	readonly bgShare: number;
}

const MODEL_INPUTS = ["no_order_14", "no_order_90", "alive"];
/** Columns of the churn net's input: the features, and what the buy-till-you-die models say. */
export const CHURN_INPUTS: readonly string[] = [
	...FEATURES,
	...["btyd", "bg"].flatMap((model) => MODEL_INPUTS.map((name) => `${model}_${name}`)),
];
/** The net's outputs: a logit a bin, then the logarithms of the orders and of the value (in tickets) of the next 90 days. */
export const NUM_OUTPUTS = NUM_BINS + 2;

/** The model lets nobody come back, people do: its certainty ends at a chance of 1 in 400 a bin, from where the net can tell. */
const MIN_OFFSET = -6;

/**
 * Writes a customer's inputs to inputs[at …] and the offsets of its outputs to offsets[offsetAt …]. The net is a correction: with
 * its own outputs at 0, the scores are those of the buy-till-you-die model.
 */
export type ChurnReader = (customer: number, inputs: Float32Array, at: number, offsets: Float32Array, offsetAt: number) => void;

/** Reads churn inputs of customers with at least one purchase event. Time for the models runs in intervals of the customer's base, so that one model fits fast and slow trades. */
export function createChurnReader(portfolio: Portfolio, history: History, rhythm: Rhythm, anchor: ChurnAnchor): ChurnReader {
	const readFeatures = createFeatureReader(portfolio, history, rhythm);
	return (customer, inputs, at, offsets, offsetAt) => {
		readFeatures(customer, inputs, at);
		const unit = rhythm.baseInterval[customer];
		const summary = summarise(history, rhythm, customer);
		offsets.fill(0, offsetAt, offsetAt + NUM_OUTPUTS);
		let to = at + FEATURES.length;
		for (const { model, share } of partsOf(anchor)) {
			const noOrder = (days: number): number => noOrderProbability(model, summary, days / unit);
			inputs[to++] = logit(noOrder(14));
			inputs[to++] = logit(noOrder(90));
			inputs[to++] = logit(aliveProbability(model, summary));
			addHazards(noOrder, share, offsets, offsetAt);
		}
		const orders = expectedOrders(anchor.buyTillYouDie, summary, 90 / unit);
		offsets[offsetAt + NUM_BINS] = Math.log(orders + 1e-3);
		offsets[offsetAt + NUM_BINS + 1] = Math.log(orders + 1e-3);
	};
}

/** P(no order within `horizon` from now) of the mixed models. */
export function anchorNoOrder(anchor: ChurnAnchor, summary: PurchaseSummary, horizon: number): number {
	return sigmoid(partsOf(anchor).reduce((sum, { model, share }) => sum + share * logit(noOrderProbability(model, summary, horizon)), 0));
}

function partsOf({ buyTillYouDie, bgNbd, bgShare }: ChurnAnchor): readonly { readonly model: BuyTillYouDie; readonly share: number }[] {
	return [
		{ model: buyTillYouDie, share: 1 - bgShare },
		{ model: bgNbd, share: bgShare },
	];
}

function addHazards(noOrder: (days: number) => number, share: number, offsets: Float32Array, at: number): void {
	let before = 1;
	for (let bin = 0; bin < NUM_BINS; bin++) {
		const after = noOrder(HAZARD_EDGES[bin]);
		offsets[at + bin] += share * Math.max(MIN_OFFSET, logit(1 - after / before));
		before = after;
	}
}

/** Sufficient statistics of a customer with at least one event before a day, in intervals of its base, closures taken out. */
export function summarise(history: History, rhythm: Rhythm, customer: number, before: Day = history.before): PurchaseSummary {
	const from = history.eventStart[customer];
	const to = before === history.before ? history.eventStart[customer + 1] : firstEventFrom(history, customer, before);
	const unit = rhythm.baseInterval[customer];
	const first = history.eventDay[from];
	return {
		repeatCount: to - from - 1,
		lastRepeat: openDays(rhythm.closures, first, history.eventDay[to - 1]) / unit,
		age: openDays(rhythm.closures, first, before) / unit,
	};
}

/** Position of a customer's first event on or after a day, by bisection; the end of its slice where there is none. */
export function firstEventFrom({ eventStart, eventDay }: History, customer: number, day: Day): number {
	let [low, high] = [eventStart[customer], eventStart[customer + 1]];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (eventDay[middle] < day) low = middle + 1;
		else high = middle;
	}
	return low;
}
