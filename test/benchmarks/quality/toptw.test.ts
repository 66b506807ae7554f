import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readToptw } from "../../../benchmarks/quality/toptw.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { solve } from "../../../engine/solver/solve.ts";
import { evaluate } from "../../solver/evaluate.ts";

const folder = join(process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../../shared/data"), "routing");

describe("readToptw", () => {
	it("reads points, windows and truncated distances", () => {
		const path = join(mkdtempSync(join(tmpdir(), "toptw-")), "t1.txt");
		writeFileSync(
			path,
			"1 2 2 1\n0 0\n 0 0.00 0.00 0.00 0.00 0 0 0 200\n 1 3.00 4.00 10.00 7.00 1 1 1 5 20\n 2 1.00 1.00 0.50 9.00 1 2 1 2 30 40\n",
		);
		const { name, spec, numberOf } = readToptw(path, 3);
		expect(name).toBe("t1");
		expect(numberOf).toEqual([1, 2]);
		expect(spec.slots).toHaveLength(3);
		expect(spec.slots[0]).toMatchObject({ open: 0, close: 2000, start: 2, end: 2 });
		expect(spec.options.map(({ duration, windows, prize }) => [duration, windows, prize[0]])).toEqual([
			[100, [[50, 200]], 7],
			[5, [[300, 400]], 9],
		]);
		// Depot to 1: 5; to 2: 1.414… → 1.4; 1 to 2: √13 = 3.605… → 3.6.
		expect(Array.from(spec.travelTime)).toEqual([0, 36, 50, 36, 0, 14, 50, 14, 0]);
	});

	it.skipIf(!existsSync(folder)).each([
		["toptw/c101.txt", 1, 320],
		["toptw/pr01.txt", 4, 657],
	])("reaches the best known value of %s with %i routes", (file, routes, best) => {
		const { spec } = readToptw(join(folder, file), routes);
		const solution = solve(buildProblem(spec), { seed: 1, iterations: 5000 });
		expect(evaluate(spec, solution)).toEqual({ value: best, faults: [] });
		expect(solution.upperBound).toBeGreaterThanOrEqual(best);
	});
});
