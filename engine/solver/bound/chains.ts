import type { Relaxation } from "./rows.ts";
import { GAP_EXEMPT, type Problem, REQUIRED } from "../problem.ts";

/** Fixed choices, scratch and result of `chooseChains`. */
export interface Choice {
	/** Options that every solution in question contains. */
	readonly isForced: Uint8Array;
	/** Whether customers with day combinations are all served. */
	readonly isComplete: boolean;
	/** Value of the best chain that ends with an option, and the option before it, -1 for none. */
	readonly reach: Float64Array;
	readonly from: Int32Array;
	/** By day of the customer in hand [2 × rank + (1 where exempt from the gap)]: the option that a chain best ends with, -1 for none. */
	readonly dayBest: Int32Array;
	/** Customers none of whose options is forced or exempt from the gap, and who have no day combinations: nearly all, and chosen for by a shorter way. */
	readonly isPlain: Uint8Array;
	/** By option: how many of its customer's days lie a minimum gap or more before it. */
	readonly numBefore: Int32Array;
	/** By day of the plain customer in hand: its column in the prizes, the best chain's value that ends there, and its option, -1 for none. */
	readonly rankColumn: Int32Array;
	readonly rankReach: Float64Array;
	readonly rankOption: Int32Array;
	/** Worth of what can follow an option in a chain, without and with the option but for its prize. */
	readonly rest: Float64Array;
	readonly entry: Float64Array;
	/** Best chain of the customer in hand, last contact first. */
	readonly chain: Int32Array;
	length: number;
	/** Total over the customers: value, and use by row. */
	value: number;
	readonly use: Float64Array;
}

/** Scratch; the required options but the unmet ones are forced. */
export function createChoice(problem: Problem, relaxation: Relaxation, unmet: readonly number[], isComplete: boolean): Choice {
	const isForced = Uint8Array.from(problem.optionFlags, (flags) => (flags & REQUIRED ? 1 : 0));
	for (const option of unmet) isForced[option] = 0;
	return {
		isForced,
		isComplete,
		reach: new Float64Array(problem.numOptions),
		from: new Int32Array(problem.numOptions),
		rest: new Float64Array(problem.numOptions),
		entry: new Float64Array(problem.numOptions),
		dayBest: new Int32Array(2 * problem.numDays),
		isPlain: findPlain(problem, isForced),
		numBefore: countBefore(problem),
		rankColumn: new Int32Array(problem.numDays),
		rankReach: new Float64Array(problem.numDays),
		rankOption: new Int32Array(problem.numDays),
		chain: new Int32Array(problem.numDays),
		length: 0,
		value: 0,
		use: new Float64Array(relaxation.numRows),
	};
}

function findPlain(problem: Problem, isForced: Uint8Array): Uint8Array {
	const { customerFirstCombination, customerFirstOption, optionFlags, numCustomers } = problem;
	const isPlain = new Uint8Array(numCustomers);
	for (let customer = 0; customer < numCustomers; customer++) {
		if (customerFirstCombination[customer] < customerFirstCombination[customer + 1]) continue;
		isPlain[customer] = 1;
		for (let option = customerFirstOption[customer]; option < customerFirstOption[customer + 1]; option++)
			if (isForced[option] || optionFlags[option] & GAP_EXEMPT) isPlain[customer] = 0;
	}
	return isPlain;
}

function countBefore({ customerFirstOption, optionDay, days, minGap, numCustomers, numOptions }: Problem): Int32Array {
	const numBefore = new Int32Array(numOptions);
	for (let customer = 0; customer < numCustomers; customer++) {
		for (let option = customerFirstOption[customer]; option < customerFirstOption[customer + 1]; option++) {
			const latest = Math.min(days[optionDay[option]] - minGap[customer], days[optionDay[option]] - 1);
			let last = -1;
			for (let before = customerFirstOption[customer]; before < option && days[optionDay[before]] <= latest; before++) {
				if (optionDay[before] !== last) numBefore[option]++;
				last = optionDay[before];
			}
		}
	}
	return numBefore;
}

/** Every customer's best chain of contacts at these prices: the total value, and what the chains use of every row. */
export function chooseChains(problem: Problem, relaxation: Relaxation, choice: Choice, prices: Float64Array): Choice {
	const { customerFirstCombination, combinations, numCustomers } = problem;
	choice.use.fill(0);
	choice.value = 0;
	for (let customer = 0; customer < numCustomers; customer++) {
		const first = customerFirstCombination[customer];
		const last = customerFirstCombination[customer + 1];
		if (choice.isPlain[customer]) choice.value += choosePlain(problem, relaxation, choice, prices, customer);
		else if (first === last) choice.value += improveChain(problem, relaxation, choice, prices, customer, 0, -Infinity);
		else {
			let best = choice.isComplete ? -Infinity : 0;
			choice.length = 0;
			for (let i = first; i < last; i++) best = improveChain(problem, relaxation, choice, prices, customer, combinations[i], best);
			choice.value += best;
		}
		useChain(relaxation, choice);
	}
	return choice;
}

/** As `improveChain` for a plain customer, whose chain may be any whose contacts keep the gap: half the time, as all of it is one flat loop. */
function choosePlain(problem: Problem, relaxation: Relaxation, choice: Choice, prices: Float64Array, customer: number): number {
	const { optionDay, prize, customerFirstOption } = problem;
	const { optionFirst, rows, uses, optionCost } = relaxation;
	const { reach, from, numBefore, rankColumn, rankReach, rankOption } = choice;
	const width = problem.numDays + 1;
	const last = customerFirstOption[customer + 1];
	let best = 0;
	let end = -1;
	for (let group = customerFirstOption[customer], rank = 0; group < last; rank++) {
		const day = optionDay[group];
		let dayReach = -Infinity;
		let dayOption = -1;
		let option = group;
		for (; option < last && optionDay[option] === day; option++) {
			const row = option * width;
			let most = prize[row];
			let before = -1;
			for (let k = 0; k < numBefore[option]; k++) {
				const value = rankReach[k] + prize[row + rankColumn[k]];
				if (value <= most) continue;
				most = value;
				before = rankOption[k];
			}
			let worth = -optionCost[option];
			for (let i = optionFirst[option]; i < optionFirst[option + 1]; i++) worth -= prices[rows[i]] * uses[i];
			most += worth;
			reach[option] = most;
			from[option] = before;
			if (most <= dayReach) continue;
			dayReach = most;
			dayOption = option;
		}
		rankColumn[rank] = day + 1;
		rankReach[rank] = dayReach;
		rankOption[rank] = dayOption;
		if (dayReach > best) {
			best = dayReach;
			end = dayOption;
		}
		group = option;
	}
	choice.length = 0;
	for (let option = end; option >= 0; option = from[option]) choice.chain[choice.length++] = option;
	return best;
}

/**
 * Finds the customer's best chain, through all forced options and, where `days` is not 0, on exactly that set of days; keeps it in `chain`
 * where it beats `toBeat`. The better of the two values. Only consecutive contacts are held to the minimum gap, which relaxes the rule
 * where exempt contacts lie between, so the value stays an upper bound.
 */
function improveChain(
	problem: Problem,
	relaxation: Relaxation,
	choice: Choice,
	prices: Float64Array,
	customer: number,
	days: number,
	toBeat: number,
): number {
	const { optionDay, customerFirstOption } = problem;
	const { isForced, reach } = choice;
	const last = customerFirstOption[customer + 1];
	let candidates = customerFirstOption[customer]; // first option that a chain may end with: none may skip a forced day
	let firstRank = 0; // rank of its day
	let rank = 0;
	let mayBeEmpty = true;
	let left = days;
	for (let group = candidates; group < last; rank++) {
		const day = optionDay[group];
		let next = group;
		let hasForced = false;
		for (; next < last && optionDay[next] === day; next++) if (isForced[next]) hasForced = true;
		const isOff = days !== 0 && !((days >>> day) & 1);
		for (let option = group; option < next; option++) {
			if (isOff || (hasForced && !isForced[option])) reach[option] = -Infinity;
			else extendChains(problem, choice, customer, option, firstRank, rank, mayBeEmpty, worthOf(relaxation, option, prices));
		}
		keepDay(problem, choice, rank, group, next);
		if (!isOff && (hasForced || days !== 0)) {
			candidates = group;
			firstRank = rank;
			mayBeEmpty = false;
		}
		if (days !== 0) left &= ~(1 << day);
		group = next;
	}
	let best = mayBeEmpty ? 0 : -Infinity;
	let end = -1;
	for (let option = candidates; option < last; option++) {
		if (reach[option] <= best) continue;
		best = reach[option];
		end = option;
	}
	if (left !== 0 || best <= toBeat) return toBeat;
	choice.length = 0;
	for (let option = end; option >= 0; option = choice.from[option]) choice.chain[choice.length++] = option;
	return best;
}

/** Keeps the options of a day, in [group, next), that a chain best ends with: what comes after depends on the day and the exemption only. */
function keepDay(problem: Problem, { dayBest, reach }: Choice, rank: number, group: number, next: number): void {
	const { optionFlags } = problem;
	dayBest[2 * rank] = dayBest[2 * rank + 1] = -1;
	for (let option = group; option < next; option++) {
		const place = 2 * rank + (optionFlags[option] & GAP_EXEMPT ? 1 : 0);
		if (reach[option] > (dayBest[place] < 0 ? -Infinity : reach[dayBest[place]])) dayBest[place] = option;
	}
}

/** Best chain that ends with `option` after one of the customer's days from `firstRank` to before `rank`. */
function extendChains(
	problem: Problem,
	choice: Choice,
	customer: number,
	option: number,
	firstRank: number,
	rank: number,
	mayBeFirst: boolean,
	worth: number,
): void {
	const { optionDay, optionFlags, days, prize, numDays } = problem;
	const { dayBest, reach } = choice;
	const row = option * (numDays + 1);
	const isExempt = (optionFlags[option] & GAP_EXEMPT) !== 0;
	const latest = days[optionDay[option]] - problem.minGap[customer];
	let best = mayBeFirst ? prize[row] : -Infinity;
	let from = -1;
	for (let place = 2 * firstRank; place < 2 * rank; place++) {
		const before = dayBest[place];
		if (before < 0) continue;
		const day = optionDay[before];
		if (days[day] > latest && !isExempt && !(place & 1)) continue;
		const value = reach[before] + prize[row + day + 1];
		if (value <= best) continue;
		best = value;
		from = before;
	}
	reach[option] = best + worth;
	choice.from[option] = from;
}

/** Minus what an option pays for its rows and its share of travel. */
function worthOf(relaxation: Relaxation, option: number, prices: Float64Array): number {
	const { optionFirst, rows, uses } = relaxation;
	let worth = -relaxation.optionCost[option];
	for (let i = optionFirst[option]; i < optionFirst[option + 1]; i++) worth -= prices[rows[i]] * uses[i];
	return worth;
}

function useChain(relaxation: Relaxation, choice: Choice): void {
	const { optionFirst, rows, uses } = relaxation;
	for (let link = 0; link < choice.length; link++) {
		const option = choice.chain[link];
		for (let i = optionFirst[option]; i < optionFirst[option + 1]; i++) choice.use[rows[i]] += uses[i];
	}
}

/**
 * Lowers the prices of links that a customer's best chain leaves aside, as far as it stays the best: chains are worth no more for it, and routes
 * are worth less. What the best chain through an option lacks is shared among the contacts that a chain can have.
 */
export function lowerLinks(problem: Problem, relaxation: Relaxation, choice: Choice, prices: Float64Array): void {
	const { customerFirstCombination, customerFirstOption, numCustomers } = problem;
	const { isForced, reach, rest } = choice;
	for (let customer = 0; customer < numCustomers; customer++) {
		const first = customerFirstOption[customer];
		const last = customerFirstOption[customer + 1];
		if (first === last || customerFirstCombination[customer] < customerFirstCombination[customer + 1]) continue;
		if (isForced.subarray(first, last).includes(1)) continue;
		const best = choice.isPlain[customer]
			? choosePlain(problem, relaxation, choice, prices, customer)
			: improveChain(problem, relaxation, choice, prices, customer, 0, -Infinity);
		followChains(problem, relaxation, choice, prices, customer);
		const mostContacts = mostContactsOf(problem, customer);
		for (let option = first; option < last; option++) {
			const link = relaxation.linkOf[option];
			if (link < 0) continue;
			const lack = best - (reach[option] + rest[option]);
			prices[link] = Math.max(0, prices[link] - lack / mostContacts);
		}
	}
}

/** As many contacts as a chain can have: the gap lets no more in, unless some are exempt from it. */
function mostContactsOf({ customerFirstOption, optionDay, optionFlags, days, minGap, numDays }: Problem, customer: number): number {
	const [first, last] = [customerFirstOption[customer], customerFirstOption[customer + 1]];
	for (let option = first; option < last; option++) if (optionFlags[option] & GAP_EXEMPT) return numDays;
	const span = days[optionDay[last - 1]] - days[optionDay[first]];
	return 1 + Math.floor(span / Math.max(1, minGap[customer]));
}

/** What the best contacts after each of the customer's options are worth: the other end of `reach`. */
function followChains(problem: Problem, relaxation: Relaxation, choice: Choice, prices: Float64Array, customer: number): void {
	const { customerFirstOption, optionDay, optionFlags, days, prize, numDays, minGap } = problem;
	const { entry, rest } = choice;
	const last = customerFirstOption[customer + 1];
	for (let option = last - 1; option >= customerFirstOption[customer]; option--) {
		const day = optionDay[option];
		const earliest = days[day] + minGap[customer];
		let most = 0;
		for (let next = last - 1; next > option && optionDay[next] > day; next--) {
			if (days[optionDay[next]] < earliest && !((optionFlags[option] | optionFlags[next]) & GAP_EXEMPT)) continue;
			most = Math.max(most, prize[next * (numDays + 1) + day + 1] + entry[next]);
		}
		rest[option] = most;
		entry[option] = worthOf(relaxation, option, prices) + most;
	}
}
