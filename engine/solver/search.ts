import { createRandom, type Random } from "../random.ts";
import { priceRoughly, type Rough } from "./bound/rough.ts";
import { rowsOfDay } from "./bound/rows.ts";
import type { Prices } from "./insertion.ts";
import { beginMove, createJournal, type Journal, rollBack } from "./journal.ts";
import { meanPrize, travelOf, turnoverOf, valueOfTime } from "./measures.ts";
import { findMustHaves, isMissing, pickMissing } from "./must-haves.ts";
import { findNeighbours, type Neighbours } from "./neighbours.ts";
import { createOffers, listOffers, type Offers } from "./offers.ts";
import { createChainScratch, insertChain, type Recreation } from "./operators/recreate.ts";
import { insertPair } from "./operators/pair.ts";
import { moveBreaks, type Ruin, ruinCalls, ruinCustomers, ruinForMissing, ruinScattered, ruinStrings } from "./operators/ruin.ts";
import { buildOrders, type Orders } from "./orders.ts";
import { createPool, keepRoute, type RoutePool } from "./pool.ts";
import type { Problem } from "./problem.ts";
import { UNLIMITED } from "./problem-spec.ts";
import { createRecombiner, recombine, type Recombiner } from "./recombine.ts";
import { DEFAULT_SETTINGS, FEW_CUSTOMERS, FEW_ROUTES, SETTLED, SMALL, type SearchSettings } from "./settings.ts";
import { copySnapshot, createSnapshot, loadSnapshot, saveSnapshot, type Snapshot } from "./snapshot.ts";
import type { StopRule } from "./stop.ts";
import { hasCombinations, scoreOf, type WorkingSolution } from "./working-solution.ts";
import { createWorkingSolution } from "./empty-solution.ts";

/** Told about the search now and then. */
export type ReportProgress = (progress: { readonly iterations: number; readonly value: number }) => void;

export interface SearchOptions {
	readonly onProgress?: ReportProgress;
	readonly settings?: Partial<SearchSettings>;
	/** A solution to go on from, where it is better than the constructed one, and routes to recombine before anything else. */
	readonly given?: Snapshot;
	readonly pool?: RoutePool;
}

export interface SearchResult {
	/** The working solution at its best. */
	readonly solution: WorkingSolution;
	readonly iterations: number;
	/** Positions looked at for an insertion. */
	readonly evaluations: number;
	readonly pool: RoutePool;
	readonly best: Snapshot;
	/** What the search knew of the prices of time, null for nothing. */
	readonly rough: Rough | null;
}

const REPORT_EVERY = 256;
/** Routes of solutions that are worse than the best by more than this share of the turnover are not kept. */
const KEPT_MARGIN = 0.6;
/** Share of iterations that insert a pair where that may be needed, in problems of few customers and in others. */
const PAIR_SHARE_OF_FEW = 0.4;
const PAIR_SHARE = 0.02;

interface Search {
	readonly problem: Problem;
	readonly settings: SearchSettings;
	readonly solution: WorkingSolution;
	readonly journal: Journal;
	readonly random: Random;
	readonly orders: Orders;
	readonly neighbours: Neighbours;
	readonly offers: Offers;
	readonly prices: Prices;
	/** Where remote contacts can fill every gap, a second of a day has one price, which a relaxation knows; null elsewhere and in small problems. */
	readonly rough: Rough | null;
	readonly recreation: Recreation;
	readonly ruin: Ruin;
	/** Days with a touched slot, and all days. */
	readonly openDays: Uint8Array;
	readonly everyDay: Uint8Array;
	readonly mustHaves: Int32Array;
	readonly hasBreaks: boolean;
	readonly hasCalls: boolean;
	readonly hasChains: boolean;
	readonly hasHorizonLimits: boolean;
	/** Share of iterations that insert a pair: 0 where two contacts never fit if neither fits alone. */
	readonly pairShare: number;
	/** Share of iterations that remove contacts anywhere. */
	readonly scatteredRuins: number;
	readonly pool: RoutePool;
	readonly recombiner: Recombiner;
	readonly best: Snapshot;
	/** The best of the cycle in hand, and ends of cycles, the worst of them first to go. */
	readonly cycleBest: Snapshot;
	readonly elites: Snapshot[];
	readonly onProgress: ReportProgress | undefined;
	iterations: number;
	/** How far the cycle in hand leans towards short ways, in shares of the yield of time. */
	lean: number;
}

/**
 * Ruin and recreate under simulated annealing. The temperature falls in cycles of growing length; between them the routes that were met are
 * recombined by an integer programme. Everything depends on the seed and the number of iterations alone, never on the clock: a cycle that has
 * begun makes at least one iteration, so that a run ended by the clock repeats by its iterations.
 */
export function search(problem: Problem, seed: number, shallStop: StopRule, options: SearchOptions = {}): SearchResult {
	const state = createSearch(problem, seed, options);
	construct(state);
	if (options.given && options.given.score > state.best.score) copySnapshot(options.given, state.best);
	for (let cycle = 0; !shallStop(state.iterations); cycle++) {
		if (cycle > 0 || options.given) startCycle(state, cycle);
		runCycle(state, cycle, shallStop);
	}
	fillUp(state);
	options.onProgress?.({ iterations: state.iterations, value: state.best.value });
	const { solution, iterations, pool, best, rough } = state;
	return { solution, iterations, evaluations: state.recreation.scratch.insertion.evaluations, pool, best, rough };
}

function createSearch(problem: Problem, seed: number, { settings: given, onProgress, pool }: SearchOptions): Search {
	const solution = createWorkingSolution(problem);
	const journal = createJournal(problem, solution);
	const random = createRandom(seed);
	const byDay = (): Float64Array => new Float64Array(problem.numDays);
	const prices: Prices = { time: byDay(), visit: byDay(), call: byDay(), push: 0, blink: 0, subsidy: 0 };
	const neighbours = findNeighbours(problem);
	const hasHorizonLimits = problem.resourceIsHorizon.includes(1);
	const hasCalls = problem.optionChannel.some((channel) => channel > 0);
	const { dayPrices } = { ...DEFAULT_SETTINGS, ...given };
	const rough = dayPrices && hasCalls && problem.numCustomers > FEW_CUSTOMERS ? priceRoughly(problem) : null;
	const settings = {
		...DEFAULT_SETTINGS,
		...(problem.numCustomers <= FEW_CUSTOMERS && SMALL),
		...((rough || problem.numSlots > FEW_ROUTES) && SETTLED),
		...given,
	};
	if (rough) chargeDays(problem, prices, rough);
	return {
		problem,
		settings,
		solution,
		journal,
		random,
		orders: buildOrders(problem),
		neighbours,
		offers: createOffers(problem),
		prices,
		rough,
		recreation: { problem, solution, journal, prices, scratch: createChainScratch(problem, random.below(2 ** 31)) },
		ruin: { problem, solution, journal, neighbours, random, settings, contacts: new Int32Array(solution.stride) },
		openDays: new Uint8Array(problem.numDays),
		everyDay: new Uint8Array(problem.numDays).fill(1),
		mustHaves: findMustHaves(problem),
		hasBreaks: problem.numItems > problem.numOptions,
		hasCalls,
		hasChains: problem.numDays > 1,
		hasHorizonLimits,
		pairShare: mayNeedPairs(problem) ? (problem.numCustomers <= FEW_CUSTOMERS ? PAIR_SHARE_OF_FEW : PAIR_SHARE) : 0,
		scatteredRuins: problem.numCustomers <= FEW_CUSTOMERS || hasHorizonLimits ? settings.scatteredRuins : 0,
		pool: pool ?? createPool(problem),
		recombiner: createRecombiner(problem),
		best: createSnapshot(problem, solution),
		cycleBest: createSnapshot(problem, solution),
		elites: [],
		onProgress,
		iterations: 0,
		lean: 0,
	};
}

/** What contacts take of the days costs what the relaxation says. */
function chargeDays(problem: Problem, prices: Prices, rough: Rough): void {
	for (let day = 0; day < problem.numDays; day++) {
		const row = rowsOfDay(problem, day);
		prices.time[day] = rough.prices[row.time];
		prices.visit[day] = rough.prices[row.visits];
		prices.call[day] = rough.prices[row.calls];
	}
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
		if (!state.rough) prices.time.fill(0.01 * valueOfTime(problem, solution));
	}
	saveSnapshot(problem, solution, state.best);
}

/** Recombines what the last cycles met, and chooses where the next one starts: the hottest from an elite, the others from the best. */
function startCycle(state: Search, cycle: number): void {
	const { problem, solution, best, elites, recombiner, random } = state;
	if (cycle > 0 && state.settings.elites > 0) keepElite(state);
	loadSnapshot(problem, solution, best);
	const share = state.settings.recombination;
	if (
		share > 0 &&
		recombine(
			recombiner,
			state.pool,
			solution,
			state.journal,
			cycle === 0 ? Infinity : share * state.recreation.scratch.insertion.evaluations,
		)
	) {
		if (scoreOf(solution) > best.score) saveSnapshot(problem, solution, best);
	}
	if (isHottest(cycle) && elites.length > 0) loadSnapshot(problem, solution, elites[random.below(elites.length)]);
}

const isHottest = (cycle: number): boolean => cycle % 2 === 1;

/** The end of the last cycle joins the elites, unless one of them has its score. */
function keepElite({ problem, solution, cycleBest, elites, settings }: Search): void {
	if (elites.some(({ score }) => score === cycleBest.score)) return;
	let place = elites.findIndex(({ score }) => score < cycleBest.score);
	if (elites.length < settings.elites) place = elites.push(createSnapshot(problem, solution)) - 1;
	if (place < 0) return;
	copySnapshot(cycleBest, elites[place]);
	elites.sort((a, b) => a.score - b.score);
}

/** What an iteration needs to know of its cycle, and where the walk stands. */
interface Cycle {
	/** What a second of the slots yielded when the cycle began, what a second of travel costs in it, and the turnover then. */
	readonly yieldOfTime: number;
	readonly travelPrice: number;
	readonly turnover: number;
	temperature: number;
	score: number;
	travel: number;
}

function runCycle(state: Search, number: number, shallStop: StopRule): void {
	const { problem, settings, solution, random } = state;
	state.lean = settings.leaning > 0 && isHottest(number) ? settings.leaning * random.next() : 0;
	const length = Math.ceil(settings.firstCycle * settings.cycleGrowth ** number);
	const hot = isHottest(number) ? settings.hottest : settings.hot;
	const contacts = solution.numContacts.reduce((sum, count) => sum + count, 0);
	const turnover = turnoverOf(problem, solution);
	const scale = contacts > 0 ? turnover / contacts : meanPrize(problem);
	const yieldOfTime = valueOfTime(problem, solution);
	const cycle: Cycle = {
		yieldOfTime,
		travelPrice: state.lean * yieldOfTime,
		turnover,
		temperature: hot * scale,
		score: scoreOf(solution),
		travel: travelOf(problem, solution),
	};
	const cooling = (settings.cold / hot) ** (1 / length);
	saveSnapshot(problem, solution, state.cycleBest);
	for (let i = 0; i < length && (i === 0 || !shallStop(state.iterations)); i++) {
		if (state.onProgress && state.iterations % REPORT_EVERY === 0)
			state.onProgress({ iterations: state.iterations, value: state.best.value });
		cycle.temperature *= cooling;
		iterate(state, cycle);
	}
}

/** One move, kept or rolled back. A function of its own, so that it is compiled once and not with the loop of every cycle anew. */
function iterate(state: Search, cycle: Cycle): void {
	const { problem, settings, solution, journal, random, best, cycleBest, openDays, pool } = state;
	state.iterations++;
	beginMove(journal, solution);
	openDays.fill(0);
	const seed = ruinOnce(state);
	if (seed < 0) openDays.fill(1);
	recreateAll(state, cycle.yieldOfTime, cycle.temperature, seed);
	const score = scoreOf(solution);
	const travel = travelOf(problem, solution);
	if (score - cycle.score < cycle.travelPrice * (travel - cycle.travel) + cycle.temperature * Math.log(1 - random.next())) {
		rollBack(problem, solution, journal);
		return;
	}
	cycle.score = score;
	cycle.travel = travel;
	if (settings.recombination > 0 && score > best.score - KEPT_MARGIN * cycle.turnover) keepRoutes(pool, problem, solution, journal);
	if (score > cycleBest.score) saveSnapshot(problem, solution, cycleBest);
	if (score > best.score) copySnapshot(cycleBest, best);
}

function keepRoutes(pool: RoutePool, problem: Problem, solution: WorkingSolution, journal: Journal): void {
	for (let i = 0; i < journal.numTouched; i++) keepRoute(pool, problem, solution, journal.touched[i]);
}

function ruinOnce(state: Search): number {
	const { problem, solution, random, settings } = state;
	if (solution.missing > 0 && random.next() < 0.5) {
		const option = pickMissing(problem, solution, state.mustHaves, random);
		if (option >= 0) return ruinForMissing(state.ruin, option);
	}
	const choice = random.next();
	if (choice < state.scatteredRuins) return ruinScattered(state.ruin);
	if (state.hasChains && choice < state.scatteredRuins + settings.customerRuins) return ruinCustomers(state.ruin);
	if (state.hasCalls && choice > 1 - settings.callRuins) return ruinCalls(state.ruin);
	return ruinStrings(state.ruin);
}

function recreateAll(state: Search, yieldOfTime: number, temperature: number, seed: number): void {
	const { problem, solution, journal, random, prices, openDays, offers, settings } = state;
	for (let i = 0; i < journal.numTouched; i++) openDays[problem.slotDay[journal.touched[i]]] = 1;
	// A contact that goes may leave room on every day.
	if (state.hasHorizonLimits && random.next() < 0.3) openDays.fill(1);
	if (state.hasBreaks && random.next() < 0.2) {
		prices.blink = toBlink(0.5);
		moveBreaks(state.ruin, prices, state.recreation.scratch.insertion);
	}
	prices.blink = toBlink(random.next() < 0.1 ? settings.wideBlink : settings.blink);
	prices.push = random.next() < 0.1 ? 1 : 0;
	// Now and then a contact may come in at a loss: it can pay once others near it are in.
	prices.subsidy = random.next() < 0.1 ? 10 * temperature * random.next() : 0;
	if (!state.rough) prices.time.fill(yieldOfTime * drawTimePrice(state));
	listOffers(offers, state, state.iterations, seed);
	if (state.pairShare > 0 && random.next() < state.pairShare) insertRandomPair(state);
	if (solution.missing > 0 && random.next() < 0.8) insertMissing(state);
	for (let i = 0; i < offers.count; i++) {
		const customer = offers.customers[i];
		insertChain(state.recreation, customer, openDays, offers.lostAt[customer] === state.iterations);
	}
}

/** A share of the yield of time: of the whole range, or, as far as the cycle leans, of its upper end. */
function drawTimePrice({ settings, random, lean }: Search): number {
	const [low, high] = settings.timePrices;
	return high * (low / high) ** ((1 - lean) * random.next());
}

/** Two contacts of the customers just offered, on a day and in a slot of it. */
function insertRandomPair({ problem, solution, journal, random, offers }: Search): void {
	if (offers.count < 2 || problem.numSlots === 0) return;
	const slot = random.below(problem.numSlots);
	const first = randomOption(problem, random, offers.customers[random.below(offers.count)], problem.slotDay[slot]);
	const second = randomOption(problem, random, offers.customers[random.below(offers.count)], problem.slotDay[slot]);
	if (first < 0 || second < 0 || problem.optionCustomer[first] === problem.optionCustomer[second]) return;
	if (hasCombinations(problem, problem.optionCustomer[first]) || hasCombinations(problem, problem.optionCustomer[second])) return;
	if (solution.slotOf[first] < 0 && solution.slotOf[second] < 0) insertPair(problem, solution, journal, first, second, slot);
}

/** One of the customer's options on a day, -1 for none. */
function randomOption(problem: Problem, random: Random, customer: number, day: number): number {
	let found = -1;
	let count = 0;
	for (let option = problem.customerFirstOption[customer]; option < problem.customerFirstOption[customer + 1]; option++)
		if (problem.optionDay[option] === day && random.below(++count) === 0) found = option;
	return found;
}

function mayNeedPairs({ slotMaxTravel, travelTime, numCustomers, numPlaces }: Problem): boolean {
	if (slotMaxTravel.some((limit) => limit < UNLIMITED)) return true;
	if (numCustomers > FEW_CUSTOMERS) return false; // too rare there to pay
	for (let via = 0; via < numPlaces - 1; via++)
		for (let from = 0; from < numPlaces - 1; from++)
			for (let to = 0; to < numPlaces - 1; to++)
				if (travelTime[from * numPlaces + to] > travelTime[from * numPlaces + via] + travelTime[via * numPlaces + to]) return true;
	return false;
}

/** Blinks are shares of 2^24. */
const toBlink = (share: number): number => Math.floor(share * 2 ** 24);

/** What must be in comes before everybody, in random order, because one can stand in another's way. */
function insertMissing(state: Search): void {
	const { problem, solution, mustHaves, random } = state;
	const first = random.below(Math.max(1, mustHaves.length));
	for (let i = 0; i < mustHaves.length; i++) {
		const option = mustHaves[(first + i) % mustHaves.length];
		if (isMissing(problem, solution, option)) insertChain(state.recreation, problem.optionCustomer[option], state.everyDay, true);
	}
}

/** Last word: whatever still fits and pays comes in. */
function fillUp(state: Search): void {
	const { problem, solution, journal, prices } = state;
	loadSnapshot(problem, solution, state.best);
	prices.blink = 0;
	prices.subsidy = 0;
	prices.time.fill(0);
	prices.visit.fill(0);
	prices.call.fill(0);
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
	saveSnapshot(problem, solution, state.best);
}
