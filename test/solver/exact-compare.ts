import { buildProblem } from "../../engine/solver/problem.ts";
import type { Solution } from "../../engine/solver/solution.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { solve } from "../../engine/solver/solve.ts";
import type { Optimum } from "./brute-force.ts";
import { evaluate } from "./evaluate.ts";

/** A slow twin of the solver that proves its answer. */
export type ExactTwin = (spec: ProblemSpec) => Optimum;

export interface Verdict {
	readonly isOptimal: boolean;
	/** What is wrong even if the search may miss the optimum: a broken rule, a wrong value, a bound below the optimum, a beaten twin. */
	readonly faults: readonly string[];
	/** For the report of a failing test. */
	readonly text: string;
}

/** Solves a problem by the search and by a twin, and says how the search's solution and bound stand against the optimum. */
export function compareWithOptimum(spec: ProblemSpec, seed: number, iterations: number, twin: ExactTwin): Verdict {
	const solution = solve(buildProblem(spec), { seed, iterations });
	const optimum = twin(spec);
	const missing = missingOf(spec, solution);
	const { value, faults } = evaluate(spec, solution);
	const text = `seed ${seed}: ${solution.value} with ${missing} missing, the optimum is ${optimum.value} with ${optimum.missing}`;
	const isBeaten = missing < optimum.missing || (missing === optimum.missing && solution.value > optimum.value);
	return {
		isOptimal: missing === optimum.missing && solution.value === optimum.value,
		faults: [
			...faults,
			...(value === solution.value ? [] : [`seed ${seed}: reports ${solution.value}, is worth ${value}`]),
			...(isBeaten ? [`${text}: the twin is wrong`] : []),
			...boundFaults(spec, seed, solution, optimum, twin),
		],
		text,
	};
}

/** Required contacts and periodic customers that a solution lacks. */
function missingOf(spec: ProblemSpec, solution: Solution): number {
	return solution.unmetRequired.length + unservedOf(spec, solution);
}

function unservedOf(spec: ProblemSpec, { schedules }: Solution): number {
	const served = new Set(schedules.flatMap(({ contacts }) => contacts.map(({ option }) => spec.options[option].customer)));
	return (spec.dayCombinations ?? []).filter((sets, customer) => sets && !served.has(customer)).length;
}

/** The bound holds for every solution that keeps the required options but the unmet: the best of those must not lie above it. */
function boundFaults(spec: ProblemSpec, seed: number, solution: Solution, optimum: Optimum, twin: ExactTwin): string[] {
	const isKept = solution.unmetRequired.length === 0;
	const options = spec.options.map((option, o) => (solution.unmetRequired.includes(o) ? { ...option, required: false } : option));
	const best = isKept ? optimum : twin({ ...spec, options });
	const isCovered = best.missing <= unservedOf(spec, solution);
	if (!isCovered || solution.upperBound >= best.value) return [];
	return [`seed ${seed}: bound ${solution.upperBound} is below ${best.value}`];
}
