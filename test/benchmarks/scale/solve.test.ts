import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeChunks } from "../../../benchmarks/scale/rep-problems.ts";
import { createSmallPool, solveReps } from "../../../benchmarks/scale/run-chunk.ts";
import { parseSolveOptions, type SolveLaneOptions } from "../../../benchmarks/scale/solve-options.ts";
import { createTally } from "../../../benchmarks/scale/tally.ts";
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

const SMALL = ["--toy", "--customers", "15"];

describe("the scale lane", () => {
	it("reports what was planned, recounted", () => {
		const { status, stdout } = run("solve.ts", ...SMALL, "--reps", "2", "--threads", "1", "--json");
		expect(status).toBe(0);
		const report = JSON.parse(stdout);
		expect(report).toMatchObject({ data: "synthetic", reps: 2, recounted: 2, violations: 0, iterations: 60, days: 5, threads: 1 });
		expect(report.value_cents).toBeLessThanOrEqual(report.bound_cents);
		expect(report.mean_gap).toBeGreaterThanOrEqual(0);
		expect(report.mean_gap).toBeLessThanOrEqual(report.max_gap);
		expect(report.plan_seconds).toBeCloseTo(report.build_seconds + report.solve_seconds, 2);
	});

	it("prints the figures in words", () => {
		const { status, stdout } = run("solve.ts", ...SMALL, "--reps", "1", "--threads", "1", "--recount", "0");
		expect(status).toBe(0);
		for (const word of ["1 reps", "(synthetic)", "gap", "value", "planning", "peak", "0 violations in 0 reps", "digest"])
			expect(stdout).toContain(word);
	});

	it("compares numbers of threads on the same reps", () => {
		const { status, stdout, stderr } = run(
			"threads.ts",
			"--toy",
			"--customers",
			"15",
			"--reps",
			"2",
			"--threads",
			"1,2",
			"--rounds",
			"1",
			"--json",
		);
		expect(status).toBe(0);
		expect(stderr).toContain("round 1  threads 2");
		const { isSame, comparisons, runs } = JSON.parse(stdout);
		expect([isSame, runs.length]).toEqual([true, 2]);
		expect(comparisons[0]).toMatchObject({ base: 1, threads: 2, median: runs[0].wall / runs[1].wall });
	});

	it.each([
		["solve.ts", ["--threads", "1,2"], "--threads is 1,2; expected one number"],
		["threads.ts", ["--threads", "2"], "--threads is 2; expected numbers to compare"],
	] as const)("%s ends with exit code 2 for %j, without a stack trace", (script, args, message) => {
		const { status, stdout, stderr } = run(script, ...args);
		expect([status, stdout]).toEqual([2, ""]);
		expect(stderr).toContain(message);
		expect(stderr.trim().split("\n")).toHaveLength(1);
	});
});

describe("the options of the scale lane", () => {
	it.each([
		[["--reps", "many"], '--reps holds "many"; expected a whole number from 1'],
		[["--frobnicate"], "unknown option '--frobnicate'"],
	])("are refused as wrong usage for %j", (words, message) => {
		const refusal = expect.objectContaining({ code: "USAGE", message: expect.stringContaining(message) });
		expect(() => parseSolveOptions("solve", words)).toThrow(refusal);
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

	it("are solved in order and alike on the calling thread and on 1, 2 and 4 others, whatever the queue holds, recounted", async () => {
		const chunks = await Array.fromAsync(makeChunks(optionsOf(...SMALL)));
		const reps = chunks.flatMap((chunk) => chunk.reps);
		const budget = { seed: 1, iterations: 20 };
		const here = reps.map(({ buffer }) => solve(openProblem(buffer), budget));
		const tally = createTally();
		expect(reps.flatMap((rep, index) => tally.add(rep, here[index]))).toEqual([]);
		expect(tally.totals()).toMatchObject({ reps: 4, recounted: 4, violations: 0 });
		for (const threads of [1, 2, 4]) {
			const pool = createSmallPool(threads);
			try {
				const { solutions, time } = await solveReps(pool, threads === 1 ? [...reps, ...reps] : reps, budget);
				expect(solutions).toEqual(threads === 1 ? [...here, ...here] : here);
				expect(time.wall).toBeGreaterThan(0);
			} finally {
				await pool.close();
			}
		}
		const other = createTally();
		for (const rep of reps) other.add(rep, solve(openProblem(rep.buffer), { ...budget, iterations: 0 }));
		expect(other.totals().digest).not.toBe(tally.totals().digest);
	});
});
