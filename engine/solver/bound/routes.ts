import type { RoutePool } from "../pool.ts";
import type { Problem } from "../problem.ts";
import { buildGrid } from "./grid.ts";
import { emptyMemory, type Memory, rememberMore } from "./memory.ts";
import type { Network } from "./network.ts";
import { addRoute, createPool, dropForgetful, findBest, type Pool } from "./pool.ts";
import { priceRoutes } from "./price-routes.ts";
import { createPricer, createTables, type Pricer, useMemory } from "./pricer.ts";
import { type Relaxation, rowsOfDay } from "./rows.ts";
import { traceRoute } from "./trace-route.ts";

/** Routes of every kind of slot against a relaxation with a link for every visit option. */
export interface RouteSide {
	readonly problem: Problem;
	readonly relaxation: Relaxation;
	readonly networks: readonly Network[];
	/** By network. */
	readonly pools: readonly Pool[];
	readonly memories: Memory[];
	readonly windowProfits: readonly Float64Array[];
}

/** Routes kept of a kind of slot, and new ones from one pricing. */
const POOL_SIZE = 200;
const NEW_ROUTES = 24;
/** No route of a pool is longer. */
const MOST_VISITS = 64;

export function createRouteSide(problem: Problem, relaxation: Relaxation, networks: readonly Network[]): RouteSide {
	return {
		problem,
		relaxation,
		networks,
		memories: networks.map(emptyMemory),
		pools: networks.map(() => createPool(MOST_VISITS, POOL_SIZE)),
		windowProfits: networks.map((network) => new Float64Array(network.windowOption.length)),
	};
}

/** Adds the routes of a search that are worth most at these prices to the pools. Of the windows of a visit, the first stands for all. */
export function seedPools(side: RouteSide, known: RoutePool, prices: Float64Array, most: number): void {
	const found: { windows: Int32Array; worth: number }[][] = side.networks.map(() => []);
	const networkOf = networkOfClass(side, known);
	const windowsOf = side.networks.map((network) => firstWindows(network, side.problem.numOptions));
	side.networks.forEach((_, n) => priceWindows(side, n, prices));
	for (let route = 0; route < known.count; route++) {
		const n = networkOf[known.routeClass[route]];
		const windows = known.items
			.subarray(known.first[route], known.first[route + 1])
			.map((item) => (item < side.problem.numOptions ? windowsOf[n][item] : -1))
			.filter((window) => window >= 0);
		if (windows.length === 0 || windows.length > MOST_VISITS) continue;
		found[n].push({ windows, worth: worthOf(side.networks[n], windows, side.windowProfits[n], rateOf(side, n, prices)) });
	}
	found.forEach((routes, n) => {
		routes.sort((a, b) => b.worth - a.worth);
		for (const { windows } of routes.slice(0, most)) addRoute(side.pools[n], side.networks[n], windows, windows.length);
	});
}

/** Network of the slots of each class. */
function networkOfClass({ networks }: RouteSide, { classOf, numClasses }: RoutePool): Int32Array {
	const networkOf = new Int32Array(numClasses);
	networks.forEach(({ slots }, n) => {
		for (const slot of slots) networkOf[classOf[slot]] = n;
	});
	return networkOf;
}

/** First window of each option, -1 where it has none. */
function firstWindows({ windowOption }: Network, numOptions: number): Int32Array {
	const first = new Int32Array(numOptions).fill(-1);
	for (let w = windowOption.length - 1; w >= 0; w--) first[windowOption[w]] = w;
	return first;
}

function worthOf(network: Network, windows: Int32Array, profits: Float64Array, rate: number): number {
	const { numNodes, nodeOfWindow, travelTime, travelCost } = network;
	let worth = 0;
	let at = numNodes;
	for (const window of windows) {
		const leg = at * (numNodes + 1) + nodeOfWindow[window];
		worth += profits[window] - travelCost[leg] - rate * travelTime[leg];
		at = nodeOfWindow[window];
	}
	const home = at * (numNodes + 1) + numNodes;
	return worth - travelCost[home] - rate * travelTime[home];
}

/** Most cells of the tables that the pricers share: larger problems get fewer steps, and remember less. */
const MOST_CELLS = 6e6;
const FEWEST_STEPS = 20;

/** A pricer for every network, with about so many steps a slot, as far as the cells go. */
export function createPricers(side: RouteSide, wanted: number): Pricer[] {
	const tables = createTables();
	const mostRows = side.memories.reduce((most, memory) => Math.max(most, memory.numRows), 1);
	const steps = Math.max(FEWEST_STEPS, Math.min(wanted, Math.floor(MOST_CELLS / 4 / mostRows)));
	return side.networks.map((network, n) => {
		const mostVisits = network.slots.reduce((most, slot) => Math.max(most, side.problem.slotMaxVisits[slot]), 0);
		return createPricer(buildGrid(network, Math.max(1, Math.ceil(network.horizon / steps)), mostVisits), side.memories[n], tables);
	});
}

/** How much trouble a pricing takes. */
export interface Effort {
	/** Most customers remembered at a node, and pricings of a slot in a row in which its memory may grow. */
	readonly kept: number;
	readonly tries: number;
	/** Whether the value is that of all routes, or only of those that gain by every visit. */
	readonly isExact: boolean;
}

/** Value of the best routes of all slots at these prices; adds what they use to `slope` and the best few to the pools. */
export function chooseRoutes(
	side: RouteSide,
	pricers: readonly Pricer[],
	prices: Float64Array,
	slope: Float64Array,
	effort: Effort,
): number {
	let value = 0;
	pricers.forEach((pricer, n) => {
		priceSlot(side, n, pricer, prices, effort);
		value += side.networks[n].slots.length * pricer.value;
		useRoute(side, n, slope);
	});
	return value;
}

/** Prices a kind of slot, up to so many times over, each time with a memory of what the best routes returned to; they go to the pool. */
function priceSlot(side: RouteSide, n: number, pricer: Pricer, prices: Float64Array, { kept, tries, isExact }: Effort): void {
	const network = side.networks[n];
	const pool = side.pools[n];
	const profits = priceWindows(side, n, prices);
	const rate = rateOf(side, n, prices);
	let found: Int32Array[] = [];
	let isChanged = false;
	for (let left = tries; left > 0; left--) {
		priceRoutes(pricer, profits, rate, isExact);
		found = bestEnds(pricer).map((end) => {
			traceRoute(pricer, profits, rate, end);
			return pricer.route.slice(0, pricer.numVisits);
		});
		const memory = rememberMore(network, side.memories[n], found, kept, MOST_CELLS / pricer.length);
		if (memory === side.memories[n]) break;
		isChanged = true;
		side.memories[n] = memory;
		useMemory(pricer, memory);
	}
	if (isChanged) dropForgetful(pool, network, side.memories[n]);
	pool.best = -1;
	for (const windows of found) {
		if (windows.length > pool.longest) continue;
		if (pool.best < 0) pool.best = pool.next;
		addRoute(pool, network, windows, windows.length);
	}
}

/** Nodes that the most profitable routes end with, best first. */
function bestEnds(pricer: Pricer): number[] {
	const { endValue } = pricer;
	const ends: number[] = [];
	for (let node = 0; node < endValue.length; node++) {
		if (endValue[node] <= 0 || (ends.length === NEW_ROUTES && endValue[node] <= endValue[ends[NEW_ROUTES - 1]])) continue;
		if (ends.length === NEW_ROUTES) ends.pop();
		let rank = ends.length;
		while (rank > 0 && endValue[ends[rank - 1]] < endValue[node]) rank--;
		ends.splice(rank, 0, node);
	}
	return ends;
}

/** As `chooseRoutes` over the routes of the pools: what is known of the routes so far, and no bound. */
export function chooseFromPools(side: RouteSide, prices: Float64Array, slope: Float64Array): number {
	let value = 0;
	side.pools.forEach((pool, n) => {
		findBest(pool, priceWindows(side, n, prices), rateOf(side, n, prices));
		value += side.networks[n].slots.length * pool.value;
		useRoute(side, n, slope);
	});
	return value;
}

/** Cost of a second of travel beside its travel cost. */
function rateOf(side: RouteSide, n: number, prices: Float64Array): number {
	const row = rowsOfDay(side.problem, side.networks[n].day);
	return prices[row.time] + prices[row.travel];
}

/** What a start in each window is worth at these prices, without travel. */
function priceWindows(side: RouteSide, n: number, prices: Float64Array): Float64Array {
	const { duration, nodeOfWindow, windowLoss, windowOption, day } = side.networks[n];
	const profits = side.windowProfits[n];
	const { linkOf } = side.relaxation;
	const row = rowsOfDay(side.problem, day);
	const time = prices[row.time];
	const visit = prices[row.visits];
	for (let w = 0; w < profits.length; w++)
		profits[w] = prices[linkOf[windowOption[w]]] - visit - time * duration[nodeOfWindow[w]] - windowLoss[w];
	return profits;
}

/** Adds what the pool's best route uses to the slope, for all slots of its kind. */
function useRoute(side: RouteSide, n: number, slope: Float64Array): void {
	const pool = side.pools[n];
	const { slots, day, windowOption } = side.networks[n];
	if (pool.best < 0) return;
	const { windows, longest, numVisits, travelTime, service, best } = pool;
	const row = rowsOfDay(side.problem, day);
	const first = best * longest;
	for (let k = first; k < first + numVisits[best]; k++) slope[side.relaxation.linkOf[windowOption[windows[k]]]] += slots.length;
	slope[row.time] -= slots.length * (travelTime[best] + service[best]);
	slope[row.travel] -= slots.length * travelTime[best];
	slope[row.visits] -= slots.length * numVisits[best];
}

/** The pools' routes that visit nobody twice, each once: slot, number of visits, visit options in order, and so on. */
export function listRoutes(side: RouteSide): Int32Array {
	const list: number[] = [];
	side.pools.forEach((pool, n) => {
		const { slots, windowOption, customer, nodeOfWindow } = side.networks[n];
		const seen = new Set<string>();
		for (let route = 0; route < pool.size; route++) {
			const windows = pool.windows.subarray(route * pool.longest, route * pool.longest + pool.numVisits[route]);
			const options = Array.from(windows, (window) => windowOption[window]);
			const isElementary = new Set(Array.from(windows, (window) => customer[nodeOfWindow[window]])).size === options.length;
			if (!isElementary || seen.has(options.join())) continue;
			seen.add(options.join());
			list.push(slots[0], options.length, ...options);
		}
	});
	return Int32Array.from(list);
}
