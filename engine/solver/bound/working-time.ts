import type { Problem } from "../problem.ts";

/** Starts of a visit in seconds of work since the slot opened: closed intervals, ascending by window, which may overlap. */
export interface WorkWindow {
	readonly from: number;
	readonly to: number;
	/** What a start in this window loses of the prize. */
	readonly loss: number;
}

/** Time of a slot that is neither before it opens nor a break. */
export function workingTime(problem: Problem, slot: number): number {
	let time = problem.slotClose[slot] - problem.slotOpen[slot];
	for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++) time -= problem.itemDuration[item];
	return time;
}

/**
 * Windows of an option in a slot's working time, in which the clock stands still during breaks. A break that may be moved makes the windows
 * wider, because work may be done before or after it, so every start that the clock allows is in a window. No service runs over a break.
 */
export function workWindows(problem: Problem, slot: number, option: number): WorkWindow[] {
	const { slotOpen, slotClose, itemDuration, itemFirstWindow, windowFrom, windowTo, optionCutoff, optionCutoffLoss } = problem;
	let parts: WorkWindow[] = [];
	for (let w = itemFirstWindow[option]; w < itemFirstWindow[option + 1]; w++) {
		const from = Math.max(windowFrom[w], slotOpen[slot]);
		const to = Math.min(windowTo[w], slotClose[slot] - itemDuration[option]);
		const cutoff = optionCutoffLoss[option] > 0 ? optionCutoff[option] : to;
		parts.push({ from, to: Math.min(to, cutoff), loss: 0 }, { from: Math.max(from, cutoff + 1), to, loss: optionCutoffLoss[option] });
	}
	for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++) {
		if (itemDuration[option] === 0 || itemDuration[item] === 0) continue;
		// Before the break: done when it must begin. After it: not before it can be over.
		const lastBefore = problem.itemClose[item] - itemDuration[option];
		const firstAfter = problem.itemOpen[item] + itemDuration[item];
		if (lastBefore + 1 >= firstAfter) continue;
		parts = parts.flatMap((part) => [
			{ ...part, to: Math.min(part.to, lastBefore) },
			{ ...part, from: Math.max(part.from, firstAfter) },
		]);
	}
	return parts
		.filter(({ from, to }) => from <= to)
		.map(({ from, to, loss }) => ({ from: leastWork(problem, slot, from), to: mostWork(problem, slot, from, to), loss }));
}

/** Least time worked at a time of day: all breaks taken as early as they can be. */
function leastWork(problem: Problem, slot: number, time: number): number {
	let work = time - problem.slotOpen[slot];
	for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++)
		work -= Math.min(problem.itemDuration[item], Math.max(0, time - problem.itemOpen[item]));
	return Math.max(0, work);
}

/** Most time worked at any start in [from, to]: all breaks taken as late as they can be. */
function mostWork(problem: Problem, slot: number, from: number, to: number): number {
	let most = workBefore(problem, slot, to);
	for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++) {
		const latest = problem.itemClose[item];
		if (latest >= from && latest <= to) most = Math.max(most, workBefore(problem, slot, latest));
	}
	return most;
}

function workBefore(problem: Problem, slot: number, time: number): number {
	let work = time - problem.slotOpen[slot];
	for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++)
		if (time > problem.itemClose[item]) work -= problem.itemDuration[item];
	return work;
}
