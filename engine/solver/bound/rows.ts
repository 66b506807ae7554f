import type { TravelTree } from "./tree.ts";
import { IS_SWAP, type Problem } from "../problem.ts";
import { workingTime } from "./working-time.ts";

/**
 * Rows of a Lagrangian relaxation: what the contacts use of them, and how much there is. The base rows are time, visits, calls, swaps and
 * travel by day, resources by day or over the horizon, and the floors (negative: at least). A linked relaxation has a row more for every
 * visit option, or for every customer and day: the visits that the customers choose are at most those that the routes make.
 */
export interface Relaxation {
	readonly numRows: number;
	/** First link row; numRows in a relaxation without links. */
	readonly firstLink: number;
	readonly capacity: Float64Array;
	/** Size of a row, so that steps do not depend on units. */
	readonly scale: Float64Array;
	/** Highest sensible price: a floor's own cost; 0 for rows that cannot bind. */
	readonly limit: Float64Array;
	/** Rows of an option and its use of them, in [optionFirst[o], optionFirst[o + 1]). */
	readonly optionFirst: Int32Array;
	readonly rows: Int32Array;
	readonly uses: Float64Array;
	/** What an option costs beside its rows, in cents. */
	readonly optionCost: Float64Array;
	/** Added to the bound: rounding of the floors. */
	readonly constant: number;
	/** Link row of an option; -1 for remote ones, and for all in a relaxation without links. */
	readonly linkOf: Int32Array;
}

/** Rows of the day's time, visits, calls, swaps and travel. */
export const rowsOfDay = (problem: Problem, day: number) => ({
	time: day,
	visits: problem.numDays + day,
	calls: 2 * problem.numDays + day,
	swaps: 3 * problem.numDays + day,
	travel: 4 * problem.numDays + day,
});

/** Which visits share a link: none has one, those of a customer and day, or each has its own. */
export type Links = "none" | "days" | "options";

/** The relaxation in which visits pay for time and the way to their nearest neighbour (trees by slot), or, linked, their link's price. */
export function buildRelaxation(problem: Problem, trees: readonly TravelTree[], links: Links): Relaxation {
	const { numDays, numResources, numFloors, numOptions } = problem;
	const firstFloor = (5 + numResources) * numDays + numResources;
	const firstLink = firstFloor + numFloors;
	const { linkOf, numRows } = linkVisits(problem, links, firstLink);
	const isLinked = links !== "none";
	const ways = nearestWays(problem, trees);
	const optionFirst = new Int32Array(numOptions + 1);
	const optionCost = new Float64Array(numOptions);
	const rows: number[] = [];
	const uses: number[] = [];
	const use = (row: number, amount: number): void => {
		if (amount === 0) return;
		rows.push(row);
		uses.push(amount);
	};
	for (let option = 0; option < numOptions; option++) {
		const customer = problem.optionCustomer[option];
		const day = problem.optionDay[option];
		const pair = day * problem.numCustomers + customer;
		const row = rowsOfDay(problem, day);
		if (problem.optionChannel[option] > 0) {
			use(row.time, problem.itemDuration[option]);
			use(row.calls, 1);
		} else if (isLinked) use(linkOf[option], 1);
		else {
			use(row.time, problem.itemDuration[option] + ways.time[pair]);
			use(row.travel, ways.time[pair]);
			use(row.visits, 1);
			optionCost[option] = ways.cost[pair];
		}
		use(row.swaps, problem.optionFlags[option] & IS_SWAP ? 1 : 0);
		useResourcesAndFloors(problem, option, firstFloor, use);
		optionFirst[option + 1] = rows.length;
	}
	const capacity = capacitiesOf(problem, numRows, firstFloor);
	return {
		numRows,
		firstLink,
		capacity,
		// A link is one visit. Found by measurement on product-shaped problems: half a day weighs as much.
		scale: capacity.map((amount, row) => (row >= firstLink ? 1 : Math.max(1, Math.abs(amount)) / (isLinked ? 2 : 1))),
		limit: limitsOf(problem, firstFloor, capacity),
		optionFirst,
		rows: Int32Array.from(rows),
		uses: Float64Array.from(uses),
		optionCost,
		constant: numFloors / 2,
		linkOf,
	};
}

function useResourcesAndFloors(problem: Problem, option: number, firstFloor: number, use: (row: number, amount: number) => void): void {
	const { numResources, numDays } = problem;
	for (let r = 0; r < numResources; r++) {
		const row = problem.resourceIsHorizon[r] ? (5 + numResources) * numDays + r : (5 + r) * numDays + problem.optionDay[option];
		use(row, problem.demand[option * numResources + r]);
	}
	const customer = problem.optionCustomer[option];
	for (let i = problem.customerFirstFloor[customer]; i < problem.customerFirstFloor[customer + 1]; i++) {
		const f = problem.customerFloors[i];
		use(firstFloor + f, -(problem.floorIsSeconds[f] ? problem.itemDuration[option] : 1));
	}
}

/** Numbers the links from `firstLink` on. */
function linkVisits(problem: Problem, links: Links, firstLink: number): { linkOf: Int32Array; numRows: number } {
	const linkOf = new Int32Array(problem.numOptions).fill(-1);
	let numRows = firstLink;
	if (links === "none") return { linkOf, numRows };
	for (let option = 0; option < problem.numOptions; option++) {
		if (problem.optionChannel[option] !== 0) continue;
		const before = option - 1;
		const isShared =
			links === "days" &&
			option > 0 &&
			problem.optionCustomer[before] === problem.optionCustomer[option] &&
			problem.optionDay[before] === problem.optionDay[option] &&
			problem.optionChannel[before] === 0;
		linkOf[option] = isShared ? linkOf[before] : numRows++;
	}
	return { linkOf, numRows };
}

/** Length of the leaf's own edge, the least over the slots of the day, by [day × numCustomers + customer]. */
function nearestWays(problem: Problem, trees: readonly TravelTree[]): { time: Float64Array; cost: Float64Array } {
	const size = problem.numDays * problem.numCustomers;
	const time = new Float64Array(size).fill(Infinity);
	const cost = new Float64Array(size).fill(Infinity);
	trees.forEach((tree, slot) => {
		tree.customer.forEach((customer, node) => {
			if (customer < 0) return;
			const pair = problem.slotDay[slot] * problem.numCustomers + customer;
			time[pair] = Math.min(time[pair], tree.time[node]);
			cost[pair] = Math.min(cost[pair], tree.cost[node]);
		});
	});
	// On a day without slots a visit is impossible; a finite price keeps the sums finite.
	return { time: time.map((way) => (way === Infinity ? 0 : way)), cost: cost.map((way) => (way === Infinity ? 0 : way)) };
}

function capacitiesOf(problem: Problem, numRows: number, firstFloor: number): Float64Array {
	const { numDays, numSlots, numResources, numFloors, resourceIsHorizon, resourceCap } = problem;
	const capacity = new Float64Array(numRows);
	for (let slot = 0; slot < numSlots; slot++) {
		const row = rowsOfDay(problem, problem.slotDay[slot]);
		capacity[row.time] += workingTime(problem, slot);
		capacity[row.visits] += problem.slotMaxVisits[slot];
		capacity[row.calls] += problem.slotMaxCalls[slot];
		capacity[row.swaps] += problem.slotMaxSwaps[slot];
		capacity[row.travel] += problem.slotMaxTravel[slot];
		for (let r = 0; r < numResources; r++) if (!resourceIsHorizon[r]) capacity[(5 + r) * numDays + problem.slotDay[slot]] += resourceCap[r];
	}
	for (let r = 0; r < numResources; r++) if (resourceIsHorizon[r]) capacity[(5 + numResources) * numDays + r] = resourceCap[r];
	for (let f = 0; f < numFloors; f++) capacity[firstFloor + f] = -problem.floorAtLeast[f];
	return capacity;
}

/** A floor's price is at most its cost; rows without a limit in the spec have no price. */
function limitsOf(problem: Problem, firstFloor: number, capacity: Float64Array): Float64Array {
	const limit = capacity.map((amount) => (amount >= 2 ** 31 - 1 ? 0 : Infinity));
	for (let f = 0; f < problem.numFloors; f++) {
		const cents = 100 * problem.floorCost[f];
		limit[firstFloor + f] = problem.floorIsSeconds[f] ? cents / 3600 : cents;
	}
	return limit;
}
