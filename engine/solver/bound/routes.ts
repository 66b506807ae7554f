import type { Problem } from "../problem.ts";
import { buildGrid } from "./grid.ts";
import type { Network } from "./network.ts";
import { createPricer, type Pricer, priceRoutes } from "./price-routes.ts";
import { type Relaxation, rowsOfDay } from "./rows.ts";

/** Routes of every kind of slot against a relaxation with a link for every visit option. */
export interface RouteSide {
	readonly problem: Problem;
	readonly relaxation: Relaxation;
	readonly networks: readonly Network[];
}

/** A pricer for every network, with about so many steps a slot. */
export function createPricers(side: RouteSide, steps: number): Pricer[] {
	return side.networks.map((network) => {
		const mostVisits = network.slots.reduce((most, slot) => Math.max(most, side.problem.slotMaxVisits[slot]), 0);
		return createPricer(buildGrid(network, Math.max(1, Math.ceil(network.horizon / steps)), mostVisits));
	});
}

/** Value of the best routes of all slots at these prices; adds what they use to `slope`. */
export function chooseRoutes(side: RouteSide, pricers: readonly Pricer[], prices: Float64Array, slope: Float64Array): number {
	let value = 0;
	for (const pricer of pricers) {
		const { network } = pricer.grid;
		const row = rowsOfDay(side.problem, network.day);
		priceRoutes(pricer, profitsOf(side, network, prices), prices[row.time] + prices[row.travel]);
		value += network.slots.length * pricer.value;
		useRoute(side, pricer, slope);
	}
	return value;
}

/** What a start in each window is worth at these prices, without travel. */
function profitsOf(side: RouteSide, network: Network, prices: Float64Array): Float64Array {
	const { problem, relaxation } = side;
	const row = rowsOfDay(problem, network.day);
	const profits = new Float64Array(network.windowOption.length);
	for (let node = 0; node < network.numNodes; node++) {
		for (let w = network.firstWindow[node]; w < network.firstWindow[node + 1]; w++) {
			const link = relaxation.linkOf[network.windowOption[w]];
			profits[w] = prices[link] - prices[row.visits] - prices[row.time] * network.duration[node] - network.windowLoss[w];
		}
	}
	return profits;
}

function useRoute(side: RouteSide, pricer: Pricer, slope: Float64Array): void {
	const { network } = pricer.grid;
	const count = network.slots.length;
	const row = rowsOfDay(side.problem, network.day);
	const width = network.numNodes + 1;
	let at = network.numNodes;
	let travel = 0;
	let service = 0;
	for (let k = 0; k < pricer.numVisits; k++) {
		const window = pricer.route[k];
		const node = nodeOf(network, window);
		travel += network.travelTime[at * width + node];
		service += network.duration[node];
		slope[side.relaxation.linkOf[network.windowOption[window]]] += count;
		at = node;
	}
	if (pricer.numVisits > 0) travel += network.travelTime[at * width + network.numNodes];
	slope[row.time] -= count * (travel + service);
	slope[row.travel] -= count * travel;
	slope[row.visits] -= count * pricer.numVisits;
}

function nodeOf(network: Network, window: number): number {
	let low = 0;
	let high = network.numNodes;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if (network.firstWindow[middle] <= window) low = middle;
		else high = middle;
	}
	return low;
}
