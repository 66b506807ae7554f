/**
 * MBG/CNBD-k: customers order with Erlang-k gaps at a rate drawn from a gamma distribution, and after every order, the first
 * included, stop for good with a probability drawn from a beta distribution. k = 1 is the MBG/NBD.
 * Platzer and Reutterer, "Ticking away the moments: timing regularity helps to better predict customer activity", 2016.
 */
export interface BuyTillYouDie {
	/** Regularity: 1 for random, larger for clockwork. */
	readonly k: number;
	readonly r: number;
	/** In the unit of time of the summaries. */
	readonly alpha: number;
	readonly a: number;
	readonly b: number;
}

/** What the model needs to know of one customer, in one unit of time of the caller's choice. */
export interface PurchaseSummary {
	/** Orders after the first. */
	readonly repeatCount: number;
	/** From the first order to the last. */
	readonly lastRepeat: number;
	/** From the first order to now. */
	readonly age: number;
}

/** P(no order within `horizon` from now), given the customer's past; its complement counts the customers that stopped already. */
export function noOrderProbability(model: BuyTillYouDie, customer: PurchaseSummary, horizon: number): number {
	const stopped = model.a / (model.b + customer.repeatCount);
	return (aliveWeight(model, customer, horizon) + stopped) / (aliveWeight(model, customer, 0) + stopped);
}

/** P(still a customer), given the past. */
export function aliveProbability(model: BuyTillYouDie, customer: PurchaseSummary): number {
	const alive = aliveWeight(model, customer, 0);
	return alive / (alive + model.a / (model.b + customer.repeatCount));
}

/**
 * Likelihood of being alive and silent since the last order until `horizon` from now, relative to that of ordering at all up to the
 * last order, the rate integrated out: ((α + t) ÷ (α + T + h))^n × Σ_{j<k} n(n+1)…(n+j−1) ÷ j! × (s ÷ (α + T + h))^j, with
 * n = r + kx and silence s = T + h − t.
 */
export function aliveWeight(model: BuyTillYouDie, customer: PurchaseSummary, horizon: number): number {
	const { k, r, alpha } = model;
	const shape = r + k * customer.repeatCount;
	const end = alpha + customer.age + horizon;
	const ratio = (customer.age + horizon - customer.lastRepeat) / end;
	let term = 1;
	let sum = 1;
	for (let stage = 1; stage < k; stage++) {
		term *= ((shape + stage - 1) / stage) * ratio;
		sum += term;
	}
	return ((alpha + customer.lastRepeat) / end) ** shape * sum;
}
