import type { Grid } from "./grid.ts";
import type { Memory } from "./memory.ts";

/**
 * Cells of a dynamic programme. A row belongs to a node and what is remembered there, its cells to the steps: the best and second best profit of
 * a way that starts the node's service at the step or before, and the rows that these come from, of different customers. Row numRows stands
 * for the start, -1 for none. Pricers that take turns share one: what a pricing has written lasts until the next.
 */
export interface Tables {
	best: Float64Array;
	second: Float64Array;
	bestFrom: Int16Array;
	secondFrom: Int16Array;
	/** First step that reaches a row, and the first that changes in the block and window in hand. */
	reached: Int32Array;
	changed: Int32Array;
	/** Best profit at the end of a block by row [block × numRows + row]. */
	blockRow: Float64Array;
}

/** Scratch and result of `priceRoutes` on one grid. */
export interface Pricer {
	readonly grid: Grid;
	readonly tables: Tables;
	memory: Memory;
	/** Length of a row, and its cells before step 0, -Infinity, so that no arc looks into the row before its own. */
	readonly length: number;
	readonly padding: number;
	/** Customer of a row, -1 for the start's. */
	customer: Int32Array;
	/** Best profit at the end of a block by node [block × numNodes + node], and of all. */
	readonly blockBest: Float64Array;
	readonly blockTop: Float64Array;
	/** Nodes that a best route may visit at the profits in hand, ascending. */
	readonly active: Int32Array;
	numActive: number;
	/** Arcs between active nodes, laid out as in the grid: groups by the rank of their end among the active ones, the short ones last. */
	readonly arcFirst: Int32Array;
	readonly arcFrom: Int16Array;
	readonly arcTo: Int16Array;
	readonly arcSteps: Int32Array;
	/** Cost of each at the rate in hand; least cost and blocks of this arc and those after it in its group; blocks of each arc. */
	readonly arcCost: Float64Array;
	readonly leastCost: Float64Array;
	readonly leastBlocks: Int32Array;
	readonly arcBlocks: Int32Array;
	/** The best route: windows of its visits, in order. Value 0 and no visit where nothing pays. */
	readonly route: Int32Array;
	/** Value of the best route that ends with a node, -Infinity for none, and its last row. */
	readonly endValue: Float64Array;
	readonly endRow: Int32Array;
	numVisits: number;
	value: number;
	/** Cells and arcs looked at so far: the unit of work. */
	work: number;
}

export function createTables(): Tables {
	return {
		best: new Float64Array(0),
		second: new Float64Array(0),
		bestFrom: new Int16Array(0),
		secondFrom: new Int16Array(0),
		reached: new Int32Array(0),
		changed: new Int32Array(0),
		blockRow: new Float64Array(0),
	};
}

export function createPricer(grid: Grid, memory: Memory, tables: Tables): Pricer {
	const { numNodes } = grid.network;
	const numArcs = grid.arcFrom.length;
	const padding = Math.min(grid.longest, grid.last + 1);
	const numBlocks = Math.ceil((grid.last + 1) / grid.block);
	const pricer: Pricer = {
		grid,
		tables,
		memory,
		length: padding + grid.last + 1,
		padding,
		customer: new Int32Array(0),
		blockBest: new Float64Array(numBlocks * numNodes),
		blockTop: new Float64Array(numBlocks),
		active: new Int32Array(numNodes),
		numActive: 0,
		arcFirst: new Int32Array(numNodes + 2),
		arcFrom: new Int16Array(numArcs),
		arcTo: new Int16Array(numArcs),
		arcSteps: new Int32Array(numArcs),
		arcCost: new Float64Array(numArcs),
		leastCost: new Float64Array(numArcs),
		leastBlocks: new Int32Array(numArcs),
		arcBlocks: new Int32Array(numArcs),
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
	const { tables, length, blockTop, grid } = pricer;
	const { numRows, rowNode } = memory;
	pricer.memory = memory;
	pricer.customer = Int32Array.from({ length: numRows + 1 }, (_, row) => (row < numRows ? grid.network.customer[rowNode[row]] : -1));
	// Room for more, so that growth does not cost a new table each time.
	const room = Math.ceil(1.25 * numRows);
	if (tables.best.length < numRows * length) {
		tables.best = new Float64Array(room * length);
		tables.second = new Float64Array(room * length);
		tables.bestFrom = new Int16Array(room * length);
		tables.secondFrom = new Int16Array(room * length);
	}
	if (tables.reached.length < numRows) {
		tables.reached = new Int32Array(room);
		tables.changed = new Int32Array(room);
	}
	if (tables.blockRow.length < numRows * blockTop.length) tables.blockRow = new Float64Array(room * blockTop.length);
}

/**
 * Chooses the nodes that a best route may visit. Leaving out a visit that costs at least what the direct way can be dearer never makes a route
 * worse, nor later where the service is longer than a step; a route that visits nobody twice stays one. Where it need not be exact, only visits
 * that gain are left: a tenth of the work, and not for a bound. Lays out the arcs between the
 * chosen, and clears the cells before the first step.
 */
export function layActive(pricer: Pricer, windowProfit: Float64Array, rate: number, isExact: boolean): void {
	chooseActive(pricer, windowProfit, rate, isExact);
	layArcs(pricer, rate);
	const { active, numActive, memory, tables, length, padding } = pricer;
	for (let rank = 0; rank < numActive; rank++) {
		for (let row = memory.firstRow[active[rank]]; row < memory.firstRow[active[rank] + 1]; row++) {
			tables.best.fill(-Infinity, row * length, row * length + padding);
			tables.second.fill(-Infinity, row * length, row * length + padding);
		}
	}
}

function chooseActive(pricer: Pricer, windowProfit: Float64Array, rate: number, isExact: boolean): void {
	const { grid, active } = pricer;
	const { numNodes, firstWindow, duration, timeShortcut, costShortcut } = grid.network;
	pricer.numActive = 0;
	for (let node = 0; node < numNodes; node++) {
		let least = 0;
		if (isExact) least = duration[node] >= grid.step + timeShortcut[node] ? -costShortcut[node] - rate * timeShortcut[node] : -Infinity;
		let window = firstWindow[node];
		while (window < firstWindow[node + 1] && windowProfit[window] <= least) window++;
		if (window < firstWindow[node + 1]) active[pricer.numActive++] = node;
	}
}

function layArcs(pricer: Pricer, rate: number): void {
	const { grid, active, numActive, arcFirst, arcFrom, arcTo, arcSteps, arcCost, arcBlocks, leastCost, leastBlocks } = pricer;
	const { numNodes } = grid.network;
	const isActive = new Uint8Array(numNodes);
	for (let rank = 0; rank < numActive; rank++) isActive[active[rank]] = 1;
	let count = 0;
	for (let rank = 0; rank <= numActive; rank++) {
		arcFirst[rank] = count;
		const group = rank < numActive ? active[rank] : numNodes;
		for (let arc = grid.arcFirst[group]; arc < grid.arcFirst[group + 1]; arc++) {
			if (!isActive[grid.arcFrom[arc]] || !isActive[grid.arcTo[arc]]) continue;
			arcFrom[count] = grid.arcFrom[arc];
			arcTo[count] = grid.arcTo[arc];
			arcSteps[count] = grid.arcSteps[arc];
			arcCost[count] = grid.arcMoney[arc] + rate * grid.arcTravel[arc];
			arcBlocks[count++] = Math.floor(grid.arcSteps[arc] / grid.block);
		}
		let cost = Infinity;
		let blocks = 2 ** 30;
		for (let arc = count - 1; arc >= arcFirst[rank]; arc--) {
			leastCost[arc] = cost = Math.min(cost, arcCost[arc]);
			leastBlocks[arc] = blocks = Math.min(blocks, arcBlocks[arc]);
		}
		pricer.work += grid.arcFirst[group + 1] - grid.arcFirst[group];
	}
	arcFirst[numActive + 1] = count;
}
