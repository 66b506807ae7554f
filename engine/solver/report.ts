import { type PlacedContact, type Problem, REQUIRED, type SlotSchedule } from "./problem.ts";
import { floorCostOf, type WorkingSolution } from "./working-solution.ts";

/** The schedule of every slot with its times: all starts as early as they can be, but the first leg no earlier than it must be. */
export function scheduleSlots(problem: Problem, solution: WorkingSolution): SlotSchedule[] {
	return Array.from({ length: problem.numSlots }, (_, slot) => scheduleSlot(problem, solution, slot));
}

function scheduleSlot(problem: Problem, solution: WorkingSolution, slot: number): SlotSchedule {
	const { itemPlace, travelDistance, numPlaces, slotOpen, numOptions } = problem;
	const { items, start, end, place, leg } = solution;
	const base = slot * solution.stride;
	const last = base + solution.count[slot];
	const contacts: PlacedContact[] = [];
	const breaks: { start: number; end: number }[] = [];
	let leave = -1;
	let distance = 0;
	for (let k = base + 1; k <= last; k++) {
		const isVisit = itemPlace[items[k]] >= 0;
		const travelled = isVisit ? travelDistance[place[k - 1] * numPlaces + place[k]] : 0;
		distance += travelled;
		if (items[k] >= numOptions) {
			breaks.push({ start: start[k], end: end[k] });
			continue;
		}
		let arrive = start[k];
		if (isVisit && leave < 0) leave = start[k] - leg[k];
		else if (isVisit) arrive = end[k - 1] + leg[k];
		contacts.push({ option: items[k], slot, arrive, start: start[k], end: end[k], travelTime: leg[k], travelDistance: travelled });
	}
	const isOut = solution.visits[slot] > 0;
	if (isOut) distance += travelDistance[place[last] * numPlaces + place[last + 1]];
	return {
		slot,
		contacts,
		leave: leave < 0 ? slotOpen[slot] : leave,
		finish: finishOf(problem, solution, slot),
		breaks,
		travelTime: solution.travel[slot],
		travelDistance: distance,
		travelCost: solution.cost[slot],
	};
}

/** When the rep reaches the end place: before the breaks behind the last contact where the way home fits before them. */
function finishOf(problem: Problem, solution: WorkingSolution, slot: number): number {
	const base = slot * solution.stride;
	const last = base + solution.count[slot];
	let k = last;
	while (k > base && solution.items[k] >= problem.numOptions) k--;
	const home = solution.end[k] + solution.leg[last + 1];
	return k === last || home <= solution.start[k + 1] ? home : solution.start[last + 1];
}

/** Σ costs of what the floors lack. */
export function totalFloorCost(problem: Problem, solution: WorkingSolution): number {
	let cost = 0;
	for (let f = 0; f < problem.numFloors; f++) cost += floorCostOf(problem, f, solution.floorDone[f]);
	return cost;
}

/** Required options that are out, ascending. */
export function unmetOptions(problem: Problem, solution: WorkingSolution): number[] {
	const unmet: number[] = [];
	for (let option = 0; option < problem.numOptions; option++) {
		if (problem.optionFlags[option] & REQUIRED && solution.slotOf[option] < 0) unmet.push(option);
	}
	return unmet;
}
