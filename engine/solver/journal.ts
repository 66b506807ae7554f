import type { Problem } from "./problem.ts";
import { refreshSlot } from "./timing.ts";
import { hasCombinations, type WorkingSolution } from "./working-solution.ts";
import { takeOut, tallyContact } from "./place-contact.ts";

/** Sequences of the slots that a move has touched, so that it is undone without copying the whole solution. */
export interface Journal {
	readonly items: Int32Array;
	readonly count: Int32Array;
	/** touched[0 … numTouched - 1] are the touched slots; isTouched marks them. */
	readonly touched: Int32Array;
	readonly isTouched: Uint8Array;
	/** Contacts that the move has taken out, in order; may name one twice. */
	readonly removed: Int32Array;
	numTouched: number;
	numRemoved: number;
	value: number;
}

/** A journal for solutions of this problem. */
export function createJournal(problem: Problem, solution: WorkingSolution): Journal {
	return {
		items: new Int32Array(solution.items.length),
		count: new Int32Array(problem.numSlots),
		touched: new Int32Array(problem.numSlots),
		isTouched: new Uint8Array(problem.numSlots),
		removed: new Int32Array(2 * problem.numOptions),
		numTouched: 0,
		numRemoved: 0,
		value: 0,
	};
}

/** Begins a move: what the solution is now is what `rollBack` restores. */
export function beginMove(journal: Journal, solution: WorkingSolution): void {
	for (let i = 0; i < journal.numTouched; i++) journal.isTouched[journal.touched[i]] = 0;
	journal.numTouched = 0;
	journal.numRemoved = 0;
	journal.value = solution.value;
}

/** Remembers a slot before its first change in this move. */
export function touchSlot(journal: Journal, solution: WorkingSolution, slot: number): void {
	if (journal.isTouched[slot]) return;
	journal.isTouched[slot] = 1;
	journal.touched[journal.numTouched++] = slot;
	const base = slot * solution.stride;
	const count = solution.count[slot];
	journal.count[slot] = count;
	for (let k = base + 1; k <= base + count; k++) journal.items[k] = solution.items[k];
}

/**
 * Takes a contact out within the move, with all others of a customer that has day combinations; the slots' times wait for
 * `settleTouched`.
 */
export function removeContact(problem: Problem, solution: WorkingSolution, journal: Journal, option: number): void {
	const customer = problem.optionCustomer[option];
	if (hasCombinations(problem, customer)) removeCustomer(problem, solution, journal, customer);
	else removeOne(problem, solution, journal, option);
}

/** Takes all contacts of a customer out. */
export function removeCustomer(problem: Problem, solution: WorkingSolution, journal: Journal, customer: number): void {
	const base = customer * problem.numDays;
	for (let day = 0; day < problem.numDays && solution.numContacts[customer] > 0; day++) {
		const option = solution.contactOn[base + day];
		if (option >= 0) removeOne(problem, solution, journal, option);
	}
}

function removeOne(problem: Problem, solution: WorkingSolution, journal: Journal, option: number): void {
	touchSlot(journal, solution, solution.slotOf[option]);
	takeOut(problem, solution, option);
	if (journal.numRemoved < journal.removed.length) journal.removed[journal.numRemoved++] = option;
}

/**
 * Refreshes every touched slot after removals. Where travel times break the triangle inequality, or a limit of travel is tight, a
 * sequence can become infeasible by losing a contact: its last contacts go too, until it fits (breaks alone always do). A contact that
 * goes may take others of its customer out of slots refreshed before, so it begins anew.
 */
export function settleTouched(problem: Problem, solution: WorkingSolution, journal: Journal): void {
	for (let i = 0; i < journal.numTouched; i++) {
		const slot = journal.touched[i];
		if (refreshSlot(problem, solution, slot)) continue;
		removeContact(problem, solution, journal, lastContact(problem, solution, slot));
		i = -1;
	}
}

function lastContact(problem: Problem, solution: WorkingSolution, slot: number): number {
	let k = slot * solution.stride + solution.count[slot];
	while (solution.items[k] >= problem.numOptions) k--;
	return solution.items[k];
}

/** Undoes the move. */
export function rollBack(problem: Problem, solution: WorkingSolution, journal: Journal): void {
	for (let i = 0; i < journal.numTouched; i++) tallySlot(problem, solution, journal.touched[i], -1);
	for (let i = 0; i < journal.numTouched; i++) {
		const slot = journal.touched[i];
		const base = slot * solution.stride;
		solution.count[slot] = journal.count[slot];
		for (let k = base + 1; k <= base + journal.count[slot]; k++) solution.items[k] = journal.items[k];
		tallySlot(problem, solution, slot, 1);
		refreshSlot(problem, solution, slot);
	}
	solution.value = journal.value;
	beginMove(journal, solution);
}

/** Enters or deletes every contact of a slot in the tallies. */
export function tallySlot(problem: Problem, solution: WorkingSolution, slot: number, sign: 1 | -1): void {
	const base = slot * solution.stride;
	for (let k = base + 1; k <= base + solution.count[slot]; k++) {
		if (solution.items[k] < problem.numOptions) tallyContact(problem, solution, solution.items[k], slot, sign);
	}
}
