import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PurchaseSummary } from "../../engine/scoring/buy-till-you-die.ts";
import { type ParetoNbd, paretoAliveProbability, paretoExpectedOrders, paretoNoOrderProbability } from "../../engine/scoring/pareto-nbd.ts";

const MODELS: readonly ParetoNbd[] = [
	{ r: 1.5, alpha: 6, s: 2, beta: 5 },
	{ r: 1.5, alpha: 3, s: 1, beta: 9 },
	{ r: 2, alpha: 6, s: 1.2, beta: 6 },
];

/** P(no order), P(alive) and expected orders by summing over a grid of rates of ordering and of stopping. */
function bySumming({ r, alpha, s, beta }: ParetoNbd, { repeatCount: x, lastRepeat, age }: PurchaseSummary, horizon: number) {
	const silentUntil = (rate: number, stop: number, until: number): number =>
		(stop * Math.exp(-(rate + stop) * lastRepeat) + rate * Math.exp(-(rate + stop) * until)) / (rate + stop);
	let [past, longer, alive, orders] = [0, 0, 0, 0];
	for (let i = 0; i < 500; i++)
		for (let j = 0; j < 500; j++) {
			const [rate, stop] = [((i + 0.5) / 500) ** 2 * 8, ((j + 0.5) / 500) ** 2 * 6]; // finer near 0
			const prior = rate ** (r + x - 1) * Math.exp(-alpha * rate) * stop ** (s - 1) * Math.exp(-beta * stop) * Math.sqrt(rate * stop);
			const isAlive = prior * Math.exp(-(rate + stop) * age);
			past += prior * silentUntil(rate, stop, age);
			longer += prior * silentUntil(rate, stop, age + horizon);
			alive += isAlive;
			orders += (isAlive * rate * -Math.expm1(-stop * horizon)) / stop;
		}
	return { noOrder: longer / past, alive: alive / past, orders: orders / past };
}

const PASTS: readonly PurchaseSummary[] = [
	{ repeatCount: 0, lastRepeat: 0, age: 0 },
	{ repeatCount: 0, lastRepeat: 0, age: 9 },
	{ repeatCount: 5, lastRepeat: 8, age: 8 },
	{ repeatCount: 5, lastRepeat: 8, age: 14 },
];

describe("the Pareto/NBD", () => {
	it.each(MODELS)("agrees with summing over the rates: %o", (model) => {
		for (const past of PASTS) {
			const summed = bySumming(model, past, 4);
			expect(paretoNoOrderProbability(model, past, 4)).toBeCloseTo(summed.noOrder, 3);
			expect(paretoAliveProbability(model, past)).toBeCloseTo(summed.alive, 3);
			expect(paretoExpectedOrders(model, past, 4)).toBeCloseTo(summed.orders, 3);
		}
	});

	it("gives probabilities that fall with the horizon and never below the chance of having stopped", () => {
		const positive = (max: number) => fc.double({ min: 0.05, max, noNaN: true });
		const model = fc.record({ r: positive(5), alpha: positive(50), s: positive(5), beta: positive(50) });
		const past = fc.record({ repeatCount: fc.nat(500), share: fc.double({ min: 0, max: 1, noNaN: true }), age: positive(300) });
		fc.assert(
			fc.property(model, past, positive(50), (some, { repeatCount, share, age }, horizon) => {
				const customer = { repeatCount, lastRepeat: repeatCount === 0 ? 0 : share * age, age };
				const [now, later] = [horizon, horizon + 1].map((days) => paretoNoOrderProbability(some, customer, days));
				expect(paretoNoOrderProbability(some, customer, 0)).toBe(1);
				expect(now).toBeLessThanOrEqual(1);
				expect(later).toBeLessThanOrEqual(now + 1e-9);
				expect(later).toBeGreaterThanOrEqual(1 - paretoAliveProbability(some, customer) - 1e-9);
				expect(paretoExpectedOrders(some, customer, horizon)).toBeGreaterThanOrEqual(1 - now - 1e-6);
			}),
			{ seed: 4 },
		);
	});

	it("expects orders without a jump where s passes 1", () => {
		// Below and above 1 another formula holds than at it.
		const [below, at, above] = [1 - 1e-7, 1, 1 + 1e-7].map((s) => paretoExpectedOrders({ ...MODELS[0], s }, PASTS[3], 4));
		expect(below).toBeCloseTo(at, 6);
		expect(above).toBeCloseTo(at, 6);
	});
});
