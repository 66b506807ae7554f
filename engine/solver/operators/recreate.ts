import { type Insertion, type Prices, scanSlot } from "../insertion.ts";
import { type Journal, removeCustomer, settleTouched, touchSlot } from "../journal.ts";
import { GAP_EXEMPT, type Problem, REQUIRED } from "../problem.ts";
import { fitsLimits, floorGainOf, hasCombinations, keepsGap, type WorkingSolution } from "../working-solution.ts";
import { insertContact } from "../place-contact.ts";

/** Scratch of `insertChain`: the customer's contacts and the best insertions of its free options, in order of days. */
export interface ChainScratch {
	/** Option, or -1 for the chain's beginning at index 0. */
	readonly option: Int32Array;
	readonly slot: Int32Array;
	readonly position: Int32Array;
	/** Worth of taking the option beside its prize: minus its price, plus what floors and requirements pay. 0 for contacts that are in. */
	readonly weight: Float64Array;
	readonly isIn: Uint8Array;
	/** Best chain that ends here, and its last contact but one. */
	readonly reach: Float64Array;
	readonly from: Int32Array;
	readonly insertion: Insertion;
	count: number;
}

/** Scratch for problems of this size; `seed` starts the blinks. */
export function createChainScratch(problem: Problem, seed: number): ChainScratch {
	let most = 1;
	for (let c = 0; c < problem.numCustomers; c++)
		most = Math.max(most, problem.customerFirstOption[c + 1] - problem.customerFirstOption[c] + 1);
	const ints = (): Int32Array => new Int32Array(most);
	const floats = (): Float64Array => new Float64Array(most);
	return {
		option: ints(),
		slot: ints(),
		position: ints(),
		weight: floats(),
		isIn: new Uint8Array(most),
		reach: floats(),
		from: ints(),
		insertion: { price: 0, cost: 0, slot: 0, position: 0, noise: seed | 0, evaluations: 0 },
		count: 0,
	};
}

/** Everything an insertion needs to know. */
export interface Recreation {
	readonly problem: Problem;
	readonly solution: WorkingSolution;
	readonly journal: Journal;
	readonly prices: Prices;
	readonly scratch: ChainScratch;
}

/**
 * Adds to a customer's contacts those that together are worth most, by dynamic programming over its days: slots of different days do
 * not interact, so the best insertion of each option is found once. Only days with `isOpen` are considered, unless `everyDay`. True
 * where something came in.
 */
export function insertChain(recreation: Recreation, customer: number, isOpen: Uint8Array, everyDay: boolean): boolean {
	const { problem, scratch } = recreation;
	if (hasCombinations(problem, customer)) return insertCombination(recreation, customer, isOpen);
	if (!findInsertions(recreation, customer, isOpen, everyDay)) return false;
	const last = bestChain(problem, scratch, customer);
	// Required contacts first: the others of the chain may take the last of a limit.
	let isChanged = false;
	for (const isRequired of [1, 0]) {
		for (let node = last; node > 0; node = scratch.from[node]) {
			if (scratch.isIn[node] || (problem.optionFlags[scratch.option[node]] & REQUIRED) !== isRequired) continue;
			if (insertNode(recreation, node)) isChanged = true;
		}
	}
	return isChanged;
}

/** Fills the scratch; false where no option can come in. */
function findInsertions(recreation: Recreation, customer: number, isOpen: Uint8Array, everyDay: boolean): boolean {
	const { problem, solution, scratch } = recreation;
	const { optionDay, numDays } = problem;
	let count = 1;
	let hasFree = false;
	let dayIn = -1;
	for (let option = problem.customerFirstOption[customer]; option < problem.customerFirstOption[customer + 1]; option++) {
		const day = optionDay[option];
		if (day === dayIn) continue;
		const contact = solution.contactOn[customer * numDays + day];
		if (contact >= 0) {
			dayIn = day;
			scratch.option[count] = contact;
			scratch.isIn[count] = 1;
			scratch.weight[count++] = 0;
		} else if ((everyDay || isOpen[day]) && keepsGap(problem, solution, option) && findPlace(recreation, option, count)) {
			count++;
			hasFree = true;
		}
	}
	scratch.count = count;
	return hasFree;
}

/** The cheapest place of an option over the slots of its day, as node `node`; false where it fits nowhere. */
function findPlace(recreation: Recreation, option: number, node: number): boolean {
	const { problem, solution, prices, scratch } = recreation;
	const { insertion } = scratch;
	const day = problem.optionDay[option];
	const duration = problem.itemDuration[option];
	insertion.price = Infinity;
	for (let i = problem.dayFirstSlot[day]; i < problem.dayFirstSlot[day + 1]; i++) {
		const slot = problem.daySlots[i];
		if (duration > solution.room[slot] || !fitsLimits(problem, solution, option, slot)) continue;
		scanSlot(problem, solution, option, slot, prices, insertion);
	}
	if (insertion.price === Infinity) return false;
	scratch.option[node] = option;
	scratch.isIn[node] = 0;
	scratch.slot[node] = insertion.slot;
	scratch.position[node] = insertion.position;
	const reward = problem.optionFlags[option] & REQUIRED ? solution.missingPenalty : 0;
	const toll = problem.optionChannel[option] === 0 ? prices.visit[day] : prices.call[day];
	scratch.weight[node] = reward + prices.subsidy - toll - insertion.price + floorGainOf(problem, solution, option, 1);
	return true;
}

/** The best chain through all contacts that are in; its last node, 0 for an empty one. */
function bestChain(problem: Problem, scratch: ChainScratch, customer: number): number {
	const { optionDay, optionFlags, prize, days, numDays } = problem;
	const { option, weight, isIn, reach, from, count } = scratch;
	const minGap = problem.minGap[customer];
	reach[0] = 0;
	let mustPass = 0; // no chain may skip the last contact that is in
	for (let node = 1; node < count; node++) {
		const own = option[node];
		const day = optionDay[own];
		const row = own * (numDays + 1);
		const isExempt = (optionFlags[own] & GAP_EXEMPT) !== 0;
		let best = -Infinity;
		let bestFrom = 0;
		for (let before = mustPass; before < node; before++) {
			let dayBefore = -1;
			if (before > 0) {
				dayBefore = optionDay[option[before]];
				if (dayBefore >= day) break;
				if (days[day] - days[dayBefore] < minGap && !isExempt && !(optionFlags[option[before]] & GAP_EXEMPT)) continue;
			}
			const value = reach[before] + prize[row + dayBefore + 1];
			if (value > best) {
				best = value;
				bestFrom = before;
			}
		}
		reach[node] = best + weight[node];
		from[node] = bestFrom;
		if (isIn[node]) mustPass = node;
	}
	let last = mustPass;
	for (let node = mustPass + 1; node < count; node++) if (reach[node] > reach[last]) last = node;
	return last;
}

/** Inserts a node of the scratch, unless an earlier node of the same chain has taken the last of a limit or the gap. */
function insertNode(recreation: Recreation, node: number): boolean {
	const { problem, solution, journal, scratch } = recreation;
	const option = scratch.option[node];
	const slot = scratch.slot[node];
	if (!keepsGap(problem, solution, option) || !fitsLimits(problem, solution, option, slot)) return false;
	touchSlot(journal, solution, slot);
	return insertContact(problem, solution, option, slot, scratch.position[node]);
}

/** Periodic customers: all contacts of the cheapest day combination, or none. */
function insertCombination(recreation: Recreation, customer: number, isOpen: Uint8Array): boolean {
	const { problem, solution, scratch } = recreation;
	if (solution.numContacts[customer] > 0) return false;
	findInsertions(recreation, customer, isOpen, true);
	let best = -solution.missingPenalty;
	let bestSet = 0;
	for (let i = problem.customerFirstCombination[customer]; i < problem.customerFirstCombination[customer + 1]; i++) {
		const worth = worthOfCombination(problem, scratch, problem.combinations[i]);
		if (worth > best) {
			best = worth;
			bestSet = problem.combinations[i];
		}
	}
	if (bestSet === 0) return false;
	worthOfCombination(problem, scratch, bestSet);
	for (let node = 1; node < scratch.count; node++) {
		if (!scratch.from[node] || insertNode(recreation, node)) continue;
		removeCustomer(problem, solution, recreation.journal, customer); // its contacts together break a limit of the horizon
		settleTouched(problem, solution, recreation.journal);
		return false;
	}
	return true;
}

/** Worth of the best channel on each day of the set, marked in `from`; -∞ where a day is not to be had. */
function worthOfCombination(problem: Problem, scratch: ChainScratch, set: number): number {
	let worth = 0;
	let previous = -1;
	scratch.from.fill(0, 0, scratch.count);
	let node = 1;
	for (let day = 0; day < problem.numDays; day++) {
		if (!((set >>> day) & 1)) continue;
		let bestNode = 0;
		let best = -Infinity;
		for (; node < scratch.count && problem.optionDay[scratch.option[node]] <= day; node++) {
			if (problem.optionDay[scratch.option[node]] < day) continue;
			const value = scratch.weight[node] + problem.prize[scratch.option[node] * (problem.numDays + 1) + previous + 1];
			if (value > best) {
				best = value;
				bestNode = node;
			}
		}
		if (bestNode === 0) return -Infinity;
		scratch.from[bestNode] = 1;
		worth += best;
		previous = day;
	}
	return worth;
}
