import { describe, expect, it } from "vitest";
import type { PrintedRoute } from "../../../benchmarks/quality/instance.ts";
import { recount } from "../../../benchmarks/quality/recount.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import type { SlotSchedule } from "../../../engine/solver/solution.ts";
import { solve } from "../../../engine/solver/solve.ts";
import { repFortnight } from "../../problems/rep-fortnight.ts";
import { evaluate } from "../../solver/evaluate.ts";
import { MCTOPMTW, PVRP, TOPTW, withLine, instanceWriter } from "./files.ts";

const writeInstance = instanceWriter();

const day = (number: number, customers: number[], vehicle = 1): PrintedRoute => ({ day: number, vehicle, customers });

describe("the recount of prizes with windows", () => {
	const path = writeInstance("t.txt", TOPTW);
	const faultsOf = (...routes: PrintedRoute[]): readonly string[] => recount("toptw", path, 2, routes).faults;

	it("adds up the scores of feasible routes", () => {
		// There at 3, waits till 5, until 7; at 2 by 10, until 11.5; at 3 by 15.5; home at 25.5.
		expect(recount("toptw", path, 2, [day(1, [1, 2, 3]), day(2, [])])).toEqual({ value: 20, faults: [] });
	});

	it("catches every kind of fault", () => {
		expect(faultsOf(day(1, [1, 2]), day(2, [1]))).toEqual(["customer 1 is visited twice"]);
		expect(faultsOf(day(1, [9]))).toEqual(["day 1: the file has no customer 9"]);
		expect(faultsOf(day(3, [1]))).toEqual([expect.stringContaining("the set has days 1 … 2")]);
		expect(faultsOf(day(1, [1]), day(1, [2]))).toEqual(["day 1 vehicle 1: two routes"]);
		// By 3, at 10, back to 2 at 14: after 12.5.
		expect(faultsOf(day(1, [3, 2]))).toEqual(["day 1: customer 2 is reached at 14, after its windows"]);
		const short = writeInstance("t.txt", withLine(TOPTW, 3, "0 0.00 0.00 0.00 0.00 0 0 0 25.4"));
		expect(recount("toptw", short, 1, [day(1, [1, 2, 3])]).faults).toEqual(["day 1: back at 25.5, after 25.4"]);
	});

	it("adds up scores whose billionths no double holds", () => {
		const path = writeInstance("t1", withLine(TOPTW, 4, "1 3.00 0.00 2.00 90000007920 1 1 1 5 20"));
		expect(recount("toptw", path, 1, [day(1, [1])]).value).toBe(90_000_007_920);
	});

	it("truncates as the set does", () => {
		// (1, 1) is 1.41421… away: 1.4, there and back 2.8; with two decimals 2.82.
		const lines = ["1 1 1 1", "0 0", "0 0 0 0 0 0 0 0 2.8", "1 1 1 0 5 1 1 1 0 9"];
		expect(recount("toptw", writeInstance("c1.txt", lines), 1, [day(1, [1])]).faults).toEqual([]);
		expect(recount("toptw", writeInstance("pr1.txt", lines), 1, [day(1, [1])]).faults).toEqual(["day 1: back at 2.82, after 2.8"]);
	});
});

describe("the recount of mctopmtw", () => {
	const path = writeInstance("MCTOPMTW-2-c1.txt", MCTOPMTW);
	const faultsOf = (...routes: PrintedRoute[]): readonly string[] => recount("mctopmtw", path, 2, routes).faults;

	it("accepts windows by the parity of the tour", () => {
		// Customer 2 is reached at 5, the end of its first window; in tour 2 that is where its second begins. Customer 3 opens at 6.5 in tour 1.
		expect(recount("mctopmtw", path, 2, [day(1, [2]), day(2, [4])])).toEqual({ value: 15, faults: [] });
		expect(faultsOf(day(1, [4, 3]))).toEqual([]);
	});

	it("catches windows of the other parity", () => {
		// By 3 (2, serves till 3) and 3.6 on the way, customer 2 is reached at 6.6 in tour 2, inside [5, 10]; there is no fault. In tour 1 it waits till 10.
		const lines = withLine(MCTOPMTW, 3, "2 3.0 4.0 1.0 10.0 0 5 5 5 20 1 5.5 0 0 0 0 0 0 0 0 0 0");
		const narrow = writeInstance("MCTOPMTW-2-c1.txt", withLine(lines, 4, MCTOPMTW[3].replace(" 6 1 ", " 1 1 ")));
		// Windows 1 and 3 end at 5, window 4 lasts to 20: reached at 6.6 it is too late in tour 1 only.
		expect(recount("mctopmtw", narrow, 2, [day(2, [3, 2])]).faults).toEqual([]);
		expect(recount("mctopmtw", narrow, 2, [day(1, [3, 2])]).faults).toEqual([
			expect.stringMatching(/^day 1: customer 2 is reached at .* after its windows$/),
		]);
	});

	it("catches the budget, a type's cap and a second visit in another tour", () => {
		expect(faultsOf(day(1, [2]), day(2, [3]))).toEqual(["fees 11.5 exceed the budget 10.5", "2 visits of type 1 exceed 1"]);
		expect(faultsOf(day(1, [4]), day(2, [4]))).toEqual(["customer 4 is visited twice"]);
		expect(faultsOf(day(3, [4]))).toEqual([expect.stringContaining("days 1 … 2")]);
	});
});

describe("the recount of pvrp", () => {
	const path = writeInstance("p99", PVRP);
	// Customer 1 on days 1 and 2 (6 = 110), customer 2 on day 3 (1 = 001), customer 3 every day.
	const good = [day(1, [1, 3]), day(2, [1, 3]), day(3, [2, 3]), day(1, [], 2)];
	const faultsWith = (...changed: PrintedRoute[]): readonly string[] => recount("pvrp", path, 2, changed).faults;

	it("adds up real distances", () => {
		const twice = 2 * (5 + Math.sqrt(9 + 4) + 2);
		const once = Math.sqrt(2) + Math.sqrt(2) + 2;
		const { value, faults } = recount("pvrp", path, 2, good);
		expect(faults).toEqual([]);
		expect(value).toBeCloseTo(twice + once, 10);
	});

	it("overlooks blank lines, as the reader does", () => {
		expect(recount("pvrp", writeInstance("p99", ["", ...PVRP, "", "  "]), 2, good).faults).toEqual([]);
	});

	it("catches every kind of fault", () => {
		expect(faultsWith(day(1, [1, 3]), day(2, [3]), day(3, [1, 2, 3]))).toEqual([
			"day 3 vehicle 1: load 14 exceeds 8",
			"customer 1 is served on days 1, 3: no allowed combination",
		]);
		expect(faultsWith(day(1, [1, 3]), day(2, [1, 3]), day(3, [3]))).toEqual(["customer 2 is served on days none: no allowed combination"]);
		expect(faultsWith(day(1, [1, 3]), day(1, [3], 2), day(2, [1, 3]), day(3, [2, 3]))).toEqual([
			expect.stringContaining("customer 3 is served on days 1, 1"),
		]);
		expect(faultsWith(...good, day(1, [], 3))).toEqual([expect.stringContaining("vehicles 1 … 2")]);
		expect(faultsWith(...good, day(2, [8], 2))).toEqual(["day 2 vehicle 2: the file has no customer 8"]);
	});

	it("catches a route that lasts too long", () => {
		// Day 1 takes 5 + 2 + √13 + 1 + 2 = 13.6.
		const short = writeInstance("p99", withLine(PVRP, 2, "13 10"));
		expect(recount("pvrp", short, 2, good).faults).toEqual([expect.stringMatching(/^day 1 vehicle 1: takes 13\.6\d* of 13$/)]);
	});

	it("catches a start after the window and a late return", () => {
		const windowed = [...PVRP.slice(0, 4), "0 0 0 0 0 0 0 0 11", "1 3 4 2 6 2 2 6 3 0 4", ...PVRP.slice(6)];
		const { faults } = recount("pvrp", writeInstance("p99", windowed), 2, good);
		expect(faults.slice(0, 2)).toEqual([
			"day 1 vehicle 1: customer 1 starts at 5, after 4",
			expect.stringMatching(/^day 1 vehicle 1: back at 13\.6/),
		]);
	});
});

describe("the twin that recounts portfolios", () => {
	const spec = repFortnight({ seed: 5, customers: 40, days: 3 });
	const solution = solve(buildProblem(spec), { seed: 1, iterations: 300 });
	// The day with most contacts, so that every change below breaks something.
	const numOn = solution.schedules.map(({ contacts }) => contacts.length);
	const busiest = numOn.indexOf(Math.max(...numOn));
	const mutated = (change: (schedule: SlotSchedule) => Partial<SlotSchedule>): readonly string[] => {
		const schedules = solution.schedules.map((schedule, s) => (s === busiest ? { ...schedule, ...change(schedule) } : schedule));
		return evaluate(spec, { ...solution, schedules }).faults;
	};

	it("agrees with the solver", () => {
		expect(evaluate(spec, solution)).toEqual({ value: solution.value, faults: [] });
	});

	it("catches contacts that are moved, doubled, in the wrong order or on another day, and breaks that are left out", () => {
		expect(mutated(({ contacts }) => ({ contacts: contacts.map((one) => ({ ...one, start: one.start - 7200 })) }))).not.toEqual([]);
		expect(mutated(({ contacts }) => ({ contacts: [...contacts, contacts[0]] }))).toContain("an option twice");
		expect(mutated(({ contacts }) => ({ contacts: [...contacts].reverse() }))).toContainEqual(
			expect.stringContaining("starts before the rep is there"),
		);
		expect(mutated(() => ({ contacts: solution.schedules[(busiest + 1) % 3].contacts }))).toContain(
			`slot ${busiest}: a contact of another day`,
		);
		expect(mutated(() => ({ breaks: [] }))).toContain(`slot ${busiest}: breaks`);
	});
});
