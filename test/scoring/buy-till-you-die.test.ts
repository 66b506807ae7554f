import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aliveProbability, type BuyTillYouDie, noOrderProbability } from "../../engine/scoring/buy-till-you-die.ts";

const MODEL: BuyTillYouDie = { k: 2, r: 1.5, alpha: 3, a: 0.6, b: 2.5 };

/** The same by summing over a grid of rates: Erlang gaps, gamma rates, beta stopping. */
function bySumming(model: BuyTillYouDie, x: number, last: number, age: number, horizon: number): number {
	const { k, r, alpha, a, b } = model;
	let [silent, silentLonger, stopped] = [0, 0, 0];
	for (let i = 0; i < 40_000; i++) {
		const rate = (i + 0.5) * 0.0005;
		const weight = rate ** (r - 1) * Math.exp(-alpha * rate) * rate ** (k * x) * Math.exp(-rate * last);
		const survives = (time: number): number => {
			let sum = 0;
			for (let stage = 0, term = 1; stage < k; stage++, term *= (rate * time) / stage) sum += term;
			return sum * Math.exp(-rate * time);
		};
		silent += weight * survives(age - last);
		silentLonger += weight * survives(age + horizon - last);
		stopped += weight;
	}
	// E[p (1 − p)^x] ÷ E[(1 − p)^(x + 1)] for p from beta(a, b), by summing as well
	let [ends, stays] = [0, 0];
	for (let i = 0; i < 40_000; i++) {
		const p = ((i + 0.5) / 40_000) ** 4; // finer near 0, where beta(0.6, ·) rises
		const weight = p ** (a - 1) * (1 - p) ** (b - 1) * p ** 0.75;
		ends += weight * p * (1 - p) ** x;
		stays += weight * (1 - p) ** (x + 1);
	}
	return (stays * silentLonger + ends * stopped) / (stays * silent + ends * stopped);
}

describe("noOrderProbability", () => {
	it("agrees with summing over rates and stopping probabilities", () => {
		for (const k of [1, 2, 3])
			for (const [x, last, age, horizon] of [
				[0, 0, 4, 2],
				[5, 8, 9, 1],
				[5, 8, 20, 3],
			]) {
				const model = { ...MODEL, k };
				const exact = noOrderProbability(model, { repeatCount: x, lastRepeat: last, age }, horizon);
				expect(exact).toBeCloseTo(bySumming(model, x, last, age, horizon), 3);
			}
	});

	it("is 1 for no time, falls with the horizon, and never below the chance of having stopped", () => {
		const customer = fc.record({
			repeatCount: fc.nat(60),
			share: fc.double({ min: 0, max: 1, noNaN: true }),
			age: fc.double({ min: 0.1, max: 60, noNaN: true }),
		});
		fc.assert(
			fc.property(customer, fc.double({ min: 0, max: 30, noNaN: true }), ({ repeatCount, share, age }, horizon) => {
				const summary = { repeatCount, lastRepeat: repeatCount === 0 ? 0 : share * age, age };
				expect(noOrderProbability(MODEL, summary, 0)).toBeCloseTo(1, 12);
				const probability = noOrderProbability(MODEL, summary, horizon);
				expect(probability).toBeGreaterThanOrEqual(noOrderProbability(MODEL, summary, horizon + 1) - 1e-12);
				expect(probability).toBeGreaterThanOrEqual(1 - aliveProbability(MODEL, summary) - 1e-9);
			}),
			{ seed: 4 },
		);
	});

	it("rises with the silence of a customer of the same past", () => {
		const risks = [10, 12, 15, 20, 40].map((age) => noOrderProbability(MODEL, { repeatCount: 10, lastRepeat: 10, age }, 3));
		expect(risks).toEqual(risks.toSorted((a, b) => a - b));
	});
});
