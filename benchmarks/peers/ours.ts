import { buildProblem } from "../../engine/solver/problem.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { solve } from "../../engine/solver/solve.ts";

/** Our plan as a peer's would come: options by slot in order. */
export interface OurReply {
	readonly routes: readonly (readonly number[])[];
	readonly cpu_seconds: number;
	/** What the solver itself says it is worth. */
	readonly value: number;
}

function cpuSeconds(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}

/** Runs the production solver until its search has used the CPU seconds; building the problem and the bound are not counted, compiling by V8 is. */
export function runOurs(spec: ProblemSpec, seed: number, seconds: number): OurReply {
	const problem = buildProblem(spec);
	const stop = new Int32Array(new SharedArrayBuffer(4));
	const start = cpuSeconds();
	let searched = 0;
	const { schedules, value } = solve(problem, {
		seed,
		iterations: Number.MAX_SAFE_INTEGER,
		stop,
		onProgress: () => {
			searched = cpuSeconds() - start;
			if (searched >= seconds) Atomics.store(stop, 0, 1);
		},
	});
	return { routes: schedules.map(({ contacts }) => contacts.map(({ option }) => option)), cpu_seconds: searched, value };
}
