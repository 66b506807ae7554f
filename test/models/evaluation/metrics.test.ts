import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	areaUnderCurve,
	brierLoss,
	calibrationLoss,
	discountedGainAt,
	gains,
	logLoss,
	recallAt,
	reliability,
	valueCapture,
} from "../../../models/evaluation/metrics.ts";

describe("areaUnderCurve", () => {
	it("is the share of pairs in the right order, ties half", () => {
		const rows = fc.array(fc.record({ label: fc.constantFrom(0, 1), score: fc.integer({ min: 0, max: 5 }) }), {
			minLength: 2,
			maxLength: 40,
		});
		fc.assert(
			fc.property(rows, (some) => {
				const [positive, negative] = [1, 0].map((label) => some.filter((row) => row.label === label));
				fc.pre(positive.length > 0 && negative.length > 0);
				let won = 0;
				for (const { score: p } of positive) for (const { score: n } of negative) won += p > n ? 1 : p === n ? 0.5 : 0;
				const area = areaUnderCurve(
					some.map(({ label }) => label),
					some.map(({ score }) => score),
				);
				expect(area).toBeCloseTo(won / (positive.length * negative.length), 10);
			}),
			{ seed: 7 },
		);
	});

	it("has no value with one label only", () => {
		expect(areaUnderCurve([1, 1], [0.2, 0.4])).toBeNaN();
	});
});

describe("losses of probabilities", () => {
	it("are the mean log loss, clipped, and the mean square", () => {
		expect(logLoss([1, 0], [0.8, 0.4])).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 12);
		expect(logLoss([1], [0])).toBeCloseTo(-Math.log(1e-5), 9);
		expect(brierLoss([1, 0], [0.8, 0.4])).toBeCloseTo((0.04 + 0.16) / 2, 12);
	});

	it("calibration compares means in bins of equal count", () => {
		// Ten customers at 0.2, of whom 2 churn, are ten bins of one: |0.2 − 1| twice and |0.2 − 0| eight times: (1.6 + 1.6) ÷ 10.
		const labels = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
		expect(calibrationLoss(labels, new Float64Array(10).fill(0.2))).toBeCloseTo(0.32, 12);
		// A hundred rows, every ten of equal score and right on average: no loss.
		const scores = Array.from({ length: 100 }, (_, i) => Math.floor(i / 10) / 10);
		const hits = Array.from({ length: 100 }, (_, i) => (i % 10 < Math.floor(i / 10) ? 1 : 0));
		expect(calibrationLoss(hits, scores)).toBeCloseTo(0, 12);
		expect(reliability(hits, scores)).toHaveLength(10);
	});

	it("value capture is the churners' money in the top tenth by probability times value", () => {
		// Of ten customers one is looked at: the one with the largest product, a churner of 500 out of 500 + 100.
		const labels = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
		const values = [500, 100, 600, 10, 10, 10, 10, 10, 10, 10];
		expect(valueCapture(labels, [0.9, 0.9, 0.1, 0, 0, 0, 0, 0, 0, 0], values)).toBeCloseTo(5 / 6, 12);
	});
});

describe("ranking figures", () => {
	it("recall counts the target's share among the first", () => {
		expect(recallAt(2, [1, 2, 3], new Set([2, 3, 4]))).toBeCloseTo(1 / 3, 12);
	});

	it("gain is discounted by rank and relative to the ideal", () => {
		// Hits at ranks 2 and 3 of a target of two: (1 ÷ log2 3 + 1 ÷ log2 4) ÷ (1 + 1 ÷ log2 3).
		const expected = (1 / Math.log2(3) + 0.5) / (1 + 1 / Math.log2(3));
		expect(discountedGainAt(3, [9, 1, 2], new Set([1, 2]))).toBeCloseTo(expected, 12);
	});
});

describe("gains", () => {
	it("are the share of label 1 among the highest scores, tenth by tenth", () => {
		// ten rows by falling score: labels 1 1 0 1 0 0 0 0 0 0
		const labels = [1, 1, 0, 1, 0, 0, 0, 0, 0, 0];
		const scores = labels.map((_, i) => -i);
		expect(gains(labels, scores)).toEqual([0, 1 / 3, 2 / 3, 2 / 3, 1, 1, 1, 1, 1, 1, 1]);
	});

	it("of one score for all are those of chance", () => {
		const found = gains(
			[1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
			Array.from({ length: 10 }, () => 0.5),
		);
		for (const [tenth, share] of found.entries()) expect(share).toBeCloseTo(tenth / 10, 10);
	});

	it("have no value without label 1", () => {
		expect(gains([0, 0], [1, 2])).toEqual(Array.from({ length: 11 }, () => Number.NaN));
	});
});
