import { describe, expect, it } from "vitest";
import type { RepProblem } from "../../../benchmarks/scale/rep-problems.ts";
import { splitTime } from "../../../benchmarks/scale/split-time.ts";
import { createTally, digestOf, gapOf, medianOf } from "../../../benchmarks/scale/tally.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { solve } from "../../../engine/solver/solve.ts";
import { repFortnight } from "../../problems/rep-fortnight.ts";

const spec = repFortnight({ seed: 8, customers: 30, days: 3 });
const problem = buildProblem(spec);
const rep: RepProblem = { name: "1/R00001", buffer: problem.buffer, numCustomers: spec.numCustomers, spec };
const budget = { seed: 1, iterations: 2000 };
const solution = solve(problem, budget);

describe("the tally", () => {
	it("sums up values, bounds and gaps, and leaves reps without a positive bound out of the gaps", () => {
		const tally = createTally();
		const bare = { ...rep, spec: null };
		for (const [value, upperBound] of [
			[90, 100],
			[190, 200],
			[-5, 0],
		])
			tally.add(bare, { ...solution, value, upperBound });
		// Gaps 10 % and 5 %; the third has none.
		expect(tally.totals()).toMatchObject({ reps: 3, without_gap: 1, value_cents: 275, bound_cents: 300, recounted: 0, violations: 0 });
		expect(tally.totals().mean_gap).toBeCloseTo(0.075, 12);
		expect(tally.totals().median_gap).toBeCloseTo(0.075, 12);
		expect(tally.totals().max_gap).toBeCloseTo(0.1, 12);
	});

	it("finds nothing wrong with a solution, and a wrong value, a bound below it and a broken route", () => {
		const tally = createTally();
		expect(tally.add(rep, solution)).toEqual([]);
		expect(tally.add(rep, { ...solution, value: solution.value - 1 })).toHaveLength(1);
		expect(tally.add(rep, { ...solution, upperBound: solution.value - 1 })).toHaveLength(1);
		const [first, ...rest] = solution.schedules;
		expect(tally.add(rep, { ...solution, schedules: [{ ...first, travelCost: first.travelCost + 1 }, ...rest] })).toHaveLength(1);
		expect(tally.totals()).toMatchObject({ recounted: 4, violations: 3 });
	});

	it("has a digest of every field of every solution and of their order", () => {
		const other = solve(problem, { seed: 2, iterations: 2000 });
		const digest = (...solutions: (typeof solution)[]): string => {
			const tally = createTally();
			for (const one of solutions) tally.add(rep, one);
			return tally.totals().digest;
		};
		expect(digest(solution, other)).toBe(digest(solve(problem, budget), other));
		expect(digest(solution, other)).not.toBe(digest(other, solution));
		expect(digest({ ...solution, iterations: 1999 })).not.toBe(digest(solution));
	});

	it("knows no gap of nothing", () => {
		expect(createTally().totals()).toMatchObject({ reps: 0, mean_gap: null, median_gap: null, max_gap: null });
		expect(gapOf({ value: 1, upperBound: 0 })).toBeNull();
		expect(medianOf([1, 2, 7])).toBe(2);
		expect(medianOf([1, 2, 4, 7])).toBe(3);
	});
});

describe("the split of a solve's time", () => {
	it("leaves the solution alone and accounts for the whole", () => {
		const { solution: again, seconds } = splitTime(rep, budget);
		expect(digestOf(again)).toBe(digestOf(solution));
		expect(seconds?.search).toBeGreaterThanOrEqual(0);
		expect(seconds?.bound).toBeGreaterThanOrEqual(0);
	});

	it("tells nothing where the search does nothing", () => {
		expect(splitTime(rep, { seed: 1, iterations: 0 }).seconds).toBeNull();
	});
});
