import type { Problem } from "./problem.ts";
import { earliestStart, NEVER } from "./timing.ts";
import type { WorkingSolution } from "./working-solution.ts";

/** What the search pays for when it compares places for a contact, beside the true cost in cents. */
export interface Prices {
	/** Cents a second of a slot's time, by day. */
	readonly time: Float64Array;
	/** Cents that a visit and a remote contact cost for the place that they take of a day's number, by day. */
	readonly visit: Float64Array;
	readonly call: Float64Array;
	/** 0: time is the detour and the service; 1: time is by how much what follows is pushed back, so that waiting is free. */
	push: number;
	/** Positions skipped at random, as a share of 2^24. */
	blink: number;
	/** Cents that every contact is worth beside its prize. */
	subsidy: number;
}

/** The best place found so far for an option; `price` is what it costs, infinite for none. */
export interface Insertion {
	price: number;
	/** Travel cost and losses in cents, exact. */
	cost: number;
	slot: number;
	position: number;
	/** State of the blinks. */
	noise: number;
	/** Positions looked at since the search began. */
	evaluations: number;
}

/**
 * Scans every position of a slot for an option and keeps the cheapest in `best`. One call scans them all: constant time a position, by
 * the latest arrival at what follows. Remote contacts and breaks behind the position move with the rep to the new visit, so those few are
 * walked.
 */
export function scanSlot(problem: Problem, solution: WorkingSolution, option: number, slot: number, prices: Prices, best: Insertion): void {
	const { travelTime, travelCost, numPlaces } = problem;
	const { place, end, start, leg, latest, nextStop, onTime } = solution;
	const base = slot * solution.stride;
	const last = base + solution.count[slot];
	best.evaluations += last + 1 - base;
	const duration = problem.itemDuration[option];
	const close = problem.itemClose[option];
	const open = problem.itemOpen[option];
	const isSingle = problem.itemFirstWindow[option + 1] === problem.itemFirstWindow[option] + 1;
	const isVisit = problem.itemPlace[option] >= 0;
	const customer = problem.optionCustomer[option];
	const isEmpty = solution.visits[slot] === 0;
	const timePrice = prices.time[problem.slotDay[slot]];
	const travelLeft = problem.slotMaxTravel[slot] - solution.travel[slot];
	for (let k = base; k <= last; k++) {
		const free = latest[k + 1] - end[k];
		if (free < duration || end[k] > close) continue;
		if (prices.blink > 0) {
			best.noise = (Math.imul(best.noise, 1664525) + 1013904223) | 0;
			if (best.noise >>> 8 < prices.blink) continue;
		}
		const here = place[k];
		const there = isVisit ? customer : here;
		const toHere = here * numPlaces + there;
		const arrive = end[k] + (isVisit ? travelTime[toHere] : 0);
		let begin = arrive > open ? arrive : open;
		if (begin > close) continue;
		if (!isSingle) begin = earliestStart(problem, option, arrive);
		let time = begin + duration;
		let stop = k + 1;
		let way = leg[stop];
		let detour = 0;
		if (isVisit) {
			stop = nextStop[k];
			for (let j = k + 1; j < stop && time !== NEVER; j++) time = passItem(problem, solution.items[j], time);
			if (time === NEVER) continue;
			way = travelTime[there * numPlaces + place[stop]];
			detour = arrive - end[k] + way - leg[stop];
			if (detour > travelLeft) continue;
		}
		if (time + way > latest[stop]) continue;
		let cost = 0;
		if (isVisit) {
			cost = travelCost[toHere] + travelCost[there * numPlaces + place[stop]];
			if (!isEmpty) cost -= travelCost[here * numPlaces + place[stop]];
		}
		if (problem.hasCutoffs) {
			if (begin > problem.optionCutoff[option]) cost += problem.optionCutoffLoss[option];
			if (time + way > onTime[stop] || (stop > k + 1 && begin + duration > onTime[k + 1]))
				cost += lossBehind(problem, solution, slot, k + 1, begin + duration, there);
		}
		const pushed = time + way - start[stop];
		const spent = prices.push * (pushed > 0 ? pushed : 0) + (1 - prices.push) * (detour + duration);
		const price = cost + timePrice * spent;
		if (price < best.price) {
			best.price = price;
			best.cost = cost;
			best.slot = slot;
			best.position = k - base;
		}
	}
}

/** End of an item that starts where the rep is, for an arrival; NEVER where it cannot. */
function passItem(problem: Problem, item: number, time: number): number {
	const begin = earliestStart(problem, item, time);
	return begin === NEVER ? NEVER : begin + problem.itemDuration[item];
}

/** Cut-off losses that the items from index `first` on would add, if the rep ended its work before them at `time` in `here`. */
function lossBehind(problem: Problem, solution: WorkingSolution, slot: number, first: number, time: number, here: number): number {
	const last = slot * solution.stride + solution.count[slot];
	let loss = 0;
	for (let k = first; k <= last; k++) {
		const item = solution.items[k];
		const there = problem.itemPlace[item];
		const way = there < 0 ? 0 : problem.travelTime[here * problem.numPlaces + there];
		if (there >= 0) here = there;
		const begin = earliestStart(problem, item, time + way);
		if (item < problem.numOptions && begin > problem.optionCutoff[item] && solution.start[k] <= problem.optionCutoff[item])
			loss += problem.optionCutoffLoss[item];
		time = begin + problem.itemDuration[item];
	}
	return loss;
}
