import type { Problem } from "../solver/problem.ts";
import type { WorkingSolution } from "../solver/working-solution.ts";
import type { Seconds } from "../units.ts";

/** A contact that is there before anything is replanned. */
export interface Standing {
	/** Index of the option. */
	readonly option: number;
	readonly start: Seconds;
	/** Stays on its day, by its channel, within the tolerance of its start. */
	readonly isFrozen: boolean;
}

/**
 * Counts changed contacts against what stands: contacts that are gone, new, or on another day, by another channel or at a time further off
 * than the tolerance; a contact that moved counts once. Infinity where a frozen one has changed. Customers in `free` are not counted.
 */
export function createChangeCount(
	problem: Problem,
	standing: readonly Standing[],
	tolerance: Seconds,
	free: ReadonlySet<number>,
): (solution: WorkingSolution) => number {
	const { numDays, numCustomers, optionCustomer, optionDay, optionChannel } = problem;
	const numStanding = new Int32Array(numCustomers);
	for (const { option } of standing) numStanding[optionCustomer[option]]++;
	const kept = new Int32Array(numCustomers);
	return (solution) => {
		kept.fill(0);
		for (const { option, start, isFrozen } of standing) {
			const customer = optionCustomer[option];
			const found = solution.contactOn[customer * numDays + optionDay[option]];
			const isKept =
				found >= 0 && optionChannel[found] === optionChannel[option] && Math.abs(startOf(solution, found) - start) <= tolerance;
			if (isKept) kept[customer]++;
			else if (isFrozen) return Infinity;
		}
		let changes = 0;
		for (let customer = 0; customer < numCustomers; customer++) {
			const most = Math.max(numStanding[customer], solution.numContacts[customer]);
			if (most > kept[customer] && !free.has(customer)) changes += most - kept[customer];
		}
		return changes;
	};
}

/** Start of a contact that is placed. */
export function startOf(solution: WorkingSolution, option: number): Seconds {
	return solution.start[solution.slotOf[option] * solution.stride + solution.position[option]];
}
