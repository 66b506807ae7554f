import { afterAll, describe, expect, it } from "vitest";
import { CarteiraError } from "../../engine/errors.ts";
import { buildProblem } from "../../engine/solver/problem.ts";
import { solve } from "../../engine/solver/solve.ts";
import { explore } from "../../engine/solver/trail.ts";
import { outcomeOf, valueOf } from "../../engine/outcome.ts";
import { createPool } from "../../engine/workers/pool.ts";
import { repFortnight } from "../problems/rep-fortnight.ts";

const problem = buildProblem(repFortnight({ seed: 8, customers: 50, days: 3 }));
/** A short search and a rough bound. */
const QUICK = { iterations: 300, boundWork: 1e6 };
const pool = createPool({ threads: 2 });
afterAll(() => pool.close());

describe("the pool", () => {
	it("gives the result of the calling thread, on one thread and on two", async () => {
		const seeds = [1, 2, 3, 4];
		const here = seeds.map((seed) => solve(problem, { ...QUICK, seed }));
		expect(await Promise.all(seeds.map((seed) => pool.solve(problem.buffer, { ...QUICK, seed })))).toEqual(here);
		const single = createPool({ threads: 1 });
		expect(await Promise.all(seeds.map((seed) => single.solve(problem.buffer, { ...QUICK, seed })))).toEqual(here);
		await single.close();
	});

	it("gives the same result of several starts on one, two and four threads, no worse than any of them", async () => {
		const options = { ...QUICK, seed: 5, starts: 3 };
		const here = solve(problem, options);
		for (const threads of [1, 2, 4]) {
			const some = createPool({ threads });
			expect(await some.solve(problem.buffer, options)).toEqual(here);
			await some.close();
		}
		expect(here.iterations).toBe(4 * 300);
		expect(here.value).toBeGreaterThanOrEqual(Math.max(...[0, 1, 2].map((start) => explore(problem, options, start).best.value)));
	});

	it("tells of progress, and stops by the shared flag with the best so far", async () => {
		const stop = new Int32Array(new SharedArrayBuffer(4));
		const heard: number[] = [];
		const solution = await pool.solve(problem.buffer, {
			seed: 1,
			seconds: 100,
			stop,
			onProgress: ({ iterations }) => {
				heard.push(iterations);
				Atomics.store(stop, 0, 1);
			},
		});
		expect(heard.length).toBeGreaterThan(0);
		expect(solution.stopped).toBe(true);
		expect(solution.value).toBeGreaterThan(0);
	});

	it("carries errors over with class, code and details", async () => {
		const details = [{ code: "X", message: "y" }];
		const outcome = outcomeOf(() => {
			throw new CarteiraError("INVALID_INPUT", "no", details, 7);
		});
		expect(() => valueOf(structuredClone(outcome))).toThrow(
			expect.objectContaining({ code: "INVALID_INPUT", message: "no", details, numProblems: 7 }),
		);
		await expect(pool.solve(new SharedArrayBuffer(8), { seed: 1, iterations: 1 })).rejects.toMatchObject({ code: "INTERNAL" });
	});

	it("refuses numbers of threads that are none, and a full queue", async () => {
		expect(() => createPool({ threads: 0 })).toThrow(expect.objectContaining({ code: "USAGE" }));
		const narrow = createPool({ threads: 1, maxQueue: 1 });
		const stop = new Int32Array(new SharedArrayBuffer(4));
		const runs = Array.from({ length: 4 }, () => narrow.solve(problem.buffer, { seed: 1, seconds: 100, stop }));
		const settled = Promise.allSettled(runs);
		Atomics.store(stop, 0, 1);
		const refused = (await settled).filter((run) => run.status === "rejected");
		expect(refused.length).toBeGreaterThan(0);
		expect(refused.every(({ reason }) => reason instanceof CarteiraError && reason.code === "BUSY")).toBe(true);
		await narrow.close();
	});
});
