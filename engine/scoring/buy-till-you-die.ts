/**
 * (M)BG/CNBD-k: customers order with Erlang-k gaps at a rate drawn from a gamma distribution, and after every order stop for good with a
 * probability drawn from a beta distribution. In MBG, the usual here, the first order is no exception; in BG nobody stops before the second.
 * k = 1 is the MBG/NBD or BG/NBD. Platzer and Reutterer, "Ticking away the moments: timing regularity helps to better predict customer
 * activity", Marketing Science 35 (2016).
 */
export interface BuyTillYouDie {
	/** Regularity: 1 for random, larger for clockwork. */
	readonly k: number;
	readonly r: number;
	/** In the unit of time of the summaries. */
	readonly alpha: number;
	readonly a: number;
	readonly b: number;
	/** BG: nobody stops right after the first order. */
	readonly staysAfterFirst?: boolean;
}

/** What a model needs to know of one customer, in one unit of time of the caller's choice. */
export interface PurchaseSummary {
	/** Orders after the first. */
	readonly repeatCount: number;
	/** From the first order to the last. */
	readonly lastRepeat: number;
	/** From the first order to now. */
	readonly age: number;
}

/** Share of the expected orders at which the sum over them ends. */
const PRECISION = 1e-12;
/** Weights are scaled down before they leave the range of a double. */
const LARGE = 1e250;

/** P(no order within `horizon` from now), given the customer's past; its complement counts the customers that stopped already. */
export function noOrderProbability(model: BuyTillYouDie, customer: PurchaseSummary, horizon: number): number {
	const stopped = Math.log(stoppedWeight(model, customer));
	const silent = (time: number): number => logSum(logAliveWeight(model, customer, time), stopped);
	return Math.exp(Math.min(0, silent(horizon) - silent(0)));
}

/** P(still a customer), given the past. */
export function aliveProbability(model: BuyTillYouDie, customer: PurchaseSummary): number {
	return 1 / (1 + Math.exp(Math.log(stoppedWeight(model, customer)) - logAliveWeight(model, customer, 0)));
}

/**
 * Orders expected within `horizon` from now, given the past. A customer alive is in stage j < k of its gap with the weights of
 * `logAliveWeight`; m further stages are then a negative binomial of shape r + kx + j, they close ⌊(j + m) ÷ k⌋ gaps, and the n-th of
 * these is an order if the customer stayed n − 1 times. Exact, for any k.
 */
export function expectedOrders(model: BuyTillYouDie, customer: PurchaseSummary, horizon: number): number {
	const { k, r, alpha } = model;
	const end = alpha + customer.age;
	const ratio = (customer.age - customer.lastRepeat) / end;
	const growth = horizon / (end + horizon);
	let [weight, weights, orders] = [1, 0, 0];
	for (let stage = 0; stage < k; stage++) {
		const shape = r + k * customer.repeatCount + stage;
		if (stage > 0) weight *= ((shape - 1) / stage) * ratio;
		if (weight === 0) break;
		weights += weight;
		orders += weight * ordersFromStage(model, numChances(model, customer.repeatCount), { shape, growth, stage });
	}
	return aliveProbability(model, customer) * (orders / weights);
}

interface Stage {
	/** Of the gamma distribution of the rate. */
	readonly shape: number;
	/** Horizon ÷ (α + age + horizon). */
	readonly growth: number;
	readonly stage: number;
}

/** Orders of a customer alive in a stage: closed gaps summed over a negative binomial, from a first weight of 1 and divided by all weights. */
function ordersFromStage({ k, a, b }: BuyTillYouDie, chances: number, { shape, growth, stage }: Stage): number {
	let [weight, weights, sum] = [1, 1, 0];
	let [stays, orders] = [1, 0]; // P(stayed so far), orders expected of the gaps closed so far
	for (let m = 1; ; m++) {
		const ratio = ((shape + m - 1) / m) * growth;
		weight *= ratio;
		if ((stage + m) % k === 0) {
			orders += stays;
			const gaps = (stage + m) / k;
			stays *= (b + chances + gaps - 1) / (a + b + chances + gaps - 1);
		}
		weights += weight;
		sum += weight * orders;
		if (weight > LARGE) [weight, weights, sum] = [weight / LARGE, weights / LARGE, sum / LARGE];
		const decay = Math.max(ratio, growth); // the ratio tends to the growth, from above or below
		if (weight === 0 || (decay < 1 && orders > 0 && (weight * orders) / (1 - decay) ** 2 <= PRECISION * sum)) return sum / weights;
	}
}

/** Times that a customer alive has had the chance to stop. */
export function numChances({ staysAfterFirst }: BuyTillYouDie, repeatCount: number): number {
	return staysAfterFirst ? repeatCount : repeatCount + 1;
}

/** Likelihood of having stopped right after the last order, relative to that of having ordered and stayed: a ÷ (b + chances − 1). */
function stoppedWeight(model: BuyTillYouDie, customer: PurchaseSummary): number {
	const chances = numChances(model, customer.repeatCount);
	return chances === 0 ? 0 : model.a / (model.b + chances - 1);
}

/**
 * Logarithm of the likelihood of being alive and silent since the last order until `horizon` from now, relative to that of ordering at all
 * up to the last order, the rate integrated out: ((α + t) ÷ (α + T + h))^n × Σ_{j<k} n(n+1)…(n+j−1) ÷ j! × (s ÷ (α + T + h))^j, with
 * n = r + kx and silence s = T + h − t.
 */
function logAliveWeight(model: BuyTillYouDie, customer: PurchaseSummary, horizon: number): number {
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
	return shape * Math.log((alpha + customer.lastRepeat) / end) + Math.log(sum);
}

/** log(e^a + e^b). */
function logSum(a: number, b: number): number {
	const max = Math.max(a, b);
	return max + Math.log1p(Math.exp(Math.min(a, b) - max));
}
