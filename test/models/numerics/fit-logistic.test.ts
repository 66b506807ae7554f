import { describe, expect, it } from "vitest";
import { fitLogistic } from "../../../models/numerics/fit-logistic.ts";

const VAGUE = 1e6;
const row = (count: number, orders: number, terms: readonly (readonly [number, number])[], offset = 0) => ({
	count,
	orders,
	offset,
	terms,
});
const fit = (rows: ReturnType<typeof row>[], ...variances: number[]) =>
	fitLogistic(rows, Float64Array.from(variances), new Float64Array(variances.length));

describe("logistic regression under a normal prior", () => {
	it("gives the log-odds of the share, and their variance, where the prior says nothing", () => {
		const found = fit([row(100, 25, [[0, 1]])], VAGUE);
		expect(found.mean[0]).toBeCloseTo(Math.log(1 / 3), 5); // 25 to 75
		expect(found.varianceOf([0])).toBeCloseTo(1 / (100 * 0.25 * 0.75), 5);
	});

	it("gives the logarithm of the odds ratio of two arms, with the sum of the four reciprocals as variance", () => {
		const found = fit(
			[
				row(50, 20, [
					[0, 1],
					[1, 1],
				]),
				row(40, 10, [[0, 1]]),
			],
			VAGUE,
			VAGUE,
		);
		expect(found.mean[1]).toBeCloseTo(Math.log((20 * 30) / (30 * 10)), 5);
		expect(found.varianceOf([1])).toBeCloseTo(1 / 20 + 1 / 30 + 1 / 10 + 1 / 30, 4); // Woolf
	});

	it("counts from the offsets", () => {
		expect(fit([row(100, 50, [[0, 1]], 2)], VAGUE).mean[0]).toBeCloseTo(-2, 4);
	});

	it("stays at the prior without data, and finite where everyone ordered", () => {
		expect([fit([], 0.25).mean[0], fit([], 0.25).varianceOf([0])]).toEqual([0, 0.25]);
		// At the top the slope is 0: 10 (1 − p) = x with x = log(p ÷ (1 − p)), variance 1.
		const { mean } = fit([row(10, 10, [[0, 1]])], 1);
		expect(10 / (1 + Math.exp(mean[0]))).toBeCloseTo(mean[0], 6);
	});

	it("adds variances and covariances of a sum", () => {
		const found = fit(
			[
				row(30, 10, [
					[0, 1],
					[1, 1],
				]),
				row(30, 20, [[0, 1]]),
			],
			1,
			1,
		);
		const [first, second, both] = [[0], [1], [0, 1]].map((parts) => found.varianceOf(parts));
		expect(both).toBeLessThan(first + second); // one arm's luck pulls them apart
		expect(both).toBeGreaterThan(0);
	});
});
