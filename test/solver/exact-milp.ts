import { type Basis, type MilpModel, solveLp, solveMilp } from "../../engine/solver/milp.ts";
import type { FloorSpec, ProblemSpec } from "../../engine/solver/problem-spec.ts";
import type { Optimum } from "./brute-force.ts";
import { enumerateChains } from "./exact-chains.ts";
import { enumerateSlotSets } from "./exact-slots.ts";

/** An optimum and the options that it serves, by slot. */
export interface ExactOptimum extends Optimum {
	readonly served: readonly (readonly number[])[];
}

/** A column of the integer programme: a chain of a customer, a set of a slot, or a level of a floor. */
interface Column {
	/** Block of which exactly one column is chosen: customers, then slots, then floors. */
	readonly block: number;
	readonly profit: number;
	readonly missing: number;
	readonly rows: readonly number[];
	readonly values: readonly number[];
}

interface Programme {
	readonly columns: readonly Column[];
	/** Columns of each block; the first is always allowed together with the first of every other. */
	readonly blocks: readonly (readonly number[])[];
	/** Rows of the blocks (= 1) come first, then links of options (= 0), then caps (≤) and floors (≥ 0), last what is missing (≤). */
	readonly rowLower: Float64Array;
	readonly rowUpper: Float64Array;
}

const MOST_CUSTOMERS = 12;
const MOST_DAYS = 5;
const MOST_LEVELS = 2000;
/** New columns of a block in a round of column generation. */
const BATCH = 30;
const MOST_NODES = 20_000;
const EPSILON = 1e-6;
/** Values are whole, so this much of doubt about the relaxation decides nothing. */
const DOUBT = 1e-3;

/**
 * Solves a problem of up to twelve customers and five days to proven optimality by an integer programme, sharing no code with the solver
 * and none with brute force: choose one chain a customer and one set of options a slot (all enumerated, the sets with their cheapest
 * route), so that both agree on every option. What is missing is minimised first. Throws a RangeError that says what is too large.
 */
export function solveExactly(spec: ProblemSpec): ExactOptimum {
	if (spec.numCustomers > MOST_CUSTOMERS || spec.days.length > MOST_DAYS)
		throw new RangeError(`too large for the exact twin: ${spec.numCustomers} customers, ${spec.days.length} days`);
	const programme = buildProgramme(spec);
	const byMissing = programme.columns.map((column) => -column.missing);
	const canMiss = byMissing.some((profit) => profit < 0);
	const chosen = canMiss ? maximise(programme, byMissing, programme.blocks.map(first)) : programme.blocks.map(first);
	const missing = chosen.reduce((sum, c) => sum + programme.columns[c].missing, 0);
	programme.rowUpper[programme.rowUpper.length - 1] = missing;
	const profits = programme.columns.map((column) => column.profit);
	const best = maximise(programme, profits, chosen);
	const numBlocks = programme.blocks.length;
	const served = spec.slots.map((_, s) => {
		const set = best.map((c) => programme.columns[c]).find(({ block }) => block === spec.numCustomers + s);
		return (set?.rows ?? []).filter((row) => row >= numBlocks).map((row) => row - numBlocks);
	});
	return { missing, value: profitOf(profits, best), served };
}

const first = (block: readonly number[]): number => block[0];
const profitOf = (profits: readonly number[], chosen: readonly number[]): number => chosen.reduce((sum, c) => sum + profits[c], 0);

function buildProgramme(spec: ProblemSpec): Programme {
	const { numCustomers, slots, floors, options, resources } = spec;
	const numBlocks = numCustomers + slots.length + floors.length;
	const capRow = numBlocks + options.length;
	const floorRow = capRow + resources.length;
	const missingRow = floorRow + floors.length;
	const columns: Column[] = [];
	const enter = (block: number, profit: number, missing: number, entries: readonly (readonly [row: number, value: number])[]): void => {
		const used = [[block, 1] as const, ...entries, [missingRow, missing] as const].filter(([, value]) => value !== 0);
		columns.push({ block, profit, missing, rows: used.map(([row]) => row), values: used.map(([, value]) => value) });
	};
	for (let customer = 0; customer < numCustomers; customer++) {
		for (const chain of enumerateChains(spec, customer)) {
			const contacts = chain.options.map((o) => options[o]);
			const demands = resources.map(({ scope }, r) =>
				scope === "horizon" ? contacts.reduce((sum, { demand }) => sum + (demand?.[r] ?? 0), 0) : 0,
			);
			const done = floors.map(({ customers, unit }) => {
				if (!customers.includes(customer)) return 0;
				return unit === "contacts" ? contacts.length : contacts.reduce((sum, { duration }) => sum + duration, 0);
			});
			enter(customer, chain.prize, chain.missing, [
				...chain.options.map((o) => [numBlocks + o, 1] as const),
				...demands.map((demand, r) => [capRow + r, demand] as const),
				...done.map((amount, f) => [floorRow + f, amount] as const),
			]);
		}
	}
	slots.forEach((slot, s) => {
		for (const set of enumerateSlotSets(spec, slot))
			enter(
				numCustomers + s,
				-set.cost,
				0,
				set.options.map((o) => [numBlocks + o, -1] as const),
			);
	});
	floors.forEach((floor, f) => {
		for (const { least, cost } of levelsOf(floor)) enter(numCustomers + slots.length + f, -cost, 0, [[floorRow + f, -least]]);
	});
	return {
		columns,
		blocks: Array.from({ length: numBlocks }, (_, block) => columns.flatMap((column, c) => (column.block === block ? [c] : []))),
		rowLower: Float64Array.from({ length: missingRow + 1 }, (_, row) => {
			if (row < numBlocks) return 1;
			return row >= capRow && (row < floorRow || row === missingRow) ? -Infinity : 0;
		}),
		rowUpper: Float64Array.from({ length: missingRow + 1 }, (_, row) => {
			if (row < numBlocks) return 1;
			if (row < capRow) return 0;
			return row < floorRow && resources[row - capRow].scope === "horizon" ? resources[row - capRow].cap : Infinity;
		}),
	};
}

/**
 * The costs a floor can have and the least amount that brings each about. Costs fall with the amount, so at least that amount is all that
 * a level needs. The first needs nothing.
 */
function levelsOf({ atLeast, cost, unit }: FloorSpec): { readonly least: number; readonly cost: number }[] {
	const levels: { least: number; cost: number }[] = [];
	const most = Math.ceil(atLeast);
	if (most > MOST_LEVELS) throw new RangeError(`too large for the exact twin: a floor of ${atLeast}`);
	for (let least = 0; least <= most; least++) {
		const shortfall = Math.max(0, atLeast - least) / (unit === "seconds" ? 3600 : 1);
		const cents = Math.round(100 * shortfall * cost);
		if (levels.length === 0 || cents < levels[levels.length - 1].cost) levels.push({ least, cost: cents });
	}
	return levels;
}

/**
 * The best choice of a column a block, one at least as good as `start`, for whole profits. Column generation solves the relaxation over all
 * columns; its own columns give a choice; then only those can be part of a better one whose reduced cost does not eat up the distance to the
 * relaxation, and they decide.
 */
function maximise(programme: Programme, profits: readonly number[], start: readonly number[]): readonly number[] {
	const active = new Set([...start, ...programme.blocks.map(first)]);
	const { objective, gains } = relax(programme, profits, active);
	const chosen = choose(programme, profits, [...active], start);
	const value = profitOf(profits, chosen);
	if (objective < value + 1 - DOUBT) return chosen;
	const promising = gains.flatMap((gain, c) => (objective + gain > value + 1 - DOUBT || chosen.includes(c) ? [c] : []));
	return choose(programme, profits, promising, chosen);
}

/** Solves the linear relaxation over all columns, adding to `active`; `gains` are the reduced profits, none above 0. */
function relax(programme: Programme, profits: readonly number[], active: Set<number>): { objective: number; gains: number[] } {
	let basis: Basis | undefined;
	for (;;) {
		const model = modelOf(programme, profits, [...active]);
		const { objective, duals, basis: last } = solveLp(model, { basis });
		if (!duals) throw new Error("the relaxation has no solution, though its first columns are one");
		basis = last ?? undefined;
		const gains = programme.columns.map(({ rows, values }, c) => rows.reduce((gain, row, i) => gain - duals[row] * values[i], profits[c]));
		const entering = programme.blocks.flatMap((block) =>
			block
				.filter((c) => gains[c] > EPSILON && !active.has(c))
				.sort((a, b) => gains[b] - gains[a])
				.slice(0, BATCH),
		);
		if (entering.length === 0) return { objective, gains: gains.map((gain) => Math.min(0, gain)) };
		for (const c of entering) active.add(c);
	}
}

/** The best choice among some columns that contain `start`. */
function choose(programme: Programme, profits: readonly number[], columns: readonly number[], start: readonly number[]): number[] {
	const model = modelOf(programme, profits, columns);
	const begin = Float64Array.from(columns, (c) => (start.includes(c) ? 1 : 0));
	const { status, values } = solveMilp(model, { absGap: 1 - DOUBT, nodes: MOST_NODES, start: begin });
	if (status === "limit") throw new RangeError(`too large for the exact twin: more than ${MOST_NODES} nodes`);
	if (!values) throw new Error("the integer programme has no solution, though it starts with one");
	return columns.filter((_, i) => values[i] === 1);
}

function modelOf({ columns, rowLower, rowUpper }: Programme, profits: readonly number[], chosen: readonly number[]): MilpModel {
	const numCols = chosen.length;
	const starts = new Int32Array(numCols + 1);
	chosen.forEach((c, i) => {
		starts[i + 1] = starts[i] + columns[c].rows.length;
	});
	return {
		maximise: true,
		numCols,
		numRows: rowLower.length,
		cost: Float64Array.from(chosen, (c) => profits[c]),
		colLower: new Float64Array(numCols),
		colUpper: new Float64Array(numCols).fill(1),
		rowLower,
		rowUpper,
		format: "csc",
		starts,
		indices: Int32Array.from(chosen.flatMap((c) => columns[c].rows)),
		values: Float64Array.from(chosen.flatMap((c) => columns[c].values)),
		isWhole: new Int32Array(numCols).fill(1),
	};
}
