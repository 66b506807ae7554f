import { describe, expect, it } from "vitest";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { mediumProblem, smallProblem } from "../problems/small.ts";
import { bruteForce } from "./brute-force.ts";
import { enumerateChains } from "./exact-chains.ts";
import { compareWithOptimum } from "./exact-compare.ts";
import { solveExactly } from "./exact-milp.ts";

describe("the exact twin", () => {
	it("equals brute force", () => {
		for (let seed = 1; seed <= 100; seed++) {
			const { missing, value } = solveExactly(smallProblem(seed));
			expect({ seed, missing, value }).toEqual({ seed, ...bruteForce(smallProblem(seed)) });
		}
	});

	it("serves every option of the chains it chooses, once", () => {
		for (let seed = 1; seed <= 10; seed++) {
			const spec = mediumProblem(seed);
			const served = solveExactly(spec)
				.served.flat()
				.sort((a, b) => a - b);
			for (let customer = 0; customer < spec.numCustomers; customer++) {
				const own = served.filter((o) => spec.options[o].customer === customer);
				expect(enumerateChains(spec, customer).some(({ options }) => options.join() === own.join())).toBe(true);
			}
		}
	});

	it("refuses what is too large for it and says why", () => {
		const spec = mediumProblem(1);
		expect(() => solveExactly({ ...spec, numCustomers: 13 })).toThrow(/too large for the exact twin: 13 customers/);
		expect(() => solveExactly({ ...spec, days: [1, 2, 3, 4, 5, 6] })).toThrow(/6 days/);
		const floors: ProblemSpec["floors"] = [{ unit: "seconds", atLeast: 3000, cost: 1, customers: Int32Array.of(0) }];
		expect(() => solveExactly({ ...spec, floors })).toThrow(/a floor of 3000/);
	});
});

describe("the search", () => {
	it("equals the optimum, and its bound is never below, on small and larger random problems of every constraint", () => {
		const wrong: string[] = [];
		// A third of what the long lane lets it try.
		for (let seed = 1; seed <= 60; seed++) {
			const { isOptimal, faults, text } = compareWithOptimum(smallProblem(seed), seed, 8000, bruteForce);
			wrong.push(...faults, ...(isOptimal ? [] : [text]));
		}
		for (let seed = 1; seed <= 8; seed++) {
			const { isOptimal, faults, text } = compareWithOptimum(mediumProblem(seed), seed, 25_000, solveExactly);
			wrong.push(...faults, ...(isOptimal ? [] : [text]));
		}
		expect(wrong).toEqual([]);
	});

	it("never gives a bound below the optimum when it is cut short", () => {
		const faults: string[] = [];
		for (let seed = 501; seed <= 600; seed++) faults.push(...compareWithOptimum(smallProblem(seed), seed, 50, bruteForce).faults);
		expect(faults).toEqual([]);
	});
});
