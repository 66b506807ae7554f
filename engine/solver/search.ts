import { createRandom, type Random } from "../random.ts";
import type { Prices } from "./insertion.ts";
import { beginMove, createJournal, type Journal, rollBack, tallySlot } from "./journal.ts";
import { findNeighbours } from "./neighbours.ts";
import { createChainScratch, insertChain, type Recreation } from "./operators/recreate.ts";
import { moveBreaks, type Ruin, ruinCalls, ruinCustomers, ruinForMissing, ruinStrings } from "./operators/ruin.ts";
import { buildOrders, type Orders, shuffle } from "./orders.ts";
import { type Problem, REQUIRED } from "./problem.ts";
import type { StopRule } from "./stop.ts";
import { refreshSlot } from "./timing.ts";
import { createWorkingSolution, hasCombinations, scoreOf, type WorkingSolution } from "./working-solution.ts";

/** Told about the search now and then. */
export type ReportProgress = (progress: { readonly iterations: number; readonly value: number }) => void;

const REPORT_EVERY = 256;

/** Sequences of every slot, kept apart from the working solution. */
interface Snapshot {
	readonly items: Int32Array;
	readonly count: Int32Array;
	score: number;
	value: number;
}

interface Search {
	readonly problem: Problem;
	readonly solution: WorkingSolution;
	readonly journal: Journal;
	readonly random: Random;
	readonly orders: Orders;
	readonly prices: Prices;
	readonly recreation: Recreation;
	readonly ruin: Ruin;
	/** Days with a touched slot, and all days. */
	readonly openDays: Uint8Array;
	readonly everyDay: Uint8Array;
	/** Iteration in which a customer last lost a contact. */
	readonly lostAt: Int32Array;
	/** An option of everything that must be in: the required options, and one of each customer with day combinations. */
	readonly mustHaves: Int32Array;
	readonly hasBreaks: boolean;
	readonly hasCalls: boolean;
	readonly hasChains: boolean;
	readonly best: Snapshot;
}

/** Blinks are shares of 2^24. */
const ONE_IN_TWO = 2 ** 23;
const ONE_IN_THREE = 5_592_405;
const ONE_IN_HUNDRED = 167_772;
/** Of the customers that an iteration has not touched, about this many are offered the free time. */
const OFFERED = 50;
/** Iterations of the first cycle, and growth from one to the next. These and the temperatures by measurement (benchmarks/quality). */
const FIRST_CYCLE = 6000;
const CYCLE_GROWTH = 1.4;
/** Temperatures in mean values of a contact: every other cycle starts so hot that it forgets where it came from, the others refine. */
const HOT = 0.2;
const HOTTEST = 2;
const COLD = 0.005;

/**
 * Ruin and recreate under simulated annealing. The temperature falls in cycles of growing length, each from the best solution known, so
 * that the state depends on the seed and the number of iterations alone, never on the clock. Returns the working solution at its best.
 */
export function search(
	problem: Problem,
	seed: number,
	shallStop: StopRule,
	onProgress?: ReportProgress,
): { solution: WorkingSolution; iterations: number } {
	const state = createSearch(problem, seed);
	construct(state);
	let iterations = 0;
	for (let cycle = 0; !shallStop(iterations); cycle++) {
		const length = Math.ceil(FIRST_CYCLE * CYCLE_GROWTH ** cycle);
		iterations = runCycle(state, iterations, length, cycle % 2 === 0 ? HOT : HOTTEST, shallStop, onProgress);
		loadSnapshot(problem, state.solution, state.best);
	}
	fillUp(state);
	return { solution: state.solution, iterations };
}

function createSearch(problem: Problem, seed: number): Search {
	const solution = createWorkingSolution(problem);
	const journal = createJournal(problem, solution);
	const random = createRandom(seed);
	const prices: Prices = { time: 0, push: 0, blink: 0, subsidy: 0 };
	const contacts = new Int32Array(solution.stride);
	return {
		problem,
		solution,
		journal,
		random,
		prices,
		orders: buildOrders(problem),
		recreation: { problem, solution, journal, prices, scratch: createChainScratch(problem, random.below(2 ** 31)) },
		ruin: { problem, solution, journal, neighbours: findNeighbours(problem), random, contacts },
		openDays: new Uint8Array(problem.numDays),
		everyDay: new Uint8Array(problem.numDays).fill(1),
		lostAt: new Int32Array(problem.numCustomers).fill(-1),
		mustHaves: findMustHaves(problem),
		hasBreaks: problem.numItems > problem.numOptions,
		hasCalls: problem.optionChannel.some((channel) => channel > 0),
		hasChains: problem.numDays > 1,
		best: { items: new Int32Array(solution.items.length), count: new Int32Array(problem.numSlots), score: -Infinity, value: 0 },
	};
}

/** First solution: customers by value for their time, two rounds so that later prices of time do not keep anybody out. */
function construct(state: Search): void {
	const { problem, solution, prices } = state;
	beginMove(state.journal, solution);
	prices.blink = 0;
	for (const push of [1, 0]) {
		prices.push = push;
		for (const option of state.mustHaves) insertChain(state.recreation, problem.optionCustomer[option], state.everyDay, true);
		for (const customer of state.orders.byDensity) insertChain(state.recreation, customer, state.everyDay, true);
		prices.time = 0.01 * valueOfTime(problem, solution);
	}
	saveSnapshot(problem, solution, state.best);
}

/** Cents that a second of the slots yields. */
function valueOfTime(problem: Problem, solution: WorkingSolution): number {
	let time = 1;
	for (let slot = 0; slot < problem.numSlots; slot++) time += problem.slotClose[slot] - problem.slotOpen[slot];
	return Math.max(0, turnoverOf(problem, solution)) / time;
}

/** Value without the floors' penalties, with travel paid back: a measure of scale that is positive for minimisation too. */
function turnoverOf(problem: Problem, solution: WorkingSolution): number {
	let turnover = 0;
	for (let slot = 0; slot < problem.numSlots; slot++) {
		turnover += solution.cost[slot];
		const base = slot * solution.stride;
		for (let k = base + 1; k <= base + solution.count[slot]; k++) {
			const option = solution.items[k];
			if (option < problem.numOptions) turnover += Math.max(0, problem.prize[option * (problem.numDays + 1)]);
		}
	}
	return turnover;
}

function meanPrize(problem: Problem): number {
	return problem.prize.reduce((sum, prize) => sum + Math.max(0, prize), 0) / Math.max(1, problem.prize.length);
}

function runCycle(state: Search, done: number, length: number, hot: number, shallStop: StopRule, onProgress?: ReportProgress): number {
	const { problem, solution, journal, random, best, openDays } = state;
	const contacts = solution.numContacts.reduce((sum, count) => sum + count, 0);
	const scale = contacts > 0 ? turnoverOf(problem, solution) / contacts : meanPrize(problem);
	const yieldOfTime = valueOfTime(problem, solution);
	const cooling = (COLD / hot) ** (1 / length);
	let temperature = hot * scale;
	let score = scoreOf(solution);
	let iterations = done;
	for (let i = 0; i < length && !shallStop(iterations); i++) {
		if (onProgress && iterations % REPORT_EVERY === 0) onProgress({ iterations, value: best.value });
		iterations++;
		temperature *= cooling;
		beginMove(journal, solution);
		openDays.fill(0);
		if (!ruinOnce(state)) openDays.fill(1);
		recreateAll(state, iterations, yieldOfTime, temperature);
		const reached = scoreOf(solution);
		if (reached >= score + temperature * Math.log(1 - random.next())) {
			score = reached;
			if (score > best.score) saveSnapshot(problem, solution, best);
		} else rollBack(problem, solution, journal);
	}
	return iterations;
}

function ruinOnce(state: Search): boolean {
	const choice = state.random.next();
	if (state.solution.missing > 0 && choice < 0.5) return ruinForMissing(state.ruin, pickMissing(state));
	if (state.hasChains && choice < 0.1) return ruinCustomers(state.ruin);
	if (state.hasCalls && choice > 0.85) return ruinCalls(state.ruin);
	return ruinStrings(state.ruin);
}

/** Required options, and the first option on a random day for customers with day combinations. */
function findMustHaves(problem: Problem): Int32Array {
	const mustHaves: number[] = [];
	for (let option = 0; option < problem.numOptions; option++) {
		const customer = problem.optionCustomer[option];
		const isFirst = problem.customerFirstOption[customer] === option;
		if (problem.optionFlags[option] & REQUIRED || (isFirst && hasCombinations(problem, customer))) mustHaves.push(option);
	}
	return Int32Array.from(mustHaves);
}

function isMissing(problem: Problem, solution: WorkingSolution, option: number): boolean {
	const customer = problem.optionCustomer[option];
	return solution.slotOf[option] < 0 && (!hasCombinations(problem, customer) || solution.numContacts[customer] === 0);
}

/** A random one of what is missing; there is one. */
function pickMissing(state: Search): number {
	const { problem, solution, mustHaves, random } = state;
	let at = random.below(mustHaves.length);
	while (!isMissing(problem, solution, mustHaves[at])) at = (at + 1) % mustHaves.length;
	const customer = problem.optionCustomer[mustHaves[at]];
	if (!hasCombinations(problem, customer)) return mustHaves[at];
	const [first, last] = [problem.customerFirstOption[customer], problem.customerFirstOption[customer + 1]];
	return first + random.below(last - first);
}

/** What must be in comes before everybody, in random order, because one can stand in another's way. */
function insertMissing(state: Search): void {
	const { problem, solution, mustHaves, random } = state;
	const first = random.below(mustHaves.length);
	for (let i = 0; i < mustHaves.length; i++) {
		const option = mustHaves[(first + i) % mustHaves.length];
		if (isMissing(problem, solution, option)) insertChain(state.recreation, problem.optionCustomer[option], state.everyDay, true);
	}
}

function recreateAll(state: Search, iteration: number, yieldOfTime: number, temperature: number): void {
	const { problem, journal, random, prices, openDays, lostAt, orders } = state;
	for (let i = 0; i < journal.numTouched; i++) openDays[problem.slotDay[journal.touched[i]]] = 1;
	for (let i = 0; i < journal.numRemoved; i++) lostAt[problem.optionCustomer[journal.removed[i]]] = iteration;
	if (state.hasBreaks && random.next() < 0.2) {
		prices.blink = ONE_IN_TWO;
		moveBreaks(state.ruin, prices, state.recreation.scratch.insertion);
	}
	prices.blink = random.next() < 0.1 ? ONE_IN_THREE : ONE_IN_HUNDRED;
	prices.push = random.next() < 0.1 ? 1 : 0;
	// Now and then a contact may come in at a loss: it can pay once others near it are in.
	prices.subsidy = random.next() < 0.1 ? 10 * temperature * random.next() : 0;
	prices.time = yieldOfTime * (random.next() < 0.5 ? 0.02 : 0.3);
	const choice = random.next();
	const order = choice < 0.4 ? shuffle(orders.shuffled, random) : choice < 0.7 ? orders.byDensity : orders.byPrize;
	if (state.solution.missing > 0) insertMissing(state);
	for (let i = 0; i < order.length; i++) {
		const isLost = lostAt[order[i]] === iteration;
		// Few of the others are worth a look each time: more iterations are worth more than complete ones.
		if (isLost || random.next() * order.length < OFFERED) insertChain(state.recreation, order[i], openDays, isLost);
	}
}

/** Last word: whatever still fits and pays comes in. */
function fillUp(state: Search): void {
	const { problem, solution, journal, prices } = state;
	loadSnapshot(problem, solution, state.best);
	prices.blink = 0;
	prices.subsidy = 0;
	prices.time = 0;
	prices.push = 1;
	for (let isChanged = true; isChanged; ) {
		isChanged = false;
		for (const customer of state.orders.byDensity) {
			const before = scoreOf(solution);
			beginMove(journal, solution);
			if (!insertChain(state.recreation, customer, state.everyDay, true)) continue;
			if (scoreOf(solution) > before) isChanged = true;
			else rollBack(problem, solution, journal);
		}
	}
}

function saveSnapshot(problem: Problem, solution: WorkingSolution, snapshot: Snapshot): void {
	snapshot.count.set(solution.count);
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const base = slot * solution.stride;
		for (let k = base + 1; k <= base + solution.count[slot]; k++) snapshot.items[k] = solution.items[k];
	}
	snapshot.score = scoreOf(solution);
	snapshot.value = solution.value;
}

function loadSnapshot(problem: Problem, solution: WorkingSolution, snapshot: Snapshot): void {
	for (let slot = 0; slot < problem.numSlots; slot++) tallySlot(problem, solution, slot, -1);
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const base = slot * solution.stride;
		solution.count[slot] = snapshot.count[slot];
		for (let k = base + 1; k <= base + snapshot.count[slot]; k++) solution.items[k] = snapshot.items[k];
		tallySlot(problem, solution, slot, 1);
		refreshSlot(problem, solution, slot);
	}
	solution.value = snapshot.value;
}
