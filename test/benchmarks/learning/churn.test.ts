import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CUTOFF, runLane, writeOrderLog } from "./order-log.ts";

let scratch: string;
let log: string;

beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-churn-lane-"));
	log = join(scratch, "log.csv");
	writeOrderLog(log);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the churn lane (our model and the Python peers run in test/long)", () => {
	it("compares the published models, and says which peers are absent, and why", () => {
		const { status, stdout } = runLane("--file", log, "--cutoffs", CUTOFF, "--no-champion", "--python", "no-such-python");
		expect(status).toBe(0);
		expect(stdout).toMatch(/ABSENT lightgbm: no-such-python does not run/);
		expect(stdout).toMatch(/own rhythm: \d+ customers/);
		expect(stdout.match(/^MBG\/CNBD-k( +\d\.\d{4}){4}$/gm)).toHaveLength(3);
	});

	it("refuses a file that is not there, and a cutoff before which nobody ordered", () => {
		const absent = runLane("--file", "/nowhere.csv");
		expect([absent.status, absent.stderr]).toEqual([3, expect.stringContaining("/nowhere.csv cannot be read")]);
		const early = runLane("--file", log, "--cutoffs", "1999-01-01", "--peers", "-");
		expect([early.status, early.stderr]).toEqual([
			3,
			expect.stringContaining("no customer ordered in the year before --cutoffs 1999-01-01"),
		]);
	});
});
