import type { History } from "../engine/portfolio/history.ts";
import type { BuyTillYouDie } from "../engine/scoring/buy-till-you-die.ts";
import { summarise } from "../engine/scoring/churn-inputs.ts";
import { openDays } from "../engine/scoring/closures.ts";
import type { Rhythm } from "../engine/scoring/rhythm.ts";
import { likelihoodSlope } from "./buy-till-you-die-likelihood.ts";
import { type FittedCustomer, groupCustomers, meanGap } from "./customer-groups.ts";
import { fitLikelihood } from "./likelihood-fit.ts";

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
export function fitBuyTillYouDie(customers: readonly FittedCustomer[], options: BuyTillYouDieOptions = {}): BuyTillYouDieFit {
	return mostLikely(fitEachRegularity(customers, options));
}

/** Fits for each regularity 1 … maxK, in order. */
export function fitEachRegularity(
	customers: readonly FittedCustomer[],
	{ maxK = MAX_K, staysAfterFirst = false }: BuyTillYouDieOptions = {},
): BuyTillYouDieFit[] {
	const groups = groupCustomers(customers);
	const modelAt = (k: number, [r, alpha, a, b]: readonly number[]): BuyTillYouDie =>
		staysAfterFirst ? { k, r, alpha, a, b, staysAfterFirst } : { k, r, alpha, a, b };
	let start: readonly number[] = [1, meanGap(groups), 0.5, 2];
	return Array.from({ length: maxK }, (_, index) => {
		const k = index + 1;
		const fit = fitLikelihood((parameters) => likelihoodSlope(modelAt(k, parameters), groups), start, customers.length);
		start = fit.parameters.map((x, i) => (i === 1 ? (x * k) / (k + 1) : x)); // stages of k + 1 pass the faster
		const [r, alpha, a, b] = fit.standardErrors;
		return { model: modelAt(k, fit.parameters), logLikelihood: fit.logLikelihood, standardErrors: { r, alpha, a, b } };
	});
}

/** The fit of the largest likelihood. */
export function mostLikely(fits: readonly BuyTillYouDieFit[]): BuyTillYouDieFit {
	return fits.reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best));
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
