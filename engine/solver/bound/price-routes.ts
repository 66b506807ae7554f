import { layActive, type Pricer } from "./pricer.ts";
import { traceRoute } from "./trace-route.ts";

/**
 * The most profitable route of the grid that returns neither to the customer it has just come from nor to one it remembers: a dynamic
 * programme over (last customer, memory, step). A visit earns `windowProfit` of the window that it starts in; a second of travel costs `rate`
 * beside the travel cost. Not exact: over the visits that gain by themselves only.
 */
export function priceRoutes(pricer: Pricer, windowProfit: Float64Array, rate: number, isExact: boolean): void {
	const { grid, tables, memory } = pricer;
	layActive(pricer, windowProfit, rate, isExact);
	tables.reached.fill(grid.last + 1, 0, memory.numRows);
	tables.changed.fill(pricer.length, 0, memory.numRows);
	for (let block = 0; block < pricer.blockTop.length; block++) fillBlock(pricer, windowProfit, rate, block);
	endRoute(pricer, windowProfit, rate);
}

/** Steps of a block: all arcs but the short ones come from blocks before. */
function fillBlock(pricer: Pricer, windowProfit: Float64Array, rate: number, block: number): void {
	const { grid, memory, length, padding, active, numActive, arcFirst } = pricer;
	const { windowFrom, windowTo } = grid;
	const { firstRow } = memory;
	const { firstWindow } = grid.network;
	const first = block * grid.block;
	const last = Math.min(first + grid.block - 1, grid.last);
	for (let rank = 0; rank < numActive; rank++) {
		const to = active[rank];
		for (let row = firstRow[to]; row < firstRow[to + 1]; row++) carryIn(pricer, row * length + padding, first, last);
		for (let w = firstWindow[to]; w < firstWindow[to + 1]; w++) {
			const low = Math.max(first, windowFrom[w]);
			const high = Math.min(last, windowTo[w]);
			if (low > high) continue;
			startRoute(pricer, to, w, windowProfit[w], rate, low, high, last);
			pullGroup(pricer, rank, windowProfit[w], low, high, block);
			for (let row = firstRow[to]; row < firstRow[to + 1]; row++) settleRow(pricer, row, last);
		}
	}
	if (arcFirst[numActive + 1] > arcFirst[numActive]) fillShort(pricer, windowProfit, first, last);
	closeBlock(pricer, block, first, last);
}

/** Passes what has changed in a row on to the end of the block. */
function settleRow(pricer: Pricer, row: number, last: number): void {
	const { length, padding } = pricer;
	const { reached, changed } = pricer.tables;
	const at = changed[row];
	if (at === length) return;
	changed[row] = length;
	if (at < reached[row]) reached[row] = at;
	carryOn(pricer, row * length + padding, at + 1, last);
}

/** A block begins with what was reached before it. */
function carryIn(pricer: Pricer, row: number, first: number, last: number): void {
	const { best, second, bestFrom, secondFrom } = pricer.tables;
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
	const { grid, memory, length, padding, tables } = pricer;
	const { network } = grid;
	const step = Math.max(grid.windowFrom[window], grid.startSteps[to]);
	if (step < low || step > high) return;
	const leg = network.numNodes * (network.numNodes + 1) + to;
	const row = memory.firstRow[to];
	offer(pricer, row * length + padding + step, profit - (network.travelCost[leg] + rate * network.travelTime[leg]), memory.numRows);
	tables.changed[row] = step;
	settleRow(pricer, row, last);
}

/** Offers the steps [low, high] of a node's rows all its long arcs. */
function pullGroup(pricer: Pricer, rank: number, profit: number, low: number, high: number, block: number): void {
	const { grid, memory, arcFirst, arcFrom, arcSteps, arcCost, arcBlocks, leastBlocks, leastCost, blockBest, blockTop, length, padding } =
		pricer;
	const { best, second, blockRow } = pricer.tables;
	const { firstRow, next, numRows } = memory;
	const { numNodes } = grid.network;
	const to = pricer.active[rank];
	const end = arcFirst[rank + 1];
	// Two ways that remember nothing and come from different customers can do all that any worth no more can.
	const free = firstRow[to] * length + padding + low;
	let work = 0;
	let arc = arcFirst[rank];
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
	pricer.work += work + arc - arcFirst[rank];
}

/** Arcs shorter than a block, in sub-blocks as long as the shortest. */
function fillShort(pricer: Pricer, windowProfit: Float64Array, first: number, last: number): void {
	const { grid, memory, arcFirst, arcFrom, arcTo, arcSteps, arcCost, numActive, length, padding } = pricer;
	const { reached, best, second } = pricer.tables;
	const { windowFrom, windowTo } = grid;
	const { firstRow, next } = memory;
	const { firstWindow, numNodes } = grid.network;
	for (let from = first; from <= last; from += grid.shortest) {
		const end = Math.min(from + grid.shortest - 1, last);
		for (let arc = arcFirst[numActive]; arc < arcFirst[numActive + 1]; arc++) {
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
	const { padding, length, customer } = pricer;
	const { best, second, bestFrom, secondFrom, changed } = pricer.tables;
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
	const { customer } = pricer;
	const { best, second, bestFrom, secondFrom } = pricer.tables;
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
	const { best, second, bestFrom, secondFrom } = pricer.tables;
	for (let cell = row + first; cell <= row + last; cell++) {
		if (best[cell - 1] > second[cell] && (best[cell - 1] !== best[cell] || bestFrom[cell - 1] !== bestFrom[cell]))
			offer(pricer, cell, best[cell - 1], bestFrom[cell - 1]);
		if (second[cell - 1] > second[cell]) offer(pricer, cell, second[cell - 1], secondFrom[cell - 1]);
	}
}

/** Drops the rows that others make useless from here on, and keeps the best values for the blocks to come. */
function closeBlock(pricer: Pricer, block: number, first: number, last: number): void {
	const { memory, active, numActive, blockBest, blockTop, length, padding } = pricer;
	const { best, second, blockRow } = pricer.tables;
	const { numNodes } = pricer.grid.network;
	const { firstRow, numRows } = memory;
	let top = -Infinity;
	for (let rank = 0; rank < numActive; rank++) {
		const node = active[rank];
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
	const { length, padding } = pricer;
	const { best, second } = pricer.tables;
	const value = best[(firstRow + set) * length + padding + last];
	if (value === -Infinity) return false;
	for (let bit = 1; bit <= set; bit <<= 1) if (set & bit && second[(firstRow + set - bit) * length + padding + first] >= value) return true;
	return false;
}

/** The best way home, and its visits. */
function endRoute(pricer: Pricer, windowProfit: Float64Array, rate: number): void {
	const { grid, memory, active, numActive, endValue, endRow, length, padding } = pricer;
	const { best } = pricer.tables;
	const { travelTime, travelCost, numNodes } = grid.network;
	pricer.value = 0;
	pricer.numVisits = 0;
	endValue.fill(-Infinity);
	let end = -1;
	for (let rank = 0; rank < numActive; rank++) {
		const node = active[rank];
		const leg = node * (numNodes + 1) + numNodes;
		const step = grid.last - grid.endSteps[node];
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
