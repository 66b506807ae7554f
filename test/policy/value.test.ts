import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	avoidedDisruption,
	disruptionDays,
	orderChance,
	retentionAmount,
	saleAmount,
	saturationOf,
	shifted,
} from "../../engine/policy/value.ts";
import { scoresOf } from "./small-case.ts";

const probability = fc.double({ min: 0, max: 1, noNaN: true });

describe("a shift on the log-odds scale", () => {
	it("multiplies the odds", () => {
		// Odds 1 to 1, times 3: three in four.
		expect(shifted(0.5, Math.log(3))).toBeCloseTo(0.75);
		expect(shifted(0.2, 0)).toBeCloseTo(0.2);
	});

	it("stays a probability, and never moves certainty", () => {
		expect([shifted(0, 2), shifted(1, 2)]).toEqual([0, 1]);
		fc.assert(
			fc.property(probability, fc.double({ min: 0, max: 5, noNaN: true }), (p, logit) => {
				const moved = shifted(p, logit);
				return moved >= p - 1e-12 && moved <= 1;
			}),
			{ seed: 3 },
		);
	});
});

describe("the chance of an order soon", () => {
	const scores = scoresOf({ customers: [{ customer_id: "C1" }] }, { C1: { weekly: 0.5 } });

	it("is that of the window, given no order before it", () => {
		// Half of those left order every week: in two weeks three quarters, whenever one starts to look.
		expect(orderChance(scores, 0, 0, 14)).toBeCloseTo(0.75);
		expect(orderChance(scores, 0, 9, 14)).toBeCloseTo(0.75);
		expect(orderChance(scores, 0, 9, 7)).toBeCloseTo(0.5);
	});

	it("does not break where an order before the window is certain", () => {
		const certain = scoresOf({ customers: [{ customer_id: "C1" }] }, { C1: { weekly: 1 } });
		expect(orderChance(certain, 0, 9, 7)).toBe(1);
	});
});

describe("saturation", () => {
	it("leaves little of a contact that follows another at once, and nearly all after a long time", () => {
		// 7 days after, interval 7, constant 7: 1 − 1/e.
		expect(saturationOf(7, 7, 7)).toBeCloseTo(1 - Math.exp(-1));
		// 7 days after with an interval of 14: half of that.
		expect(saturationOf(7, 14, 7)).toBeCloseTo((1 - Math.exp(-1)) / 2);
		expect(saturationOf(100, 14, 7)).toBeCloseTo(1, 5);
	});

	it("never lets contacts of a period be worth more than those at the interval", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
				fc.integer({ min: 1, max: 60 }),
				(gaps, interval) => {
					const sum = gaps.reduce((total, gap) => total + saturationOf(gap, interval, 7), 0);
					return sum <= gaps.reduce((total, gap) => total + gap, 0) / interval + 1e-9;
				},
			),
			{ seed: 4 },
		);
	});
});

describe("value formulas", () => {
	it("sell what would not have come later", () => {
		expect(saleAmount(10_000, 0.5, 0.7, 0.5)).toBeCloseTo(1000); // 100.00 × 0.2 × 0.5
	});

	it("retain the part of the remaining value that the contact's interval holds of 90 days", () => {
		// Churn odds 1 to 1 fall to 1 to 3: 0.25 of 9000.00, of which 9 of 90 days.
		expect(retentionAmount(0.5, Math.log(3), 900_000, 9)).toBeCloseTo(0.25 * 900_000 * 0.1);
	});
});

describe("disruption avoided", () => {
	it("is what would have been beyond the maximum gap", () => {
		// Last contact on day 0, gap 10, end 30: 20 days. A contact on day 15 leaves 5 before it and 5 after it.
		expect(disruptionDays(0, 30, 10)).toBe(20);
		expect(avoidedDisruption(0, 15, 30, 10)).toBe(10);
	});

	it("adds up along any chain of contacts to the disruption that the chain avoids", () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
				fc.integer({ min: 1, max: 20 }),
				fc.nat(40),
				(days, maxGap, before) => {
					const end = 70;
					const chain = [...days].sort((a, b) => a - b);
					const points = [-before, ...chain, end];
					const left = points.slice(1).reduce((sum, point, i) => sum + disruptionDays(points[i], point, maxGap), 0);
					const avoided = chain.reduce((sum, day, i) => sum + avoidedDisruption(i === 0 ? -before : chain[i - 1], day, end, maxGap), 0);
					expect(avoided).toBe(disruptionDays(-before, end, maxGap) - left);
				},
			),
			{ seed: 8 },
		);
	});
});
