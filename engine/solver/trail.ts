import { addRoute, createPool, type RoutePool } from "./pool.ts";
import type { Problem } from "./problem.ts";
import { search } from "./search.ts";
import type { SearchSettings } from "./settings.ts";
import { createSnapshot, type Snapshot } from "./snapshot.ts";
import { createStopRule, type StopOptions } from "./stop.ts";
import { createWorkingSolution } from "./empty-solution.ts";

/** What one of several starts on a problem leaves to the others: its best solution and the routes it met. Plain data, for another thread. */
export interface Trail {
	readonly best: Snapshot;
	readonly iterations: number;
	/** Items of route r at [first[r], first[r + 1]), its class and its cost. */
	readonly items: Int32Array;
	readonly first: Int32Array;
	readonly routeClass: Int32Array;
	readonly cost: Float64Array;
}

export interface ExploreOptions extends StopOptions {
	readonly seed: number;
	readonly settings?: Partial<SearchSettings>;
}

/** Searches from one of several starts; equal starts leave equal trails. */
export function explore(problem: Problem, options: ExploreOptions, start: number): Trail {
	const { settings } = options;
	const { shallStop } = createStopRule(options);
	const { best, iterations, pool } = search(problem, seedOf(options.seed, start), shallStop, settings ? { settings } : {});
	return {
		best,
		iterations,
		items: pool.items.slice(0, pool.first[pool.count]),
		first: pool.first.slice(0, pool.count + 1),
		routeClass: pool.routeClass.slice(0, pool.count),
		cost: pool.cost.slice(0, pool.count),
	};
}

/** The best of the trails' solutions, of equals the first, and their routes as far as the pool holds them. */
export function mergeTrails(problem: Problem, trails: readonly Trail[]): { given: Snapshot; pool: RoutePool } {
	const pool = createPool(problem);
	const slotOfClass = new Int32Array(pool.numClasses);
	for (let slot = problem.numSlots - 1; slot >= 0; slot--) slotOfClass[pool.classOf[slot]] = slot;
	let given = createSnapshot(problem, createWorkingSolution(problem));
	// The best first: a full pool turns later routes away.
	for (const { best, items, first, routeClass, cost } of trails.toSorted((a, b) => b.best.score - a.best.score)) {
		if (best.score > given.score) given = best;
		for (let route = 0; route < cost.length; route++)
			addRoute(pool, problem, slotOfClass[routeClass[route]], items, first[route], first[route + 1], cost[route]);
	}
	return { given, pool };
}

function seedOf(seed: number, start: number): number {
	return (seed + Math.imul(start + 1, 0x9e3779b1)) | 0;
}
