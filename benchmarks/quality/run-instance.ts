import { findUpperBound } from "../../engine/solver/bound/bound.ts";
import { buildProblem } from "../../engine/solver/problem.ts";
import type { Solution } from "../../engine/solver/solution.ts";
import { solve } from "../../engine/solver/solve.ts";
import { cpuSeconds } from "../cpu-seconds.ts";
import { evaluate } from "../../test/solver/evaluate.ts";
import type { Instance, PrintedRoute } from "./instance.ts";
import { lengthOf } from "./pvrp.ts";
import { recount } from "./recount.ts";

/** One run as printed: value and bound in the file's units. */
export interface Line {
	readonly set: string;
	readonly instance: string;
	readonly m: number;
	readonly seed: number;
	/** CPU seconds of the search and of the bound. */
	readonly seconds: number;
	readonly value: number;
	/** Null where there is none. */
	readonly upper_bound?: number | null;
	/** In place of `upper_bound` where the set minimises. */
	readonly lower_bound?: number | null;
	readonly bound_seconds: number;
	readonly iterations: number;
	readonly routes: readonly PrintedRoute[];
}

const WARM_UP_ITERATIONS = 8000;

/** Lets the compiler see the solver at work before any clock starts: search, recombination and bound of an instance, thrown away. */
export function warmUp(instance: Instance): void {
	solve(buildProblem(instance.spec), { seed: 0, iterations: WARM_UP_ITERATIONS, boundWork: 0 });
}

/** Solves an instance on one thread and recounts what comes out. The search is stopped by CPU time; the bound is counted apart. */
export function runInstance(
	instance: Instance,
	seed: number,
	seconds: number,
	boundWork: number,
): { readonly line: Line; readonly faults: readonly string[] } {
	const { set, name, m, spec, relaxed } = instance;
	const problem = buildProblem(spec);
	const stop = new Int32Array(new SharedArrayBuffer(4));
	const start = cpuSeconds();
	let searched = 0;
	const solution = solve(problem, {
		seed,
		iterations: Number.MAX_SAFE_INTEGER,
		stop,
		boundWork: relaxed ? 0 : boundWork,
		onProgress: () => {
			searched = cpuSeconds() - start;
			if (searched >= seconds) Atomics.store(stop, 0, 1);
		},
	});
	const isMinimised = set === "pvrp";
	const bound = isMinimised ? lowerBoundOf(instance, solution, boundWork) : upperBoundOf(instance, solution);
	const boundSeconds = cpuSeconds() - start - searched;
	const routes = printedRoutes(instance, solution);
	const line: Line = {
		set,
		instance: name,
		m,
		seed,
		seconds: rounded(searched),
		value: isMinimised ? lengthOf(instance.path, routes) : solution.value / instance.valueScale,
		...(isMinimised ? { lower_bound: bound } : { upper_bound: bound }),
		bound_seconds: rounded(boundSeconds),
		iterations: solution.iterations,
		routes,
	};
	return { line, faults: faultsOf(instance, solution, line) };
}

function rounded(seconds: number): number {
	return Math.round(1000 * seconds) / 1000;
}

function upperBoundOf({ valueScale }: Instance, solution: Solution): number | null {
	return Number.isFinite(solution.upperBound) ? solution.upperBound / valueScale : null;
}

/** Costs were rounded down, so their bound holds for the real ones; three decimals, rounded down. None where customers are left out: it would bound other plans than this. */
function lowerBoundOf({ relaxed, spec, valueScale }: Instance, solution: Solution, boundWork: number): number | null {
	const served = new Set(solution.schedules.flatMap(({ contacts }) => contacts.map(({ option }) => spec.options[option].customer)));
	if (served.size < spec.numCustomers) return null;
	const upper = relaxed ? findUpperBound(buildProblem(relaxed), solution.value, [], true, boundWork).bound : solution.upperBound;
	const lower = Math.floor((-upper / valueScale) * 1000) / 1000;
	return Number.isFinite(lower) && lower > 0 ? lower : null;
}

function printedRoutes({ spec, tours, numberOf }: Instance, solution: Solution): PrintedRoute[] {
	return solution.schedules.map(({ slot, contacts }) => ({
		...tours[slot],
		customers: contacts.map(({ option }) => numberOf[spec.options[option].customer]),
	}));
}

/** What an independent recount finds wrong, the value included. */
function faultsOf({ set, path, m, spec }: Instance, solution: Solution, line: Line): string[] {
	const { value, faults } = set === "portfolio" ? evaluate(spec, solution) : recount(set, path, m, line.routes);
	const isBeyond = set === "pvrp" ? (line.lower_bound ?? -Infinity) > line.value + 1e-9 : (line.upper_bound ?? Infinity) < line.value;
	return [
		...faults,
		...(value === line.value ? [] : [`the value is ${value}, not ${line.value}`]),
		...(isBeyond ? ["the bound is on the wrong side of the value"] : []),
	];
}
