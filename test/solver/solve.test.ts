import { describe, expect, it } from "vitest";
import { buildProblem } from "../../engine/solver/problem.ts";
import { solve } from "../../engine/solver/solve.ts";
import { smallProblem } from "../problems/small.ts";
import { bruteForce } from "./brute-force.ts";
import { evaluate } from "./evaluate.ts";

describe("solve", () => {
	it("equals brute force on small random problems of every constraint, with a bound that holds", () => {
		const wrong: unknown[] = [];
		for (let seed = 1; seed <= 300; seed++) {
			const spec = smallProblem(seed);
			const solution = solve(buildProblem(spec), { seed, iterations: 1500 });
			const optimum = bruteForce(spec);
			const { value, faults } = evaluate(spec, solution);
			const unserved = (spec.dayCombinations ?? []).filter((sets, c) => sets && !isServed(spec, solution, c)).length;
			const missing = solution.unmetRequired.length + unserved;
			if (
				faults.length > 0 ||
				value !== solution.value ||
				missing !== optimum.missing ||
				value !== optimum.value ||
				solution.upperBound < value
			)
				wrong.push({ seed, value, reported: solution.value, missing, optimum, bound: solution.upperBound, faults });
		}
		expect(wrong).toEqual([]);
	});
});

function isServed(spec: ReturnType<typeof smallProblem>, solution: ReturnType<typeof solve>, customer: number): boolean {
	return solution.schedules.some((schedule) => schedule.contacts.some(({ option }) => spec.options[option].customer === customer));
}
