import type { Random } from "../../random.ts";
import { type Insertion, type Prices, scanSlot } from "../insertion.ts";
import { type Journal, removeContact, removeCustomer, settleTouched } from "../journal.ts";
import type { Neighbours } from "../neighbours.ts";
import type { Problem } from "../problem.ts";
import type { SearchSettings } from "../settings.ts";
import { refreshSlot } from "../timing.ts";
import type { WorkingSolution } from "../working-solution.ts";

/** What a ruin may use. */
export interface Ruin {
	readonly problem: Problem;
	readonly solution: WorkingSolution;
	readonly journal: Journal;
	readonly neighbours: Neighbours;
	readonly random: Random;
	readonly settings: SearchSettings;
	/** Scratch: contacts of one slot. */
	readonly contacts: Int32Array;
}

const SPLIT_SHARE = 0.5;

/**
 * Removes strings of adjacent contacts from slots that pass near each other (Christiaens and Vanden Berghe 2020, "Slack Induction by
 * String Removals"). Around which customer; -1 where nothing is planned.
 */
export function ruinStrings(ruin: Ruin): number {
	const { problem, solution, neighbours, random, settings } = ruin;
	const seed = pickContact(ruin);
	if (seed < 0) return -1;
	const longest = Math.min(settings.longestString, meanContacts(problem, solution));
	let strings = Math.floor(random.next() * ((4 * settings.meanRemoved) / (1 + longest) - 1)) + 1;
	const customer = problem.optionCustomer[seed];
	removeStringAt(ruin, seed, longest);
	strings--;
	strings -= removeStringsOf(ruin, customer, longest, strings);
	for (let rank = 0; rank < neighbours.width && strings > 0; rank++) {
		const near = neighbours.list[customer * neighbours.width + rank];
		if (near < 0) break;
		strings -= removeStringsOf(ruin, near, longest, strings);
	}
	settleTouched(problem, solution, ruin.journal);
	return customer;
}

/** Removes all contacts of a few customers that are near each other, so that they may come back on other days. */
export function ruinCustomers(ruin: Ruin): number {
	const { problem, solution, journal, neighbours, random } = ruin;
	const seed = pickContact(ruin);
	if (seed < 0) return -1;
	const customer = problem.optionCustomer[seed];
	let left = 1 + random.below(6);
	removeCustomer(problem, solution, journal, customer);
	for (let rank = 0; rank < neighbours.width && left > 0; rank++) {
		const near = neighbours.list[customer * neighbours.width + rank];
		if (near < 0) break;
		if (solution.numContacts[near] === 0 || random.next() < 0.3) continue;
		removeCustomer(problem, solution, journal, near);
		left--;
	}
	settleTouched(problem, solution, journal);
	return customer;
}

/** Removes random remote contacts of one slot and a string of it, so that desk time and road time change hands. */
export function ruinCalls(ruin: Ruin): number {
	const { problem, solution, journal, random } = ruin;
	const seed = pickContact(ruin);
	if (seed < 0) return -1;
	const slot = solution.slotOf[seed];
	const share = random.next();
	const count = listContacts(ruin, slot);
	removeStringAt(ruin, seed, 4);
	for (let i = 0; i < count; i++) {
		const contact = ruin.contacts[i];
		if (problem.optionChannel[contact] > 0 && solution.slotOf[contact] === slot && random.next() < share)
			removeContact(problem, solution, journal, contact);
	}
	settleTouched(problem, solution, journal);
	return problem.optionCustomer[seed];
}

/** Removes random contacts, whatever their slots: what they have in common may be a limit of the horizon. */
export function ruinScattered(ruin: Ruin): number {
	const { problem, solution, journal, random } = ruin;
	const share = random.next() ** 2;
	let customer = -1;
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const count = listContacts(ruin, slot);
		for (let i = 0; i < count; i++) {
			const contact = ruin.contacts[i];
			if (solution.slotOf[contact] !== slot || random.next() >= share) continue;
			customer = problem.optionCustomer[contact];
			removeContact(problem, solution, journal, contact);
		}
	}
	settleTouched(problem, solution, journal);
	return customer;
}

/**
 * Makes room for something that must be in and is not: its customer's other contacts go, and a string of a slot on a day on which it can
 * be. `option` is one of the customer's.
 */
export function ruinForMissing(ruin: Ruin, option: number): number {
	const { problem, solution, journal, random, contacts } = ruin;
	const day = problem.optionDay[option];
	const first = problem.dayFirstSlot[day];
	const numSlots = problem.dayFirstSlot[day + 1] - first;
	if (numSlots === 0) return -1;
	removeCustomer(problem, solution, journal, problem.optionCustomer[option]);
	const slot = problem.daySlots[first + random.below(numSlots)];
	const count = listContacts(ruin, slot);
	if (count > 0) removeStringAt(ruin, contacts[random.below(count)], count);
	settleTouched(problem, solution, journal);
	return problem.optionCustomer[option];
}

/**
 * Takes the breaks of a touched slot out and puts each back at a random place between the breaks around it, so that what stayed in the
 * slot can lie on their other side.
 */
export function moveBreaks(ruin: Ruin, prices: Prices, insertion: Insertion): void {
	const { problem, solution, journal, random } = ruin;
	for (let i = 0; i < journal.numTouched; i++) {
		const slot = journal.touched[i];
		const base = slot * solution.stride;
		for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++) {
			const at = solution.position[item];
			takeItem(solution, slot, at);
			refreshSlot(problem, solution, slot);
			const first = item > problem.slotFirstBreak[slot] ? solution.position[item - 1] : 0;
			const last = item + 1 < problem.slotFirstBreak[slot + 1] ? solution.position[item + 1] - 1 : solution.count[slot];
			insertion.price = Infinity;
			scanSlot(problem, solution, item, slot, prices, insertion);
			const isBetween = insertion.price < Infinity && insertion.position >= first && insertion.position <= last;
			const to = isBetween && random.next() < 0.9 ? insertion.position + 1 : at;
			for (let k = base + solution.count[slot]; k >= base + to; k--) solution.items[k + 1] = solution.items[k];
			solution.items[base + to] = item;
			solution.count[slot]++;
			refreshSlot(problem, solution, slot);
		}
	}
}

function takeItem(solution: WorkingSolution, slot: number, position: number): void {
	const base = slot * solution.stride;
	const last = base + solution.count[slot]--;
	for (let k = base + position; k < last; k++) solution.items[k] = solution.items[k + 1];
}

/** A random contact of a random slot that has any; -1 where none has. */
function pickContact(ruin: Ruin): number {
	const { problem, random } = ruin;
	const first = random.below(problem.numSlots);
	for (let i = 0; i < problem.numSlots; i++) {
		const slot = (first + i) % problem.numSlots;
		const count = listContacts(ruin, slot);
		if (count > 0) return ruin.contacts[random.below(count)];
	}
	return -1;
}

function meanContacts(problem: Problem, solution: WorkingSolution): number {
	let contacts = 0;
	let used = 0;
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const count = solution.visits[slot] + solution.calls[slot];
		contacts += count;
		if (count > 0) used++;
	}
	return contacts / Math.max(1, used);
}

/** Copies the contacts of a slot, in order, into the scratch; how many. */
function listContacts(ruin: Ruin, slot: number): number {
	const { problem, solution, contacts } = ruin;
	const base = slot * solution.stride;
	let count = 0;
	for (let k = base + 1; k <= base + solution.count[slot]; k++) {
		if (solution.items[k] < problem.numOptions) contacts[count++] = solution.items[k];
	}
	return count;
}

/** Removes a string around every contact of the customer that lies in an untouched slot, at most `most`; how many. */
function removeStringsOf(ruin: Ruin, customer: number, longest: number, most: number): number {
	const { problem, solution, journal } = ruin;
	if (solution.numContacts[customer] === 0) return 0;
	const offset = ruin.random.below(problem.numDays);
	let strings = 0;
	for (let i = 0; i < problem.numDays && strings < most; i++) {
		const contact = solution.contactOn[customer * problem.numDays + ((offset + i) % problem.numDays)];
		if (contact < 0 || journal.isTouched[solution.slotOf[contact]]) continue;
		removeStringAt(ruin, contact, longest);
		strings++;
	}
	return strings;
}

/** Removes up to `longest` adjacent contacts with this one among them; half of the time a run inside the string stays. */
function removeStringAt(ruin: Ruin, contact: number, longest: number): void {
	const { problem, solution, journal, contacts, random } = ruin;
	const count = listContacts(ruin, solution.slotOf[contact]);
	const length = 1 + Math.floor(random.next() * Math.min(count, longest));
	let kept = 0;
	if (length > 1 && length < count && random.next() < SPLIT_SHARE) {
		kept = 1;
		while (length + kept < count && random.next() < 0.1) kept++;
	}
	const at = contacts.subarray(0, count).indexOf(contact);
	const span = length + kept;
	const lowest = Math.max(0, at - span + 1);
	const first = lowest + random.below(Math.min(at, count - span) - lowest + 1);
	const keptFrom = kept > 0 ? first + 1 + random.below(length - 1) : count;
	for (let i = first; i < first + span; i++) {
		if (i >= keptFrom && i < keptFrom + kept) continue;
		if (solution.slotOf[contacts[i]] >= 0) removeContact(problem, solution, journal, contacts[i]);
	}
}
