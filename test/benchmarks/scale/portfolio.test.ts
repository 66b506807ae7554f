import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { differences, TOTAL_NAMES, type Totals } from "../../../benchmarks/scale/portfolio/customer-totals.ts";
import { parseLaneOptions } from "../../../benchmarks/scale/portfolio/lane-options.ts";
import { runMeasured } from "../../../benchmarks/scale/portfolio/process-tree.ts";
import { absenceOfPolars } from "../../../benchmarks/scale/portfolio/run-steps.ts";
import { type Run, tablesOf } from "../../../benchmarks/scale/portfolio/summary.ts";

const LANE = join(import.meta.dirname, "../../../benchmarks/scale/portfolio.ts");
const PYTHON = process.env.CARTEIRA_PEERS_PYTHON ?? "python3";
const scratch = mkdtempSync(join(tmpdir(), "carteira-portfolio-lane-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const runLane = (...words: string[]) => spawnSync(process.execPath, [LANE, ...words], { encoding: "utf8" });

describe("the portfolio lane", () => {
	it("measures every step of both formats beside who is there, all with one answer, and leaves no store behind", () => {
		const { status, stdout, stderr } = runLane("--customers", "200", "--data", scratch, "--python", PYTHON, "--json");
		expect([status, stderr.includes("differ")]).toEqual([0, false]);
		const runs = stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as Run & { absent?: string })
			.filter(({ absent }) => absent === undefined);
		const peers = absenceOfPolars(PYTHON) === null ? ["duckdb aggregate", "polars aggregate"] : ["duckdb aggregate"];
		const steps = [...peers, "carteira ingest", "carteira features", "carteira slice", "carteira append"];
		for (const format of ["parquet", "csv"])
			expect(runs.filter((run) => run.format === format).map(({ engine, step }) => `${engine} ${step}`)).toEqual(steps);
		for (const run of runs) {
			expect(run.seconds).toBeGreaterThan(0);
			expect(run.wallSeconds).toBeGreaterThan(run.seconds);
			expect(run.peakMegabytes).toBeGreaterThan(20);
			expect(run.rows).toBeGreaterThan(0);
			if (run.totals) expect(Object.keys(run.totals)).toEqual([...TOTAL_NAMES]);
		}
		expect(runs.filter(({ step, totals }) => (step === "features" || step === "aggregate") !== (totals !== undefined))).toEqual([]);
		expect(stderr).toContain("ingest + features ÷ aggregation");
		expect(readdirSync(scratch).filter((name) => name.startsWith("store-"))).toEqual([]);
	});

	it.each([
		[["--formats", "xlsx"], /--formats holds "xlsx"; expected some of parquet, csv/],
		[["--customers", "12"], /--customers holds "12"; expected a whole number from 100/],
		[["--as-of", "today"], /--as-of is "today"/],
		[["more"], /too many arguments.*more/],
	])("refuses %j", (words, message) => {
		expect(() => parseLaneOptions(words)).toThrow(expect.objectContaining({ code: "USAGE", message: expect.stringMatching(message) }));
	});

	it("ends with 2 for a wrong use", () => {
		expect(runLane("--rounds", "none").status).toBe(2);
	});

	it("tells the ratios of a round with its own peer, and how steps grow", () => {
		const run = (customers: number, engine: Run["engine"], step: Run["step"], seconds: number, round: number): Run => ({
			customers,
			engine,
			step,
			seconds,
			round,
			format: "csv",
			rows: 1000,
			wallSeconds: seconds,
			cpuSeconds: null,
			peakMegabytes: 100,
		});
		const rounds = [1, 2].flatMap((round) => [
			run(100, "duckdb", "aggregate", round, round),
			run(100, "carteira", "ingest", 3 * round, round),
			run(100, "carteira", "features", round, round),
		]);
		const text = tablesOf([...rounds, run(1000, "carteira", "ingest", 45, 1)]);
		expect(text).toMatch(/csv.*100 .*duckdb.*1\.00 \(1\.00–1\.00\).*4\.00 \(4\.00–4\.00\)/);
		expect(text).toMatch(/carteira.*ingest.*1000 .*45\.00.*10\.0/); // 45 s against the median of 3 and 6
		expect(text).toContain("unknown"); // no CPU seconds were to be had
	});
});

describe("totals over customers", () => {
	const totals = Object.fromEntries(TOTAL_NAMES.map((name, i) => [name, 1e6 + i])) as Record<keyof Totals, number>;

	it("agree but for rounding", () => {
		expect(differences(totals, { ...totals, margin: totals.margin + 1e-3 })).toEqual([]);
		expect(differences(totals, { ...totals, purchases: totals.purchases + 2 })).toEqual(["purchases: 1000003 and 1000005"]);
		expect(differences(totals, { ...totals, gap_mean: Number.NaN })).toHaveLength(1);
	});
});

describe.skipIf(process.platform !== "linux")("a measured process", () => {
	it("is seen with the processes that it starts, its peak of memory and its time", async () => {
		const hungry =
			"const b = Buffer.alloc(150e6, 1); while (process.cpuUsage().user < 600e3) for (let i = 0; i < 1e7; i++); console.log(b.length)";
		const parent = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(hungry)}], { stdio: "inherit" })`;
		const { stdout, usage } = await runMeasured(process.execPath, ["-e", parent]);
		expect(stdout).toBe("150000000\n");
		expect(usage.peakMegabytes).toBeGreaterThan(200); // 150 MB of the one and some 40 of each runtime
		expect(usage.cpuSeconds).toBeGreaterThan(0.3);
		expect(usage.wallSeconds).toBeGreaterThan(0.4);
	});

	it("that fails is told with what it said", async () => {
		await expect(runMeasured(process.execPath, ["-e", "throw new Error('no bread')"])).rejects.toThrow(/ended with 1.*no bread/s);
	});
});
