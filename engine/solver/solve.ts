import { findUpperBound } from "./bound/bound.ts";
import type { Problem } from "./problem.ts";
import type { Solution } from "./solution.ts";
import { scheduleSlots, totalFloorCost, unmetOptions } from "./report.ts";
import { search } from "./search.ts";
import type { SearchSettings } from "./settings.ts";
import { createStopRule, type StopOptions } from "./stop.ts";
import { explore, mergeTrails, type Trail } from "./trail.ts";

export interface SolveOptions extends StopOptions {
	readonly seed: number;
	/** Searches from so many seeds first, each with all the limits above; the last search goes on from the best of them with the routes of all. */
	readonly starts?: number;
	readonly settings?: Partial<SearchSettings>;
	/** Work of the bound beside its beginning (some 0.4 CPU s on product-shaped problems), some 150 million a CPU second; default: what takes about a third as long as the search. */
	readonly boundWork?: number;
	/** Called now and then with what is done so far; value in cents, without what is missing. */
	readonly onProgress?: (progress: { readonly iterations: number; readonly value: number }) => void;
}

/** An evaluation takes about 12 ns, so this makes the bound about a third as long as the search; never far below 0.5 s, never far above 4 s. */
const BOUND_WORK_AN_EVALUATION = 0.3;
const LEAST_BOUND_WORK = 60e6;
const MOST_BOUND_WORK = 400e6;

/**
 * Plans one rep: search, then the upper bound. Pure and synchronous. The result depends on the problem, the seed, the starts and the number of
 * iterations done alone: `seconds` only decides when to stop, and repeating with `iterations` of the result gives the identical solution (of a
 * single start). Without any limit a fixed number of iterations is done. `trails`: what the starts have left, where other threads made them.
 */
export function solve(problem: Problem, options: SolveOptions, trails?: readonly Trail[]): Solution {
	const numStarts = options.starts ?? 0;
	const left = trails ?? Array.from({ length: numStarts }, (_, start) => explore(problem, options, start));
	const rule = createStopRule(options);
	const { solution, iterations, evaluations, rough, pool } = search(problem, options.seed, rule.shallStop, {
		...options,
		...(left.length > 0 && mergeTrails(problem, left)),
	});
	const unmetRequired = unmetOptions(problem, solution);
	const isComplete = solution.missing === unmetRequired.length;
	const boundWork = options.boundWork ?? Math.min(MOST_BOUND_WORK, Math.max(LEAST_BOUND_WORK, BOUND_WORK_AN_EVALUATION * evaluations));
	const { bound, method } = findUpperBound(problem, solution.value, unmetRequired, isComplete, boundWork, { rough, pool });
	return {
		schedules: scheduleSlots(problem, solution),
		value: solution.value,
		floorCost: totalFloorCost(problem, solution),
		upperBound: bound,
		boundMethod: method,
		unmetRequired,
		iterations: left.reduce((sum, trail) => sum + trail.iterations, iterations),
		stopped: rule.isStopped(),
	};
}
