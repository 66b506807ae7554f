import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedDaysToOrder, HAZARD_EDGES, MAX_DAYS_TO_ORDER, NUM_BINS, survival } from "../../engine/scoring/hazard.ts";
import { orderProbability, type Scores } from "../../engine/scoring/scores.ts";

const hazards = fc.array(fc.float({ min: 0, max: Math.fround(0.99), noNaN: true }), { minLength: NUM_BINS, maxLength: NUM_BINS });

/** Hazards of a customer that orders with the same chance every day. */
const steady = (daily: number): number[] =>
	HAZARD_EDGES.map((edge, bin) => 1 - (1 - daily) ** (edge - (bin > 0 ? HAZARD_EDGES[bin - 1] : 0)));

/** Scores of one customer of whom only the hazard is known. */
function scoresOf(hazard: readonly number[]): Scores {
	const [none, noneLong] = [new Float32Array(1), new Float64Array(1)];
	return {
		model: "by hand",
		asOf: 0,
		numCustomers: 1,
		churnRisk: none,
		churnRiskOwnRhythm: none,
		expectedOrders: none,
		expectedValue: noneLong,
		expectedDaysToOrder: none,
		expectedInterval: none,
		ticket: noneLong,
		marginRate: none,
		hazardEdges: Int32Array.from(HAZARD_EDGES),
		hazard: Float32Array.from(hazard),
		productStart: new Int32Array(2),
		product: new Int32Array(0),
		propensity: new Float32Array(0),
		productValue: new Float64Array(0),
		productReason: new Uint8Array(0),
	};
}

describe("survival", () => {
	it("is what is left of orderProbability within the bins", () => {
		fc.assert(
			fc.property(hazards, fc.integer({ min: 0, max: 180 }), (hazard, days) => {
				const scores = scoresOf(hazard);
				expect(1 - survival(scores.hazard, 0, days)).toBeCloseTo(orderProbability(scores, 0, days), 10);
			}),
			{ seed: 5 },
		);
	});

	it("of a steady customer is a power, inside and beyond the bins", () => {
		for (const days of [0, 1, 5, 90, 179, 400]) expect(survival(steady(0.02), 0, days)).toBeCloseTo(0.98 ** days, 10);
	});
});

describe("expectedDaysToOrder", () => {
	it("of a steady customer is near one over its daily chance", () => {
		// ∫ survival from 0 to 730 = (1 − 0.98^730) ÷ −ln 0.98 = 49.50; trapezes over wide bins lie a little above a convex curve.
		expect(expectedDaysToOrder(steady(0.02), 0)).toBeGreaterThan(49.4);
		expect(expectedDaysToOrder(steady(0.02), 0)).toBeLessThan(52);
	});

	it("of a customer that never orders is the limit", () => {
		expect(expectedDaysToOrder(new Float32Array(NUM_BINS), 0)).toBeCloseTo(MAX_DAYS_TO_ORDER, 6);
	});

	it("falls when any hazard rises", () => {
		fc.assert(
			fc.property(hazards, fc.nat(NUM_BINS - 1), (hazard, bin) => {
				const higher = hazard.with(bin, hazard[bin] + 0.009);
				expect(expectedDaysToOrder(higher, 0)).toBeLessThanOrEqual(expectedDaysToOrder(hazard, 0));
			}),
			{ seed: 6 },
		);
	});
});
