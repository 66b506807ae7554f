import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../engine/random.ts";
import {
	aliveProbability,
	type BuyTillYouDie,
	expectedOrders,
	noOrderProbability,
	type PurchaseSummary,
} from "../../engine/scoring/buy-till-you-die.ts";
import { beta, gamma } from "../models/buy-till-you-die/simulate-orders.ts";

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

/** Orders of customers of a past, simulated: rates and stopping probabilities drawn as they are before it, and weighted by how likely they make it. */
function bySimulating(model: BuyTillYouDie, { repeatCount: x, lastRepeat, age }: PurchaseSummary, horizon: number): number {
	const { k, r, alpha, a, b, staysAfterFirst } = model;
	const random = createRandom(11);
	const chances = staysAfterFirst ? x : x + 1;
	const silence = age - lastRepeat;
	let [orders, weights] = [0, 0];
	for (let draw = 0; draw < 100_000; draw++) {
		// after x orders the rate is gamma(r + kx, α + t) and the stopping probability beta(a, b + chances), but for the silence since
		const [rate, stop] = [gamma(random, r + k * x, alpha + lastRepeat), beta(random, a, b + chances)];
		weights += chances === 0 ? 0 : stop / (1 - stop); // stopped at the last chance, in place of staying
		let gap = gamma(random, k, rate);
		if (gap <= silence) continue; // would have ordered: not this past
		weights++;
		for (let time = gap - silence; time <= horizon; time += gap) {
			orders++;
			if (random.next() < stop) break;
			gap = gamma(random, k, rate);
		}
	}
	return orders / weights;
}

/** The closed form of BG/NBD (Fader, Hardie and Lee 2005, equation 10), its hypergeometric function by its series. */
function byClosedForm({ r, alpha, a, b }: BuyTillYouDie, { repeatCount: x, lastRepeat, age }: PurchaseSummary, horizon: number): number {
	const z = horizon / (alpha + age + horizon);
	let [term, series] = [1, 1];
	for (let n = 0; n < 20_000; n++) {
		term *= (((r + x + n) * (b + x + n)) / ((a + b + x - 1 + n) * (n + 1))) * z;
		series += term;
	}
	const left = 1 - ((alpha + age) / (alpha + age + horizon)) ** (r + x) * series;
	const dead = x === 0 ? 0 : (a / (b + x - 1)) * ((alpha + age) / (alpha + lastRepeat)) ** (r + x);
	return (((a + b + x - 1) / (a - 1)) * left) / (1 + dead);
}

const PASTS: readonly PurchaseSummary[] = [
	{ repeatCount: 0, lastRepeat: 0, age: 4 },
	{ repeatCount: 0, lastRepeat: 0, age: 0 },
	{ repeatCount: 3, lastRepeat: 6, age: 6 },
	{ repeatCount: 3, lastRepeat: 6, age: 9 },
];

describe("expectedOrders", () => {
	it.each([MODEL, { ...MODEL, k: 1 }, { ...MODEL, k: 5 }, { ...MODEL, k: 3, staysAfterFirst: true }])(
		"agrees with a simulation of the model: %o",
		(model) => {
			for (const past of PASTS) {
				const ratio = bySimulating(model, past, 8) / expectedOrders(model, past, 8);
				expect(ratio).toBeGreaterThan(0.97);
				expect(ratio).toBeLessThan(1.03);
			}
		},
	);

	it("agrees with the closed form of BG/NBD", () => {
		const model = { ...MODEL, k: 1, staysAfterFirst: true };
		for (const past of [...PASTS, { repeatCount: 40, lastRepeat: 50, age: 52 }])
			for (const horizon of [0.5, 8, 60]) expect(expectedOrders(model, past, horizon)).toBeCloseTo(byClosedForm(model, past, horizon), 7);
	});

	it("is little more than the chance of one order where there is time for one only", () => {
		for (const past of PASTS)
			for (const k of [1, 3]) {
				const ordered = 1 - noOrderProbability({ ...MODEL, k }, past, 0.01);
				const orders = expectedOrders({ ...MODEL, k }, past, 0.01);
				expect(orders).toBeGreaterThanOrEqual(ordered * (1 - 1e-9));
				expect(orders).toBeLessThan(ordered * 1.02);
			}
		expect(expectedOrders(MODEL, PASTS[0], 0)).toBe(0);
	});
});

describe("long histories", () => {
	it.each([1, 4, 6])("of hundreds of orders have finite, sensible scores with k = %i", (k) => {
		// 500 orders at one a week: about 13 in the next quarter, hardly any chance of none unless silent
		const model = { k, r: 2, alpha: 2 / k, a: 0.3, b: 6 };
		const weekly = { repeatCount: 500, lastRepeat: 500, age: 500.5 };
		expect(expectedOrders(model, weekly, 13)).toBeGreaterThan(11);
		expect(expectedOrders(model, weekly, 13)).toBeLessThan(13.5);
		expect(noOrderProbability(model, weekly, 13)).toBeLessThan(0.01);
		const silent = { repeatCount: 500, lastRepeat: 500, age: 560 };
		expect(noOrderProbability(model, silent, 13)).toBeGreaterThan(0.999);
		expect(expectedOrders(model, silent, 13)).toBeLessThan(0.001);
		expect(expectedOrders(model, { repeatCount: 0, lastRepeat: 0, age: 1e6 }, 1e6)).toBeLessThan(1);
	});

	it("do not lose a customer that BG cannot have lost", () => {
		// the first weight is (1 + 900 ÷ 0.01)^−200, far below the smallest double
		const model = { k: 1, r: 200, alpha: 0.01, a: 1, b: 1, staysAfterFirst: true };
		const past = { repeatCount: 0, lastRepeat: 0, age: 900 };
		expect(aliveProbability(model, past)).toBe(1);
		expect(noOrderProbability(model, past, 9)).toBeCloseTo((900.01 / 909.01) ** 200, 10);
	});
});
