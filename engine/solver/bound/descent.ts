import type { Relaxation } from "./rows.ts";

/** Value of a relaxation at these prices; writes its slope by row: what is left of each capacity. */
export type Evaluate = (prices: Float64Array, slope: Float64Array) => number;

const PATIENCE = 10;
/** Steps so short lead nowhere any more. */
const CONVERGED = 1e-3;
/** Weight of the new slope against the last direction. */
const ALPHA = 0.7;

/** Subgradient descent from `prices`, which end as the best found. The least value, valid whenever stopped. */
export function descend(
	relaxation: Relaxation,
	evaluate: Evaluate,
	prices: Float64Array,
	target: number,
	shallStop: (iterations: number) => boolean,
	agility = 1,
	keepLast = false,
): number {
	const { numRows } = relaxation;
	const bestPrices = Float64Array.from(prices);
	const slope = new Float64Array(numRows);
	const direction = new Float64Array(numRows);
	let best = Infinity;
	let stale = 0;
	for (let iteration = 0; !shallStop(iteration) && agility >= CONVERGED; iteration++) {
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
	if (!keepLast) prices.set(bestPrices);
	return best;
}

/** Moves the prices against the slope, smoothed by the last direction, in units of each row's scale. */
function takeStep(relaxation: Relaxation, prices: Float64Array, slope: Float64Array, direction: Float64Array, excess: number): void {
	const { numRows, scale, limit } = relaxation;
	let norm = 0;
	for (let row = 0; row < numRows; row++) {
		direction[row] = ALPHA * (slope[row] / scale[row]) + (1 - ALPHA) * direction[row];
		const isStuck = limit[row] === 0 || (direction[row] > 0 && prices[row] === 0) || (direction[row] < 0 && prices[row] === limit[row]);
		if (!isStuck) norm += direction[row] ** 2;
	}
	if (norm === 0) return;
	for (let row = 0; row < numRows; row++) {
		const moved = prices[row] - (excess / norm) * (direction[row] / scale[row]);
		prices[row] = Math.min(limit[row], Math.max(0, moved));
	}
}
