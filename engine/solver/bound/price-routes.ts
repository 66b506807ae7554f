import type { Grid } from "./grid.ts";

/**
 * Scratch and result of `priceRoutes` on one grid. Row k of a table belongs to node k, its cells to the steps: the best and second best profit
 * of a way that starts the node's service at the step or before, and the nodes that these come from, whose customers differ. Node numNodes
 * stands for the start, -1 for none.
 */
export interface Pricer {
	readonly grid: Grid;
	readonly best: Float64Array;
	readonly second: Float64Array;
	readonly bestFrom: Int16Array;
	readonly secondFrom: Int16Array;
	/** Length of a row, and its cells before step 0, -Infinity, so that no arc looks into the row before its own. */
	readonly length: number;
	readonly padding: number;
	/** First step that reaches a node. */
	readonly reached: Int32Array;
	/** Best profit at the end of a block [block × numNodes + node], and the best of these. */
	readonly blockBest: Float64Array;
	readonly blockTop: Float64Array;
	/** Cost of each arc at the rate in hand; least cost and blocks of this arc and those after it in its group; blocks of each arc. */
	readonly arcCost: Float64Array;
	readonly leastCost: Float64Array;
	readonly leastBlocks: Int32Array;
	readonly arcBlocks: Int32Array;
	/** The best route: windows of its visits, in order. Value 0 and no visit where nothing pays. */
	readonly route: Int32Array;
	/** Value of the best route that ends with a node. */
	readonly endValue: Float64Array;
	numVisits: number;
	value: number;
	/** Cells and arcs looked at so far: the unit of work. */
	work: number;
}

export function createPricer(grid: Grid): Pricer {
	const { numNodes } = grid.network;
	const numArcs = grid.arcFrom.length;
	const padding = Math.min(grid.longest, grid.last + 1);
	const length = padding + grid.last + 1;
	const numBlocks = Math.ceil((grid.last + 1) / grid.block);
	const arcBlocks = grid.arcSteps.map((steps) => Math.floor(steps / grid.block));
	return {
		grid,
		best: new Float64Array(numNodes * length).fill(-Infinity),
		second: new Float64Array(numNodes * length).fill(-Infinity),
		bestFrom: new Int16Array(numNodes * length).fill(-1),
		secondFrom: new Int16Array(numNodes * length).fill(-1),
		length,
		padding,
		reached: new Int32Array(numNodes),
		blockBest: new Float64Array(numBlocks * numNodes),
		blockTop: new Float64Array(numBlocks),
		arcCost: new Float64Array(numArcs),
		leastCost: new Float64Array(numArcs),
		leastBlocks: leastBehind(grid, arcBlocks, new Int32Array(numArcs)),
		arcBlocks,
		route: new Int32Array(grid.last + 2),
		endValue: new Float64Array(numNodes),
		numVisits: 0,
		value: 0,
		work: 0,
	};
}

/** Least of each value and those behind it in its group. */
function leastBehind<Values extends Int32Array | Float64Array>(grid: Grid, values: Values, least: Values): Values {
	for (let group = 0; group < grid.network.numNodes; group++) {
		let smallest = Infinity;
		for (let arc = grid.arcFirst[group + 1] - 1; arc >= grid.arcFirst[group]; arc--) {
			if (values[arc] < smallest) smallest = values[arc];
			least[arc] = smallest;
		}
	}
	return least;
}

/**
 * The most profitable route of the grid that never returns to the customer it has just come from: a dynamic programme over (last customer,
 * step). A visit earns `windowProfit` of the window that it starts in; a second of travel costs `rate` beside the travel cost.
 */
export function priceRoutes(pricer: Pricer, windowProfit: Float64Array, rate: number): void {
	const { grid, arcCost } = pricer;
	const { arcTravel, arcMoney } = grid;
	for (let arc = 0; arc < arcCost.length; arc++) arcCost[arc] = arcMoney[arc] + rate * arcTravel[arc];
	leastBehind(grid, arcCost, pricer.leastCost);
	pricer.reached.fill(grid.last + 1);
	for (let block = 0; block < pricer.blockTop.length; block++) fillBlock(pricer, windowProfit, rate, block);
	endRoute(pricer, windowProfit, rate);
	pricer.work += arcCost.length;
}

/** Steps of a block: all arcs but the short ones come from blocks before. */
function fillBlock(pricer: Pricer, windowProfit: Float64Array, rate: number, block: number): void {
	const { grid, length, padding } = pricer;
	const { windowFrom, windowTo } = grid;
	const { firstWindow, numNodes } = grid.network;
	const first = block * grid.block;
	const last = Math.min(first + grid.block - 1, grid.last);
	for (let to = 0; to < numNodes; to++) {
		carryIn(pricer, to * length + padding, first, last);
		for (let w = firstWindow[to]; w < firstWindow[to + 1]; w++) {
			const low = Math.max(first, windowFrom[w]);
			const high = Math.min(last, windowTo[w]);
			if (low > high) continue;
			startRoute(pricer, to, w, windowProfit[w], rate, low, high, last);
			pullGroup(pricer, to, windowProfit[w], low, high, block, last);
		}
	}
	if (grid.arcFirst[numNodes + 1] > grid.arcFirst[numNodes]) fillShort(pricer, windowProfit, first, last);
	closeBlock(pricer, block, last);
}

/** A block begins with what was reached before it. */
function carryIn(pricer: Pricer, row: number, first: number, last: number): void {
	const { best, second, bestFrom, secondFrom } = pricer;
	const before = row + first - 1;
	const isFirst = first === 0;
	const bestBefore = isFirst ? -Infinity : best[before];
	const secondBefore = isFirst ? -Infinity : second[before];
	const bestFromBefore = isFirst ? -1 : bestFrom[before];
	const secondFromBefore = isFirst ? -1 : secondFrom[before];
	for (let cell = row + first; cell <= row + last; cell++) {
		best[cell] = bestBefore;
		second[cell] = secondBefore;
		bestFrom[cell] = bestFromBefore;
		secondFrom[cell] = secondFromBefore;
	}
}

/** The first visit of a route. */
function startRoute(
	pricer: Pricer,
	to: number,
	window: number,
	profit: number,
	rate: number,
	low: number,
	high: number,
	last: number,
): void {
	const { grid, length, padding, reached } = pricer;
	const { network } = grid;
	const step = Math.max(grid.windowFrom[window], grid.startSteps[to]);
	if (step < low || step > high) return;
	const leg = network.numNodes * (network.numNodes + 1) + to;
	const row = to * length + padding;
	offer(pricer, row + step, profit - (network.travelCost[leg] + rate * network.travelTime[leg]), network.numNodes);
	if (step < reached[to]) reached[to] = step;
	carryOn(pricer, row, step + 1, last);
}

/** Offers the steps [low, high] of a node all its long arcs. */
function pullGroup(pricer: Pricer, to: number, profit: number, low: number, high: number, block: number, last: number): void {
	const { grid, arcCost, arcBlocks, leastBlocks, leastCost, best, second, blockBest, blockTop, length, padding, reached } = pricer;
	const { arcFirst, arcFrom, arcSteps } = grid;
	const { numNodes } = grid.network;
	const end = arcFirst[to + 1];
	const row = to * length + padding;
	const toBeat = row + low;
	let least = second[toBeat] - profit;
	let changed = length;
	let work = 0;
	let arc = arcFirst[to];
	for (; arc < end; arc++) {
		// Nearest origins first, and profits grow with the step: where the end of the best node's block is no use, none is.
		if ((arc & 7) === 0) {
			const latest = block - leastBlocks[arc];
			if (latest < 0 || blockTop[latest] - leastCost[arc] <= least) break;
		}
		const source = block - arcBlocks[arc];
		if (source < 0 || blockBest[source * numNodes + arcFrom[arc]] - arcCost[arc] <= least) continue;
		const worth = profit - arcCost[arc];
		if (best[arcFrom[arc] * length + padding + high - arcSteps[arc]] + worth <= second[toBeat]) continue;
		work += high - low + 1;
		const at = pull(pricer, arcFrom[arc], to, arcSteps[arc], worth, low, high);
		if (at >= changed) continue;
		changed = at;
		least = second[toBeat] - profit;
	}
	pricer.work += work + arc - arcFirst[to];
	if (changed > last) return;
	if (changed < reached[to]) reached[to] = changed;
	carryOn(pricer, row, changed + 1, last);
}

/** Arcs shorter than a block, in sub-blocks as long as the shortest. */
function fillShort(pricer: Pricer, windowProfit: Float64Array, first: number, last: number): void {
	const { grid, arcCost, reached, best, second, length, padding } = pricer;
	const { arcFirst, arcFrom, arcTo, arcSteps, windowFrom, windowTo } = grid;
	const { firstWindow, numNodes } = grid.network;
	for (let from = first; from <= last; from += grid.shortest) {
		const end = Math.min(from + grid.shortest - 1, last);
		for (let arc = arcFirst[numNodes]; arc < arcFirst[numNodes + 1]; arc++) {
			const origin = arcFrom[arc];
			const to = arcTo[arc];
			const steps = arcSteps[arc];
			if (reached[origin] + steps > end) continue;
			const row = to * length + padding;
			for (let w = firstWindow[to]; w < firstWindow[to + 1]; w++) {
				const low = Math.max(from, windowFrom[w], reached[origin] + steps);
				const high = Math.min(end, windowTo[w]);
				if (low > high) continue;
				const worth = windowProfit[w] - arcCost[arc];
				if (best[origin * length + padding + high - steps] + worth <= second[row + low]) continue;
				const changed = pull(pricer, origin, to, steps, worth, low, high);
				if (changed > high) continue;
				if (changed < reached[to]) reached[to] = changed;
				carryOn(pricer, row, changed + 1, last);
			}
		}
		pricer.work += arcFirst[numNodes + 1] - arcFirst[numNodes];
	}
}

/** Extends the ways of `from` to the steps [low, high] of `to`. The first step that changes, or one behind the row. */
function pull(pricer: Pricer, from: number, to: number, steps: number, worth: number, low: number, high: number): number {
	const { best, second, bestFrom, secondFrom, padding, length } = pricer;
	const { customer } = pricer.grid.network;
	const own = customer[from];
	const target = customer[to];
	const row = to * length + padding;
	const end = row + high;
	let changed = length;
	let source = from * length + padding + low - steps;
	for (let cell = row + low; cell <= end; cell++, source++) {
		let value = best[source] + worth;
		if (value <= second[cell]) continue;
		if (customer[bestFrom[source]] === target) {
			value = second[source] + worth;
			if (value <= second[cell]) continue;
		}
		if (changed === length) changed = cell - row;
		const isSame = bestFrom[cell] >= 0 && customer[bestFrom[cell]] === own;
		if (value > best[cell]) {
			if (!isSame) {
				second[cell] = best[cell];
				secondFrom[cell] = bestFrom[cell];
			}
			best[cell] = value;
			bestFrom[cell] = from;
		} else if (!isSame) {
			second[cell] = value;
			secondFrom[cell] = from;
		}
	}
	return changed;
}

/** Offers a cell a way that comes from `from`. */
function offer(pricer: Pricer, cell: number, value: number, from: number): void {
	const { best, second, bestFrom, secondFrom } = pricer;
	const { customer } = pricer.grid.network;
	if (value <= second[cell]) return;
	const isSame = bestFrom[cell] >= 0 && customer[bestFrom[cell]] === customer[from];
	if (value > best[cell]) {
		if (!isSame) {
			second[cell] = best[cell];
			secondFrom[cell] = bestFrom[cell];
		}
		best[cell] = value;
		bestFrom[cell] = from;
	} else if (!isSame) {
		second[cell] = value;
		secondFrom[cell] = from;
	}
}

/** Passes what was reached on to the later steps of the block. */
function carryOn(pricer: Pricer, row: number, first: number, last: number): void {
	const { best, second, bestFrom, secondFrom } = pricer;
	for (let cell = row + first; cell <= row + last; cell++) {
		if (best[cell - 1] > second[cell] && (best[cell - 1] !== best[cell] || bestFrom[cell - 1] !== bestFrom[cell]))
			offer(pricer, cell, best[cell - 1], bestFrom[cell - 1]);
		if (second[cell - 1] > second[cell]) offer(pricer, cell, second[cell - 1], secondFrom[cell - 1]);
	}
}

function closeBlock(pricer: Pricer, block: number, last: number): void {
	const { best, blockBest, blockTop, length, padding } = pricer;
	const { numNodes } = pricer.grid.network;
	let top = -Infinity;
	for (let node = 0; node < numNodes; node++) {
		const value = best[node * length + padding + last];
		blockBest[block * numNodes + node] = value;
		if (value > top) top = value;
	}
	blockTop[block] = top;
}

/** The best way home, and its visits. */
function endRoute(pricer: Pricer, windowProfit: Float64Array, rate: number): void {
	const { grid, endValue, best, length, padding } = pricer;
	const { travelTime, travelCost, numNodes } = grid.network;
	pricer.value = 0;
	pricer.numVisits = 0;
	let end = -1;
	for (let node = 0; node < numNodes; node++) {
		const leg = node * (numNodes + 1) + numNodes;
		const step = grid.last - grid.endSteps[node];
		endValue[node] = step < 0 ? -Infinity : best[node * length + padding + step] - (travelCost[leg] + rate * travelTime[leg]);
		if (endValue[node] <= pricer.value) continue;
		pricer.value = endValue[node];
		end = node;
	}
	if (end >= 0) traceRoute(pricer, windowProfit, rate, end);
}

/** Writes the best route that ends with a node, going back through the tables. */
export function traceRoute(pricer: Pricer, windowProfit: Float64Array, rate: number, end: number): void {
	const { grid, route, best, second, bestFrom, secondFrom, length, padding } = pricer;
	const { travelTime, travelCost, numNodes, customer, duration } = grid.network;
	pricer.numVisits = 0;
	let isBest = true;
	for (let to = end, step = grid.last - grid.endSteps[end]; ; ) {
		const at = to * length + padding + step;
		const from: number = isBest ? bestFrom[at] : secondFrom[at];
		const leg = from * (numNodes + 1) + to;
		const cost = travelCost[leg] + rate * travelTime[leg];
		const value = isBest ? best[at] : second[at];
		const steps = from === numNodes ? grid.startSteps[to] : Math.max(1, Math.floor((duration[from] + travelTime[leg]) / grid.step));
		// The way had this value at this step or at one before.
		let window = windowOf(pricer, windowProfit, to, step, from, steps, cost, value);
		while (window < 0) window = windowOf(pricer, windowProfit, to, --step, from, steps, cost, value);
		route[pricer.numVisits++] = window;
		if (from === numNodes) break;
		step -= steps;
		isBest = customer[bestFrom[from * length + padding + step]] !== customer[to];
		to = from;
	}
	route.subarray(0, pricer.numVisits).reverse();
}

/** Window of a node by which the way from `from` has this value at this very step; -1: by none. */
function windowOf(
	pricer: Pricer,
	windowProfit: Float64Array,
	to: number,
	step: number,
	from: number,
	steps: number,
	cost: number,
	value: number,
): number {
	const { grid, best, second, bestFrom, length, padding } = pricer;
	const { firstWindow, numNodes, customer } = grid.network;
	const source = from * length + padding + step - steps;
	for (let w = firstWindow[to]; w < firstWindow[to + 1]; w++) {
		if (step < grid.windowFrom[w] || step > grid.windowTo[w] || step < steps) continue;
		const worth = windowProfit[w] - cost;
		if (from === numNodes) {
			if (worth === value) return w;
			continue;
		}
		const before = customer[bestFrom[source]] === customer[to] ? second[source] : best[source];
		if (before + worth === value) return w;
	}
	return -1;
}
