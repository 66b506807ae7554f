import { findUpperBound } from "./bound/bound.ts";
import { addBoundRoutes } from "./bound-routes.ts";
import type { Problem } from "./problem.ts";
import type { Solution } from "./solution.ts";
import { scheduleSlots, totalFloorCost, unmetOptions } from "./report.ts";
import { search, type SearchResult } from "./search.ts";
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
	const found = search(problem, options.seed, rule.shallStop, {
		...options,
		...(left.length > 0 && mergeTrails(problem, left)),
	});
	const { iterations, evaluations } = found;
	const unmet = unmetOptions(problem, found.solution);
	const isComplete = found.solution.missing === unmet.length;
	const boundWork = options.boundWork ?? Math.min(MOST_BOUND_WORK, Math.max(LEAST_BOUND_WORK, BOUND_WORK_AN_EVALUATION * evaluations));
	const { bound, method, routes } = findUpperBound(problem, found.solution.value, unmet, isComplete, boundWork, found);
	const { solution } = combineWithBound(problem, options, found, unmet, routes);
	return {
		schedules: scheduleSlots(problem, solution),
		value: solution.value,
		floorCost: totalFloorCost(problem, solution),
		upperBound: bound,
		boundMethod: method,
		unmetRequired: unmetOptions(problem, solution),
		iterations: left.reduce((sum, trail) => sum + trail.iterations, iterations),
		stopped: rule.isStopped(),
	};
}

/**
 * The routes that the bound has found join those of the search, and the best combination of all takes the place of the solution where it is better and the bound holds for it too. On one
 * day alone: on several days, and where remote contacts fill what visits leave, this was measured to bring nothing.
 */
function combineWithBound(
	problem: Problem,
	{ seed, settings }: SolveOptions,
	found: SearchResult,
	unmet: readonly number[],
	routes: Int32Array,
): SearchResult {
	if (problem.numDays > 1 || problem.numSlots < 2 || found.rough || settings?.recombination === 0) return found;
	if (addBoundRoutes(problem, found.pool, routes) === 0) return found;
	const given = { given: found.best, pool: found.pool };
	const combined = search(problem, seed, (iterations) => iterations >= 1, settings ? { settings, ...given } : given);
	return unmetOptions(problem, combined.solution).every((option) => unmet.includes(option)) ? combined : found;
}
