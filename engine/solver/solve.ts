import { findUpperBound } from "./bound/bound.ts";
import type { Problem, Solution } from "./problem.ts";
import { scheduleSlots, totalFloorCost, unmetOptions } from "./report.ts";
import { search } from "./search.ts";
import { createStopRule, type StopOptions } from "./stop.ts";

export interface SolveOptions extends StopOptions {
	readonly seed: number;
	/** Called now and then with what is done so far; value in cents, without what is missing. */
	readonly onProgress?: (progress: { readonly iterations: number; readonly value: number }) => void;
}

/**
 * Plans one rep: search, then the upper bound. Pure and synchronous. The result depends on the problem, the seed and the number of
 * iterations done alone: `seconds` only decides when to stop, and repeating with `iterations` of the result gives the identical solution.
 * Without any limit a fixed number of iterations is done.
 */
export function solve(problem: Problem, options: SolveOptions): Solution {
	const rule = createStopRule(options);
	const { solution, iterations } = search(problem, options.seed, rule.shallStop, options.onProgress);
	const unmetRequired = unmetOptions(problem, solution);
	const isComplete = solution.missing === unmetRequired.length;
	const { bound, method } = findUpperBound(problem, solution.value, unmetRequired, isComplete);
	return {
		schedules: scheduleSlots(problem, solution),
		value: solution.value,
		floorCost: totalFloorCost(problem, solution),
		upperBound: bound,
		boundMethod: method,
		unmetRequired,
		iterations,
		stopped: rule.isStopped(),
	};
}
