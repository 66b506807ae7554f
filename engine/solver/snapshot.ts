import { tallySlot } from "./journal.ts";
import type { Problem } from "./problem.ts";
import { refreshSlot } from "./timing.ts";
import { scoreOf, type WorkingSolution } from "./working-solution.ts";

/** Sequences of every slot, kept apart from the working solution. */
export interface Snapshot {
	readonly items: Int32Array;
	readonly count: Int32Array;
	score: number;
	value: number;
}

/** A snapshot worse than any solution. */
export function createSnapshot(problem: Problem, solution: WorkingSolution): Snapshot {
	return { items: new Int32Array(solution.items.length), count: new Int32Array(problem.numSlots), score: -Infinity, value: 0 };
}

export function saveSnapshot(problem: Problem, solution: WorkingSolution, snapshot: Snapshot): void {
	snapshot.count.set(solution.count);
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const base = slot * solution.stride;
		for (let k = base + 1; k <= base + solution.count[slot]; k++) snapshot.items[k] = solution.items[k];
	}
	snapshot.score = scoreOf(solution);
	snapshot.value = solution.value;
}

export function copySnapshot(from: Snapshot, to: Snapshot): void {
	to.items.set(from.items);
	to.count.set(from.count);
	to.score = from.score;
	to.value = from.value;
}

/** Makes the working solution what the snapshot holds. */
export function loadSnapshot(problem: Problem, solution: WorkingSolution, snapshot: Snapshot): void {
	for (let slot = 0; slot < problem.numSlots; slot++) tallySlot(problem, solution, slot, -1);
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const base = slot * solution.stride;
		solution.count[slot] = snapshot.count[slot];
		for (let k = base + 1; k <= base + snapshot.count[slot]; k++) solution.items[k] = snapshot.items[k];
		tallySlot(problem, solution, slot, 1);
		refreshSlot(problem, solution, slot);
	}
	solution.value = snapshot.value;
}
