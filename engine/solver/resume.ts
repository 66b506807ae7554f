import { createRandom } from "../random.ts";
import type { Prices } from "./insertion.ts";
import { beginMove, createJournal, type Journal, rollBack, tallySlot } from "./journal.ts";
import { findNeighbours } from "./neighbours.ts";
import { createOffers, listOffers } from "./offers.ts";
import { createChainScratch, insertChain, type Recreation } from "./operators/recreate.ts";
import { type Ruin, ruinCalls, ruinCustomers, ruinStrings } from "./operators/ruin.ts";
import { buildOrders } from "./orders.ts";
import type { Problem } from "./problem.ts";
import { DEFAULT_SETTINGS, type SearchSettings } from "./settings.ts";
import { createSnapshot, loadSnapshot, saveSnapshot } from "./snapshot.ts";
import { refreshSlot } from "./timing.ts";
import { floorCostOf, scoreOf, type WorkingSolution } from "./working-solution.ts";

/** How `resume` searches. */
export interface ResumeOptions {
	readonly seed: number;
	readonly iterations: number;
	/** What a solution costs beside its score, in cents, 0 or more; Infinity: it is not allowed. The one to start from must be. */
	readonly toll: (solution: WorkingSolution) => number;
	/** Mean value of a contact in cents: the scale of what annealing may lose. */
	readonly scale: number;
	/** Customers that are offered a place in every step. */
	readonly wanted?: readonly number[];
}

/** Ruins are small: what is there shall mostly stay. */
const SETTINGS: SearchSettings = { ...DEFAULT_SETTINGS, elsewhere: 0, meanRemoved: 4, longestString: 6, nearOffers: 16, farOffers: 10 };
const CUSTOMER_RUINS = 0.25;
const CALL_RUINS = 0.2;
/** Temperatures in mean values of a contact. */
const HOT = 0.15;
const COLD = 0.005;
/** Shares of what a second yields that an insertion pays for it. */
const TIME_PRICES = [0.15, 0.5] as const;
/** Share of steps that offer time to few customers beside those that lost a contact. */
const FEW_SHARE = 0.5;
const BLINK = Math.floor(0.01 * 2 ** 24);
const WIDE_BLINK = Math.floor(2 ** 24 / 3);

/**
 * Makes a slot hold these items, breaks among them, in this order. False, with the slot as it was, where they do not fit in it. Minimum gaps are
 * the caller's to keep.
 */
export function arrangeSlot(problem: Problem, solution: WorkingSolution, slot: number, items: readonly number[]): boolean {
	const base = slot * solution.stride;
	const before = Array.from(solution.items.subarray(base + 1, base + 1 + solution.count[slot]));
	const put = (order: readonly number[]): boolean => {
		tallySlot(problem, solution, slot, -1);
		solution.count[slot] = order.length;
		solution.items.set(order, base + 1);
		tallySlot(problem, solution, slot, 1);
		return refreshSlot(problem, solution, slot);
	};
	const isWithin =
		put(items) &&
		solution.visits[slot] <= problem.slotMaxVisits[slot] &&
		solution.calls[slot] <= problem.slotMaxCalls[slot] &&
		solution.swaps[slot] <= problem.slotMaxSwaps[slot];
	if (!isWithin) put(before);
	solution.value = valueOf(problem, solution);
	return isWithin;
}

/** Σ prizes − losses − travel cost − floor cost, from the contacts that are placed. */
function valueOf(problem: Problem, solution: WorkingSolution): number {
	let value = 0;
	for (let slot = 0; slot < problem.numSlots; slot++) value -= solution.cost[slot] + solution.loss[slot];
	for (let customer = 0; customer < problem.numCustomers; customer++) {
		let previous = -1;
		for (let day = 0; day < problem.numDays; day++) {
			const option = solution.contactOn[customer * problem.numDays + day];
			if (option < 0) continue;
			value += problem.prize[option * (problem.numDays + 1) + previous + 1];
			previous = day;
		}
	}
	for (let floor = 0; floor < problem.numFloors; floor++) value -= floorCostOf(problem, floor, solution.floorDone[floor]);
	return value;
}

/**
 * Goes on from a solution by small ruins and recreations under annealing, and leaves it the best met: of all that the toll allows, the one
 * with the highest score less toll. The result is never worse than the start and depends on nothing but the arguments.
 */
export function resume(problem: Problem, solution: WorkingSolution, options: ResumeOptions): void {
	const { seed, iterations, toll } = options;
	const best = createSnapshot(problem, solution);
	saveSnapshot(problem, solution, best);
	let reached = scoreOf(solution) - toll(solution);
	let bestReached = reached;
	const step = createStep(problem, solution, options);
	const cooling = (COLD / HOT) ** (1 / Math.max(1, iterations));
	let temperature = HOT * options.scale;
	const random = createRandom(seed ^ 0x5bd1e995);
	for (let i = 1; i <= iterations; i++) {
		temperature *= cooling;
		step.change(i, temperature);
		const score = scoreOf(solution);
		const least = reached + temperature * Math.log(1 - random.next());
		const net = score >= least ? score - toll(solution) : -Infinity;
		if (net < least || net === -Infinity) {
			rollBack(problem, solution, step.journal);
			continue;
		}
		reached = net;
		if (reached <= bestReached) continue;
		bestReached = reached;
		saveSnapshot(problem, solution, best);
	}
	loadSnapshot(problem, solution, best);
}

/** One ruin and recreation, to be kept or rolled back. */
function createStep(problem: Problem, solution: WorkingSolution, { seed, scale, wanted = [] }: ResumeOptions) {
	const random = createRandom(seed);
	const journal: Journal = createJournal(problem, solution);
	const byDay = (): Float64Array => new Float64Array(problem.numDays);
	const prices: Prices = { time: byDay(), visit: byDay(), call: byDay(), push: 0, blink: 0, subsidy: 0 };
	const neighbours = findNeighbours(problem);
	const orders = buildOrders(problem);
	const offers = createOffers(problem);
	const recreation: Recreation = { problem, solution, journal, prices, scratch: createChainScratch(problem, random.below(2 ** 31)) };
	const ruin: Ruin = { problem, solution, journal, neighbours, random, settings: SETTINGS, contacts: new Int32Array(solution.stride) };
	const openDays = new Uint8Array(problem.numDays);
	const hasCalls = problem.optionChannel.some((channel) => channel > 0);
	const sources = { problem, journal, neighbours, orders, random, settings: SETTINGS };
	const usual = yieldOfTime(problem, solution, scale);
	const ruinOnce = (): number => {
		if (problem.numSlots === 0) return -1;
		const choice = random.next();
		if (choice < CUSTOMER_RUINS) return ruinCustomers(ruin);
		return hasCalls && choice > 1 - CALL_RUINS ? ruinCalls(ruin) : ruinStrings(ruin);
	};
	return {
		journal,
		change(iteration: number, temperature: number): void {
			beginMove(journal, solution);
			openDays.fill(0);
			const around = random.next() < 0.15 ? -1 : ruinOnce();
			if (around < 0) openDays.fill(1);
			for (let i = 0; i < journal.numTouched; i++) openDays[problem.slotDay[journal.touched[i]]] = 1;
			if (random.next() < 0.1) openDays.fill(1);
			prices.blink = random.next() < 0.1 ? WIDE_BLINK : BLINK;
			prices.push = random.next() < 0.1 ? 1 : 0;
			prices.subsidy = random.next() < 0.1 ? 10 * temperature * random.next() : 0;
			const share = TIME_PRICES[random.next() < 0.5 ? 0 : 1];
			prices.time.fill(usual * share);
			for (const customer of wanted) insertChain(recreation, customer, openDays, true);
			listOffers(offers, sources, iteration, around);
			// Where few changes are allowed, few may come in at a time.
			let guests = random.next() < FEW_SHARE ? 1 + random.below(3) : offers.count;
			for (let i = 0; i < offers.count; i++) {
				const customer = offers.customers[i];
				if (offers.lostAt[customer] !== iteration && guests-- <= 0) continue;
				insertChain(recreation, customer, openDays, offers.lostAt[customer] === iteration);
			}
		},
	};
}

/** Cents that a second of the slots yields. */
function yieldOfTime(problem: Problem, solution: WorkingSolution, scale: number): number {
	let time = 1;
	for (let slot = 0; slot < problem.numSlots; slot++) time += problem.slotClose[slot] - problem.slotOpen[slot];
	return (scale * solution.numContacts.reduce((sum, count) => sum + count, 0)) / time;
}
