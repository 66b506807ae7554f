import type { PurchaseSummary } from "./buy-till-you-die.ts";

/**
 * Pareto/NBD: customers order at random at a rate drawn from gamma(r, α), and stop at random at a rate drawn from gamma(s, β).
 * Schmittlein, Morrison and Colombo, "Counting your customers", Management Science 33 (1987).
 */
export interface ParetoNbd {
	readonly r: number;
	/** In the unit of time of the summaries, as β. */
	readonly alpha: number;
	readonly s: number;
	readonly beta: number;
}

/** Share of a series at which it ends. */
const PRECISION = 1e-14;

/** P(no order within `horizon` from now), given the customer's past. */
export function paretoNoOrderProbability(model: ParetoNbd, customer: PurchaseSummary, horizon: number): number {
	const [now, later] = [customer.age, customer.age + horizon].map((until) => logPastLikelihood(model, customer, until));
	return Math.exp(Math.min(0, later - now));
}

/** P(still a customer), given the past. */
export function paretoAliveProbability(model: ParetoNbd, customer: PurchaseSummary): number {
	const { repeatCount, age } = customer;
	return Math.exp(logSilent(model, repeatCount, age) - logPastLikelihood(model, customer, age));
}

/** Orders expected within `horizon` from now, given the past: P(alive) × mean rate × mean time left inside the horizon. */
export function paretoExpectedOrders(model: ParetoNbd, customer: PurchaseSummary, horizon: number): number {
	const { r, alpha, s, beta } = model;
	const { repeatCount, age } = customer;
	const longer = Math.log1p(horizon / (beta + age));
	const share = Math.abs(s - 1) < 1e-9 ? longer : -Math.expm1((1 - s) * longer) / (s - 1);
	return paretoAliveProbability(model, customer) * ((r + repeatCount) / (alpha + age)) * (beta + age) * share;
}

/**
 * Logarithm of the likelihood of a customer's orders and of silence from the last one until `until`, without the factor
 * r(r+1)…(r+x−1) α^r β^s: silent and alive then, or stopped in between. The latter is what a customer alive after its last order stops
 * with before ordering, less what one alive at `until` does.
 */
export function logPastLikelihood(model: ParetoNbd, { repeatCount, lastRepeat }: PurchaseSummary, until: number): number {
	const [before, now] = [logSilent(model, repeatCount, lastRepeat), logSilent(model, repeatCount, until)];
	const [stopsBefore, stopsNow] = [stopsFirst(model, repeatCount, lastRepeat), stopsFirst(model, repeatCount, until)];
	return before + Math.log(Math.exp(now - before) * (1 - stopsNow) + stopsBefore);
}

/** Logarithm of (α + t)^−(r+x) (β + t)^−s: alive at t with x orders by then, none of them dated. */
function logSilent({ r, alpha, s, beta }: ParetoNbd, repeatCount: number, time: number): number {
	return -(r + repeatCount) * Math.log(alpha + time) - s * Math.log(beta + time);
}

/**
 * P(stops before the next order) of a customer alive at `time`: s ÷ (r + s + x) times Gauss's hypergeometric function, which Euler's transformation
 * makes a series of positive, falling terms whatever the order count: F(1, r + x; r + s + x + 1; z), z = (α − β) ÷ (α + t), where α is
 * larger, and (α + t) ÷ (β + t) × F(1, s + 1; r + s + x + 1; −z (α + t) ÷ (β + t)) where β is.
 */
function stopsFirst({ r, alpha, s, beta }: ParetoNbd, repeatCount: number, time: number): number {
	const total = r + s + repeatCount;
	const [first, larger] = alpha >= beta ? [r + repeatCount, alpha + time] : [s + 1, beta + time];
	const z = Math.abs(alpha - beta) / larger;
	let [term, sum] = [1, 1];
	for (let n = 0; term > PRECISION * sum * (1 - z); n++) {
		term *= ((first + n) / (total + 1 + n)) * z;
		sum += term;
	}
	return ((s / total) * sum * (alpha + time)) / larger;
}
