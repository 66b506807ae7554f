import { createChoice, lowerLinks } from "./chains.ts";
import { createPacking, type Packing, packTree } from "./knapsack.ts";
import { descend, type Evaluate } from "./descent.ts";
import { buildNetworks } from "./network.ts";
import { evaluateChains, type Rough, startRough } from "./rough.ts";
import { chooseFromPools, chooseRoutes, createPricers, createRouteSide, listRoutes, type RouteSide, seedPools } from "./routes.ts";
import { buildRelaxation, type Relaxation, rowsOfDay } from "./rows.ts";
import { workingTime } from "./working-time.ts";
import type { TravelTree } from "./tree.ts";
import type { RoutePool } from "../pool.ts";
import type { Problem } from "../problem.ts";

const METHOD = "lagrangian: chains of contacts against routes that never turn back to a remembered customer (grid of at most 2400 steps)";

/** What `findUpperBound` returns. */
export interface UpperBound {
	readonly bound: number;
	readonly method: string;
	/** Good routes that came up: slot, number of visits, visit options in order, and so on. Not checked for all that a plan must keep. */
	readonly routes: Int32Array;
}

/** What a search leaves that spares the beginning of a bound. */
export interface Known {
	readonly rough: Rough | null;
	readonly pool: RoutePool;
}

/** Work of `findUpperBound` unless it is told: cells and arcs that route pricing looks at and what moves cost besides, some 150 million a CPU second. */
const DEFAULT_WORK = 100e6;

/** Of the rough relaxation: from nothing, and from prices that are known. */
const ROUGH_ITERATIONS = 300;
const FEW_ITERATIONS = 60;
const FINE_ITERATIONS = 60;
/** Routes of a search that a pool begins with. */
const SEEDS = 60;
/** Links are lowered so many times over before a pricing: what is left falls each time. */
const LOWERINGS = 3;

/**
 * Upper bound on the value of every solution that keeps the required options but those in `unmet`, and, if `isComplete`, serves every
 * customer with day combinations. Lagrangian: customers choose their best chains of contacts and slots their best sets of visits, which
 * must agree at a price for each customer and day; prices on time and limits of the days and on the floors join in. Routes keep
 * windows and pay for their travel, but may visit a customer again. The prices move towards `target`, a value that is reached (the nearer, the
 * better the steps; any is valid), first with visits that pay for their own nearest way only, then with the least trees that routes need.
 * The more work, the tighter; it is never the clock. `known` spares the beginning, and points the way.
 */
export function findUpperBound(
	problem: Problem,
	target: number,
	unmet: readonly number[],
	isComplete: boolean,
	work = DEFAULT_WORK,
	known?: Known,
): UpperBound {
	if (problem.numOptions === 0) return { bound: target, method: METHOD, routes: new Int32Array(0) }; // there is one solution
	const { trees, relaxation: rough, prices: start } = known?.rough ?? startRough(problem);
	const roughPrices = Float64Array.from(start);
	const after = (most: number) => (iterations: number) => iterations >= most;
	const most = known?.rough ? FEW_ITERATIONS : ROUGH_ITERATIONS;
	const first = descend(rough, evaluateChains(problem, rough, unmet, isComplete), roughPrices, target, after(most));
	const fine = buildRelaxation(problem, trees, "days");
	const finePrices = new Float64Array(fine.numRows);
	finePrices.set(roughPrices);
	tieLinks(problem, rough, fine, finePrices);
	const second = descend(fine, evaluateFine(problem, fine, trees, unmet, isComplete), finePrices, target, after(FINE_ITERATIONS));
	const exact = buildRelaxation(problem, trees, "options");
	const prices = new Float64Array(exact.numRows);
	prices.set(finePrices.subarray(0, fine.firstLink));
	for (let option = 0; option < problem.numOptions; option++)
		if (exact.linkOf[option] >= 0) prices[exact.linkOf[option]] = finePrices[fine.linkOf[option]];
	const side = createRouteSide(problem, exact, buildNetworks(problem));
	if (known) seedPools(side, known.pool, prices, SEEDS);
	const choice = createChoice(problem, exact, unmet, isComplete);
	const lower = (at: Float64Array): void => {
		for (let i = 0; i < LOWERINGS; i++) lowerLinks(problem, exact, choice, at);
	};
	const third = descendRoutes(side, evaluateChains(problem, exact, unmet, isComplete), lower, prices, target, work);
	const best = Math.min(first, second, third);
	return { bound: Math.floor(best + 1e-6 + 1e-9 * Math.abs(best)), method: METHOD, routes: listRoutes(side) };
}

/** A round of the descent over routes. One that leads nowhere any more leaves its work to the next. */
interface Round {
	/** Work of the whole descent from which the round pays. */
	readonly from: number;
	/** Steps of time in a slot. */
	readonly steps: number;
	/** Share of the work by which it ends, unless it is the last that pays. */
	readonly until: number;
	/** Most customers remembered at a node, and pricings of a slot in a row in which its memory may grow. */
	readonly kept: number;
	readonly tries: number;
}

/** How the prices follow the routes. */
interface Pace {
	readonly rounds: readonly Round[];
	/** One pricing of so many is exact and gives a bound; the others find routes for a tenth of the work. */
	readonly exactEvery: number;
	/** Moves between the first two pricings, few while few routes are known, and their growth from one pricing to the next. */
	readonly moves: number;
	readonly moreMoves: number;
	/** How long the first moves are. */
	readonly agility: number;
}

/**
 * By measurement on the public sets, and on product-shaped problems made from other seeds than those that judge: many days that move at once do
 * so in many short moves on a grid that is fine from the start, and seldom pay for the finest; one day begins on a coarse one.
 */
const PACE_OF_ONE: Pace = {
	rounds: [
		{ from: 0, steps: 80, until: 0.75, kept: 0, tries: 1 },
		{ from: 0, steps: 250, until: 0.85, kept: 4, tries: 2 },
		{ from: 0, steps: 2400, until: 1, kept: 5, tries: 5 },
	],
	exactEvery: 4,
	moves: 3,
	moreMoves: 1.2,
	agility: 0.2,
};
const PACE_OF_MANY: Pace = {
	rounds: [
		{ from: 0, steps: 240, until: 0.4, kept: 0, tries: 1 },
		{ from: 100e6, steps: 240, until: 0.5, kept: 3, tries: 2 },
		{ from: 500e6, steps: 400, until: 0.9, kept: 4, tries: 2 },
		{ from: 500e6, steps: 2400, until: 1, kept: 5, tries: 5 },
	],
	exactEvery: 3,
	moves: 12,
	moreMoves: 1.15,
	agility: 0.05,
};
/** Work of a move for each option of the problem. */
const WORK_AN_OPTION = 12;
const MOST_MOVES = 100;
/** Moves are halved in length after so many pricings without gain, until they lead nowhere. */
const STALE = 12;
const LEAST_AGILITY = 0.005;

/**
 * Lets the prices follow the routes. Between two pricings they move on what is known of the routes so far, which is cheap; then `lower` takes off
 * what no customer would pay for. Every value that an exact pricing gives is a bound, so the least is.
 */
function descendRoutes(
	side: RouteSide,
	evaluateCustomers: Evaluate,
	lower: (prices: Float64Array) => void,
	prices: Float64Array,
	target: number,
	work: number,
): number {
	const { relaxation, problem } = side;
	const slope = new Float64Array(relaxation.numRows);
	const bestPrices = Float64Array.from(prices);
	const evaluatePools: Evaluate = (at, out) => evaluateCustomers(at, out) + chooseFromPools(side, at, out);
	const pace = side.networks.length === 1 ? PACE_OF_ONE : PACE_OF_MANY;
	let best = Infinity;
	let spent = 0;
	let workAStep = 0;
	const rounds = pace.rounds.filter(({ from }) => from <= work);
	for (const round of rounds) {
		const { steps, kept, tries } = round;
		const end = round === rounds.at(-1) ? work : round.until * work;
		// The first pricing on a finer grid may take more than all that is left.
		if (spent >= end || workAStep * steps * tries > work - spent) continue;
		const pricers = createPricers(side, steps);
		const workOfPricers = (): number => pricers.reduce((sum, pricer) => sum + pricer.work, 0);
		const before = spent;
		let moved = 0;
		let numPricings = 0;
		let { moves, agility } = pace;
		let stale = 0;
		prices.set(bestPrices);
		while (agility >= LEAST_AGILITY && spent < end) {
			lower(prices);
			const isExact = numPricings++ % pace.exactEvery === 0;
			const value = evaluateCustomers(prices, slope) + chooseRoutes(side, pricers, prices, slope, { kept, tries, isExact });
			if (numPricings === 1) workAStep = workOfPricers() / (steps * tries);
			const bound = isExact ? value : Infinity;
			stale = bound < best - 1e-3 * Math.abs(best - target) ? 0 : stale + 1;
			if (bound < best) {
				best = bound;
				bestPrices.set(prices);
			}
			if (best < target + 1) return best;
			if (stale >= STALE) {
				stale = 0;
				agility /= 2;
				prices.set(bestPrices);
			}
			moves = Math.min(MOST_MOVES, moves * pace.moreMoves);
			descend(relaxation, evaluatePools, prices, target, (iterations) => iterations >= moves, agility, true);
			moved += moves;
			spent = before + workOfPricers() + WORK_AN_OPTION * problem.numOptions * moved;
		}
	}
	return best;
}

/** As `evaluateChains`, and every slot takes the visits that are worth most to it. */
function evaluateFine(
	problem: Problem,
	relaxation: Relaxation,
	trees: readonly TravelTree[],
	unmet: readonly number[],
	isComplete: boolean,
): Evaluate {
	const evaluateCustomers = evaluateChains(problem, relaxation, unmet, isComplete);
	const packing = createPacking(trees);
	const linkAt = new Int32Array(problem.numDays * problem.numCustomers).fill(-1);
	for (let option = 0; option < problem.numOptions; option++) {
		if (relaxation.linkOf[option] >= 0)
			linkAt[problem.optionDay[option] * problem.numCustomers + problem.optionCustomer[option]] = relaxation.linkOf[option];
	}
	const side: TreeSide = { problem, trees, linkAt, packing, profits: new Float64Array(packing.worth.length) };
	return (prices, slope) => {
		let bound = evaluateCustomers(prices, slope);
		for (let slot = 0; slot < trees.length; slot++) bound += takeVisits(side, slot, prices, slope);
		return bound;
	};
}

interface TreeSide {
	readonly problem: Problem;
	/** By slot. */
	readonly trees: readonly TravelTree[];
	/** Link of a day's visit to a customer, [day × numCustomers + customer]; -1: none. */
	readonly linkAt: Int32Array;
	readonly packing: Packing;
	/** By node of a tree. */
	readonly profits: Float64Array;
}

/** What the visits are worth that a slot takes at these prices; what they use goes to `slope`. */
function takeVisits(side: TreeSide, slot: number, prices: Float64Array, slope: Float64Array): number {
	const { problem, trees, linkAt, packing, profits } = side;
	const tree = trees[slot];
	const row = rowsOfDay(problem, problem.slotDay[slot]);
	priceTree(side, slot, prices);
	packTree(tree, profits, workingTime(problem, slot), packing);
	for (let node = 0; node < tree.time.length; node++) {
		if (!packing.isTaken[node]) continue;
		slope[row.time] -= tree.time[node] + tree.duration[node];
		slope[row.travel] -= tree.time[node];
		if (tree.customer[node] < 0) continue;
		slope[row.visits]--;
		slope[linkAt[problem.slotDay[slot] * problem.numCustomers + tree.customer[node]]]++;
	}
	return packing.value;
}

/** What every node of a slot's tree brings at these prices: the link's price of a visit, less service and the edge. */
function priceTree({ problem, trees, linkAt, profits }: TreeSide, slot: number, prices: Float64Array): void {
	const tree = trees[slot];
	const row = rowsOfDay(problem, problem.slotDay[slot]);
	const time = prices[row.time];
	const travel = prices[row.travel];
	for (let node = 0; node < tree.time.length; node++) {
		let profit = -tree.cost[node] - (time + travel) * tree.time[node];
		if (tree.customer[node] >= 0)
			profit +=
				prices[linkAt[problem.slotDay[slot] * problem.numCustomers + tree.customer[node]]] -
				time * tree.duration[node] -
				prices[row.visits];
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
		const link = fine.linkOf[option];
		prices[link] = Math.max(prices[link], price);
	}
}
