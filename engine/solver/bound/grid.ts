import type { Network } from "./network.ts";

/**
 * A network on steps of time, all times rounded down, so that every route of the network is one of the grid. The long arcs into node k lie in
 * [arcFirst[k], arcFirst[k + 1]), nearest origins first; those shorter than a block in [arcFirst[numNodes], arcFirst[numNodes + 1]).
 */
export interface Grid {
	readonly network: Network;
	/** Seconds of a step. */
	readonly step: number;
	/** Steps from leaving the start to a node's service, and from there to the end place. */
	readonly startSteps: Int32Array;
	readonly endSteps: Int32Array;
	readonly windowFrom: Int32Array;
	readonly windowTo: Int32Array;
	/** Last step of the slot. */
	readonly last: number;
	/** Steps that are final once the block before is: nearly no arc is shorter. */
	readonly block: number;
	/** Steps of the shortest arc. */
	readonly shortest: number;
	readonly arcFirst: Int32Array;
	readonly arcFrom: Int16Array;
	readonly arcTo: Int16Array;
	/** From one start of service to the next, at least 1. */
	readonly arcSteps: Int32Array;
	readonly arcTravel: Int32Array;
	readonly arcMoney: Int32Array;
	/** Most steps of an arc. */
	readonly longest: number;
}

/** Share of the arcs that may be shorter than a block; they are walked in smaller ones. */
const SHORT_ARCS = 0.02;

/** The grid of a network for a step. */
export function buildGrid(network: Network, step: number, mostVisits: number): Grid {
	const { numNodes, duration, travelTime, horizon } = network;
	const width = numNodes + 1;
	// Where arcs of no step count as one, everything may end as many steps later as a route can have such arcs.
	const slack = hasEmptyArcs(network, step) ? Math.min(numNodes, mostVisits) : 0;
	const windowFrom = network.windowFrom.map((time) => Math.floor(time / step));
	const windowTo = network.windowTo.map((time) => Math.floor(time / step) + slack);
	const last = Math.floor(horizon / step) + slack;
	const cells = openArcs(network, step, windowFrom, windowTo);
	const stepsOf = (cell: number): number => Math.max(1, Math.floor((duration[Math.floor(cell / width)] + travelTime[cell]) / step));
	const lengths = cells.map(stepsOf).sort();
	const block = lengths.length > 0 ? lengths[Math.floor(SHORT_ARCS * lengths.length)] : last + 1;
	const long = cells.filter((cell) => stepsOf(cell) >= block);
	const laid = new Int32Array(cells.length);
	laid.set(long);
	let count = long.length;
	if (long.length < cells.length) for (const cell of cells) if (stepsOf(cell) < block) laid[count++] = cell;
	const arcFirst = new Int32Array(numNodes + 2);
	for (const cell of long) arcFirst[(cell % width) + 1]++;
	for (let k = 0; k < numNodes; k++) arcFirst[k + 1] += arcFirst[k];
	arcFirst[numNodes + 1] = cells.length;
	return {
		network,
		step,
		startSteps: Int32Array.from({ length: numNodes }, (_, k) => Math.floor(travelTime[numNodes * width + k] / step)),
		endSteps: Int32Array.from({ length: numNodes }, (_, k) => Math.floor((duration[k] + travelTime[k * width + numNodes]) / step)),
		windowFrom,
		windowTo,
		last,
		block,
		shortest: lengths.length > 0 ? lengths[0] : last + 1,
		longest: lengths.length > 0 ? lengths[lengths.length - 1] : 0,
		arcFirst,
		arcFrom: Int16Array.from(laid, (cell) => Math.floor(cell / width)),
		arcTo: Int16Array.from(laid, (cell) => cell % width),
		arcSteps: laid.map(stepsOf),
		arcTravel: laid.map((cell) => travelTime[cell]),
		arcMoney: laid.map((cell) => network.travelCost[cell]),
	};
}

function hasEmptyArcs(network: Network, step: number): boolean {
	const { numNodes, customer, duration, travelTime } = network;
	for (let from = 0; from < numNodes; from++) {
		if (duration[from] >= step) continue;
		for (let to = 0; to < numNodes; to++)
			if (customer[from] !== customer[to] && duration[from] + travelTime[from * (numNodes + 1) + to] < step) return true;
	}
	return false;
}

/** Arcs between customers that the windows leave, as [from × (numNodes + 1) + to], by their end, nearest origins first. */
function openArcs(network: Network, step: number, windowFrom: Int32Array, windowTo: Int32Array): Int32Array {
	const { numNodes, customer, duration, travelTime, firstWindow, order } = network;
	const ready = new Int32Array(numNodes);
	const close = new Int32Array(numNodes);
	for (let k = 0; k < numNodes; k++) {
		ready[k] = 2 ** 30;
		for (let w = firstWindow[k]; w < firstWindow[k + 1]; w++) {
			ready[k] = Math.min(ready[k], windowFrom[w]);
			close[k] = Math.max(close[k], windowTo[w]);
		}
	}
	const cells = new Int32Array(numNodes * numNodes);
	let count = 0;
	for (let to = 0; to < numNodes; to++) {
		for (let rank = 0; rank < numNodes; rank++) {
			const from = order[to * numNodes + rank];
			const cell = from * (numNodes + 1) + to;
			if (customer[from] === customer[to]) continue;
			if (ready[from] + Math.floor((duration[from] + travelTime[cell]) / step) <= close[to]) cells[count++] = cell;
		}
	}
	return cells.slice(0, count);
}
