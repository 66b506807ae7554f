import { createWorkingSolution } from "./empty-solution.ts";
import { addRoute, type RoutePool } from "./pool.ts";
import type { Problem } from "./problem.ts";
import { arrangeSlot } from "./resume.ts";
import type { WorkingSolution } from "./working-solution.ts";

/**
 * Adds the routes of a bound (`UpperBound.routes`) to those that a search met, and counts the new ones. Pricing rounds times and knows no breaks, so breaks come in
 * where they are possible, and visits that do not fit stay out.
 */
export function addBoundRoutes(problem: Problem, pool: RoutePool, routes: Int32Array): number {
	const solution = createWorkingSolution(problem);
	const before = pool.count;
	for (let at = 0; at < routes.length; at += 2 + routes[at + 1]) {
		const slot = routes[at];
		const first = slot * solution.stride + 1;
		const breaks = Array.from(solution.items.subarray(first, first + solution.count[slot]));
		driveWhatFits(problem, solution, slot, breaks, routes.subarray(at + 2, at + 2 + routes[at + 1]));
		const last = first + solution.count[slot];
		addRoute(pool, problem, slot, solution.items, first, last, solution.cost[slot] + solution.loss[slot]);
		arrangeSlot(problem, solution, slot, breaks);
	}
	return pool.count - before;
}

/** Puts the visits into a slot that holds breaks alone, each behind the one before it, and ahead of as many breaks as possible. */
function driveWhatFits(problem: Problem, solution: WorkingSolution, slot: number, breaks: readonly number[], visits: Int32Array): void {
	let items = [...breaks];
	let behind = 0;
	for (const visit of visits) {
		for (let at = behind; at <= items.length; at++) {
			const longer = items.toSpliced(at, 0, visit);
			if (!arrangeSlot(problem, solution, slot, longer)) continue;
			items = longer;
			behind = at + 1;
			break;
		}
	}
}
