import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { certifiedGap, gapToBest, summarise } from "../../../benchmarks/quality/summary.ts";
import { parseRunOptions } from "../../../benchmarks/quality/run-options.ts";
import type { Line } from "../../../benchmarks/quality/run-instance.ts";
import { parseDay } from "../../../engine/units.ts";
import { generate } from "../../../models/generator/generate.ts";
import { temporaryFolder } from "../../portfolio/sample-folder.ts";
import { MCTOPMTW, PVRP, TOPTW, withLine, instanceWriter } from "./files.ts";

const writeInstance = instanceWriter();

const script = join(import.meta.dirname, "../../../benchmarks/quality/run.ts");

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
	const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
	return { status, stdout, stderr };
}

/** A short search and a rough bound. */
const QUICK = ["--seconds", "0.1", "--bound-work", "1000000", "--json"];

const keysWith = (bound: string): string[] => [
	"set",
	"instance",
	"m",
	"seed",
	"seconds",
	"value",
	bound,
	"bound_seconds",
	"iterations",
	"routes",
];

describe("the quality lane", () => {
	it("prints one JSON line a file, m and seed, and the summary on stderr", () => {
		const path = writeInstance("t1.dat", TOPTW);
		const { status, stdout, stderr } = run(
			"--set",
			"toptw",
			"--files",
			path,
			"--routes",
			"1,2",
			"--seeds",
			"1,7",
			"--seconds",
			"0.05",
			"--json",
		);
		expect(status).toBe(0);
		const lines = stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(lines.map(({ m, seed }) => [m, seed])).toEqual([
			[1, 1],
			[1, 7],
			[2, 1],
			[2, 7],
		]);
		for (const line of lines) expect(Object.keys(line)).toEqual(keysWith("upper_bound"));
		// All three fit into one route (derived in the recount's test).
		expect(lines[0]).toMatchObject({ set: "toptw", instance: "t1", value: 20, routes: [{ day: 1, vehicle: 1 }] });
		expect(new Set(lines[0].routes[0].customers)).toEqual(new Set([1, 2, 3]));
		expect(stderr).toContain("own bound");
	});

	it("minimises pvrp, with routes by day and vehicle", () => {
		const { status, stdout } = run("--set", "pvrp", "--files", writeInstance("p99", PVRP), "--seconds", "0.05", "--json");
		expect(status).toBe(0);
		const line = JSON.parse(stdout);
		expect(Object.keys(line)).toEqual(keysWith("lower_bound"));
		// Best: customer 2 with customer 3 on day 3, or on the days when 1 is not there: 2 and 3 are near each other. Customer 1 costs
		// 5 + √13 + 2 with customer 3 on two days, the third day costs √2 + √2 + 2.
		expect(line.value).toBeCloseTo(2 * (5 + Math.sqrt(13) + 2) + 2 * Math.sqrt(2) + 2, 9);
		expect(line.lower_bound === null || line.lower_bound <= line.value).toBe(true);
		expect(line.routes).toHaveLength(6);
	});

	it("takes the tours of mctopmtw from its file and refuses others", () => {
		const path = writeInstance("MCTOPMTW-2-c1.txt", MCTOPMTW);
		const { status, stdout } = run("--set", "mctopmtw", "--files", path, "--routes", "2", "--seconds", "0.05", "--json");
		expect(status).toBe(0);
		// Only one of the customers of type 1 is allowed: 20 rather than 10; the other customer adds 5.
		expect(JSON.parse(stdout)).toMatchObject({ m: 2, value: 25 });
		const refused = run("--set", "mctopmtw", "--files", path, "--routes", "3");
		expect(refused.status).toBe(2);
		expect(refused.stderr).toContain("has 2 tours");
	});

	it("takes 5 days of a rep's week, or what is asked for", () => {
		const path = writeInstance("week.txt", TOPTW);
		const mOf = (...more: string[]): number =>
			JSON.parse(run("--set", "rep-week", "--files", path, "--seconds", "0.05", "--json", ...more).stdout).m;
		expect(mOf()).toBe(5);
		expect(mOf("--routes", "3")).toBe(3);
	});

	it("solves made portfolios, a line a rep that visits", () => {
		const { status, stdout, stderr } = run("--set", "portfolio", "--customers", "40", "--reps", "1", ...QUICK);
		expect([status, stderr.includes("recount")]).toEqual([0, false]);
		const lines = stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(lines.map(({ instance }) => instance)).toEqual(["generated-11/R00001", "generated-12/R00001"]);
		for (const line of lines) {
			expect(Object.keys(line)).toEqual(keysWith("upper_bound"));
			expect(line.value).toBeLessThanOrEqual(line.upper_bound);
			expect(line.routes.flatMap(({ customers }: { customers: number[] }) => customers).length).toBeGreaterThan(10);
		}
	});

	it("solves the reps of a portfolio folder", async () => {
		const out = join(temporaryFolder(), "mine");
		await generate({ customers: 60, reps: 2, seed: 3, asOf: parseDay("2026-11-23"), format: "csv", out });
		const { status, stdout } = run("--set", "portfolio", "--files", out, "--seeds", "1,2", ...QUICK);
		expect(status).toBe(0);
		const lines = stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(lines.map(({ instance, seed }) => [instance, seed])).toEqual([
			["mine/R00001", 1],
			["mine/R00001", 2],
			["mine/R00002", 1],
			["mine/R00002", 2],
		]);
	});

	it("reports customers of a pvrp that cannot be served, with exit code 1", () => {
		const path = writeInstance("p99", withLine(PVRP, 8, "3 0 2 1 9 3 1 7")); // more than the load of day 3
		const { status, stdout, stderr } = run("--set", "pvrp", "--files", path, "--seconds", "0.05", "--json");
		expect([status, JSON.parse(stdout).lower_bound]).toEqual([1, null]); // a bound of plans that serve everybody says nothing here
		expect(stderr.match(/recount: .*/g)).toEqual([expect.stringContaining("recount: customer 3 is served on days none")]);
	});

	it.each([
		[2, ["--set", "vrp"], "--set is vrp; expected one of toptw"],
		[3, ["--set", "toptw", "--files", "/nowhere/c1.txt"], "/nowhere/c1.txt: cannot be read (ENOENT)"],
		[3, ["--set", "pvrp", "--files", writeInstance("p99", PVRP.slice(0, 6))], ":6: the file ends after 2 points"],
	] as const)("ends with exit code %i for %j, without a stack trace", (code, args, message) => {
		const { status, stdout, stderr } = run(...args);
		expect([status, stdout]).toEqual([code, ""]);
		expect(stderr).toContain(message);
		expect(stderr.trim().split("\n")).toHaveLength(1);
	});
});

describe("the options", () => {
	it.each([
		[["--set", "toptw", "--seconds", "soon"], '--seconds is "soon"; expected a number above 0'],
		[["--set", "toptw", "--routes", "1,0"], '--routes holds "0"; expected a whole number from 1'],
		[["--set", "toptw", "--frobnicate"], "unknown option '--frobnicate'"],
		[[], "required option '--set <set>'"],
	] as const)("are refused as wrong usage for %j", (words, message) => {
		const refusal = expect.objectContaining({ code: "USAGE", message: expect.stringContaining(message) });
		expect(() => parseRunOptions(words)).toThrow(refusal);
	});

	it("have defaults", () => {
		expect(parseRunOptions(["--set", "toptw"])).toMatchObject({
			set: "toptw",
			files: null,
			routes: null,
			seconds: 1,
			seeds: [1],
			json: false,
		});
	});
});

describe("the gaps", () => {
	const line = (over: Partial<Line>): Line => ({
		set: "toptw",
		instance: "a",
		m: 1,
		seed: 1,
		seconds: 1,
		value: 90,
		bound_seconds: 0,
		iterations: 1,
		routes: [],
		...over,
	});

	it("are positive where the value is worse, whichever way the set goes", () => {
		expect(gapToBest(line({ upper_bound: 120 }), 100)).toBeCloseTo(0.1, 12);
		expect(gapToBest(line({ lower_bound: 50, value: 110 }), 100)).toBeCloseTo(0.1, 12);
		expect(certifiedGap(line({ upper_bound: 120 }))).toBeCloseTo(0.25, 12);
		expect(certifiedGap(line({ lower_bound: 45 }))).toBeCloseTo(0.5, 12);
		expect(certifiedGap(line({ lower_bound: null }))).toBeNull();
	});

	it("are summed up by set and by m, mctopmtw against both tables", () => {
		const values = new Map([
			["mctopmtw/a/1", 100],
			["mctopmtw/b/3", 100],
			["mctopmtw_target/a/1", 120],
		]);
		const of = (instance: string, m: number, value: number): Line => line({ set: "mctopmtw", instance, m, value, upper_bound: null });
		const rows = summarise([of("a", 1, 90), of("b", 3, 100)], { values })
			.split("\n")
			.map((row) => row.split(/\s{2,}/));
		expect(rows.slice(1)).toEqual([
			["mctopmtw", "all", "best-known", "2", "5.00 %", "5.00 %", "0.00 %", "10.00 %"],
			["mctopmtw", "all", "mctopmtw_target", "1", "25.00 %", "25.00 %", "25.00 %", "25.00 %"],
			["mctopmtw", "1", "best-known", "1", "10.00 %", "10.00 %", "10.00 %", "10.00 %"],
			["mctopmtw", "1", "mctopmtw_target", "1", "25.00 %", "25.00 %", "25.00 %", "25.00 %"],
			["mctopmtw", "3", "best-known", "1", "0.00 %", "0.00 %", "0.00 %", "0.00 %"],
		]);
	});
});
