import { CarteiraError } from "../../engine/errors.ts";
import type { SolverPool } from "../../engine/workers/pool.ts";
import { type Chunk, makeChunks, type MakingSeconds } from "./rep-problems.ts";
import { createSmallPool, type RunTime, solveReps, warmUp, type WorkerTime } from "./run-chunk.ts";
import { parseSolveOptions, type SolveLaneOptions } from "./solve-options.ts";
import { type SplitSeconds, splitTime } from "./split-time.ts";
import { createTally, digestOf, type Tally, type Totals } from "./tally.ts";

/**
 * Plans the reps of many made distributors through the production pool, a fixed number of iterations each, a few distributors at a time.
 * Problems are built before the clock of the pool starts, which is so wall time of solving alone; building is told apart. The data are
 * synthetic: the figures say what the software does, not what a company would gain. Exit code 1 where a recount finds a fault.
 */
async function main(words: readonly string[]): Promise<number> {
	const options = parseSolveOptions("solve", words);
	if (!options) return 0;
	const [threads, ...more] = options.threads;
	if (more.length > 0) throw new CarteiraError("USAGE", `--threads is ${options.threads.join()}; expected one number`);
	const pool = createSmallPool(threads);
	try {
		const { report, numFaults } = await planAll(options, pool);
		console.log(options.json ? JSON.stringify(report) : describe(report));
		return numFaults === 0 ? 0 : 1;
	} finally {
		await pool.close();
	}
}

/** What a run printed as JSON holds. Seconds are wall time unless they say CPU. */
interface Report extends Totals {
	readonly data: "synthetic";
	readonly threads: number;
	readonly iterations: number;
	readonly days: number;
	readonly generate_seconds: number;
	readonly read_seconds: number;
	readonly score_seconds: number;
	readonly build_seconds: number;
	readonly solve_seconds: number;
	/** Building and solving. */
	readonly plan_seconds: number;
	readonly cpu_seconds: number;
	/** Of the solver's threads alone: on a core, and waiting for one that others held. */
	readonly worker_cpu_seconds: number | null;
	readonly worker_waited_seconds: number | null;
	readonly reps_per_second: number;
	/** CPU seconds a rep, of the reps that were solved once more; null where none was or the budget is too small. */
	readonly search_cpu_seconds: number | null;
	readonly bound_cpu_seconds: number | null;
	/** Of the whole process from its start, making the data included. Reading has a process of its own. */
	readonly peak_megabytes: number;
}

async function planAll(options: SolveLaneOptions, pool: SolverPool): Promise<{ report: Report; numFaults: number }> {
	const budget = { seed: options.seed, iterations: options.iterations };
	const tally = createTally();
	const runs: RunTime[] = [];
	const makings: MakingSeconds[] = [];
	const splits: SplitSeconds[] = [];
	let numFaults = 0;
	let numSplit = 0;
	for await (const chunk of makeChunks(options)) {
		if (runs.length === 0) await warmUp(pool, chunk.reps[0], budget);
		const { solutions, time } = await solveReps(pool, chunk.reps, budget);
		runs.push(time);
		makings.push(chunk.seconds);
		numFaults += addChunk(tally, chunk, solutions);
		chunk.reps.forEach((rep, index) => {
			if (!rep.spec || numSplit >= options.split) return;
			if (numSplit++ === 0) splitTime(rep, budget); // lets this thread compile the solver
			const { solution, seconds } = splitTime(rep, budget);
			if (seconds) splits.push(seconds);
			if (digestOf(solution) === digestOf(solutions[index])) return;
			numFaults++;
			console.error(`${rep.name}: the main thread has another solution than the pool`);
		});
		tellProgress(options, tally.totals(), time);
	}
	return { report: reportOf(options, pool.numThreads, tally.totals(), { runs, makings, splits }), numFaults };
}

function addChunk(tally: Tally, { reps }: Chunk, solutions: Awaited<ReturnType<typeof solveReps>>["solutions"]): number {
	let numFaults = 0;
	reps.forEach((rep, index) => {
		for (const fault of tally.add(rep, solutions[index])) {
			numFaults++;
			console.error(`${rep.name}: recount: ${fault}`);
		}
	});
	return numFaults;
}

function tellProgress({ reps }: SolveLaneOptions, totals: Totals, time: RunTime): void {
	console.error(
		`${totals.reps} of ${reps} reps  mean gap ${percent(totals.mean_gap)}  chunk ${time.wall.toFixed(1)} s  ${peakMegabytes()} MB`,
	);
}

interface Measured {
	readonly runs: readonly RunTime[];
	readonly makings: readonly MakingSeconds[];
	readonly splits: readonly SplitSeconds[];
}

function reportOf(options: SolveLaneOptions, threads: number, totals: Totals, { runs, makings, splits }: Measured): Report {
	const build = sum(makings.map((seconds) => seconds.build));
	const wall = sum(runs.map((run) => run.wall));
	const mean = (of: (seconds: SplitSeconds) => number): number | null =>
		splits.length === 0 ? null : rounded(sum(splits.map(of)) / splits.length);
	return {
		data: "synthetic",
		threads,
		iterations: options.iterations,
		days: options.days,
		...totals,
		generate_seconds: rounded(sum(makings.map((seconds) => seconds.generate))),
		read_seconds: rounded(sum(makings.map((seconds) => seconds.read))),
		score_seconds: rounded(sum(makings.map((seconds) => seconds.score))),
		build_seconds: rounded(build),
		solve_seconds: rounded(wall),
		plan_seconds: rounded(build + wall),
		cpu_seconds: rounded(sum(runs.map((run) => run.cpu))),
		worker_cpu_seconds: sumOfWorkers(runs, "cpu"),
		worker_waited_seconds: sumOfWorkers(runs, "waited"),
		reps_per_second: rounded(totals.reps / wall),
		search_cpu_seconds: mean(({ search }) => search),
		bound_cpu_seconds: mean(({ bound }) => bound),
		peak_megabytes: peakMegabytes(),
	};
}

function sumOfWorkers(runs: readonly RunTime[], field: keyof WorkerTime): number | null {
	const times = runs.flatMap(({ workers }) => (workers ? [workers[field]] : []));
	return times.length === runs.length ? rounded(sum(times)) : null;
}

function describe(report: Report): string {
	const cents = (amount: number): string => (amount / 100).toFixed(2);
	const seconds = (time: number | null): string => (time === null ? "unknown" : `${time.toFixed(1)} s`);
	const each = (time: number | null): string => (time === null ? "unknown" : `${time.toFixed(2)} s`);
	return [
		`${report.reps} reps × ${report.customers} customers with an option × ${report.days} days, ${report.iterations} iterations a rep, ${report.threads} threads (synthetic)`,
		`gap       mean ${percent(report.mean_gap)}  median ${percent(report.median_gap)}  max ${percent(report.max_gap)}  (${report.without_gap} reps without)`,
		`value     ${cents(report.value_cents)} of at most ${cents(report.bound_cents)}, ${report.contacts} contacts`,
		`planning  ${seconds(report.plan_seconds)} wall: building ${seconds(report.build_seconds)} on one thread, solving ${seconds(report.solve_seconds)} (${report.reps_per_second.toFixed(2)} reps/s)`,
		`solving   ${seconds(report.cpu_seconds)} CPU, of it the solver's threads ${seconds(report.worker_cpu_seconds)}, which waited ${seconds(report.worker_waited_seconds)} for a core; a rep's CPU: search ${each(report.search_cpu_seconds)}, bound ${each(report.bound_cpu_seconds)}`,
		`apart     generated in ${seconds(report.generate_seconds)}, read in ${seconds(report.read_seconds)}, scored in ${seconds(report.score_seconds)}`,
		`peak      ${report.peak_megabytes} MB`,
		`recount   ${report.violations} violations in ${report.recounted} reps`,
		`digest    ${report.digest}`,
	].join("\n");
}

function percent(share: number | null): string {
	return share === null ? "none" : `${(100 * share).toFixed(2)} %`;
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}

function rounded(seconds: number): number {
	return Math.round(1000 * seconds) / 1000;
}

function peakMegabytes(): number {
	return Math.round(process.resourceUsage().maxRSS / 1024);
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = error instanceof CarteiraError && error.code === "USAGE" ? 2 : 4;
}
