import type { Memory } from "./memory.ts";
import type { Network } from "./network.ts";

/** Routes that pricing has found for one kind of slot; the oldest give way to new ones. Route r's visits lie from r × longest on. */
export interface Pool {
	readonly longest: number;
	/** Windows of the visits, in order. */
	readonly windows: Int32Array;
	readonly numVisits: Int32Array;
	readonly travelTime: Float64Array;
	readonly travelCost: Float64Array;
	readonly service: Float64Array;
	/** Routes there are, and where the next one goes. */
	size: number;
	next: number;
	/** The route that `findBest` chose, -1 for none, and its worth. */
	best: number;
	value: number;
}

export function createPool(longest: number, capacity: number): Pool {
	return {
		longest,
		windows: new Int32Array(capacity * longest),
		numVisits: new Int32Array(capacity),
		travelTime: new Float64Array(capacity),
		travelCost: new Float64Array(capacity),
		service: new Float64Array(capacity),
		size: 0,
		next: 0,
		best: -1,
		value: 0,
	};
}

/** Adds a route of at least one visit. */
export function addRoute(pool: Pool, network: Network, windows: Int32Array, numVisits: number): void {
	const { numNodes, nodeOfWindow, travelTime, travelCost, duration } = network;
	const route = pool.next;
	pool.next = (route + 1) % pool.numVisits.length;
	pool.size = Math.max(pool.size, route + 1);
	pool.numVisits[route] = numVisits;
	pool.travelTime[route] = pool.travelCost[route] = pool.service[route] = 0;
	let at = numNodes;
	for (let k = 0; k <= numVisits; k++) {
		const node = k < numVisits ? nodeOfWindow[windows[k]] : numNodes;
		const leg = at * (numNodes + 1) + node;
		pool.travelTime[route] += travelTime[leg];
		pool.travelCost[route] += travelCost[leg];
		if (k < numVisits) {
			pool.windows[route * pool.longest + k] = windows[k];
			pool.service[route] += duration[node];
		}
		at = node;
	}
}

/** Finds the route that is worth most at these prices. */
export function findBest(pool: Pool, windowProfit: Float64Array, rate: number): void {
	const { windows, numVisits, travelTime, travelCost, longest } = pool;
	pool.best = -1;
	pool.value = 0;
	for (let route = 0; route < pool.size; route++) {
		let worth = -travelCost[route] - rate * travelTime[route];
		const end = route * longest + numVisits[route];
		for (let k = route * longest; k < end; k++) worth += windowProfit[windows[k]];
		if (worth <= pool.value) continue;
		pool.value = worth;
		pool.best = route;
	}
}

/** Takes out the routes that return to a customer whom they remember by now. */
export function dropForgetful(pool: Pool, network: Network, memory: Memory): void {
	const { windows, numVisits, travelTime, travelCost, service, longest } = pool;
	let kept = 0;
	pool.best = -1;
	for (let route = 0; route < pool.size; route++) {
		const first = route * longest;
		if (!isRemembered(network, memory, windows.subarray(first, first + numVisits[route]))) continue;
		windows.copyWithin(kept * longest, first, first + numVisits[route]);
		numVisits[kept] = numVisits[route];
		travelTime[kept] = travelTime[route];
		travelCost[kept] = travelCost[route];
		service[kept++] = service[route];
	}
	pool.size = kept;
	pool.next = kept % numVisits.length;
}

function isRemembered(network: Network, memory: Memory, windows: Int32Array): boolean {
	let row = -1;
	for (const window of windows) {
		const node = network.nodeOfWindow[window];
		row = row < 0 ? memory.firstRow[node] : memory.next[row * network.numNodes + node];
		if (row < 0) return false;
	}
	return true;
}
