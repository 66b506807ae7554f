import { CarteiraError } from "../../engine/errors.ts";
import { makeChunks, type RepProblem } from "./rep-problems.ts";
import { createSmallPool, type RunTime, type SearchBudget, solveReps, warmUp } from "./run-chunk.ts";
import { parseSolveOptions, type SolveLaneOptions } from "./solve-options.ts";
import { createTally, medianOf } from "./tally.ts";

/**
 * What more threads bring: the same reps, `--threads 1,2` in turn, `--rounds` times, each time a new pool that has warmed up. Problems are
 * all built before. Exit code 1 where the solutions are not the same.
 */
async function main(words: readonly string[]): Promise<number> {
	const options = parseSolveOptions("threads", words, { reps: "60", threads: "1,2", recount: "0" });
	if (!options) return 0;
	if (options.threads.length < 2)
		throw new CarteiraError("USAGE", `--threads is ${options.threads[0]}; expected numbers to compare, as 1,2`);
	const reps = await makeReps(options);
	const runs: Run[] = [];
	for (let round = 1; round <= options.rounds; round++) {
		for (const threads of options.threads) {
			const run = await runOnce(reps, threads, options);
			runs.push(run);
			console.error(`round ${round}  ${describeRun(run)}`);
		}
	}
	const isSame = runs.every(({ digest }) => digest === runs[0].digest);
	const comparisons = options.threads.slice(1).map((threads) => compare(runs, options.threads[0], threads));
	if (options.json)
		console.log(JSON.stringify({ data: "synthetic", reps: reps.length, iterations: options.iterations, isSame, comparisons, runs }));
	else
		console.log(
			[`${reps.length} reps, ${options.iterations} iterations each (synthetic)`, ...comparisons.map(describeComparison)].join("\n"),
		);
	if (!isSame) console.error("the solutions differ between runs");
	return isSame ? 0 : 1;
}

interface Run extends RunTime {
	readonly threads: number;
	readonly digest: string;
}

async function makeReps(options: SolveLaneOptions): Promise<RepProblem[]> {
	const reps: RepProblem[] = [];
	for await (const chunk of makeChunks(options)) reps.push(...chunk.reps);
	return reps;
}

async function runOnce(reps: readonly RepProblem[], threads: number, { seed, iterations }: SolveLaneOptions): Promise<Run> {
	const budget: SearchBudget = { seed, iterations };
	const pool = createSmallPool(threads);
	try {
		await warmUp(pool, reps[0], budget);
		const { solutions, time } = await solveReps(pool, reps, budget);
		const tally = createTally();
		reps.forEach((rep, index) => tally.add(rep, solutions[index]));
		return { threads, ...time, digest: tally.totals().digest };
	} finally {
		await pool.close();
	}
}

/** How many times faster `threads` are than `base`: of the median and least wall times, and round by round. */
interface Comparison {
	readonly base: number;
	readonly threads: number;
	readonly median: number;
	readonly least: number;
	readonly rounds: readonly number[];
	/** CPU of all runs on `threads` over that on `base`: above 1, the same work costs more side by side. */
	readonly cpu: number;
	/** Shares of the time of `threads` threads: ready while others held the cores, and without work (the end of a run, handing over). */
	readonly waited: number | null;
	readonly idle: number | null;
	/** What the ratio would be if no thread had waited for a core: an estimate, and above what an idle machine gives where threads wait for each other. */
	readonly unhindered: number | null;
}

function compare(runs: readonly Run[], base: number, threads: number): Comparison {
	const [slow, fast] = [base, threads].map((number) => runs.filter((run) => run.threads === number));
	const [slowWalls, fastWalls] = [slow, fast].map((some) => some.map(({ wall }) => wall).sort((a, b) => a - b));
	return {
		base,
		threads,
		median: medianOf(slowWalls) / medianOf(fastWalls),
		least: slowWalls[0] / fastWalls[0],
		rounds: slow.map(({ wall }, round) => wall / fast[round].wall),
		cpu: sumOf(fast, "cpu") / sumOf(slow, "cpu"),
		...sharesOf(fast, threads),
		unhindered: slow.concat(fast).every(({ workers }) => workers) ? unhinderedWall(slow) / unhinderedWall(fast) : null,
	};
}

function sharesOf(runs: readonly Run[], threads: number): Pick<Comparison, "waited" | "idle"> {
	if (runs.some(({ workers }) => !workers)) return { waited: null, idle: null };
	const whole = threads * sumOf(runs, "wall");
	const waited = runs.reduce((sum, { workers }) => sum + (workers?.waited ?? 0), 0) / whole;
	return { waited, idle: 1 - waited - runs.reduce((sum, { workers }) => sum + (workers?.cpu ?? 0), 0) / whole };
}

function unhinderedWall(runs: readonly Run[]): number {
	return runs.reduce((sum, { wall, threads, workers }) => sum + wall - (workers?.waited ?? 0) / threads, 0);
}

function sumOf(runs: readonly Run[], field: "wall" | "cpu"): number {
	return runs.reduce((sum, run) => sum + run[field], 0);
}

function describeRun({ threads, wall, cpu, workers, digest }: Run): string {
	const ofWorkers = workers ? `  solver's threads ${workers.cpu.toFixed(2)} s CPU, ${workers.waited.toFixed(2)} s waiting for a core` : "";
	return `threads ${threads}  wall ${wall.toFixed(2)} s  CPU ${cpu.toFixed(2)} s${ofWorkers}  ${digest.slice(0, 12)}`;
}

function describeComparison({ base, threads, median, least, rounds, cpu, waited, idle, unhindered }: Comparison): string {
	const each = rounds.map((ratio) => ratio.toFixed(2)).join(", ");
	const shares =
		waited === null || idle === null ? "" : `, threads waited for a core ${percent(waited)} and had no work ${percent(idle)} of the time`;
	const estimate = unhindered === null ? "" : `; without the waits about ${unhindered.toFixed(2)}`;
	return `${threads} threads are ${median.toFixed(2)} × ${base} (median; least times ${least.toFixed(2)}; rounds ${each})${estimate}; CPU × ${cpu.toFixed(2)}${shares}`;
}

function percent(share: number): string {
	return `${(100 * share).toFixed(1)} %`;
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = error instanceof CarteiraError && error.code === "USAGE" ? 2 : 4;
}
