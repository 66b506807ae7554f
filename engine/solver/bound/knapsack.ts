import type { TravelTree } from "./tree.ts";

/** Scratch and result of `packTree`. */
export interface Packing {
	/** Nodes in play: their index in the tree, weight in steps of time, profit, and which node in play follows the subtree. */
	readonly node: Int32Array;
	readonly weight: Int32Array;
	readonly profit: Float64Array;
	readonly next: Int32Array;
	/** [node in play × (steps + 1) + capacity]. */
	table: Float64Array;
	/** Worth of a subtree on its own. */
	readonly worth: Float64Array;
	/** 1: the node of the tree is in the best choice. */
	readonly isTaken: Uint8Array;
	value: number;
}

/** Steps of time in a slot: rounded down, so the choice may only be too large. */
const STEPS = 120;

/** Scratch for the largest of these trees. */
export function createPacking(trees: readonly TravelTree[]): Packing {
	const most = trees.reduce((size, tree) => Math.max(size, tree.time.length), 0);
	return {
		node: new Int32Array(most),
		weight: new Int32Array(most),
		profit: new Float64Array(most),
		next: new Int32Array(most),
		table: new Float64Array(0),
		worth: new Float64Array(most),
		isTaken: new Uint8Array(most),
		value: 0,
	};
}

/**
 * The most profitable set of visits of one slot whose service and tree travel fit into `capacity` seconds: a knapsack in which a node comes
 * with all nodes above it. `profits` are by node, costs of the edge deducted. Exact but for times rounded down to steps.
 */
export function packTree(tree: TravelTree, profits: Float64Array, capacity: number, packing: Packing): void {
	const step = Math.max(1, Math.ceil(capacity / STEPS));
	const steps = Math.floor(capacity / step);
	const count = selectNodes(tree, profits, packing);
	packing.isTaken.fill(0);
	packing.value = 0;
	let seconds = 0;
	for (let k = 0; k < count; k++) {
		const node = packing.node[k];
		seconds += tree.time[node] + tree.duration[node];
		packing.weight[k] = Math.floor((tree.time[node] + tree.duration[node]) / step);
		packing.value += packing.profit[k];
	}
	if (seconds <= capacity) for (let k = 0; k < count; k++) packing.isTaken[packing.node[k]] = 1;
	else packTable(packing, count, steps);
}

/** Puts the nodes in play that are worth it without the limit of time: no other can be in a best choice. */
function selectNodes(tree: TravelTree, profits: Float64Array, packing: Packing): number {
	const { worth, node, next, profit } = packing;
	const size = tree.time.length;
	for (let at = 0; at < size; at++) worth[at] = profits[at];
	for (let at = size - 1; at >= 0; at--) if (tree.parent[at] >= 0 && worth[at] > 0) worth[tree.parent[at]] += worth[at];
	let count = 0;
	for (let at = 0; at < size; ) {
		if (worth[at] <= 0) at = tree.next[at];
		else {
			node[count] = at;
			profit[count++] = profits[at++];
		}
	}
	for (let k = 0; k < count; k++) {
		let after = k + 1;
		while (after < count && node[after] < tree.next[node[k]]) after++;
		next[k] = after;
	}
	return count;
}

/** Row k of the table: the best over all ways to have decided the nodes before k, by capacity used at most. */
function packTable(packing: Packing, count: number, steps: number): void {
	const { weight, profit, next } = packing;
	const width = steps + 1;
	if (packing.table.length < (count + 1) * width) packing.table = new Float64Array((count + 1) * width);
	const { table } = packing;
	table.fill(0, 0, width);
	table.fill(-Infinity, width, (count + 1) * width);
	for (let k = 0; k < count; k++) {
		const row = k * width;
		const skip = next[k] * width;
		for (let c = 0; c < width; c++) if (table[row + c] > table[skip + c]) table[skip + c] = table[row + c];
		const take = row + width;
		const w = weight[k];
		const p = profit[k];
		for (let c = w; c < width; c++) {
			const value = table[row + c - w] + p;
			if (value > table[take + c]) table[take + c] = value;
		}
	}
	packing.value = table[count * width + steps];
	traceBack(packing, count, steps, width);
}

function traceBack(packing: Packing, count: number, steps: number, width: number): void {
	const { table, weight, profit, next, node, isTaken } = packing;
	let capacity = steps;
	for (let k = count; k > 0; ) {
		const value = table[k * width + capacity];
		const before = k - 1;
		const left = capacity - weight[before];
		if (left >= 0 && table[before * width + left] + profit[before] === value) {
			isTaken[node[before]] = 1;
			capacity = left;
			k = before;
			continue;
		}
		let skipped = before;
		while (next[skipped] !== k || table[skipped * width + capacity] !== value) skipped--;
		k = skipped;
	}
}
