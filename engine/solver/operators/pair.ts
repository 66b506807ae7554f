import { type Journal, touchSlot } from "../journal.ts";
import type { Problem } from "../problem.ts";
import { refreshSlot } from "../timing.ts";
import { fitsLimits, gainOf, keepsGap, type WorkingSolution } from "../working-solution.ts";
import { takeOut, tallyContact } from "../place-contact.ts";

/**
 * Inserts two contacts into a slot, one right behind the other, where together they are worth most: where travel times break the triangle
 * inequality, or a limit of travel is tight, neither may fit alone. Every place is tried out, so it is slow. True where they came in; the
 * caller has begun a move.
 */
export function insertPair(
	problem: Problem,
	solution: WorkingSolution,
	journal: Journal,
	first: number,
	second: number,
	slot: number,
): boolean {
	touchSlot(journal, solution, slot);
	const base = slot * solution.stride;
	const without = solution.items.slice(base + 1, base + 1 + solution.count[slot]);
	if (!append(problem, solution, first, slot)) return false;
	if (!append(problem, solution, second, slot)) {
		takeOut(problem, solution, first);
		return refreshSlot(problem, solution, slot) && false;
	}
	let best = -Infinity;
	let bestPosition = -1;
	for (let position = 0; position <= without.length; position++) {
		arrange(solution, base, without, first, second, position);
		if (!refreshSlot(problem, solution, slot) || solution.value <= best) continue;
		best = solution.value;
		bestPosition = position;
	}
	if (bestPosition >= 0) {
		arrange(solution, base, without, first, second, bestPosition);
		return refreshSlot(problem, solution, slot);
	}
	takeOut(problem, solution, second);
	takeOut(problem, solution, first);
	return refreshSlot(problem, solution, slot) && false;
}

/** Adds a contact behind the last item of a slot, if limits and gaps allow it; the slot's times wait for the refresh. */
function append(problem: Problem, solution: WorkingSolution, option: number, slot: number): boolean {
	if (!keepsGap(problem, solution, option) || !fitsLimits(problem, solution, option, slot)) return false;
	solution.value += gainOf(problem, solution, option, 1);
	tallyContact(problem, solution, option, slot, 1);
	solution.items[slot * solution.stride + ++solution.count[slot]] = option;
	return true;
}

function arrange(solution: WorkingSolution, base: number, without: Int32Array, first: number, second: number, position: number): void {
	const { items } = solution;
	for (let k = 0; k < position; k++) items[base + 1 + k] = without[k];
	items[base + 1 + position] = first;
	items[base + 2 + position] = second;
	for (let k = position; k < without.length; k++) items[base + 3 + k] = without[k];
}
