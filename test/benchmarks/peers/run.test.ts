import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { duelOf, duelTable, type Line, summaryOf } from "../../../benchmarks/peers/report.ts";

const script = join(import.meta.dirname, "../../../benchmarks/peers/run.ts");

describe("the run of the peers", () => {
	it("says which peers are absent, and why", () => {
		const args = [script, "--set", "toptw", "--python", "no-such-python", "--peers", "pyvrp,vroom"];
		const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
		expect(status).toBe(0);
		expect(stdout).toMatch(/ABSENT pyvrp: no-such-python does not run/);
		expect(stdout).toMatch(/ABSENT vroom: no-such-python does not run/);
		expect(stdout).toContain("nothing to compare with");
	});

	it("says it in JSON too", () => {
		const args = [script, "--set", "week", "--python", "no-such-python", "--peers", "ortools", "--json"];
		const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
		expect(JSON.parse(stdout)).toMatchObject({ solver: "ortools", absent: expect.stringContaining("no-such-python") });
	});

	it("refuses an unknown set or peer", () => {
		expect(spawnSync(process.execPath, [script, "--set", "moon"]).status).toBe(2);
		expect(spawnSync(process.execPath, [script, "--set", "toptw", "--peers", "me"]).status).toBe(2);
	});
});

describe("the table of the duels", () => {
	const line = (solver: string, value: number): Line => ({
		set: "toptw",
		problem: "c101/1",
		seed: 1,
		solver,
		seconds: 1,
		cpu_seconds: 1,
		value,
		contacts: 3,
		dropped: 0,
		unmet: 0,
		version: "",
	});

	it("shows ratios, means and on how many rows we are ahead", () => {
		const duels = [duelOf(line("carteira", 200), line("pyvrp", 190)), duelOf(line("carteira", 200), line("pyvrp", 200))];
		expect(duelTable(duels).split("\n")[1]).toMatch(/^c101\/1 .*200\s+190\s+0\.9500\s+0$/);
		expect(summaryOf(duels)).toEqual(["toptw pyvrp: mean peer/ours 0.9750, ahead on 1, level on 1, behind on 0 of 2 rows"]);
		expect(summaryOf(duels.slice(0, 1))[0]).toContain("ahead on every row");
	});
});
