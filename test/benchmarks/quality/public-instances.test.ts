import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Instance } from "../../../benchmarks/quality/instance.ts";
import { readMctopmtw } from "../../../benchmarks/quality/mctopmtw.ts";
import { readPvrp } from "../../../benchmarks/quality/pvrp.ts";
import { recount } from "../../../benchmarks/quality/recount.ts";
import { readToptw } from "../../../benchmarks/quality/toptw.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { solve } from "../../../engine/solver/solve.ts";
import { evaluate } from "../../solver/evaluate.ts";

const folder = join(process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../../shared/data"), "routing");

/** Value by the slow twin, and faults by it and by the recount from the file. */
function solved({ set, spec, path, m, tours, numberOf }: Instance, iterations: number): { value: number; faults: string[]; bound: number } {
	const solution = solve(buildProblem(spec), { seed: 1, iterations });
	const { value, faults } = evaluate(spec, solution);
	const routes = solution.schedules.map(({ slot, contacts }) => ({
		...tours[slot],
		customers: contacts.map(({ option }) => numberOf[spec.options[option].customer]),
	}));
	const again = set === "portfolio" ? { faults: [] } : recount(set, path, m, routes);
	return { value, faults: [...faults, ...again.faults], bound: solution.upperBound };
}

describe.skipIf(!existsSync(folder))("the public instances (skipped where the data folder is absent)", () => {
	it.each([
		["toptw/c101.txt", 1, 320],
		["toptw/pr01.txt", 4, 657],
	])("reach the best known value of %s with %i routes", (file, routes, best) => {
		const { value, faults, bound } = solved(readToptw(join(folder, file), routes), 20_000);
		expect([value, faults]).toEqual([best, []]);
		expect(bound).toBeGreaterThanOrEqual(best);
	});

	it.each([
		["MCTOPMTW-1-c101.txt", 320],
		["MCTOPMTW-3-pr01.txt", 540],
	])("keep every constraint of %s", (file, least) => {
		const { value, faults } = solved(readMctopmtw(join(folder, "mctopmtw", file)), 5000);
		expect(faults).toEqual([]);
		expect(value).toBeGreaterThanOrEqual(least);
	});

	it.each([
		["p14", 954.81],
		["pr01", 2209.02],
	])("serve everybody of %s, near the best known length", (file, best) => {
		const instance = readPvrp(join(folder, "pvrp", file));
		const { value, faults } = solved(instance, 5000);
		expect(faults).toEqual([]);
		expect(-value / instance.valueScale).toBeLessThan(1.05 * best);
	});

	it("are solved better than known by the routes kept in benchmarks/results", () => {
		const kept = join(import.meta.dirname, "../../../benchmarks/results/better-than-known.ndjson");
		const lines = readFileSync(kept, "utf8").trim().split("\n");
		for (const line of lines) {
			const { set, instance, m, value, best_known, routes } = JSON.parse(line);
			expect({ instance, m, ...recount(set, join(folder, set, `${instance}.txt`), m, routes) }).toEqual({ instance, m, value, faults: [] });
			expect(value).toBeGreaterThan(best_known);
		}
		expect(lines.length).toBeGreaterThan(20);
	});
});
