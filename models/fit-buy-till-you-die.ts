import type { History } from "../engine/portfolio/history.ts";
import { aliveWeight, type BuyTillYouDie, type PurchaseSummary } from "../engine/scoring/buy-till-you-die.ts";
import { summarise } from "../engine/scoring/churn-inputs.ts";
import { openDays } from "../engine/scoring/closures.ts";
import type { Rhythm } from "../engine/scoring/rhythm.ts";
import { minimise } from "./minimise.ts";

/** Customers that a fit looks at: four parameters are sharp long before that. */
const MAX_CUSTOMERS = 4000;
const MAX_K = 6;

/** A customer of the fit: its summary, and the sum of the logarithms of its gaps, which decides the regularity k. */
export interface FittedCustomer extends PurchaseSummary {
	readonly sumLogGaps: number;
}

/** Log likelihood of customers' orders under the model, the density of every gap included, so that values of k compare. */
export function logLikelihood(model: BuyTillYouDie, customers: readonly FittedCustomer[]): number {
	const { k, r, alpha, a, b } = model;
	const maxRepeats = customers.reduce((max, customer) => Math.max(max, customer.repeatCount), 0);
	const logRising = cumulateLogs(r, k * maxRepeats);
	const logStays = cumulateLogs(b, maxRepeats + 1);
	const logEnds = cumulateLogs(a + b, maxRepeats + 1);
	const logStage = logGammaOfWhole(k);
	let total = 0;
	for (const customer of customers) {
		const x = customer.repeatCount;
		const density = logRising[k * x] + r * Math.log(alpha) - (r + k * x) * Math.log(alpha + customer.lastRepeat);
		const stays = logStays[x + 1] - logEnds[x + 1]; // log B(a, b + x + 1) ÷ B(a, b)
		const alive = Math.log(aliveWeight(model, customer, 0) + a / (b + x));
		total += density + stays + alive + (k - 1) * customer.sumLogGaps - x * logStage;
	}
	return total;
}

/** Fits r, α, a, b by maximum likelihood, for each regularity k, and keeps the most likely. */
export function fitBuyTillYouDie(customers: readonly FittedCustomer[], maxK = MAX_K): { model: BuyTillYouDie; logLikelihood: number } {
	const modelAt = (k: number, [r, alpha, a, b]: readonly number[]): BuyTillYouDie => ({
		k,
		r: bounded(r),
		alpha: bounded(alpha),
		a: bounded(a),
		b: bounded(b),
	});
	let best: { model: BuyTillYouDie; logLikelihood: number } | undefined;
	let start: readonly number[] = [0, 0, -1, 1];
	for (let k = 1; k <= maxK; k++) {
		const found = minimise((point) => -logLikelihood(modelAt(k, point), customers), start, { tolerance: 1e-7, maxEvaluations: 600 });
		if (best && -found.value <= best.logLikelihood) break; // the likelihood has one peak over k
		best = { model: modelAt(k, found.point), logLikelihood: -found.value };
		start = found.point;
	}
	if (!best) throw new RangeError(`maxK is ${maxK}, at least 1 is needed`);
	return best;
}

/** Customers of a history in intervals of their base, evenly drawn where there are many. */
export function fittedCustomers(history: History, rhythm: Rhythm): FittedCustomer[] {
	const customers: FittedCustomer[] = [];
	const stride = Math.max(1, Math.ceil(history.numCustomers / MAX_CUSTOMERS));
	for (let customer = 0; customer < history.numCustomers; customer += stride) {
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

/** Parameters are searched as logarithms, inside e^±8. */
function bounded(logarithm: number): number {
	return Math.exp(Math.max(-8, Math.min(8, logarithm)));
}

/** [n] = log(x (x + 1) … (x + n − 1)). */
function cumulateLogs(x: number, length: number): Float64Array {
	const logs = new Float64Array(length + 1);
	for (let n = 0; n < length; n++) logs[n + 1] = logs[n] + Math.log(x + n);
	return logs;
}

function logGammaOfWhole(n: number): number {
	return cumulateLogs(1, n - 1)[n - 1];
}
