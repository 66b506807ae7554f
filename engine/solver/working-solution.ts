import { GAP_EXEMPT, IS_SWAP, type Problem, REQUIRED } from "./problem.ts";
import { refreshSlot } from "./timing.ts";

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

/** An empty solution: breaks only. */
export function createWorkingSolution(problem: Problem): WorkingSolution {
	const { numSlots, numItems, numOptions, numCustomers, numDays, numResources, numFloors } = problem;
	const stride = strideOf(problem);
	const bySlot = (): Int32Array => new Int32Array(numSlots);
	const byPosition = (): Int32Array => new Int32Array(numSlots * stride);
	const solution: WorkingSolution = {
		stride,
		items: byPosition(),
		place: byPosition(),
		leg: byPosition(),
		start: byPosition(),
		end: byPosition(),
		latest: byPosition(),
		onTime: byPosition(),
		nextStop: byPosition(),
		count: bySlot(),
		room: bySlot(),
		visits: bySlot(),
		calls: bySlot(),
		swaps: bySlot(),
		travel: bySlot(),
		cost: new Float64Array(numSlots),
		loss: new Float64Array(numSlots),
		slotUsed: new Float64Array(numSlots * numResources),
		horizonUsed: new Float64Array(numResources),
		floorDone: new Float64Array(numFloors),
		contactOn: new Int32Array(numCustomers * numDays).fill(-1),
		numContacts: new Int32Array(numCustomers),
		slotOf: new Int32Array(numItems).fill(-1),
		position: new Int32Array(numItems),
		value: 0,
		missing: 0,
		missingPenalty: missingPenaltyOf(problem),
	};
	for (let f = 0; f < numFloors; f++) solution.value -= floorCostOf(problem, f, 0);
	for (let option = 0; option < numOptions; option++) if (problem.optionFlags[option] & REQUIRED) solution.missing++;
	for (let customer = 0; customer < numCustomers; customer++) if (hasCombinations(problem, customer)) solution.missing++;
	for (let slot = 0; slot < numSlots; slot++) {
		for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++) {
			solution.items[slot * stride + ++solution.count[slot]] = item;
			solution.slotOf[item] = slot;
		}
		refreshSlot(problem, solution, slot);
	}
	return solution;
}

/** Most items of a slot (a customer has at most one contact a day) and the two sentinels. */
function strideOf(problem: Problem): number {
	const customersOn = new Int32Array(problem.numDays);
	for (let option = 0; option < problem.numOptions; option++) {
		const isNew =
			option === 0 ||
			problem.optionDay[option] !== problem.optionDay[option - 1] ||
			problem.optionCustomer[option] !== problem.optionCustomer[option - 1];
		if (isNew) customersOn[problem.optionDay[option]]++;
	}
	let most = 0;
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const limit = problem.slotMaxVisits[slot] + problem.slotMaxCalls[slot];
		const contacts = Math.min(customersOn[problem.slotDay[slot]], limit);
		most = Math.max(most, contacts + problem.slotFirstBreak[slot + 1] - problem.slotFirstBreak[slot]);
	}
	return most + 2;
}

/** More than the difference of value between any two solutions. */
function missingPenaltyOf(problem: Problem): number {
	const { numOptions, numDays, prize, optionCutoffLoss, travelCost, numFloors } = problem;
	const dearestLeg = travelCost.reduce((most, cost) => Math.max(most, cost), 0);
	let range = 1 + dearestLeg * problem.numSlots;
	for (let option = 0; option < numOptions; option++) {
		let largest = 0;
		for (let previous = 0; previous <= numDays; previous++) largest = Math.max(largest, Math.abs(prize[option * (numDays + 1) + previous]));
		range += largest + optionCutoffLoss[option] + 2 * dearestLeg;
	}
	for (let f = 0; f < numFloors; f++) range += floorCostOf(problem, f, 0);
	return 2 * range;
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

/** Enters (1) or deletes (-1) a contact in every tally of the solution but the value and the sequence. */
export function tallyContact(problem: Problem, solution: WorkingSolution, option: number, slot: number, sign: 1 | -1): void {
	const { numResources } = problem;
	const customer = problem.optionCustomer[option];
	if (problem.optionChannel[option] === 0) solution.visits[slot] += sign;
	else solution.calls[slot] += sign;
	const flags = problem.optionFlags[option];
	if (flags & IS_SWAP) solution.swaps[slot] += sign;
	if (flags & REQUIRED) solution.missing -= sign;
	for (let r = 0; r < numResources; r++) {
		const amount = sign * problem.demand[option * numResources + r];
		solution.slotUsed[slot * numResources + r] += amount;
		solution.horizonUsed[r] += amount;
	}
	for (let i = problem.customerFirstFloor[customer]; i < problem.customerFirstFloor[customer + 1]; i++) {
		const f = problem.customerFloors[i];
		solution.floorDone[f] += sign * (problem.floorIsSeconds[f] ? problem.itemDuration[option] : 1);
	}
	solution.contactOn[customer * problem.numDays + problem.optionDay[option]] = sign > 0 ? option : -1;
	solution.slotOf[option] = sign > 0 ? slot : -1;
	const before = solution.numContacts[customer];
	solution.numContacts[customer] = before + sign;
	if ((before === 0 || before + sign === 0) && hasCombinations(problem, customer)) solution.missing -= sign;
}

/** Puts a contact behind `position` of a slot and updates times and value. The caller has checked that it fits. */
export function insertContact(problem: Problem, solution: WorkingSolution, option: number, slot: number, position: number): boolean {
	const first = slot * solution.stride + position + 1;
	const last = slot * solution.stride + solution.count[slot];
	for (let k = last; k >= first; k--) solution.items[k + 1] = solution.items[k];
	solution.items[first] = option;
	solution.count[slot]++;
	solution.value += gainOf(problem, solution, option, 1);
	tallyContact(problem, solution, option, slot, 1);
	return refreshSlot(problem, solution, slot);
}

/** Takes a contact out of its slot and updates the value; the caller refreshes the slot's times. */
export function takeOut(problem: Problem, solution: WorkingSolution, option: number): void {
	const slot = solution.slotOf[option];
	const base = slot * solution.stride;
	const last = base + solution.count[slot];
	let at = base + 1;
	while (solution.items[at] !== option) at++;
	for (let k = at; k < last; k++) solution.items[k] = solution.items[k + 1];
	solution.count[slot]--;
	solution.value += gainOf(problem, solution, option, -1);
	tallyContact(problem, solution, option, slot, -1);
}
