import { beginMove, type Journal, removeCustomer, rollBack, settleTouched, touchSlot } from "./journal.ts";
import { buildMaster, type Master } from "./master.ts";
import { solveLp, solveMilp } from "./milp.ts";
import { keepRoute, type RoutePool } from "./pool.ts";
import type { Problem } from "./problem.ts";
import { fitsLimits, gainOf, hasCombinations, keepsGap, scoreOf, type WorkingSolution } from "./working-solution.ts";
import { takeOut, tallyContact } from "./place-contact.ts";

/** What recombinations of one search share. */
export interface Recombiner {
	readonly problem: Problem;
	/** What a contact earned a route in the last linear programme, by option (at first its prize alone), and what a route of a class had to pay. */
	readonly earns: Float64Array;
	readonly classPrice: Float64Array;
	/** Work of the programmes so far, in evaluations of the search that take as long. */
	work: number;
}

/** Routes of the first linear programme beside the solution's own, and most that join in a round; rounds; most routes of the integer programme. */
const FIRST_ROUTES = 300;
const ROUTES_A_ROUND = 150;
const MOST_ROUNDS = 10;
const MOST_ROUTES = 200;
/** A round that gains less than this share of the bound is the last. */
const LEAST_GAIN = 1e-3;
const MOST_NODES = 50;
const MOST_SIMPLEX_ITERATIONS = 2000;
/** Evaluations of the search that take as long as a row of a simplex iteration, and as what an integer programme does besides (measured). */
const WORK_A_ROW = 80;
const WORK_A_MILP = 3e6;

export function createRecombiner(problem: Problem): Recombiner {
	return {
		problem,
		earns: Float64Array.from({ length: problem.numOptions }, (_, option) => problem.prize[option * (problem.numDays + 1)]),
		classPrice: new Float64Array(problem.numSlots),
		work: 0,
	};
}

/**
 * Replaces the solution by the best combination of routes of the pool, where that is better: a linear programme over the routes that pay, which
 * others join by their reduced costs, then an integer programme over those whose reduced cost leaves room for something better. Does nothing
 * where it would take its work beyond `mostWork`. True where the solution has changed.
 */
export function recombine(recombiner: Recombiner, pool: RoutePool, solution: WorkingSolution, journal: Journal, mostWork: number): boolean {
	const { problem } = recombiner;
	if (problem.numSlots < 2 || recombiner.work + expectedWork(pool, problem) > mostWork) return false;
	const { routes, isIn } = chooseRoutes(recombiner, pool, solution);
	const bound = priceRoutes(recombiner, pool, solution, routes, isIn, mostWork);
	const least = solution.value + 1 - 1e-6;
	if (bound < least) return false;
	const reduced = reducedCosts(recombiner, pool);
	const hopeful = bestOf(reduced, (route) => isIn[route] === 1 && bound + reduced[route] >= least, MOST_ROUTES);
	const master = buildMaster(problem, pool, hopeful, solution);
	const result = solveMilp(master.model, { nodes: MOST_NODES, absGap: 0.999, simplexIterations: MOST_SIMPLEX_ITERATIONS });
	recombiner.work += WORK_A_MILP + 4 * WORK_A_ROW * result.simplexIterations * master.model.numRows;
	if (!result.values || result.objective < solution.value + 0.5) return false;
	return drive(problem, pool, solution, journal, master, hopeful, result.values);
}

/** A simplex takes about three iterations a row. */
function expectedWork(pool: RoutePool, problem: Problem): number {
	const rows = pool.numCovered * (problem.numDays > 1 ? 2 : 1);
	return WORK_A_MILP + 3 * WORK_A_ROW * rows ** 2;
}

/** The solution's own routes, and those that earn most at the last prices. */
function chooseRoutes(recombiner: Recombiner, pool: RoutePool, solution: WorkingSolution): { routes: number[]; isIn: Uint8Array } {
	const { problem } = recombiner;
	const own: number[] = [];
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const route = keepRoute(pool, problem, solution, slot, true);
		if (route >= 0) own.push(route);
	}
	const isIn = new Uint8Array(pool.count);
	const routes: number[] = [];
	join(routes, isIn, own);
	join(
		routes,
		isIn,
		bestOf(reducedCosts(recombiner, pool), () => true, FIRST_ROUTES),
	);
	return { routes, isIn };
}

function join(routes: number[], isIn: Uint8Array, joining: readonly number[]): void {
	for (const route of joining) {
		if (isIn[route]) continue;
		isIn[route] = 1;
		routes.push(route);
	}
}

/** Value of the linear programme after the rounds; -∞ where it has none. Leaves its prices in the recombiner. */
function priceRoutes(
	recombiner: Recombiner,
	pool: RoutePool,
	solution: WorkingSolution,
	routes: number[],
	isIn: Uint8Array,
	mostWork: number,
): number {
	const { problem } = recombiner;
	let bound = -Infinity;
	for (let round = 0; round < MOST_ROUNDS; round++) {
		const master = buildMaster(problem, pool, routes, solution);
		const { duals, objective, simplexIterations } = solveLp(master.model);
		recombiner.work += WORK_A_ROW * simplexIterations * master.model.numRows;
		if (!duals) return -Infinity;
		const isLast = objective < bound + LEAST_GAIN * Math.abs(bound);
		bound = objective;
		keepPrices(recombiner, pool, master, duals);
		if (isLast || recombiner.work > mostWork) break;
		const reduced = reducedCosts(recombiner, pool);
		const joining = bestOf(reduced, (route) => !isIn[route] && reduced[route] > 1e-6, ROUTES_A_ROUND);
		if (joining.length === 0) break;
		join(routes, isIn, joining);
	}
	return bound;
}

function keepPrices({ earns, classPrice }: Recombiner, pool: RoutePool, master: Master, duals: Float64Array): void {
	for (let option = 0; option < earns.length; option++) if (master.coverRow[option] >= 0) earns[option] = duals[master.coverRow[option]];
	for (let c = 0; c < pool.numClasses; c++) classPrice[c] = duals[master.firstClassRow + c];
}

/** What a unit of a route would add to the linear programme, at the prices known. */
function reducedCosts({ problem, earns, classPrice }: Recombiner, pool: RoutePool): Float64Array {
	const reduced = new Float64Array(pool.count);
	for (let route = 0; route < pool.count; route++) {
		let sum = -pool.cost[route] - classPrice[pool.routeClass[route]];
		for (let k = pool.first[route]; k < pool.first[route + 1]; k++) {
			const item = pool.items[k];
			if (item < problem.numOptions) sum += earns[item];
		}
		reduced[route] = sum;
	}
	return reduced;
}

function bestOf(key: Float64Array, isWanted: (route: number) => boolean, most: number): number[] {
	const routes: number[] = [];
	for (let route = 0; route < key.length; route++) if (isWanted(route)) routes.push(route);
	return routes.sort((a, b) => key[b] - key[a] || a - b).slice(0, most);
}

/** Makes the solution drive the routes chosen; a contact on two of them stays on the first. Undone where the result is no better. */
function drive(
	problem: Problem,
	pool: RoutePool,
	solution: WorkingSolution,
	journal: Journal,
	master: Master,
	routes: readonly number[],
	values: Float64Array,
): boolean {
	const isMade = new Uint8Array(problem.numOptions);
	for (let col = 0; col < master.firstRoute; col++) if (master.arcTo[col] >= 0 && values[col] > 0.5) isMade[master.arcTo[col]] = 1;
	const before = scoreOf(solution);
	beginMove(journal, solution);
	for (let slot = 0; slot < problem.numSlots; slot++) {
		touchSlot(journal, solution, slot);
		clearSlot(problem, solution, slot);
	}
	const isDriven = new Uint8Array(problem.numSlots);
	routes.forEach((route, i) => {
		if (values[master.firstRoute + i] < 0.5) return;
		const slot = pool.classOf.findIndex((slotClass, s) => slotClass === pool.routeClass[route] && !isDriven[s]);
		if (slot < 0) return;
		isDriven[slot] = 1;
		loadRoute(problem, solution, pool, route, slot, isMade);
	});
	dropBrokenSets(problem, solution, journal);
	settleTouched(problem, solution, journal);
	if (scoreOf(solution) > before) return true;
	rollBack(problem, solution, journal);
	return false;
}

/** Takes out the contacts of periodic customers that limits or gaps have left with less than a whole set of days. */
function dropBrokenSets(problem: Problem, solution: WorkingSolution, journal: Journal): void {
	for (let customer = 0; customer < problem.numCustomers; customer++) {
		if (!hasCombinations(problem, customer) || solution.numContacts[customer] === 0) continue;
		let days = 0;
		for (let day = 0; day < problem.numDays; day++) if (solution.contactOn[customer * problem.numDays + day] >= 0) days |= 1 << day;
		const [first, last] = [problem.customerFirstCombination[customer], problem.customerFirstCombination[customer + 1]];
		if (!problem.combinations.subarray(first, last).includes(days)) removeCustomer(problem, solution, journal, customer);
	}
}

/** Takes all contacts out; breaks stay. */
function clearSlot(problem: Problem, solution: WorkingSolution, slot: number): void {
	const base = slot * solution.stride;
	for (let k = base + solution.count[slot]; k > base; k--)
		if (solution.items[k] < problem.numOptions) takeOut(problem, solution, solution.items[k]);
}

/** Puts the contacts of a route that are to be made into an empty slot, its breaks among them. */
function loadRoute(problem: Problem, solution: WorkingSolution, pool: RoutePool, route: number, slot: number, isMade: Uint8Array): void {
	const base = slot * solution.stride;
	// Slots of a class have breaks of their own that are alike.
	let pause = problem.slotFirstBreak[slot];
	let count = 0;
	for (let k = pool.first[route]; k < pool.first[route + 1]; k++) {
		const item = pool.items[k];
		if (item >= problem.numOptions) {
			solution.items[base + ++count] = pause++;
			continue;
		}
		if (!isMade[item] || solution.slotOf[item] >= 0) continue;
		if (!keepsGap(problem, solution, item) || !fitsLimits(problem, solution, item, slot)) continue;
		solution.value += gainOf(problem, solution, item, 1);
		tallyContact(problem, solution, item, slot, 1);
		solution.items[base + ++count] = item;
	}
	solution.count[slot] = count;
}
