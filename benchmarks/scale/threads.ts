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
	/** Share of the core-seconds of `threads` in which their solving stood still: the end of a run, handing over, waiting for a core. */
	readonly idle: number;
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
		idle: 1 - sumOf(fast, "cpu") / (threads * sumOf(fast, "wall")),
	};
}

function sumOf(runs: readonly Run[], field: "wall" | "cpu"): number {
	return runs.reduce((sum, run) => sum + run[field], 0);
}

function describeRun({ threads, wall, cpu, waited, digest }: Run): string {
	const queue = waited === null ? "" : `  waited for a core ${waited.toFixed(1)} s`;
	return `threads ${threads}  wall ${wall.toFixed(2)} s  CPU ${cpu.toFixed(2)} s${queue}  ${digest.slice(0, 12)}`;
}

function describeComparison({ base, threads, median, least, rounds, cpu, idle }: Comparison): string {
	const each = rounds.map((ratio) => ratio.toFixed(2)).join(", ");
	return `${threads} threads are ${median.toFixed(2)} × ${base} (median; least times ${least.toFixed(2)}; rounds ${each}); CPU × ${cpu.toFixed(2)}, ${(100 * idle).toFixed(1)} % of their cores without solving`;
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = error instanceof CarteiraError && error.code === "USAGE" ? 2 : 4;
}
