import { describe, expect, it } from "vitest";
import { intervalOf, resample } from "../../../models/evaluation/bootstrap.ts";

describe("resample", () => {
	it("draws as many rows as there are, the same ones for the same seed", () => {
		const draw = (seed: number): number[][] => {
			const draws: number[][] = [];
			resample(20, seed, (counts) => draws.push([...counts]));
			return draws;
		};
		const draws = draw(5);
		expect(new Set(draws.map((counts) => counts.reduce((sum, count) => sum + count, 0)))).toEqual(new Set([20]));
		expect(draw(5)).toEqual(draws);
		expect(draw(6)).not.toEqual(draws);
	});

	it("makes an interval of a mean as wide as its standard error says", () => {
		const values = Array.from({ length: 200 }, (_, i): number => (i % 10 < 3 ? 1 : 0));
		const means: number[] = [];
		resample(200, 1, (counts) => means.push(values.reduce<number>((sum, value, i) => sum + value * counts[i], 0) / 200));
		const [low, high] = intervalOf(means) ?? [0, 0];
		// 0.3 ± 1.96 × √(0.3 × 0.7 ÷ 200) = 0.3 ± 0.0635
		expect(low).toBeGreaterThan(0.22);
		expect(low).toBeLessThan(0.26);
		expect(high).toBeGreaterThan(0.34);
		expect(high).toBeLessThan(0.38);
	});
});

describe("intervalOf", () => {
	it("leaves the outer fortieths out, and has none without a value", () => {
		expect(intervalOf(Array.from({ length: 40 }, (_, i) => i))).toEqual([1, 38]); // one fortieth of 40 on each side
		expect(intervalOf([Number.NaN])).toBeNull();
	});
});
