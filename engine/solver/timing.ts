import type { Problem } from "./problem.ts";
import type { WorkingSolution } from "./working-solution.ts";

/** Later than any time of day: no start is possible. */
export const NEVER = 2147483647;

/** Earliest allowed start of an item for an arrival; NEVER where all its windows are over. */
export function earliestStart(problem: Problem, item: number, arrive: number): number {
	if (arrive > problem.itemClose[item]) return NEVER;
	let window = problem.itemFirstWindow[item];
	while (problem.windowTo[window] < arrive) window++;
	return Math.max(arrive, problem.windowFrom[window]);
}

/** Latest allowed start of an item that is not after `time`; -1 where there is none. */
export function latestStart(problem: Problem, item: number, time: number): number {
	if (time < problem.itemOpen[item]) return -1;
	let window = problem.itemFirstWindow[item + 1] - 1;
	while (problem.windowFrom[window] > time) window--;
	return Math.min(time, problem.windowTo[window]);
}

/**
 * Recomputes the times of one slot from its sequence: earliest starts forwards, latest arrivals backwards, so that an insertion is
 * checked in constant time. Updates the solution's value by the change of travel cost and of cut-off losses. False, with the slot's times
 * unusable, where the sequence is infeasible.
 */
export function refreshSlot(problem: Problem, solution: WorkingSolution, slot: number): boolean {
	if (!scheduleForwards(problem, solution, slot)) return false;
	scheduleBackwards(problem, solution, slot);
	return true;
}

function scheduleForwards(problem: Problem, solution: WorkingSolution, slot: number): boolean {
	const { travelTime, travelCost, itemPlace, itemDuration, optionCutoff, optionCutoffLoss, numOptions, numPlaces } = problem;
	const { items, place, leg, start, end, position } = solution;
	const base = slot * solution.stride;
	const count = solution.count[slot];
	let here = problem.slotStart[slot];
	let time = problem.slotOpen[slot];
	let travel = 0;
	let cost = 0;
	let loss = 0;
	place[base] = here;
	end[base] = time;
	for (let k = base + 1; k <= base + count; k++) {
		const item = items[k];
		const there = itemPlace[item];
		let way = 0;
		if (there >= 0) {
			const cell = here * numPlaces + there;
			way = travelTime[cell];
			cost += travelCost[cell];
			here = there;
		}
		travel += way;
		const begin = earliestStart(problem, item, time + way);
		if (begin === NEVER) return false;
		if (item < numOptions && begin > optionCutoff[item]) loss += optionCutoffLoss[item];
		time = begin + itemDuration[item];
		leg[k] = way;
		place[k] = here;
		start[k] = begin;
		end[k] = time;
		position[item] = k - base;
	}
	const last = base + count + 1;
	const home = here * numPlaces + problem.slotEnd[slot];
	leg[last] = solution.visits[slot] > 0 ? travelTime[home] : 0;
	if (solution.visits[slot] > 0) cost += travelCost[home];
	place[last] = problem.slotEnd[slot];
	const reached = time + leg[last]; // may be more than the array can hold
	start[last] = reached;
	travel += leg[last];
	if (reached > problem.slotClose[slot] || travel > problem.slotMaxTravel[slot]) return false;
	solution.travel[slot] = travel;
	solution.value += solution.cost[slot] + solution.loss[slot] - cost - loss;
	solution.cost[slot] = cost;
	solution.loss[slot] = loss;
	return true;
}

function scheduleBackwards(problem: Problem, solution: WorkingSolution, slot: number): void {
	const { itemPlace, itemDuration, optionCutoff, optionCutoffLoss, numOptions } = problem;
	const { items, leg, start, end, latest, onTime, nextStop } = solution;
	const base = slot * solution.stride;
	const last = base + solution.count[slot] + 1;
	let room = 0;
	let stop = last;
	latest[last] = problem.slotClose[slot];
	onTime[last] = NEVER;
	for (let k = last; k > base; k--) {
		if (k < last) {
			const item = items[k];
			const busy = leg[k + 1] + itemDuration[item];
			latest[k] = latestStart(problem, item, latest[k + 1] - busy);
			let limit = onTime[k + 1] === NEVER ? NEVER : onTime[k + 1] - busy;
			// A contact that keeps its full prize today loses it when the arrival moves past the cut-off.
			if (item < numOptions && optionCutoffLoss[item] > 0 && start[k] <= optionCutoff[item]) limit = Math.min(limit, optionCutoff[item]);
			onTime[k] = limit === NEVER ? NEVER : latestStart(problem, item, limit);
			if (itemPlace[item] >= 0) stop = k;
		}
		nextStop[k - 1] = stop;
		const free = latest[k] - end[k - 1];
		if (free > room) room = free;
	}
	solution.room[slot] = room;
}
