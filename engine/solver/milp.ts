import loadHighs, { type CallbackEvent, type Model, type ModelData, type ModelStatusCode } from "highs";
import { CarteiraError } from "../errors.ts";

/** Minimise or maximise cost · x subject to rowLower ≤ A x ≤ rowUpper and colLower ≤ x ≤ colUpper; ±Infinity for no limit. */
export interface LinearModel {
	readonly maximise: boolean;
	readonly numCols: number;
	readonly numRows: number;
	readonly cost: Float64Array;
	readonly colLower: Float64Array;
	readonly colUpper: Float64Array;
	readonly rowLower: Float64Array;
	readonly rowUpper: Float64Array;
	/** A by columns (csc) or by rows (csr): entry k of line i lies in [starts[i], starts[i + 1]); no index twice in a line. */
	readonly format: "csc" | "csr";
	readonly starts: Int32Array;
	readonly indices: Int32Array;
	readonly values: Float64Array;
}

/** A linear model some of whose columns are whole numbers. */
export interface MilpModel extends LinearModel {
	/** By column: 1 for whole, 0 for continuous. */
	readonly isWhole: Int32Array;
}

/** Work that an LP may take; never a clock, so that the result is a function of model and limits. */
export interface LpLimits {
	readonly simplexIterations?: number;
	/** From an LP solved before; columns and rows added at the end since then may be missing from it. */
	readonly basis?: Basis;
}

/** Work that a MIP may take; never a clock, so that the result is a function of model and limits. */
export interface MilpLimits {
	/** Nodes of the search tree. */
	readonly nodes?: number;
	/** Iterations of all its LPs together; looked at now and then, so it is passed by a little. */
	readonly simplexIterations?: number;
	/** Optimal within this difference; 0.999 proves the optimum of an objective that takes whole values only. Default 1e-6. */
	readonly absGap?: number;
	/** Optimal within this share of the objective. Default 0. */
	readonly relGap?: number;
	/** A solution to begin with, a value a column; ignored if it is infeasible. */
	readonly start?: Float64Array;
}

/** Statuses of columns and rows at a vertex, as HiGHS counts them. */
export interface Basis {
	readonly cols: Int32Array;
	readonly rows: Int32Array;
}

export interface MilpResult {
	readonly status: "optimal" | "limit" | "infeasible";
	/** Of `values`; NaN without any. */
	readonly objective: number;
	/** No solution is better; ±Infinity where nothing is known. */
	readonly bound: number;
	/** By column, whole columns rounded; null without a feasible solution. */
	readonly values: Float64Array | null;
	/** Work done. */
	readonly simplexIterations: number;
	readonly nodes: number;
}

export interface LpResult {
	readonly status: MilpResult["status"];
	readonly objective: number;
	/** By column; null unless optimal. */
	readonly values: Float64Array | null;
	/** By row: change of the objective per unit of the row's right-hand side; null unless optimal. */
	readonly duals: Float64Array | null;
	/** To start the next LP from; null unless optimal. */
	readonly basis: Basis | null;
	readonly simplexIterations: number;
}

// The package's types stand for its CommonJS form; the ES module's default export is the loader itself.
const highs = await (loadHighs as unknown as typeof loadHighs.default)();
const { modelStatus, basisStatus, callbackType, objectiveSense, solutionStatus } = highs.constants;
const SEED = 1;

/** Solves a mixed integer programme. Synchronous. Throws INTERNAL for an unbounded or malformed model. */
export function solveMilp(model: MilpModel, limits: MilpLimits = {}): MilpResult {
	if (model.numCols === 0) return solveEmpty(model);
	return withModel({ ...dataOf(model), integrality: model.isWhole }, (native) => {
		native.options.set({ mip_rel_gap: limits.relGap ?? 0, mip_abs_gap: limits.absGap ?? 1e-6 });
		if (limits.nodes !== undefined) native.options.set({ mip_max_nodes: limits.nodes });
		if (limits.start) native.setSolution({ colValue: limits.start });
		const status = run(native, limits.simplexIterations ?? Infinity);
		if (status === "infeasible") return { ...NOTHING, status, bound: model.maximise ? -Infinity : Infinity, ...workOf(native) };
		const isFeasible = native.info.get("primal_solution_status") === solutionStatus.feasible;
		const values = isFeasible ? native.getSolution().colValue : null;
		values?.forEach((value, col) => {
			if (model.isWhole[col]) values[col] = Math.round(value);
		});
		const objective = values ? native.getObjectiveValue() : Number.NaN;
		return { status, objective, bound: Number(native.info.get("mip_dual_bound")), values, ...workOf(native) };
	});
}

const NOTHING = { objective: Number.NaN, values: null };

/** Solves a linear programme, also from a basis given. Synchronous. Throws INTERNAL for an unbounded or malformed model. */
export function solveLp(model: LinearModel, limits: LpLimits = {}): LpResult {
	if (model.numCols === 0) return { ...solveEmpty(model), duals: new Float64Array(model.numRows), basis: null };
	return withModel(dataOf(model), (native) => {
		if (limits.simplexIterations !== undefined) native.options.set({ simplex_iteration_limit: limits.simplexIterations });
		if (limits.basis) native.setBasis(grown(limits.basis, model));
		const status = run(native, Infinity);
		const simplexIterations = Math.max(0, Number(native.info.get("simplex_iteration_count")));
		if (status !== "optimal") return { ...NOTHING, status, duals: null, basis: null, simplexIterations };
		const { colValue, rowDual } = native.getSolution();
		const { colStatus, rowStatus } = native.getBasis();
		const basis = { cols: colStatus, rows: rowStatus };
		return { status, objective: native.getObjectiveValue(), values: colValue, duals: rowDual, basis, simplexIterations };
	});
}

function dataOf(model: LinearModel): ModelData {
	const { maximise, numCols, numRows, cost, colLower, colUpper, rowLower, rowUpper, format, starts, indices, values } = model;
	return {
		numCols,
		numRows,
		sense: maximise ? objectiveSense.maximize : objectiveSense.minimize,
		colCost: cost,
		colLower,
		colUpper,
		rowLower,
		rowUpper,
		matrix: { format, numCols, numRows, starts, indices, values },
	};
}

/** Native memory is freed by hand only, whatever happens. */
function withModel<Result>(data: ModelData, operation: (native: Model) => Result): Result {
	const native = highs.createModel();
	try {
		native.options.set({ output_flag: false, random_seed: SEED });
		native.passModel(data);
		return operation(native);
	} catch (error) {
		if (error instanceof CarteiraError) throw error;
		throw new CarteiraError("INTERNAL", `linear model of ${data.numCols} columns and ${data.numRows} rows: ${String(error)}`);
	} finally {
		native.dispose();
	}
}

function run(native: Model, simplexIterations: number): MilpResult["status"] {
	const interruptIfSpent = (event: CallbackEvent): undefined => {
		if ("interrupt" in event && Number(event.data.mip_total_lp_iterations) >= simplexIterations) event.interrupt();
	};
	// A callback costs a trip out of the wasm at every checkpoint: only where there is something to ask.
	const callbacks = simplexIterations < Infinity ? { [callbackType.mipInterrupt]: interruptIfSpent } : undefined;
	const end = native.run(callbacks).modelStatus;
	if (end !== modelStatus.unboundedOrInfeasible) return statusOf(end);
	// Presolve has seen that it is one of the two; only the solver says which.
	native.options.set({ presolve: "off" });
	return statusOf(native.run(callbacks).modelStatus);
}

// Numerical trouble ends in "unknown": nothing proven, as at a limit.
const LIMITS: readonly ModelStatusCode[] = [
	modelStatus.iterationLimit,
	modelStatus.solutionLimit,
	modelStatus.interrupted,
	modelStatus.unknown,
];

function statusOf(end: ModelStatusCode): MilpResult["status"] {
	if (end === modelStatus.optimal) return "optimal";
	if (end === modelStatus.infeasible) return "infeasible";
	if (LIMITS.includes(end)) return "limit";
	throw new CarteiraError("INTERNAL", `a linear model ended with HiGHS status ${end}`);
}

function workOf(native: Model): Pick<MilpResult, "simplexIterations" | "nodes"> {
	const count = (name: string): number => Math.max(0, Number(native.info.get(name)));
	return { simplexIterations: count("simplex_iteration_count"), nodes: count("mip_node_count") };
}

/** New columns stay out, new rows do not bind: the old vertex of the larger model. */
function grown({ cols, rows }: Basis, { numCols, numRows, colLower }: LinearModel): { colStatus: Int32Array; rowStatus: Int32Array } {
	const colStatus = Int32Array.from({ length: numCols }, (_, col) => {
		if (col < cols.length) return cols[col];
		return colLower[col] > -Infinity ? basisStatus.lower : basisStatus.zero;
	});
	const rowStatus = new Int32Array(numRows).fill(basisStatus.basic);
	rowStatus.set(rows);
	return { colStatus, rowStatus };
}

/** HiGHS takes a model without columns for no model at all. */
function solveEmpty({ rowLower, rowUpper, maximise }: LinearModel): MilpResult {
	const work = { simplexIterations: 0, nodes: 0 };
	const isFeasible = rowLower.every((lower, row) => lower <= 0 && rowUpper[row] >= 0);
	if (!isFeasible) return { ...NOTHING, ...work, status: "infeasible", bound: maximise ? -Infinity : Infinity };
	return { ...work, status: "optimal", objective: 0, bound: 0, values: new Float64Array(0) };
}
