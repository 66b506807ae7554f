import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { absenceOf } from "../../benchmarks/learning/churn-peers.ts";
import { CUTOFF, FIGURES, linesOf, runLane, writeOrderLog } from "../benchmarks/learning/order-log.ts";

const python = process.env.CARTEIRA_PEERS_PYTHON ?? "python3";
const absence = absenceOf("logistic", python) ?? absenceOf("lightgbm", python);
let scratch: string;
let log: string;

beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-churn-lane-"));
	log = join(scratch, "log.csv");
	writeOrderLog(log);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the churn lane", () => {
	it("puts our model beside the published ones on a log of orders, and tells the gains", () => {
		const { status, stdout, stderr } = runLane("--file", log, "--cutoffs", CUTOFF, "--peers", "-", "--json");
		expect([status, stderr]).toEqual([0, ""]);
		const lines = linesOf(stdout);
		const models = lines.filter((line) => "model" in line);
		expect(models.map(({ model }) => model)).toEqual(["carteira", "BG/NBD", "Pareto/NBD", "MBG/CNBD-k"]);
		for (const line of models)
			expect(line).toMatchObject({
				cutoff: CUTOFF,
				churn: { all: FIGURES, regulars: FIGURES, "own rhythm": FIGURES },
				value: { mae: expect.any(Number), gini: expect.any(Number) },
				cpu_seconds: expect.any(Number),
				peak_megabytes: expect.any(Number),
			});
		const gains = lines.filter((line) => "against" in line);
		expect(gains).toHaveLength(9);
		for (const { mean, low, high } of gains as { mean: number; low: number; high: number }[]) {
			expect(low).toBeLessThanOrEqual(mean);
			expect(high).toBeGreaterThanOrEqual(mean);
		}
	});

	it.skipIf(absence !== null)(
		`asks the Python peers about the same customers (skipped where they are absent: ${absence ?? ""})`,
		() => {
			const { status, stdout } = runLane(
				"--file",
				log,
				"--cutoffs",
				CUTOFF,
				"--no-champion",
				"--horizon",
				"21",
				"--python",
				python,
				"--json",
			);
			expect(status).toBe(0);
			const lines = linesOf(stdout) as { model: string; churn: { all: { customers: number; logLoss: number } } }[];
			expect(lines).toHaveLength(8);
			expect(new Set(lines.map(({ churn }) => churn.all.customers)).size).toBe(1);
			const [ours, theirs] = ["BG/NBD", "BG/NBD (SciPy)"].map((name) => lines.find(({ model }) => model === name)?.churn.all.logLoss);
			expect(theirs).toBeCloseTo(ours ?? Number.NaN, 3); // two independent fits of one model
			for (const line of lines.slice(3)) expect(line).toMatchObject({ horizon: 21, churn: { all: FIGURES, "own rhythm": FIGURES } });
		},
		120_000,
	);
});
