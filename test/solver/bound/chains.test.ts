import { describe, expect, it } from "vitest";
import { chooseChains, createChoice, lowerLinks } from "../../../engine/solver/bound/chains.ts";
import { startRough } from "../../../engine/solver/bound/rough.ts";
import { buildRelaxation } from "../../../engine/solver/bound/rows.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { createRandom } from "../../../engine/random.ts";
import { smallProblem } from "../../problems/small.ts";

describe("lowerLinks", () => {
	it("takes prices off what customers leave aside, and makes no chain worth more", () => {
		let numLowered = 0;
		for (let seed = 1; seed <= 300; seed++) {
			const problem = buildProblem(smallProblem(seed));
			const relaxation = buildRelaxation(problem, startRough(problem).trees, "options");
			const choice = createChoice(problem, relaxation, [], false);
			const random = createRandom(seed, 3);
			const prices = Float64Array.from({ length: relaxation.numRows }, (_, row) => (row >= relaxation.firstLink ? random.below(200) : 0));
			const before = Float64Array.from(prices);
			const value = chooseChains(problem, relaxation, choice, prices).value;
			lowerLinks(problem, relaxation, choice, prices);
			if (value === -Infinity) continue; // required contacts that break the gap
			expect(chooseChains(problem, relaxation, choice, prices).value).toBeCloseTo(value, 6);
			prices.forEach((price, row) => expect(price).toBeLessThanOrEqual(before[row]));
			numLowered += prices.filter((price, row) => price < before[row]).length;
		}
		expect(numLowered).toBeGreaterThan(300);
	});
});

describe("chooseChains", () => {
	it("chooses for plain customers as it does for all others", () => {
		let numPlain = 0;
		for (let seed = 1; seed <= 300; seed++) {
			const problem = buildProblem(smallProblem(seed));
			const relaxation = buildRelaxation(problem, startRough(problem).trees, "options");
			const random = createRandom(seed, 4);
			const prices = Float64Array.from({ length: relaxation.numRows }, () => random.below(200));
			const short = chooseChains(problem, relaxation, createChoice(problem, relaxation, [], false), prices);
			const long = createChoice(problem, relaxation, [], false);
			long.isPlain.fill(0);
			chooseChains(problem, relaxation, long, prices);
			numPlain += short.isPlain.filter((isPlain) => isPlain).length;
			expect({ seed, value: short.value, use: short.use }).toEqual({ seed, value: long.value, use: long.use });
		}
		expect(numPlain).toBeGreaterThan(300);
	});
});
