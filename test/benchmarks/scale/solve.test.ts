import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeChunks } from "../../../benchmarks/scale/rep-problems.ts";
import { createSmallPool, solveReps } from "../../../benchmarks/scale/run-chunk.ts";
import { parseSolveOptions, type SolveLaneOptions } from "../../../benchmarks/scale/solve-options.ts";
import { openProblem } from "../../../engine/solver/problem.ts";
import { solve } from "../../../engine/solver/solve.ts";

function run(script: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
	const path = join(import.meta.dirname, "../../../benchmarks/scale", script);
	const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: "utf8" });
	return { status, stdout, stderr };
}

function optionsOf(...words: string[]): SolveLaneOptions {
	const options = parseSolveOptions("solve", words);
	if (!options) throw new Error("help was asked for");
	return options;
}

describe("the scale lane", () => {
	it("gives the same totals on 1, 2 and 4 threads, recounted", () => {
		const reports = ["1", "2", "4"].map((threads) => {
			const { status, stdout } = run("solve.ts", "--toy", "--threads", threads, "--json");
			expect(status).toBe(0);
			return JSON.parse(stdout);
		});
		for (const report of reports) {
			expect(report).toMatchObject({ data: "synthetic", reps: 4, recounted: 4, violations: 0, iterations: 60, days: 5 });
			expect(report.digest).toBe(reports[0].digest);
			expect([report.value_cents, report.bound_cents]).toEqual([reports[0].value_cents, reports[0].bound_cents]);
			expect(report.value_cents).toBeLessThanOrEqual(report.bound_cents);
			expect(report.mean_gap).toBeGreaterThanOrEqual(0);
			expect(report.mean_gap).toBeLessThanOrEqual(report.max_gap);
			expect(report.plan_seconds).toBeCloseTo(report.build_seconds + report.solve_seconds, 2);
		}
	});

	it("has another digest with another budget", () => {
		const digests = ["0", "60"].map(
			(iterations) => JSON.parse(run("solve.ts", "--toy", "--iterations", iterations, "--json").stdout).digest,
		);
		expect(digests[0]).not.toBe(digests[1]);
	});

	it("prints the figures in words", () => {
		const { status, stdout } = run("solve.ts", "--toy", "--reps", "1", "--recount", "0");
		expect(status).toBe(0);
		for (const word of ["1 reps", "(synthetic)", "gap", "value", "planning", "peak", "0 violations in 0 reps", "digest"])
			expect(stdout).toContain(word);
	});

	it("compares numbers of threads on the same reps", () => {
		const { status, stdout, stderr } = run("threads.ts", "--toy", "--reps", "2", "--threads", "1,2", "--rounds", "1", "--json");
		expect(status).toBe(0);
		expect(stderr).toContain("round 1  threads 2");
		const { isSame, comparisons, runs } = JSON.parse(stdout);
		expect([isSame, runs.length]).toEqual([true, 2]);
		expect(comparisons[0]).toMatchObject({ base: 1, threads: 2, median: runs[0].wall / runs[1].wall });
	});

	it.each([
		["solve.ts", ["--threads", "1,2"], "--threads is 1,2; expected one number"],
		["solve.ts", ["--reps", "many"], '--reps holds "many"; expected a whole number from 1'],
		["solve.ts", ["--frobnicate"], "unknown option '--frobnicate'"],
		["threads.ts", ["--threads", "2"], "--threads is 2; expected numbers to compare"],
	] as const)("%s ends with exit code 2 for %j, without a stack trace", (script, args, message) => {
		const { status, stdout, stderr } = run(script, ...args);
		expect([status, stdout]).toEqual([2, ""]);
		expect(stderr).toContain(message);
		expect(stderr.trim().split("\n")).toHaveLength(1);
	});
});

describe("the reps of made distributors", () => {
	it("are as many as asked for, in chunks, with the specs of a spread sample alone", async () => {
		const chunks = await Array.fromAsync(makeChunks(optionsOf("--toy", "--reps", "5", "--recount", "2", "--customers", "20")));
		// Distributors of 2 reps that visit, one a chunk; of the third one only a rep is needed.
		expect(chunks.map(({ reps }) => reps.length)).toEqual([2, 2, 1]);
		const reps = chunks.flatMap((chunk) => chunk.reps);
		expect(new Set(reps.map(({ name }) => name)).size).toBe(5);
		expect(reps.map(({ name }) => name.split("/")[0])).toEqual(["1", "1", "2", "2", "3"]);
		// Two of five, evenly spread: every third.
		expect(reps.map(({ spec }) => spec !== null)).toEqual([true, false, false, true, false]);
		for (const { buffer, numCustomers, spec } of reps) {
			expect(openProblem(buffer).numCustomers).toBe(numCustomers);
			if (spec) expect(spec.days).toHaveLength(5);
		}
	});

	it("are solved in order by the pool as on the calling thread, whatever the queue holds", async () => {
		const chunks = await Array.fromAsync(makeChunks(optionsOf("--toy", "--customers", "20")));
		const reps = chunks.flatMap((chunk) => chunk.reps);
		const budget = { seed: 1, iterations: 20 };
		const pool = createSmallPool(1);
		try {
			const twice = [...reps, ...reps, ...reps];
			const { solutions, time } = await solveReps(pool, twice, budget);
			expect(solutions).toEqual(twice.map(({ buffer }) => solve(openProblem(buffer), budget)));
			expect(time.wall).toBeGreaterThan(0);
		} finally {
			await pool.close();
		}
	});
});
