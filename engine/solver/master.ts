import type { MilpModel } from "./milp.ts";
import type { RoutePool } from "./pool.ts";
import { GAP_EXEMPT, type Problem, REQUIRED } from "./problem.ts";
import { hasCombinations, type WorkingSolution } from "./working-solution.ts";

/**
 * The master programme over a pool of routes: which routes to drive and which of their contacts to make, at most one chain of contacts a
 * customer. A contact needs a route that holds it; a route may hold contacts that are not made, so every route stands for all its parts.
 * Columns are what the customers choose (arcs of chains, sets of days, shortfalls of floors), then the routes in the order given.
 */
export interface Master {
	readonly model: MilpModel;
	readonly firstRoute: number;
	/** Row in which routes cover an option, -1 where no route holds it, and the first row of the classes. */
	readonly coverRow: Int32Array;
	readonly firstClassRow: number;
	/** Option that an arc column leads to, by column; -1 for other columns. */
	readonly arcTo: Int32Array;
}

/** What stays the same while routes join: everything about the customers' choices that the pool's options allow. */
interface Draft {
	readonly rowLower: number[];
	readonly rowUpper: number[];
	readonly cost: number[];
	readonly colLower: number[];
	readonly colUpper: number[];
	readonly isWhole: number[];
	readonly starts: number[];
	readonly indices: number[];
	readonly values: number[];
	readonly arcTo: number[];
}

/** States the programme for these routes of the pool. What `solution` keeps of the required contacts and periodic customers is kept. */
export function buildMaster(problem: Problem, pool: RoutePool, routes: ArrayLike<number>, solution: WorkingSolution): Master {
	const draft: Draft = {
		rowLower: [],
		rowUpper: [],
		cost: [],
		colLower: [],
		colUpper: [],
		isWhole: [],
		starts: [0],
		indices: [],
		values: [],
		arcTo: [],
	};
	const coverRow = coverRows(problem, pool, routes, draft);
	const rows = sharedRows(problem, draft);
	for (let customer = 0; customer < problem.numCustomers; customer++) stateCustomer(problem, solution, customer, coverRow, rows, draft);
	stateShortfalls(problem, rows, draft);
	const firstClassRow = draft.rowUpper.length;
	const classSize = new Int32Array(pool.numClasses);
	for (let slot = 0; slot < problem.numSlots; slot++) classSize[pool.classOf[slot]]++;
	for (const size of classSize) addRow(draft, -Infinity, size);
	const firstRoute = draft.cost.length;
	for (let i = 0; i < routes.length; i++) stateRoute(problem, pool, routes[i], coverRow, firstClassRow, draft);
	return { model: modelOf(draft), firstRoute, coverRow, firstClassRow, arcTo: Int32Array.from(draft.arcTo) };
}

function addRow(draft: Draft, lower: number, upper: number): number {
	draft.rowLower.push(lower);
	return draft.rowUpper.push(upper) - 1;
}

/** Closes a column whose entries have been pushed. */
function addColumn(draft: Draft, cost: number, upper: number, isWhole: number, arcTo: number, lower = 0): void {
	draft.cost.push(cost);
	draft.colLower.push(lower);
	draft.colUpper.push(upper);
	draft.isWhole.push(isWhole);
	draft.arcTo.push(arcTo);
	draft.starts.push(draft.indices.length);
}

function enter(draft: Draft, row: number, value: number): void {
	draft.indices.push(row);
	draft.values.push(value);
}

function coverRows(problem: Problem, pool: RoutePool, routes: ArrayLike<number>, draft: Draft): Int32Array {
	const coverRow = new Int32Array(problem.numOptions).fill(-1);
	for (let i = 0; i < routes.length; i++) {
		for (let k = pool.first[routes[i]]; k < pool.first[routes[i] + 1]; k++) {
			const item = pool.items[k];
			if (item < problem.numOptions && coverRow[item] < 0) coverRow[item] = addRow(draft, -Infinity, 0);
		}
	}
	return coverRow;
}

/** Rows that customers share: resources over the horizon, and the floors. */
interface SharedRows {
	readonly resource: Int32Array;
	readonly floor: Int32Array;
}

function sharedRows(problem: Problem, draft: Draft): SharedRows {
	const resource = new Int32Array(problem.numResources).fill(-1);
	for (let r = 0; r < problem.numResources; r++)
		if (problem.resourceIsHorizon[r]) resource[r] = addRow(draft, -Infinity, problem.resourceCap[r]);
	const floor = Int32Array.from({ length: problem.numFloors }, (_, f) => addRow(draft, problem.floorAtLeast[f], Infinity));
	return { resource, floor };
}

/** Entries of every column that makes the contact. */
function enterContact(problem: Problem, option: number, coverRow: Int32Array, rows: SharedRows, draft: Draft): void {
	const { numResources } = problem;
	enter(draft, coverRow[option], 1);
	for (let r = 0; r < numResources; r++) {
		const demand = problem.demand[option * numResources + r];
		if (rows.resource[r] >= 0 && demand !== 0) enter(draft, rows.resource[r], demand);
	}
	const customer = problem.optionCustomer[option];
	for (let i = problem.customerFirstFloor[customer]; i < problem.customerFirstFloor[customer + 1]; i++) {
		const f = problem.customerFloors[i];
		enter(draft, rows.floor[f], problem.floorIsSeconds[f] ? problem.itemDuration[option] : 1);
	}
}

function stateCustomer(
	problem: Problem,
	solution: WorkingSolution,
	customer: number,
	coverRow: Int32Array,
	rows: SharedRows,
	draft: Draft,
): void {
	const nodes: number[] = [];
	for (let option = problem.customerFirstOption[customer]; option < problem.customerFirstOption[customer + 1]; option++)
		if (coverRow[option] >= 0) nodes.push(option);
	if (nodes.length === 0) return;
	if (hasCombinations(problem, customer)) statePeriodic(problem, solution, customer, nodes, coverRow, rows, draft);
	else stateChains(problem, solution, customer, nodes, coverRow, rows, draft);
}

/** A chain of contacts is a path through the customer's options; a required contact that is in stays in. */
function stateChains(
	problem: Problem,
	solution: WorkingSolution,
	customer: number,
	nodes: readonly number[],
	coverRow: Int32Array,
	rows: SharedRows,
	draft: Draft,
): void {
	const { optionDay, optionFlags, days, prize, numDays } = problem;
	const startRow = nodes.length > 1 ? addRow(draft, -Infinity, 1) : -1;
	const lastDay = optionDay[nodes[nodes.length - 1]];
	// A path leaves a node at most as often as it enters it.
	const flowRow = nodes.map((option) => (optionDay[option] < lastDay ? addRow(draft, 0, Infinity) : -1));
	nodes.forEach((option, i) => {
		const isKept = (optionFlags[option] & REQUIRED) !== 0 && solution.slotOf[option] >= 0;
		const keptRow = isKept ? addRow(draft, 1, Infinity) : -1;
		for (let from = -1; from < i; from++) {
			const before = from < 0 ? -1 : optionDay[nodes[from]];
			if (before >= optionDay[option]) break;
			if (from >= 0) {
				const isExempt = ((optionFlags[option] | optionFlags[nodes[from]]) & GAP_EXEMPT) !== 0;
				if (!isExempt && days[optionDay[option]] - days[before] < problem.minGap[customer]) continue;
			}
			enterContact(problem, option, coverRow, rows, draft);
			if (from < 0 && startRow >= 0) enter(draft, startRow, 1);
			if (from >= 0) enter(draft, flowRow[from], -1);
			if (flowRow[i] >= 0) enter(draft, flowRow[i], 1);
			if (keptRow >= 0) enter(draft, keptRow, 1);
			addColumn(draft, prize[option * (numDays + 1) + before + 1], 1, 0, option);
		}
	});
}

/** A periodic customer chooses one of its sets of days, and one contact on each of them. */
function statePeriodic(
	problem: Problem,
	solution: WorkingSolution,
	customer: number,
	nodes: readonly number[],
	coverRow: Int32Array,
	rows: SharedRows,
	draft: Draft,
): void {
	const { optionDay, prize, numDays } = problem;
	const setRow = addRow(draft, solution.numContacts[customer] > 0 ? 1 : 0, 1);
	const dayRow = new Map(nodes.map((option) => [optionDay[option], -1]));
	for (const day of dayRow.keys()) dayRow.set(day, addRow(draft, 0, 0));
	for (let i = problem.customerFirstCombination[customer]; i < problem.customerFirstCombination[customer + 1]; i++) {
		const set = problem.combinations[i];
		const setDays = Array.from({ length: numDays }, (_, day) => day).filter((day) => (set >>> day) & 1);
		if (!setDays.every((day) => dayRow.has(day))) continue;
		enter(draft, setRow, 1);
		for (const day of setDays) enter(draft, dayRow.get(day) ?? 0, -1);
		addColumn(draft, 0, 1, 1, -1);
	}
	for (const option of nodes) {
		enterContact(problem, option, coverRow, rows, draft);
		enter(draft, dayRow.get(optionDay[option]) ?? 0, 1);
		addColumn(draft, prize[option * (numDays + 1)], 1, 0, option);
	}
}

function stateShortfalls(problem: Problem, rows: SharedRows, draft: Draft): void {
	for (let f = 0; f < problem.numFloors; f++) {
		enter(draft, rows.floor[f], 1);
		addColumn(draft, (-100 * problem.floorCost[f]) / (problem.floorIsSeconds[f] ? 3600 : 1), Infinity, 0, -1);
	}
}

function stateRoute(problem: Problem, pool: RoutePool, route: number, coverRow: Int32Array, firstClassRow: number, draft: Draft): void {
	for (let k = pool.first[route]; k < pool.first[route + 1]; k++) {
		const item = pool.items[k];
		if (item < problem.numOptions) enter(draft, coverRow[item], -1);
	}
	enter(draft, firstClassRow + pool.routeClass[route], 1);
	addColumn(draft, -pool.cost[route], 1, 1, -1);
}

function modelOf(draft: Draft): MilpModel {
	return {
		maximise: true,
		numCols: draft.cost.length,
		numRows: draft.rowUpper.length,
		cost: Float64Array.from(draft.cost),
		colLower: Float64Array.from(draft.colLower),
		colUpper: Float64Array.from(draft.colUpper),
		rowLower: Float64Array.from(draft.rowLower),
		rowUpper: Float64Array.from(draft.rowUpper),
		format: "csc",
		starts: Int32Array.from(draft.starts),
		indices: Int32Array.from(draft.indices),
		values: Float64Array.from(draft.values),
		isWhole: Int32Array.from(draft.isWhole),
	};
}
