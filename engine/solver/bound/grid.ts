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
	const open = openArcs(network, step, windowFrom, windowTo);
	const { block, shortest, longest } = spreadOf(open.steps, last);
	const { arcFirst, laid } = layArcs(open, numNodes, block);
	return {
		network,
		step,
		startSteps: Int32Array.from({ length: numNodes }, (_, k) => Math.floor(travelTime[numNodes * width + k] / step)),
		// A way that is too long ends one step too late, however long it is: the sum may be more than the array can hold.
		endSteps: Int32Array.from({ length: numNodes }, (_, k) =>
			Math.min(last + 1, Math.floor((duration[k] + travelTime[k * width + numNodes]) / step)),
		),
		windowFrom,
		windowTo,
		last,
		block,
		shortest,
		longest,
		arcFirst,
		...takeArcs(network, open, laid),
	};
}

/** What the grid keeps of the arcs, in the order given. */
function takeArcs(
	{ numNodes, travelTime, travelCost }: Network,
	open: OpenArcs,
	laid: Int32Array,
): Pick<Grid, "arcFrom" | "arcTo" | "arcSteps" | "arcTravel" | "arcMoney"> {
	const arcFrom = new Int16Array(laid.length);
	const arcTo = new Int16Array(laid.length);
	const arcSteps = new Int32Array(laid.length);
	const arcTravel = new Int32Array(laid.length);
	const arcMoney = new Int32Array(laid.length);
	for (let i = 0; i < laid.length; i++) {
		const arc = laid[i];
		const cell = open.from[arc] * (numNodes + 1) + open.to[arc];
		arcFrom[i] = open.from[arc];
		arcTo[i] = open.to[arc];
		arcSteps[i] = open.steps[arc];
		arcTravel[i] = travelTime[cell];
		arcMoney[i] = travelCost[cell];
	}
	return { arcFrom, arcTo, arcSteps, arcTravel, arcMoney };
}

/** The length that only a small share of the arcs falls below, the least and the greatest; without arcs a block is the whole slot. */
function spreadOf(lengths: Int32Array, last: number): { block: number; shortest: number; longest: number } {
	if (lengths.length === 0) return { block: last + 1, shortest: last + 1, longest: 0 };
	let longest = 0;
	for (const length of lengths) if (length > longest) longest = length;
	const numOf = new Int32Array(longest + 1);
	for (const length of lengths) numOf[length]++;
	const shortest = numOf.findIndex((count) => count > 0);
	let block = shortest;
	for (let below = numOf[block]; below <= Math.floor(SHORT_ARCS * lengths.length); below += numOf[block]) block++;
	return { block, shortest, longest };
}

/** Arcs in the order of the grid: the long ones by their end, then the short ones. */
function layArcs({ to, steps }: OpenArcs, numNodes: number, block: number): { arcFirst: Int32Array; laid: Int32Array } {
	const arcFirst = new Int32Array(numNodes + 2);
	const laid = new Int32Array(steps.length);
	let count = 0;
	for (let arc = 0; arc < steps.length; arc++) {
		if (steps[arc] < block) continue;
		laid[count++] = arc;
		arcFirst[to[arc] + 1]++;
	}
	for (let k = 0; k < numNodes; k++) arcFirst[k + 1] += arcFirst[k];
	arcFirst[numNodes + 1] = steps.length;
	for (let arc = 0; arc < steps.length; arc++) if (steps[arc] < block) laid[count++] = arc;
	return { arcFirst, laid };
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

/** Arcs between customers that the windows leave, by their end, nearest origins first; `steps` from one start of service to the next. */
interface OpenArcs {
	readonly from: Int16Array;
	readonly to: Int16Array;
	readonly steps: Int32Array;
}

function openArcs(network: Network, step: number, windowFrom: Int32Array, windowTo: Int32Array): OpenArcs {
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
	const arcFrom = new Int16Array(numNodes * numNodes);
	const arcTo = new Int16Array(numNodes * numNodes);
	const arcSteps = new Int32Array(numNodes * numNodes);
	let count = 0;
	for (let to = 0; to < numNodes; to++) {
		for (let rank = 0; rank < numNodes; rank++) {
			const from = order[to * numNodes + rank];
			if (customer[from] === customer[to]) continue;
			const steps = Math.floor((duration[from] + travelTime[from * (numNodes + 1) + to]) / step);
			if (ready[from] + steps > close[to]) continue;
			arcFrom[count] = from;
			arcTo[count] = to;
			arcSteps[count++] = Math.max(1, steps);
		}
	}
	return { from: arcFrom.slice(0, count), to: arcTo.slice(0, count), steps: arcSteps.slice(0, count) };
}
