import type { History } from "../../engine/portfolio/history.ts";
import type { BuyTillYouDie } from "../../engine/scoring/buy-till-you-die.ts";
import { summarise } from "../../engine/scoring/churn-inputs.ts";
import { openDays } from "../../engine/scoring/closures.ts";
import type { Rhythm } from "../../engine/scoring/rhythm.ts";
import { likelihoodSlope } from "./buy-till-you-die-likelihood.ts";
import { type FittedCustomer, groupCustomers, meanGap } from "./customer-groups.ts";
import { fitLikelihood, type LikelihoodFit } from "./likelihood-fit.ts";

const MAX_K = 6;

/** A model and how sure its parameters are. */
export interface BuyTillYouDieFit {
	readonly model: BuyTillYouDie;
	readonly logLikelihood: number;
	/** Of r, α, a and b; NaN where the data do not bound them. */
	readonly standardErrors: Readonly<Record<"r" | "alpha" | "a" | "b", number>>;
}

export interface BuyTillYouDieOptions {
	/** Largest regularity tried; 6 unless said. 1 with `staysAfterFirst` is the BG/NBD. */
	readonly maxK?: number;
	readonly staysAfterFirst?: boolean;
}

/** Log likelihood of customers' orders under the model, the density of every gap included, so that values of k compare. */
export function logLikelihood(model: BuyTillYouDie, customers: readonly FittedCustomer[]): number {
	return likelihoodSlope(model, groupCustomers(customers)).value;
}

/** Fits r, α, a, b by maximum likelihood, for each regularity k, and keeps the most likely. */
export function fitBuyTillYouDie(
	customers: readonly FittedCustomer[],
	{ maxK = MAX_K, staysAfterFirst = false }: BuyTillYouDieOptions = {},
): BuyTillYouDieFit {
	const groups = groupCustomers(customers);
	const modelAt = (k: number, [r, alpha, a, b]: readonly number[]): BuyTillYouDie =>
		staysAfterFirst ? { k, r, alpha, a, b, staysAfterFirst } : { k, r, alpha, a, b };
	let best: { k: number; fit: LikelihoodFit } | undefined;
	let start: readonly number[] = [1, meanGap(groups), 0.5, 2];
	for (let k = 1; k <= maxK; k++) {
		const fit = fitLikelihood((parameters) => likelihoodSlope(modelAt(k, parameters), groups), start, customers.length);
		if (!best || fit.logLikelihood > best.fit.logLikelihood) best = { k, fit };
		const [r, alpha, a, b] = fit.parameters;
		start = [r, (alpha * k) / (k + 1), a, b]; // stages of k + 1 pass the faster
	}
	if (!best) throw new RangeError(`maxK is ${maxK}, at least 1 is needed`);
	const [r, alpha, a, b] = best.fit.standardErrors;
	return { model: modelAt(best.k, best.fit.parameters), logLikelihood: best.fit.logLikelihood, standardErrors: { r, alpha, a, b } };
}

/** Customers of a history in intervals of their base. */
export function fittedCustomers(history: History, rhythm: Rhythm): FittedCustomer[] {
	const customers: FittedCustomer[] = [];
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const [from, to] = [history.eventStart[customer], history.eventStart[customer + 1]];
		if (from === to) continue;
		let sumLogGaps = 0;
		for (let event = from + 1; event < to; event++) {
			const days = Math.max(1, openDays(rhythm.closures, history.eventDay[event - 1], history.eventDay[event]));
			sumLogGaps += Math.log(days / rhythm.baseInterval[customer]);
		}
		customers.push({ ...summarise(history, rhythm, customer), sumLogGaps });
	}
	return customers;
}
