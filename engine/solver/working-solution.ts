import { GAP_EXEMPT, IS_SWAP, type Problem } from "./problem.ts";

/**
 * The solution that the search changes in place. Slot s lies at [s × stride, s × stride + count + 1]: a sentinel for the start, the items
 * in order at 1 … count, a sentinel for the end. All arrays by position are valid after `refreshSlot`.
 */
export interface WorkingSolution {
	readonly stride: number;
	readonly count: Int32Array;
	readonly items: Int32Array;
	/** Where the rep is at the item (sentinels: start and end place). */
	readonly place: Int32Array;
	/** Travel time from the position before; 0 for items that happen where the rep is, and on slots without visits. */
	readonly leg: Int32Array;
	/** Earliest start and end; start of the last sentinel: reaching the end place. */
	readonly start: Int32Array;
	readonly end: Int32Array;
	/** Latest arrival that keeps the rest of the slot feasible. */
	readonly latest: Int32Array;
	/** Latest arrival that costs no contact from here on its cut-off value. */
	readonly onTime: Int32Array;
	/** Index of the next visit after this position, or of the last sentinel. */
	readonly nextStop: Int32Array;
	/** By slot: time of the largest hole, numbers of visits, calls and swaps, travel time, travel cost, cut-off losses. */
	readonly room: Int32Array;
	readonly visits: Int32Array;
	readonly calls: Int32Array;
	readonly swaps: Int32Array;
	readonly travel: Int32Array;
	readonly cost: Float64Array;
	readonly loss: Float64Array;
	/** [slot × numResources + resource], and by resource. */
	readonly slotUsed: Float64Array;
	readonly horizonUsed: Float64Array;
	/** Seconds or contacts done, by floor. */
	readonly floorDone: Float64Array;
	/** Option placed for [customer × numDays + day], -1 for none. */
	readonly contactOn: Int32Array;
	readonly numContacts: Int32Array;
	/** Slot of an item, -1 while it is out, and its position there. */
	readonly slotOf: Int32Array;
	readonly position: Int32Array;
	/** Σ prizes − losses − travel cost − floor cost. */
	value: number;
	/** Required options, and customers with day combinations, that are out; each outweighs every possible value. */
	missing: number;
	readonly missingPenalty: number;
}

/** What the search maximises: the value, with what is missing before everything. */
export function scoreOf(solution: WorkingSolution): number {
	return solution.value - solution.missingPenalty * solution.missing;
}

export function hasCombinations(problem: Problem, customer: number): boolean {
	return problem.customerFirstCombination[customer + 1] > problem.customerFirstCombination[customer];
}

/** Cost of what floor f lacks after `done` seconds or contacts, in cents, rounded once. */
export function floorCostOf(problem: Problem, f: number, done: number): number {
	const missing = Math.max(0, problem.floorAtLeast[f] - done);
	return Math.round(100 * (problem.floorIsSeconds[f] ? missing / 3600 : missing) * problem.floorCost[f]);
}

/** Index of the day of the customer's last contact before `day`, -1 for none. */
export function previousDay(problem: Problem, solution: WorkingSolution, customer: number, day: number): number {
	const base = customer * problem.numDays;
	let previous = day - 1;
	while (previous >= 0 && solution.contactOn[base + previous] < 0) previous--;
	return previous;
}

/** Index of the day of the customer's first contact after `day`, -1 for none. */
export function nextDay(problem: Problem, solution: WorkingSolution, customer: number, day: number): number {
	const base = customer * problem.numDays;
	for (let next = day + 1; next < problem.numDays; next++) if (solution.contactOn[base + next] >= 0) return next;
	return -1;
}

/** Whether the option's day is free for its customer and far enough from all its other contacts that are not exempt. */
export function keepsGap(problem: Problem, solution: WorkingSolution, option: number): boolean {
	const { numDays, days, optionFlags } = problem;
	const { contactOn, numContacts } = solution;
	const customer = problem.optionCustomer[option];
	if (numContacts[customer] === 0) return true;
	const base = customer * numDays;
	const day = problem.optionDay[option];
	if (contactOn[base + day] >= 0) return false;
	if (optionFlags[option] & GAP_EXEMPT) return true;
	const minGap = problem.minGap[customer];
	for (let other = day - 1; other >= 0 && days[day] - days[other] < minGap; other--) {
		const contact = contactOn[base + other];
		if (contact >= 0 && !(optionFlags[contact] & GAP_EXEMPT)) return false;
	}
	for (let other = day + 1; other < numDays && days[other] - days[day] < minGap; other++) {
		const contact = contactOn[base + other];
		if (contact >= 0 && !(optionFlags[contact] & GAP_EXEMPT)) return false;
	}
	return true;
}

/** Whether the limits of the slot and the resources leave room for one more contact of this kind. */
export function fitsLimits(problem: Problem, solution: WorkingSolution, option: number, slot: number): boolean {
	const { numResources, demand, resourceCap, resourceIsHorizon } = problem;
	if (problem.optionChannel[option] === 0) {
		if (solution.visits[slot] >= problem.slotMaxVisits[slot]) return false;
	} else if (solution.calls[slot] >= problem.slotMaxCalls[slot]) return false;
	if (problem.optionFlags[option] & IS_SWAP && solution.swaps[slot] >= problem.slotMaxSwaps[slot]) return false;
	for (let r = 0; r < numResources; r++) {
		const used = resourceIsHorizon[r] ? solution.horizonUsed[r] : solution.slotUsed[slot * numResources + r];
		if (used + demand[option * numResources + r] > resourceCap[r]) return false;
	}
	return true;
}

/** Change of Σ prizes − floor cost when the contact comes in (sign 1, while it is out) or goes out (sign -1, while it is in). */
export function gainOf(problem: Problem, solution: WorkingSolution, option: number, sign: 1 | -1): number {
	const { prize, numDays } = problem;
	const customer = problem.optionCustomer[option];
	const day = problem.optionDay[option];
	const previous = previousDay(problem, solution, customer, day);
	const next = nextDay(problem, solution, customer, day);
	let gain = prize[option * (numDays + 1) + previous + 1];
	if (next >= 0) {
		const row = solution.contactOn[customer * numDays + next] * (numDays + 1);
		gain += prize[row + day + 1] - prize[row + previous + 1];
	}
	return sign * gain + floorGainOf(problem, solution, option, sign);
}

/** The part of `gainOf` that comes from the floors. */
export function floorGainOf(problem: Problem, solution: WorkingSolution, option: number, sign: 1 | -1): number {
	const customer = problem.optionCustomer[option];
	let gain = 0;
	for (let i = problem.customerFirstFloor[customer]; i < problem.customerFirstFloor[customer + 1]; i++) {
		const f = problem.customerFloors[i];
		const done = solution.floorDone[f];
		const more = problem.floorIsSeconds[f] ? problem.itemDuration[option] : 1;
		gain += floorCostOf(problem, f, done) - floorCostOf(problem, f, done + sign * more);
	}
	return gain;
}
