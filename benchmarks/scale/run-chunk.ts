import { readdirSync, readFileSync } from "node:fs";
import type { Solution } from "../../engine/solver/solution.ts";
import { createPool, type SolverPool } from "../../engine/workers/pool.ts";
import { cpuSeconds } from "../cpu-seconds.ts";
import type { RepProblem } from "./rep-problems.ts";

/** What a run of the pool took. */
export interface RunTime {
	readonly wall: number;
	/** Of all threads of the process, those of the compiler and the garbage collector too. */
	readonly cpu: number;
	/** Of the solver's threads alone, summed; null where the system does not tell. */
	readonly workers: WorkerTime | null;
}

export interface WorkerTime {
	readonly cpu: number;
	/** Ready to run while others held the cores. */
	readonly waited: number;
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
	const start = { wall: performance.now(), cpu: cpuSeconds(), workers: workerTime() };
	await Promise.all(Array.from({ length: pool.numThreads + 1 }, next));
	const wall = (performance.now() - start.wall) / 1000;
	return { solutions, time: { wall, cpu: cpuSeconds() - start.cpu, workers: difference(workerTime(), start.workers) } };
}

/** Σ over the living worker threads, which Node names so (schedstat: nanoseconds on a core and on the run queue; Linux, sched-stats.rst). */
function workerTime(): WorkerTime | null {
	try {
		const threads = readdirSync("/proc/self/task").map((thread) => `/proc/self/task/${thread}`);
		const workers = threads.filter((thread) => readFileSync(`${thread}/comm`, "utf8").trim() === "WorkerThread");
		if (workers.length === 0) return null;
		const times = workers.map((thread) => readFileSync(`${thread}/schedstat`, "utf8").split(" ").map(Number));
		return { cpu: times.reduce((sum, [cpu]) => sum + cpu, 0) / 1e9, waited: times.reduce((sum, [, wait]) => sum + wait, 0) / 1e9 };
	} catch {
		return null;
	}
}

function difference(end: WorkerTime | null, start: WorkerTime | null): WorkerTime | null {
	return end && start && { cpu: end.cpu - start.cpu, waited: end.waited - start.waited };
}
