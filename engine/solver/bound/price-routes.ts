import type { Grid } from "./grid.ts";
import type { Memory } from "./memory.ts";

/**
 * Scratch and result of `priceRoutes` on one grid. A row of a table belongs to a node and what is remembered there, its cells to the steps:
 * the best and second best profit of a way that starts the node's service at the step or before, and the rows that these come from, of
 * different customers. Row numRows stands for the start, -1 for none.
 */
export interface Pricer {
	readonly grid: Grid;
	memory: Memory;
	best: Float64Array;
	second: Float64Array;
	bestFrom: Int16Array;
	secondFrom: Int16Array;
	/** Length of a row, and its cells before step 0, -Infinity, so that no arc looks into the row before its own. */
	readonly length: number;
	readonly padding: number;
	/** First step that reaches a row, and the first that changes in the block and window in hand. */
	reached: Int32Array;
	changed: Int32Array;
	/** Customer of a row, -1 for the start's. */
	customer: Int32Array;
	/** Best profit at the end of a block by row [block × numRows + row], by node [block × numNodes + node], and of all. */
	blockRow: Float64Array;
	readonly blockBest: Float64Array;
	readonly blockTop: Float64Array;
	/** Cost of each arc at the rate in hand; least cost and blocks of this arc and those after it in its group; blocks of each arc. */
	readonly arcCost: Float64Array;
	readonly leastCost: Float64Array;
	readonly leastBlocks: Int32Array;
	readonly arcBlocks: Int32Array;
	/** The best route: windows of its visits, in order. Value 0 and no visit where nothing pays. */
	readonly route: Int32Array;
	/** Value of the best route that ends with a node, and its last row. */
	readonly endValue: Float64Array;
	readonly endRow: Int32Array;
	numVisits: number;
	value: number;
	/** Cells and arcs looked at so far: the unit of work. */
	work: number;
}

export function createPricer(grid: Grid, memory: Memory): Pricer {
	const { numNodes } = grid.network;
	const numArcs = grid.arcFrom.length;
	const padding = Math.min(grid.longest, grid.last + 1);
	const length = padding + grid.last + 1;
	const numBlocks = Math.ceil((grid.last + 1) / grid.block);
	const arcBlocks = grid.arcSteps.map((steps) => Math.floor(steps / grid.block));
	const none = { floats: new Float64Array(0), ints: new Int32Array(0), shorts: new Int16Array(0) };
	const pricer: Pricer = {
		grid,
		memory,
		best: none.floats,
		second: none.floats,
		bestFrom: none.shorts,
		secondFrom: none.shorts,
		length,
		padding,
		reached: none.ints,
		changed: none.ints,
		customer: none.ints,
		blockRow: none.floats,
		blockBest: new Float64Array(numBlocks * numNodes),
		blockTop: new Float64Array(numBlocks),
		arcCost: new Float64Array(numArcs),
		leastCost: new Float64Array(numArcs),
		leastBlocks: leastBehind(grid, arcBlocks, new Int32Array(numArcs)),
		arcBlocks,
		route: new Int32Array(grid.last + 2),
		endValue: new Float64Array(numNodes),
		endRow: new Int32Array(numNodes),
		numVisits: 0,
		value: 0,
		work: 0,
	};
	useMemory(pricer, memory);
	return pricer;
}

/** Prices with another memory from now on. */
export function useMemory(pricer: Pricer, memory: Memory): void {
	const { length, blockTop, grid } = pricer;
	const { numRows, rowNode } = memory;
	pricer.memory = memory;
	pricer.customer = Int32Array.from({ length: numRows + 1 }, (_, row) => (row < numRows ? grid.network.customer[rowNode[row]] : -1));
	if (numRows <= pricer.reached.length) return;
	// Room for more, so that growth does not cost a new table each time.
	const room = numRows === grid.network.numNodes ? numRows : Math.ceil(1.25 * numRows);
	pricer.best = new Float64Array(room * length).fill(-Infinity);
	pricer.second = new Float64Array(room * length).fill(-Infinity);
	pricer.bestFrom = new Int16Array(room * length).fill(-1);
	pricer.secondFrom = new Int16Array(room * length).fill(-1);
	pricer.reached = new Int32Array(room);
	pricer.changed = new Int32Array(room);
	pricer.blockRow = new Float64Array(room * blockTop.length);
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
 * The most profitable route of the grid that returns neither to the customer it has just come from nor to one it remembers: a dynamic
 * programme over (last customer, memory, step). A visit earns `windowProfit` of the window that it starts in; a second of travel costs `rate`
 * beside the travel cost.
 */
export function priceRoutes(pricer: Pricer, windowProfit: Float64Array, rate: number): void {
	const { grid, arcCost } = pricer;
	const { arcTravel, arcMoney } = grid;
	for (let arc = 0; arc < arcCost.length; arc++) arcCost[arc] = arcMoney[arc] + rate * arcTravel[arc];
	leastBehind(grid, arcCost, pricer.leastCost);
	pricer.reached.fill(grid.last + 1);
	pricer.changed.fill(pricer.length);
	for (let block = 0; block < pricer.blockTop.length; block++) fillBlock(pricer, windowProfit, rate, block);
	endRoute(pricer, windowProfit, rate);
	pricer.work += arcCost.length;
}

/** Steps of a block: all arcs but the short ones come from blocks before. */
function fillBlock(pricer: Pricer, windowProfit: Float64Array, rate: number, block: number): void {
	const { grid, memory, length, padding } = pricer;
	const { windowFrom, windowTo } = grid;
	const { firstRow } = memory;
	const { firstWindow, numNodes } = grid.network;
	const first = block * grid.block;
	const last = Math.min(first + grid.block - 1, grid.last);
	for (let to = 0; to < numNodes; to++) {
		for (let row = firstRow[to]; row < firstRow[to + 1]; row++) carryIn(pricer, row * length + padding, first, last);
		for (let w = firstWindow[to]; w < firstWindow[to + 1]; w++) {
			const low = Math.max(first, windowFrom[w]);
			const high = Math.min(last, windowTo[w]);
			if (low > high) continue;
			startRoute(pricer, to, w, windowProfit[w], rate, low, high, last);
			pullGroup(pricer, to, windowProfit[w], low, high, block);
			for (let row = firstRow[to]; row < firstRow[to + 1]; row++) settleRow(pricer, row, last);
		}
	}
	if (grid.arcFirst[numNodes + 1] > grid.arcFirst[numNodes]) fillShort(pricer, windowProfit, first, last);
	closeBlock(pricer, block, first, last);
}

/** Passes what has changed in a row on to the end of the block. */
function settleRow(pricer: Pricer, row: number, last: number): void {
	const { reached, changed, length, padding } = pricer;
	const at = changed[row];
	if (at === length) return;
	changed[row] = length;
	if (at < reached[row]) reached[row] = at;
	carryOn(pricer, row * length + padding, at + 1, last);
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
	const { grid, memory, length, padding, changed } = pricer;
	const { network } = grid;
	const step = Math.max(grid.windowFrom[window], grid.startSteps[to]);
	if (step < low || step > high) return;
	const leg = network.numNodes * (network.numNodes + 1) + to;
	const row = memory.firstRow[to];
	offer(pricer, row * length + padding + step, profit - (network.travelCost[leg] + rate * network.travelTime[leg]), memory.numRows);
	changed[row] = step;
	settleRow(pricer, row, last);
}

/** Offers the steps [low, high] of a node's rows all its long arcs. */
function pullGroup(pricer: Pricer, to: number, profit: number, low: number, high: number, block: number): void {
	const { grid, memory, arcCost, arcBlocks, leastBlocks, leastCost, best, second, blockRow, blockBest, blockTop, length, padding } = pricer;
	const { arcFirst, arcFrom, arcSteps } = grid;
	const { firstRow, next, numRows } = memory;
	const { numNodes } = grid.network;
	const end = arcFirst[to + 1];
	// Two ways that remember nothing and come from different customers are as good as any that is worth no more.
	const free = firstRow[to] * length + padding + low;
	let work = 0;
	let arc = arcFirst[to];
	for (; arc < end; arc++) {
		const least = second[free] - profit;
		// Nearest origins first, and profits grow with the step: where the end of the best node's block is no use, none is.
		if ((arc & 7) === 0) {
			const latest = block - leastBlocks[arc];
			if (latest < 0 || blockTop[latest] - leastCost[arc] <= least) break;
		}
		const from = arcFrom[arc];
		const source = block - arcBlocks[arc];
		const cost = arcCost[arc];
		if (source < 0 || blockBest[source * numNodes + from] - cost <= least) continue;
		const steps = arcSteps[arc];
		const worth = profit - cost;
		const lastRow = firstRow[from + 1];
		for (let row = firstRow[from]; row < lastRow; row++) {
			if (blockRow[source * numRows + row] - cost <= least) continue;
			const target = next[row * numNodes + to];
			if (target < 0) continue;
			const value = best[row * length + padding + high - steps] + worth;
			if (value <= second[target * length + padding + low] || value <= second[free]) continue;
			work += high - low + 1;
			pull(pricer, row, target, steps, worth, low, high);
		}
		work += lastRow - firstRow[from];
	}
	pricer.work += work + arc - arcFirst[to];
}

/** Arcs shorter than a block, in sub-blocks as long as the shortest. */
function fillShort(pricer: Pricer, windowProfit: Float64Array, first: number, last: number): void {
	const { grid, memory, arcCost, reached, best, second, length, padding } = pricer;
	const { arcFirst, arcFrom, arcTo, arcSteps, windowFrom, windowTo } = grid;
	const { firstRow, next } = memory;
	const { firstWindow, numNodes } = grid.network;
	for (let from = first; from <= last; from += grid.shortest) {
		const end = Math.min(from + grid.shortest - 1, last);
		for (let arc = arcFirst[numNodes]; arc < arcFirst[numNodes + 1]; arc++) {
			const origin = arcFrom[arc];
			const to = arcTo[arc];
			const steps = arcSteps[arc];
			for (let row = firstRow[origin]; row < firstRow[origin + 1]; row++) {
				const target = next[row * numNodes + to];
				if (target < 0 || reached[row] + steps > end) continue;
				for (let w = firstWindow[to]; w < firstWindow[to + 1]; w++) {
					const low = Math.max(from, windowFrom[w], reached[row] + steps);
					const high = Math.min(end, windowTo[w]);
					if (low > high) continue;
					const worth = windowProfit[w] - arcCost[arc];
					if (best[row * length + padding + high - steps] + worth <= second[target * length + padding + low]) continue;
					pull(pricer, row, target, steps, worth, low, high);
					settleRow(pricer, target, last);
				}
			}
			pricer.work += firstRow[origin + 1] - firstRow[origin];
		}
	}
}

/** Extends the ways of row `from` to the steps [low, high] of row `to`, and notes the first step that changes. */
function pull(pricer: Pricer, from: number, to: number, steps: number, worth: number, low: number, high: number): void {
	const { best, second, bestFrom, secondFrom, padding, length, customer, changed } = pricer;
	const own = customer[from];
	const target = customer[to];
	const row = to * length + padding;
	const end = row + high;
	let first = length;
	let source = from * length + padding + low - steps;
	for (let cell = row + low; cell <= end; cell++, source++) {
		let value = best[source] + worth;
		if (value <= second[cell]) continue;
		if (customer[bestFrom[source]] === target) {
			value = second[source] + worth;
			if (value <= second[cell]) continue;
		}
		if (first === length) first = cell - row;
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
	if (first < changed[to]) changed[to] = first;
}

/** Offers a cell a way that comes from row `from`. */
function offer(pricer: Pricer, cell: number, value: number, from: number): void {
	const { best, second, bestFrom, secondFrom, customer } = pricer;
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

/** Drops the rows that others make useless from here on, and keeps the best values for the blocks to come. */
function closeBlock(pricer: Pricer, block: number, first: number, last: number): void {
	const { memory, best, second, blockRow, blockBest, blockTop, length, padding } = pricer;
	const { numNodes } = pricer.grid.network;
	const { firstRow, numRows } = memory;
	let top = -Infinity;
	for (let node = 0; node < numNodes; node++) {
		let most = -Infinity;
		const start = firstRow[node];
		const sets = firstRow[node + 1] - start;
		for (let set = 0; set < sets; set++) {
			const cell = (start + set) * length + padding;
			if (isUseless(pricer, start, set, first, last)) {
				best.fill(-Infinity, cell + first, cell + last + 1);
				second.fill(-Infinity, cell + first, cell + last + 1);
			}
			const kept = best[cell + last];
			blockRow[block * numRows + start + set] = kept;
			if (kept > most) most = kept;
		}
		blockBest[block * numNodes + node] = most;
		if (most > top) top = most;
	}
	blockTop[block] = top;
}

/** Whether two ways that remember less are worth as much as a row's at every step of the block: then it is no use now or later. */
function isUseless(pricer: Pricer, firstRow: number, set: number, first: number, last: number): boolean {
	const { best, second, length, padding } = pricer;
	const value = best[(firstRow + set) * length + padding + last];
	if (value === -Infinity) return false;
	for (let bit = 1; bit <= set; bit <<= 1) if (set & bit && second[(firstRow + set - bit) * length + padding + first] >= value) return true;
	return false;
}

/** The best way home, and its visits. */
function endRoute(pricer: Pricer, windowProfit: Float64Array, rate: number): void {
	const { grid, memory, endValue, endRow, best, length, padding } = pricer;
	const { travelTime, travelCost, numNodes } = grid.network;
	pricer.value = 0;
	pricer.numVisits = 0;
	let end = -1;
	for (let node = 0; node < numNodes; node++) {
		const leg = node * (numNodes + 1) + numNodes;
		const step = grid.last - grid.endSteps[node];
		endValue[node] = -Infinity;
		if (step < 0) continue;
		for (let row = memory.firstRow[node]; row < memory.firstRow[node + 1]; row++) {
			const value = best[row * length + padding + step] - (travelCost[leg] + rate * travelTime[leg]);
			if (value <= endValue[node]) continue;
			endValue[node] = value;
			endRow[node] = row;
		}
		if (endValue[node] <= pricer.value) continue;
		pricer.value = endValue[node];
		end = node;
	}
	if (end >= 0) traceRoute(pricer, windowProfit, rate, end);
}

/** Writes the best route that ends with a node, going back through the tables. */
export function traceRoute(pricer: Pricer, windowProfit: Float64Array, rate: number, end: number): void {
	const { grid, memory, route, best, second, bestFrom, secondFrom, length, padding, customer } = pricer;
	const { travelTime, travelCost, numNodes, duration } = grid.network;
	const { numRows, rowNode } = memory;
	pricer.numVisits = 0;
	let isBest = true;
	for (let to = pricer.endRow[end], step = grid.last - grid.endSteps[end]; ; ) {
		const at = to * length + padding + step;
		const from: number = isBest ? bestFrom[at] : secondFrom[at];
		const origin = from === numRows ? numNodes : rowNode[from];
		const leg = origin * (numNodes + 1) + rowNode[to];
		const cost = travelCost[leg] + rate * travelTime[leg];
		const value = isBest ? best[at] : second[at];
		const steps =
			from === numRows ? grid.startSteps[rowNode[to]] : Math.max(1, Math.floor((duration[origin] + travelTime[leg]) / grid.step));
		// The way had this value at this step or at one before.
		let window = windowOf(pricer, windowProfit, to, step, from, steps, cost, value);
		while (window < 0) window = windowOf(pricer, windowProfit, to, --step, from, steps, cost, value);
		route[pricer.numVisits++] = window;
		if (from === numRows) break;
		step -= steps;
		isBest = customer[bestFrom[from * length + padding + step]] !== customer[to];
		to = from;
	}
	route.subarray(0, pricer.numVisits).reverse();
}

/** Window of a row's node by which the way from row `from` has this value at this very step; -1: by none. */
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
	const { grid, memory, best, second, bestFrom, length, padding, customer } = pricer;
	const { firstWindow } = grid.network;
	const node = memory.rowNode[to];
	const source = from * length + padding + step - steps;
	for (let w = firstWindow[node]; w < firstWindow[node + 1]; w++) {
		if (step < grid.windowFrom[w] || step > grid.windowTo[w] || step < steps) continue;
		const worth = windowProfit[w] - cost;
		if (from === memory.numRows) {
			if (worth === value) return w;
			continue;
		}
		const before = customer[bestFrom[source]] === customer[to] ? second[source] : best[source];
		if (before + worth === value) return w;
	}
	return -1;
}
