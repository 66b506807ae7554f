import type { Pricer } from "./pricer.ts";

/** Writes the best route that ends with a node, going back through the tables. */
export function traceRoute(pricer: Pricer, windowProfit: Float64Array, rate: number, end: number): void {
	const { grid, memory, route, length, padding, customer } = pricer;
	const { best, second, bestFrom, secondFrom } = pricer.tables;
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
	const { grid, memory, length, padding, customer } = pricer;
	const { best, second, bestFrom } = pricer.tables;
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
