import { IS_SWAP, type Problem, REQUIRED } from "./problem.ts";
import { refreshSlot } from "./timing.ts";
import { gainOf, hasCombinations, type WorkingSolution } from "./working-solution.ts";

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
