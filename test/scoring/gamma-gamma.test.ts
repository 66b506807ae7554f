import { describe, expect, it } from "vitest";
import { createRandom } from "../../engine/random.ts";
import { expectedTicket } from "../../engine/scoring/gamma-gamma.ts";
import { gamma } from "../models/buy-till-you-die/simulate-orders.ts";

const MODEL = { p: 6, q: 4, v: 15 };

describe("expectedTicket", () => {
	it("is the portfolio's without an order, and the customer's own with many", () => {
		expect(expectedTicket(MODEL, 0, 0)).toBe(30); // p v ÷ (q − 1) = 6 × 15 ÷ 3
		expect(expectedTicket(MODEL, 1e6, 80)).toBeCloseTo(80, 3);
	});

	it("agrees with the mean of customers of that past, simulated and weighted by how likely they make it", () => {
		// The sum of n tickets is gamma(pn, rate): its density weighs rates drawn as they are before it; the mean ticket is p ÷ rate.
		const random = createRandom(2);
		const [count, mean] = [2, 50];
		let [sum, weights] = [0, 0];
		for (let draw = 0; draw < 200_000; draw++) {
			const rate = gamma(random, MODEL.q, MODEL.v);
			const weight = rate ** (MODEL.p * count) * Math.exp(-rate * count * mean);
			sum += (weight * MODEL.p) / rate;
			weights += weight;
		}
		expect(expectedTicket(MODEL, count, mean) / (sum / weights)).toBeCloseTo(1, 2);
	});

	it("has no end where the tail is too heavy for a mean", () => {
		expect(expectedTicket({ p: 1, q: 0.8, v: 10 }, 0, 0)).toBe(Number.POSITIVE_INFINITY);
	});
});
