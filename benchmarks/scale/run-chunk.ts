import { readdirSync, readFileSync } from "node:fs";
import type { Solution } from "../../engine/solver/problem.ts";
import { createPool, type SolverPool } from "../../engine/workers/pool.ts";
import type { RepProblem } from "./rep-problems.ts";

/** What a run of the pool took. */
export interface RunTime {
	readonly wall: number;
	/** Of all threads of the process, those of the compiler and the garbage collector too. */
	readonly cpu: number;
	/** How long threads that could have run waited for a core, because others held it; null where the system does not tell. */
	readonly waited: number | null;
}

export interface SearchBudget {
	readonly seed: number;
	readonly iterations: number;
}

/** A pool whose queue holds a few tasks only, as `solveReps` needs. */
export function createSmallPool(threads: number): SolverPool {
	return createPool({ threads, maxQueue: 2 * threads });
}

/** Lets every thread compile the solver, so that the clock does not see it. */
export async function warmUp(pool: SolverPool, rep: RepProblem, budget: SearchBudget): Promise<void> {
	await solveReps(
		pool,
		Array.from({ length: 2 * pool.numThreads }, () => rep),
		budget,
	);
}

/** Solves reps in order, one more than the threads hold under way, like a plan does: the queue stays short and no thread waits. */
export async function solveReps(
	pool: SolverPool,
	reps: readonly RepProblem[],
	budget: SearchBudget,
): Promise<{ readonly solutions: readonly Solution[]; readonly time: RunTime }> {
	const solutions = Array.from<Solution>({ length: reps.length });
	let at = 0;
	const next = async (): Promise<void> => {
		for (let index = at++; index < reps.length; index = at++) solutions[index] = await pool.solve(reps[index].buffer, budget);
	};
	const start = { wall: performance.now(), cpu: cpuSeconds(), waited: waitedSeconds() };
	await Promise.all(Array.from({ length: pool.numThreads + 1 }, next));
	const waited = waitedSeconds();
	const time = {
		wall: (performance.now() - start.wall) / 1000,
		cpu: cpuSeconds() - start.cpu,
		waited: waited === null || start.waited === null ? null : waited - start.waited,
	};
	return { solutions, time };
}

/** CPU seconds of the process so far. */
export function cpuSeconds(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}

/** Σ over the living threads of their time on the run queue (second field of schedstat, in nanoseconds: Linux, sched-stats.rst). */
function waitedSeconds(): number | null {
	try {
		const waits = readdirSync("/proc/self/task").map((thread) => readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8").split(" ")[1]);
		return waits.reduce((sum, wait) => sum + Number(wait), 0) / 1e9;
	} catch {
		return null;
	}
}
