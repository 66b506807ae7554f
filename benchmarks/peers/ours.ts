import { buildProblem } from "../../engine/solver/problem.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { scheduleSlots } from "../../engine/solver/report.ts";
import { search } from "../../engine/solver/search.ts";
import { cpuSeconds } from "../cpu-seconds.ts";

/** Our plan as a peer's would come: options by slot in order. */
export interface OurReply {
	readonly routes: readonly (readonly number[])[];
	readonly cpu_seconds: number;
	/** What the solver itself says it is worth. */
	readonly value: number;
}

/** The clock is read once in so many iterations, some milliseconds. */
const CHECK_EVERY = 64;

/**
 * Runs the production search until it has used the CPU seconds; building the problem is not counted, compiling by V8 is. The bound, whose
 * routes `solve` would combine with the search's, is left out: its time is not counted either.
 */
export function runOurs(spec: ProblemSpec, seed: number, seconds: number): OurReply {
	const problem = buildProblem(spec);
	const start = cpuSeconds();
	let searched = 0;
	const { solution } = search(problem, seed, (iterations) => {
		if (iterations % CHECK_EVERY === 0) searched = cpuSeconds() - start;
		return searched >= seconds;
	});
	const routes = scheduleSlots(problem, solution).map(({ contacts }) => contacts.map(({ option }) => option));
	return { routes, cpu_seconds: searched, value: solution.value };
}
