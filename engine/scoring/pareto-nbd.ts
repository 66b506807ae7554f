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

/** Relative change at which a continued fraction ends. */
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
 * P(stops before the next order) of a customer alive at `time`: s ÷ (r + s + x) times Gauss's hypergeometric function, after Euler's transformation:
 * F(1, r + x; r + s + x + 1; (α − β) ÷ (α + t)) where α is larger, else (α + t) ÷ (β + t) × F(1, s + 1; r + s + x + 1; (β − α) ÷ (β + t)).
 */
function stopsFirst({ r, alpha, s, beta }: ParetoNbd, repeatCount: number, time: number): number {
	const total = r + s + repeatCount;
	const [b, larger] = alpha >= beta ? [r + repeatCount, alpha + time] : [s + 1, beta + time];
	return ((s / total) * (alpha + time) * hypergeometric(b, total + 1, Math.abs(alpha - beta) / larger)) / larger;
}

/**
 * F(1, b; c; z) for c > b > 0 and z in [0, 1) by Gauss's continued fraction, which the modified Lentz method evaluates from the front. It gains
 * 2 log10((1 + w) ÷ (1 − w)) decimals with each pair of terms, w = √(1 − z): a series would take thousands of terms near 1.
 */
function hypergeometric(b: number, c: number, z: number): number {
	let [fraction, front, back] = [1, 1, 0];
	for (let m = 0; ; m++) {
		const before = fraction;
		const odd = (-z * (b + m) * (c - 1 + m)) / ((c + 2 * m - 1) * (c + 2 * m));
		back = 1 / (1 + odd * back);
		front = 1 + odd / front;
		fraction *= front * back;
		const even = (-z * (m + 1) * (c - b + m)) / ((c + 2 * m) * (c + 2 * m + 1));
		back = 1 / (1 + even * back);
		front = 1 + even / front;
		fraction *= front * back;
		if (Math.abs(fraction - before) <= PRECISION * fraction) return 1 / fraction;
	}
}
