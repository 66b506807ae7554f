import { describe, expect, it } from "vitest";
import { mediumProblem, smallProblem } from "../problems/small.ts";
import { bruteForce } from "../solver/brute-force.ts";
import { compareWithOptimum } from "../solver/exact-compare.ts";
import { solveExactly } from "../solver/exact-milp.ts";
import { isKnownMiss } from "../solver/exact-misses.ts";

const SLICE = Boolean(process.env.CARTEIRA_SLICE);
const NUM_SMALL = SLICE ? 800 : 2000;
const NUM_MEDIUM = SLICE ? 60 : 300;
const ITERATIONS = 25_000;

const report = (name: string, count: number, optimal: number): void =>
	console.log(`${name}: ${optimal} of ${count} random problems solved to the proven optimum in ${ITERATIONS} iterations`);

describe("the search against proven optima", () => {
	for (const [size, count, problemOf, twin] of [
		["small", NUM_SMALL, smallProblem, bruteForce],
		["medium", NUM_MEDIUM, mediumProblem, solveExactly],
	] as const) {
		it(`equals them and bounds them from above on ${count} ${size} problems`, () => {
			const wrong: string[] = [];
			let numOptimal = 0;
			for (let seed = 1; seed <= count; seed++) {
				const { isOptimal, faults, text } = compareWithOptimum(problemOf(seed), seed, ITERATIONS, twin);
				wrong.push(...faults, ...(isOptimal || (size === "medium" && isKnownMiss(seed)) ? [] : [text]));
				if (isOptimal) numOptimal++;
			}
			report(size, count, numOptimal);
			expect(wrong).toEqual([]);
		});
	}
});

describe("a search that is cut short", () => {
	it("never gives a bound below the optimum", () => {
		const faults: string[] = [];
		for (let seed = 501; seed <= (SLICE ? 1100 : 5000); seed++)
			faults.push(...compareWithOptimum(smallProblem(seed), seed, 50, bruteForce).faults);
		expect(faults).toEqual([]);
	});
});

describe("the exact twins against each other", () => {
	it("agree", () => {
		for (let seed = 101; seed <= (SLICE ? 400 : 1500); seed++) {
			const { missing, value } = solveExactly(smallProblem(seed));
			expect({ seed, missing, value }).toEqual({ seed, ...bruteForce(smallProblem(seed)) });
		}
	});
});
