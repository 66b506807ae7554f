import { buildRelaxation, type Relaxation } from "./bound-rows.ts";
import { chooseChains, createChoice } from "./bound-chains.ts";
import type { Problem } from "./problem.ts";

export const BOUND_METHOD = "lagrangian: chains of contacts, day capacities, half the cheapest way in and out";

const ITERATIONS = 400;
const PATIENCE = 12;

/**
 * Upper bound on the value of every solution that keeps the required options but those in `unmet`, and serves every customer with day
 * combinations unless `isComplete` is false. Each customer picks its best chain of contacts at prices on the time, visits, calls, swaps,
 * travel and resources of the days and on the floors; the prices follow the subgradient towards `target`, a value that is reached (the
 * nearer, the better the steps; any number is valid). Stopping at any iteration is valid.
 */
export function findUpperBound(problem: Problem, target: number, unmet: readonly number[], isComplete: boolean): number {
	const relaxation = buildRelaxation(problem);
	const choice = createChoice(problem, relaxation, unmet, isComplete);
	const { numRows } = relaxation;
	const prices = new Float64Array(numRows);
	const bestPrices = new Float64Array(numRows);
	const slope = new Float64Array(numRows);
	const direction = new Float64Array(numRows);
	let best = Infinity;
	let agility = 1;
	let stale = 0;
	for (let iteration = 0; iteration < ITERATIONS; iteration++) {
		const bound = evaluate(relaxation, prices, slope, chooseChains(problem, relaxation, choice, prices));
		if (bound < best - 1e-4 * Math.abs(best - target)) stale = 0;
		else if (++stale >= PATIENCE) {
			// Steps have become too long: go back to the best prices and take shorter ones.
			stale = 0;
			agility /= 2;
			prices.set(bestPrices);
			direction.fill(0);
			best = Math.min(best, bound);
			continue;
		}
		if (bound < best) {
			best = bound;
			bestPrices.set(prices);
		}
		if (best < target + 1 || agility < 1e-4) break;
		takeStep(relaxation, prices, slope, direction, agility * Math.max(1, bound - target));
	}
	return Math.floor(best + 1e-6 * Math.max(1, Math.abs(best) * 1e-3));
}

/** Value of the relaxation at these prices, and its subgradient by row: what is left of each capacity. */
function evaluate(
	relaxation: Relaxation,
	prices: Float64Array,
	slope: Float64Array,
	chains: { readonly value: number; readonly use: Float64Array },
): number {
	const { numRows, capacity, slots } = relaxation;
	let bound = chains.value + relaxation.constant;
	for (let row = 0; row < numRows; row++) {
		slope[row] = capacity[row] - chains.use[row];
		bound += prices[row] * capacity[row];
	}
	// A slot that is used for visits pays half of its first and of its last leg.
	for (const slot of slots) {
		const worth =
			prices[slot.visitRow] * slot.mostVisits - prices[slot.timeRow] * slot.time - prices[slot.travelRow] * slot.time - slot.cost;
		if (worth <= 0) continue;
		bound += worth;
		slope[slot.visitRow] += slot.mostVisits;
		slope[slot.timeRow] -= slot.time;
		slope[slot.travelRow] -= slot.time;
	}
	return bound;
}

/** Moves the prices against the slope, smoothed by the last direction, in units of each row's scale. */
function takeStep(relaxation: Relaxation, prices: Float64Array, slope: Float64Array, direction: Float64Array, excess: number): void {
	const { numRows, scale, limit } = relaxation;
	let norm = 0;
	for (let row = 0; row < numRows; row++) {
		direction[row] = 0.7 * (slope[row] / scale[row]) + 0.3 * direction[row];
		if (direction[row] > 0 && prices[row] === 0) continue;
		norm += direction[row] ** 2;
	}
	if (norm === 0) return;
	for (let row = 0; row < numRows; row++) {
		const moved = prices[row] - (excess / norm) * (direction[row] / scale[row]);
		prices[row] = Math.min(limit[row], Math.max(0, moved));
	}
}
