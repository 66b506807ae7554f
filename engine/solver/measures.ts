import type { Problem } from "./problem.ts";
import type { WorkingSolution } from "./working-solution.ts";

/** Cents that a second of the slots yields. */
export function valueOfTime(problem: Problem, solution: WorkingSolution): number {
	let time = 1;
	for (let slot = 0; slot < problem.numSlots; slot++) time += problem.slotClose[slot] - problem.slotOpen[slot];
	return Math.max(0, turnoverOf(problem, solution)) / time;
}

/** Prizes above 0 and travel costs, added up: a measure of scale that is positive for minimisation too. */
export function turnoverOf(problem: Problem, solution: WorkingSolution): number {
	let turnover = 0;
	for (let slot = 0; slot < problem.numSlots; slot++) {
		turnover += solution.cost[slot];
		const base = slot * solution.stride;
		for (let k = base + 1; k <= base + solution.count[slot]; k++) {
			const option = solution.items[k];
			if (option < problem.numOptions) turnover += Math.max(0, problem.prize[option * (problem.numDays + 1)]);
		}
	}
	return turnover;
}

/** Of all prizes above 0, cents; where nothing is planned yet. */
export function meanPrize(problem: Problem): number {
	return problem.prize.reduce((sum, prize) => sum + Math.max(0, prize), 0) / Math.max(1, problem.prize.length);
}

/** Seconds of travel in all slots. */
export function travelOf({ numSlots }: Problem, { travel }: WorkingSolution): number {
	let sum = 0;
	for (let slot = 0; slot < numSlots; slot++) sum += travel[slot];
	return sum;
}
