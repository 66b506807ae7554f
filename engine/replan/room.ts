import { type Insertion, type Prices, scanSlot } from "../solver/insertion.ts";
import { beginMove, type Journal, removeContact, rollBack, settleTouched, touchSlot } from "../solver/journal.ts";
import { type Problem, REQUIRED } from "../solver/problem.ts";
import { fitsLimits, keepsGap, scoreOf, type WorkingSolution } from "../solver/working-solution.ts";
import { insertContact } from "../solver/place-contact.ts";

/** A contact put in, and what went for it. */
export interface Placement {
	readonly option: number;
	readonly slot: number;
	/** Score less toll of the solution with it. */
	readonly net: number;
	/** Options taken out. */
	readonly displaced: readonly number[];
}

/**
 * Makes room for an option within the move that the journal holds: takes out what bars it by the minimum gap, then, while it does not fit, the
 * contact of its day whose loss costs least for the time it gives, none of those `kept`. Null, with the move undone, where it cannot be had.
 */
export function makeRoom(
	problem: Problem,
	solution: WorkingSolution,
	journal: Journal,
	option: number,
	toll: (solution: WorkingSolution) => number,
	kept: ReadonlySet<number>,
): Placement | null {
	beginMove(journal, solution);
	const displaced: number[] = [];
	const takeOut = (contact: number): void => {
		displaced.push(contact);
		removeContact(problem, solution, journal, contact);
		settleTouched(problem, solution, journal);
	};
	const customer = problem.optionCustomer[option];
	for (let day = 0; day < problem.numDays && !keepsGap(problem, solution, option); day++) {
		const contact = solution.contactOn[customer * problem.numDays + day];
		const isNear =
			contact >= 0 && Math.abs(problem.days[day] - problem.days[problem.optionDay[option]]) < Math.max(1, problem.minGap[customer]);
		if (isNear) takeOut(contact);
	}
	for (let isOpen = true; isOpen; ) {
		const place = findPlace(problem, solution, option);
		if (place) {
			touchSlot(journal, solution, place.slot);
			insertContact(problem, solution, option, place.slot, place.position);
			const net = scoreOf(solution) - toll(solution);
			if (net > -Infinity) return { option, slot: place.slot, net, displaced };
			break;
		}
		const least = cheapestOn(problem, solution, problem.optionDay[option], kept);
		if (least < 0) isOpen = false;
		else takeOut(least);
	}
	rollBack(problem, solution, journal);
	return null;
}

/** The cheapest place of an option as things are; null for none. */
export function findPlace(problem: Problem, solution: WorkingSolution, option: number): Insertion | null {
	const free = new Float64Array(problem.numDays);
	const prices: Prices = { time: free, visit: free, call: free, push: 0, blink: 0, subsidy: 0 };
	const best: Insertion = { price: Infinity, cost: 0, slot: -1, position: -1, noise: 0, evaluations: 0 };
	if (!keepsGap(problem, solution, option)) return null;
	const day = problem.optionDay[option];
	for (let i = problem.dayFirstSlot[day]; i < problem.dayFirstSlot[day + 1]; i++) {
		const slot = problem.daySlots[i];
		if (fitsLimits(problem, solution, option, slot)) scanSlot(problem, solution, option, slot, prices, best);
	}
	return best.price === Infinity ? null : best;
}

/** The contact of a day, none that is required or kept, that is worth least for its time; -1 for none. */
function cheapestOn(problem: Problem, solution: WorkingSolution, day: number, kept: ReadonlySet<number>): number {
	let found = -1;
	let least = Infinity;
	for (let i = problem.dayFirstSlot[day]; i < problem.dayFirstSlot[day + 1]; i++) {
		const slot = problem.daySlots[i];
		const base = slot * solution.stride;
		for (let k = base + 1; k <= base + solution.count[slot]; k++) {
			const item = solution.items[k];
			if (item >= problem.numOptions || problem.optionFlags[item] & REQUIRED || kept.has(item)) continue;
			const worth = problem.prize[item * (problem.numDays + 1)] / (1 + problem.itemDuration[item] + solution.leg[k]);
			if (worth < least) [found, least] = [item, worth];
		}
	}
	return found;
}
