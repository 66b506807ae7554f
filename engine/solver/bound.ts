import { chooseChains, createChoice } from "./bound-chains.ts";
import { createPacking, packTree } from "./bound-knapsack.ts";
import { buildRelaxation, type Relaxation, rowsOfDay, workingTime } from "./bound-rows.ts";
import { buildTravelTree, type TravelTree } from "./bound-tree.ts";
import type { Problem } from "./problem.ts";

export const BOUND_METHOD = "lagrangian: chains of contacts against day routes, travel by cluster trees";

const ROUGH_ITERATIONS = 300;
const FINE_ITERATIONS = 250;
const PATIENCE = 10;

/** Value of a relaxation at these prices; writes its slope by row: what is left of each capacity. */
type Evaluate = (prices: Float64Array, slope: Float64Array) => number;

/**
 * Upper bound on the value of every solution that keeps the required options but those in `unmet`, and, if `isComplete`, serves every
 * customer with day combinations. Lagrangian: customers choose their best chains of contacts and slots their best sets of visits, which
 * must agree at a price for each customer and day; prices on time and limits of the days and on the floors join in. A slot's visits fit
 * into its time and pay for the least travel that any route to them needs. The prices follow the subgradient towards `target`, a value that
 * is reached (the nearer, the better the steps; any is valid), first with visits that pay for their own nearest way only.
 */
export function findUpperBound(problem: Problem, target: number, unmet: readonly number[], isComplete: boolean): number {
	if (problem.numOptions === 0) return target; // there is one solution
	const trees = Array.from({ length: problem.numSlots }, (_, slot) => buildTravelTree(problem, slot));
	const rough = buildRelaxation(problem, trees, false);
	const roughPrices = new Float64Array(rough.numRows);
	const first = descend(rough, evaluateRough(problem, rough, unmet, isComplete), roughPrices, target, ROUGH_ITERATIONS);
	const fine = buildRelaxation(problem, trees, true);
	const finePrices = new Float64Array(fine.numRows);
	finePrices.set(roughPrices);
	tieLinks(problem, rough, fine, finePrices);
	const second = descend(fine, evaluateFine(problem, fine, trees, unmet, isComplete), finePrices, target, FINE_ITERATIONS);
	const best = Math.min(first, second);
	return Math.floor(best + 1e-6 + 1e-9 * Math.abs(best));
}

/** Subgradient descent from `prices`, which end as the best found. The least value, valid whenever stopped. */
function descend(relaxation: Relaxation, evaluate: Evaluate, prices: Float64Array, target: number, iterations: number): number {
	const { numRows } = relaxation;
	const bestPrices = Float64Array.from(prices);
	const slope = new Float64Array(numRows);
	const direction = new Float64Array(numRows);
	let best = Infinity;
	let agility = 1;
	let stale = 0;
	for (let iteration = 0; iteration < iterations; iteration++) {
		const bound = evaluate(prices, slope);
		stale = bound < best - 1e-3 * Math.abs(best - target) ? 0 : stale + 1;
		if (bound < best) {
			best = bound;
			bestPrices.set(prices);
		}
		if (best < target + 1) break;
		if (stale >= PATIENCE) {
			// The steps have become too long: shorter ones from the best prices.
			stale = 0;
			agility /= 2;
			prices.set(bestPrices);
			direction.fill(0);
			evaluate(prices, slope);
		}
		takeStep(relaxation, prices, slope, direction, agility * Math.max(1, bound - target));
	}
	prices.set(bestPrices);
	return best;
}

/** Moves the prices against the slope, smoothed by the last direction, in units of each row's scale. */
function takeStep(relaxation: Relaxation, prices: Float64Array, slope: Float64Array, direction: Float64Array, excess: number): void {
	const { numRows, scale, limit } = relaxation;
	let norm = 0;
	for (let row = 0; row < numRows; row++) {
		direction[row] = 0.7 * (slope[row] / scale[row]) + 0.3 * direction[row];
		const isStuck = limit[row] === 0 || (direction[row] > 0 && prices[row] === 0) || (direction[row] < 0 && prices[row] === limit[row]);
		if (!isStuck) norm += direction[row] ** 2;
	}
	if (norm === 0) return;
	for (let row = 0; row < numRows; row++) {
		const moved = prices[row] - (excess / norm) * (direction[row] / scale[row]);
		prices[row] = Math.min(limit[row], Math.max(0, moved));
	}
}

function evaluateRough(problem: Problem, relaxation: Relaxation, unmet: readonly number[], isComplete: boolean): Evaluate {
	const choice = createChoice(problem, relaxation, unmet, isComplete);
	return (prices, slope) => {
		chooseChains(problem, relaxation, choice, prices);
		let bound = choice.value + relaxation.constant;
		for (let row = 0; row < relaxation.numRows; row++) {
			slope[row] = relaxation.capacity[row] - choice.use[row];
			if (relaxation.limit[row] > 0) bound += prices[row] * relaxation.capacity[row];
		}
		return bound;
	};
}

/** As `evaluateRough`, and every slot takes the visits that are worth most to it. */
function evaluateFine(
	problem: Problem,
	relaxation: Relaxation,
	trees: readonly TravelTree[],
	unmet: readonly number[],
	isComplete: boolean,
): Evaluate {
	const evaluateChains = evaluateRough(problem, relaxation, unmet, isComplete);
	const packing = createPacking(trees);
	const profits = new Float64Array(packing.worth.length);
	return (prices, slope) => {
		let bound = evaluateChains(prices, slope);
		trees.forEach((tree, slot) => {
			const row = rowsOfDay(problem, problem.slotDay[slot]);
			priceTree(problem, relaxation, tree, slot, prices, profits);
			packTree(tree, profits, workingTime(problem, slot), packing);
			bound += packing.value;
			for (let node = 0; node < tree.time.length; node++) {
				if (!packing.isTaken[node]) continue;
				slope[row.time] -= tree.time[node] + tree.duration[node];
				slope[row.travel] -= tree.time[node];
				if (tree.customer[node] < 0) continue;
				slope[row.visits]--;
				slope[linkRow(problem, relaxation, slot, tree.customer[node])]++;
			}
		});
		return bound;
	};
}

function linkRow(problem: Problem, relaxation: Relaxation, slot: number, customer: number): number {
	return relaxation.firstLink + relaxation.linkOf[problem.slotDay[slot] * problem.numCustomers + customer];
}

/** What every node of a slot's tree brings at these prices: the link's price of a visit, less service and the edge. */
function priceTree(
	problem: Problem,
	relaxation: Relaxation,
	tree: TravelTree,
	slot: number,
	prices: Float64Array,
	profits: Float64Array,
): void {
	const row = rowsOfDay(problem, problem.slotDay[slot]);
	const time = prices[row.time];
	const travel = prices[row.travel];
	for (let node = 0; node < tree.time.length; node++) {
		let profit = -tree.cost[node] - (time + travel) * tree.time[node];
		if (tree.customer[node] >= 0)
			profit += prices[linkRow(problem, relaxation, slot, tree.customer[node])] - time * tree.duration[node] - prices[row.visits];
		profits[node] = profit;
	}
}

/** Starts the links at what a visit pays in the rough relaxation, where the two have the same value. */
function tieLinks(problem: Problem, rough: Relaxation, fine: Relaxation, prices: Float64Array): void {
	for (let option = 0; option < problem.numOptions; option++) {
		if (problem.optionChannel[option] > 0) continue;
		const row = rowsOfDay(problem, problem.optionDay[option]);
		let price = rough.optionCost[option];
		for (let i = rough.optionFirst[option]; i < rough.optionFirst[option + 1]; i++) {
			if (rough.rows[i] === row.time || rough.rows[i] === row.travel || rough.rows[i] === row.visits)
				price += prices[rough.rows[i]] * rough.uses[i];
		}
		const link = fine.firstLink + fine.linkOf[problem.optionDay[option] * problem.numCustomers + problem.optionCustomer[option]];
		prices[link] = Math.max(prices[link], price);
	}
}
