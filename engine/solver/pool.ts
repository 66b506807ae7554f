import type { Problem } from "./problem.ts";
import type { WorkingSolution } from "./working-solution.ts";

/**
 * Routes that the search has been through, each set of contacts once, at its least cost. Slots that are alike share their routes: they are one class.
 */
export interface RoutePool {
	/** Class of a slot; classes are numbered in order of their first slot. */
	readonly classOf: Int32Array;
	readonly numClasses: number;
	/** Items of route r, breaks included, in order, at [first[r], first[r + 1]). */
	items: Int32Array;
	first: Int32Array;
	routeClass: Int32Array;
	/** Travel cost and cut-off losses. */
	cost: Float64Array;
	count: number;
	/** Options that some route holds. */
	readonly isCovered: Uint8Array;
	numCovered: number;
	/** Two random words an item and a class; their exclusive or names a set of contacts. */
	readonly words: Int32Array;
	/** Open addressing: route + 1, and the second word of its name. */
	readonly table: Int32Array;
	readonly names: Int32Array;
}

/** Most routes kept; later ones are turned away, but for those of the solution that is to be recombined. */
const MOST_ROUTES = 40_000;
const MOST_OWN = 4096;
const TABLE_SIZE = 2 ** 17;

export function createPool(problem: Problem): RoutePool {
	const { classOf, numClasses } = classifySlots(problem);
	const words = new Int32Array(2 * (problem.numItems + numClasses));
	let state = 0x9e3779b9;
	for (let i = 0; i < words.length; i++) {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		words[i] = mixed ^ (mixed >>> 14);
	}
	return {
		classOf,
		numClasses,
		items: new Int32Array(1 << 16),
		first: new Int32Array(MOST_ROUTES + MOST_OWN + 1),
		routeClass: new Int32Array(MOST_ROUTES + MOST_OWN),
		cost: new Float64Array(MOST_ROUTES + MOST_OWN),
		count: 0,
		isCovered: new Uint8Array(problem.numOptions),
		numCovered: 0,
		words,
		table: new Int32Array(TABLE_SIZE),
		names: new Int32Array(MOST_ROUTES + MOST_OWN),
	};
}

/** Keeps the route of a slot; its number, -1 for an empty one or where the pool is full. */
export function keepRoute(pool: RoutePool, problem: Problem, solution: WorkingSolution, slot: number, isOwn = false): number {
	const first = slot * solution.stride + 1;
	return addRoute(
		pool,
		problem,
		slot,
		solution.items,
		first,
		first + solution.count[slot],
		solution.cost[slot] + solution.loss[slot],
		isOwn,
	);
}

/** Keeps the items in [from, to) as a route of slots like this one; its number, -1 as above. */
export function addRoute(
	pool: RoutePool,
	problem: Problem,
	slot: number,
	items: Int32Array,
	from: number,
	to: number,
	cost: number,
	isOwn = false,
): number {
	const { words, table, names } = pool;
	const slotClass = pool.classOf[slot];
	let one = words[2 * (problem.numItems + slotClass)];
	let two = words[2 * (problem.numItems + slotClass) + 1];
	let contacts = 0;
	for (let k = from; k < to; k++) {
		const item = items[k];
		if (item >= problem.numOptions) continue;
		contacts++;
		one ^= words[2 * item];
		two ^= words[2 * item + 1];
	}
	if (contacts === 0) return -1;
	let at = one & (TABLE_SIZE - 1);
	for (; table[at] > 0; at = (at + 1) & (TABLE_SIZE - 1)) {
		const route = table[at] - 1;
		const isSame = names[route] === two && pool.routeClass[route] === slotClass && pool.first[route + 1] - pool.first[route] === to - from;
		if (!isSame) continue;
		if (pool.cost[route] <= cost) return route;
		pool.cost[route] = cost;
		for (let k = from, q = pool.first[route]; k < to; k++) pool.items[q++] = items[k];
		return route;
	}
	if (pool.count >= (isOwn ? MOST_ROUTES + MOST_OWN : MOST_ROUTES)) return -1;
	const route = pool.count++;
	table[at] = route + 1;
	names[route] = two;
	const first = pool.first[route];
	if (first + to - from > pool.items.length) {
		const grown = new Int32Array(2 * pool.items.length);
		grown.set(pool.items);
		pool.items = grown;
	}
	for (let k = from, q = first; k < to; k++) {
		const item = items[k];
		pool.items[q++] = item;
		if (item >= problem.numOptions || pool.isCovered[item]) continue;
		pool.isCovered[item] = 1;
		pool.numCovered++;
	}
	pool.first[route + 1] = first + to - from;
	pool.routeClass[route] = slotClass;
	pool.cost[route] = cost;
	return route;
}

function classifySlots(problem: Problem): { classOf: Int32Array; numClasses: number } {
	const classes = new Map<string, number>();
	const classOf = Int32Array.from({ length: problem.numSlots }, (_, slot) => {
		const key = slotKey(problem, slot);
		const known = classes.get(key) ?? classes.size;
		classes.set(key, known);
		return known;
	});
	return { classOf, numClasses: classes.size };
}

function slotKey(problem: Problem, s: number): string {
	const breaks: number[] = [];
	for (let item = problem.slotFirstBreak[s]; item < problem.slotFirstBreak[s + 1]; item++)
		breaks.push(problem.itemOpen[item], problem.itemClose[item], problem.itemDuration[item]);
	const { slotDay, slotOpen, slotClose, slotStart, slotEnd, slotMaxVisits, slotMaxCalls, slotMaxTravel, slotMaxSwaps } = problem;
	const limits = [slotMaxVisits[s], slotMaxCalls[s], slotMaxTravel[s], slotMaxSwaps[s]];
	return [slotDay[s], slotOpen[s], slotClose[s], slotStart[s], slotEnd[s], ...limits, ...breaks].join();
}
