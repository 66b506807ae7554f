import { type Problem, REQUIRED } from "./problem.ts";
import type { PlacedContact, SlotSchedule } from "./solution.ts";
import { earliestStart, NEVER } from "./timing.ts";
import { floorCostOf, type WorkingSolution } from "./working-solution.ts";

/**
 * The schedule of every slot with its times: all starts as early as they can be, but no leg earlier than it must be (nobody waits at a
 * customer's door), and breaks behind the last contact at home where their windows allow it.
 */
export function scheduleSlots(problem: Problem, solution: WorkingSolution): SlotSchedule[] {
	return Array.from({ length: problem.numSlots }, (_, slot) => scheduleSlot(problem, solution, slot));
}

function scheduleSlot(problem: Problem, solution: WorkingSolution, slot: number): SlotSchedule {
	const { itemPlace, travelDistance, numPlaces, slotOpen, numOptions } = problem;
	const { items, start, end, place, leg } = solution;
	const base = slot * solution.stride;
	const last = base + solution.count[slot];
	const contacts: PlacedContact[] = [];
	const breaks: Break[] = [];
	let leave = -1;
	let distance = 0;
	let lastContact = base;
	for (let k = base + 1; k <= last; k++) {
		const isVisit = itemPlace[items[k]] >= 0;
		const travelled = isVisit ? travelDistance[place[k - 1] * numPlaces + place[k]] : 0;
		distance += travelled;
		if (items[k] >= numOptions) {
			breaks.push({ start: start[k], end: end[k] });
			continue;
		}
		lastContact = k;
		if (isVisit && leave < 0) leave = start[k] - leg[k];
		contacts.push({
			option: items[k],
			slot,
			arrive: start[k],
			start: start[k],
			end: end[k],
			travelTime: leg[k],
			travelDistance: travelled,
		});
	}
	const evening = breaks.splice(breaks.length - (last - lastContact));
	const wayHome = leg[last + 1];
	const atHome = shiftBreaks(problem, solution, slot, lastContact, end[lastContact] + wayHome);
	breaks.push(...(atHome ?? evening));
	const isOut = solution.visits[slot] > 0;
	if (isOut) distance += travelDistance[place[last] * numPlaces + place[last + 1]];
	return {
		slot,
		contacts,
		leave: leave < 0 ? slotOpen[slot] : leave,
		finish: finishOf(end[lastContact], wayHome, atHome ?? evening),
		breaks,
		travelTime: solution.travel[slot],
		travelDistance: distance,
		travelCost: solution.cost[slot],
	};
}

interface Break {
	readonly start: number;
	readonly end: number;
}

/** The breaks behind the last contact, put off until the rep is at the end place; null where the windows or the shift do not allow it. */
function shiftBreaks(problem: Problem, solution: WorkingSolution, slot: number, lastContact: number, home: number): Break[] | null {
	const shifted: Break[] = [];
	let time = home;
	for (let k = lastContact + 1; k <= slot * solution.stride + solution.count[slot]; k++) {
		const start = earliestStart(problem, solution.items[k], Math.max(time, solution.start[k]));
		time = start + problem.itemDuration[solution.items[k]];
		if (start === NEVER || time > problem.slotClose[slot]) return null;
		shifted.push({ start, end: time });
	}
	return shifted;
}

/** When the rep reaches the end place: in the first stretch between the breaks behind the last contact that holds the way. */
function finishOf(end: number, wayHome: number, breaks: readonly Break[]): number {
	let time = end;
	for (const pause of breaks) {
		if (time + wayHome <= pause.start) break;
		time = pause.end;
	}
	return time + wayHome;
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
