import { describe, expect, it } from "vitest";
import { buildProblem } from "../../engine/solver/problem.ts";
import { type ContactOptionSpec, type ProblemSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";
import { solve } from "../../engine/solver/solve.ts";
import { repFortnight } from "../problems/rep-fortnight.ts";
import { smallProblem } from "../problems/small.ts";
import { evaluate } from "./evaluate.ts";

describe("solve", () => {
	it("plans a product-shaped fortnight without fault, full days, and a bound within a quarter", () => {
		const spec = repFortnight({ seed: 2 });
		const solution = solve(buildProblem(spec), { seed: 1, iterations: 4000 });
		expect(evaluate(spec, solution)).toEqual({ value: solution.value, faults: [] });
		expect(solution.unmetRequired).toEqual([]);
		expect(solution.upperBound).toBeGreaterThanOrEqual(solution.value);
		expect(solution.value / solution.upperBound).toBeGreaterThan(0.75);
		const busy = solution.schedules.reduce(
			(sum, { contacts, travelTime }) => sum + travelTime + contacts.reduce((time, { start, end }) => time + end - start, 0),
			0,
		);
		// Ten days of ten hours less one hour of break.
		expect(busy / (10 * 9 * 3600)).toBeGreaterThan(0.95);
	});

	it("is a function of seed and iterations", () => {
		const problem = buildProblem(repFortnight({ seed: 5, customers: 60, days: 4 }));
		const first = solve(problem, { seed: 3, iterations: 500 });
		expect(solve(problem, { seed: 3, iterations: 500 })).toEqual(first);
		expect(solve(problem, { seed: 4, iterations: 500 })).not.toEqual(first);
	});

	it("repeats a run that the clock ended by the iterations that it reports", () => {
		const problem = buildProblem(repFortnight({ seed: 5, customers: 60, days: 4 }));
		const timed = solve(problem, { seed: 3, seconds: 0.3 });
		expect(solve(problem, { seed: 3, iterations: timed.iterations })).toEqual(timed);
	});

	it("returns its best so far when the shared flag is set", () => {
		const problem = buildProblem(repFortnight({ seed: 5, customers: 60, days: 4 }));
		const stop = new Int32Array(new SharedArrayBuffer(4));
		const values: number[] = [];
		const onProgress = ({ iterations, value }: { iterations: number; value: number }): void => {
			values.push(value);
			if (iterations >= 1000) stop[0] = 1;
		};
		const solution = solve(problem, { seed: 1, iterations: 1e9, stop, onProgress });
		expect(solution.stopped).toBe(true);
		expect(solution.iterations).toBeLessThan(1100);
		expect(values.length).toBeGreaterThan(1);
		expect(solution.value).toBeGreaterThanOrEqual(values[values.length - 1]);
	});

	it("solves problems that have nothing in them", () => {
		const nothing = { numCustomers: 0, numPlaces: 1, minGap: new Int32Array(0), options: [], floors: [], dayCombinations: undefined };
		const matrices = { travelTime: Int32Array.of(0), travelDistance: Int32Array.of(0), travelCost: Int32Array.of(0) };
		const slots = [{ ...smallProblem(1).slots[0], start: 0, end: 0, breaks: [] }];
		const empty = solve(buildProblem({ ...smallProblem(1), ...nothing, ...matrices, slots }), { seed: 1, iterations: 100 });
		expect(empty.value).toBe(0);
		expect(empty.upperBound).toBe(0);
		expect(empty.schedules[0].contacts).toEqual([]);
		const noSlots = solve(buildProblem({ ...smallProblem(1), slots: [] }), { seed: 1, iterations: 100 });
		expect(noSlots.schedules).toEqual([]);
	});
});

describe("a day", () => {
	const place = { lunch: { earliest: 100, latest: 100, duration: 50 } };
	const visit = (customer: number, changes: Partial<ContactOptionSpec> = {}): ContactOptionSpec => ({
		customer,
		day: 0,
		channel: 0,
		duration: 20,
		windows: [[0, 400]],
		cutoff: UNLIMITED,
		cutoffLoss: 0,
		prize: [100, 0],
		required: false,
		gapExempt: false,
		isSwap: false,
		...changes,
	});
	/** Two customers on a line, home at 0, customers at 30 and 60 seconds. */
	const line = (options: readonly ContactOptionSpec[], breaks = [place.lunch]): ProblemSpec => ({
		numCustomers: 2,
		days: [0],
		numPlaces: 3,
		travelTime: Int32Array.of(0, 30, 30, 30, 0, 60, 30, 60, 0),
		travelDistance: Int32Array.of(0, 300, 300, 300, 0, 600, 300, 600, 0),
		travelCost: new Int32Array(9),
		resources: [],
		slots: [{ day: 0, open: 0, close: 400, start: 2, end: 2, breaks, maxVisits: 9, maxCalls: 9, maxTravelTime: UNLIMITED, maxSwaps: 9 }],
		minGap: Int32Array.of(0, 0),
		options,
		floors: [],
	});
	const dayOf = (spec: ProblemSpec) => solve(buildProblem(spec), { seed: 1, iterations: 200 }).schedules[0];

	it("leaves home no earlier than the first visit needs", () => {
		const day = dayOf(line([visit(0, { windows: [[200, 210]] })], []));
		expect(day.leave).toBe(170);
		expect(day.contacts[0]).toMatchObject({ arrive: 200, start: 200, end: 220, travelTime: 30, travelDistance: 300 });
		expect(day.finish).toBe(250);
	});

	it("keeps the break between contacts and legs", () => {
		// Home → 0 takes 30 + 20 = 50; on to 1 needs 60 + 20 and would end at 130, in the break: it comes after it.
		const day = dayOf(line([visit(0), visit(1, { windows: [[110, 400]] })]));
		expect(day.breaks).toEqual([{ start: 100, end: 150 }]);
		for (const { start, end } of day.contacts) expect(end <= 100 || start >= 150).toBe(true);
	});

	it("goes home before a break that nothing follows", () => {
		const day = dayOf(line([visit(0)]));
		expect(day.finish).toBe(80);
		expect(day.breaks).toEqual([{ start: 100, end: 150 }]);
	});

	it("makes a call where the rep is, without travel", () => {
		const day = dayOf(line([visit(0), visit(1, { channel: 1, windows: [[60, 90]] })], []));
		expect(day.contacts.map(({ option }) => option)).toEqual([0, 1]);
		expect(day.contacts[1]).toMatchObject({ start: 60, travelTime: 0, travelDistance: 0 });
		expect(day.travelTime).toBe(60);
	});

	it("names required contacts that exclude each other, keeps as many as it can and plans the rest", () => {
		const exclusive = { windows: [[30, 30]] as const, required: true };
		const spec = line([visit(0, exclusive), visit(1, exclusive), visit(1, { channel: 1, windows: [[200, 300]] })], []);
		const solution = solve(buildProblem(spec), { seed: 1, iterations: 500 });
		expect(solution.unmetRequired).toHaveLength(1);
		expect(evaluate(spec, solution).faults).toEqual([]);
		// Keeping customer 0 leaves customer 1 free for the call: 200 in all.
		expect(solution.value).toBe(200);
	});
});
