import { describe, expect, it } from "vitest";
import { readMctopmtw } from "../../../benchmarks/quality/mctopmtw.ts";
import { lengthOf, readPvrp } from "../../../benchmarks/quality/pvrp.ts";
import { readToptw } from "../../../benchmarks/quality/toptw.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { MCTOPMTW, PVRP, TOPTW, withLine, instanceWriter } from "./files.ts";

const writeInstance = instanceWriter();

describe("readToptw", () => {
	it("reads points, windows and truncated distances", () => {
		const path = writeInstance("t1.txt", [
			"1 2 2 1",
			"0 0",
			" 0 0.00 0.00 0.00 0.00 0 0 0 200",
			" 1 3.00 4.00 10.00 7.00 1 1 1 5 20",
			" 2 1.00 1.00 0.50 9.00 1 2 1 2 30 40",
		]);
		const { name, spec, numberOf, m, tours } = readToptw(path, 3);
		expect([name, m, numberOf]).toEqual(["t1", 3, [1, 2]]);
		expect(tours).toEqual([1, 2, 3].map((day) => ({ day, vehicle: 1 })));
		expect(spec.slots).toHaveLength(3);
		expect(spec.slots[0]).toMatchObject({ open: 0, close: 2000, start: 2, end: 2 });
		expect(spec.options.map(({ duration, windows, prize }) => [duration, windows, prize[0]])).toEqual([
			[100, [[50, 200]], 7],
			[5, [[300, 400]], 9],
		]);
		// Depot to 1: 5; to 2: 1.414… → 1.4; 1 to 2: √13 = 3.605… → 3.6.
		expect(Array.from(spec.travelTime)).toEqual([0, 36, 50, 36, 0, 14, 50, 14, 0]);
	});

	it("truncates files pr* to two decimals, with or without ending", () => {
		const { spec, name } = readToptw(writeInstance("pr99", TOPTW), 1);
		expect(name).toBe("pr99");
		expect(spec.slots[0].close).toBe(4000);
		// Closing at 12.5 is 1250 hundredths, service 1.5 is 150.
		expect(spec.options[1]).toMatchObject({ windows: [[0, 1250]], duration: 150 });
	});

	it("does not lose a whole distance to the last bit", () => {
		// (0.3, 0.4) and (1.5, 2) are exactly 0.5 and 2.5 away: 50 and 250 hundredths; √(1.2² + 1.6²) = 2.
		const lines = [...TOPTW.slice(0, 3), "1 0.3 0.4 0 1 1 1 1 0 9", "2 1.5 2.0 0 1 1 1 1 0 9", "3 0.300 0.405 0 1 1 1 1 0 9"];
		const { spec } = readToptw(writeInstance("pr1.txt", lines), 1);
		expect(Array.from(spec.travelTime.subarray(0, 4))).toEqual([0, 200, 0, 50]); // 0.005 between 1 and 3 is cut to nothing
		expect(spec.travelTime[4 + 3]).toBe(250);
	});

	it("rounds finer numbers against the plan, and leaves out a customer in whose window no instant is left", () => {
		const lines = withLine(withLine(TOPTW, 4, "1 3 0 2.01 7.5 1 1 1 5.01 20.99"), 6, "3 10 0 0 4 1 1 1 7.01 7.09");
		const { spec, valueScale } = readToptw(writeInstance("t.txt", lines), 1);
		// Opens at 5.1, closes at 20.9, lasts 2.1. Scores are in tenths because one of them is.
		expect(spec.options.map(({ customer }) => customer)).toEqual([0, 1]);
		expect(spec.options[0]).toMatchObject({ windows: [[51, 209]], duration: 21, prize: [75, 0] });
		expect(valueScale).toBe(10);
	});
});

describe("readMctopmtw", () => {
	it("takes tours as days, with windows by parity and caps over the horizon", () => {
		const { spec, numberOf, m, tours, valueScale } = readMctopmtw(writeInstance("MCTOPMTW-2-c1.txt", MCTOPMTW));
		expect([m, numberOf, valueScale]).toEqual([2, [2, 3, 4], 1]);
		expect(tours).toEqual([
			{ day: 1, vehicle: 1 },
			{ day: 2, vehicle: 1 },
		]);
		expect(spec.options.map(({ customer, day, windows }) => [customer, day, ...windows])).toEqual([
			[0, 0, [0, 50], [100, 150]],
			[0, 1, [50, 100], [150, 200]],
			[1, 0, [65, 130], [195, 260]],
			[1, 1, [0, 65], [130, 195]],
			[2, 0, [0, 100], [200, 250]],
			[2, 1, [100, 200], [250, 300]],
		]);
		// Fees have one decimal: the budget of 10.5 is 105 tenths.
		expect(spec.resources.map(({ scope, cap }) => [scope, cap])).toEqual([105, 1, ...Array(9).fill(9)].map((cap) => ["horizon", cap]));
		expect(Array.from(spec.options[0].demand ?? []).slice(0, 3)).toEqual([55, 1, 0]);
		expect(Array.from(spec.options[4].demand ?? []).slice(0, 3)).toEqual([0, 0, 1]);
		expect(Array.from(spec.minGap).every((gap) => gap >= spec.days.length)).toBe(true);
		expect(Array.from(spec.options[1].prize)).toEqual([10, 10, 10]);
		buildProblem(spec); // passes the validation of the solver
	});

	it("takes two decimals where the instance was made from pr*, and keeps fractional windows exact", () => {
		const lines = withLine(MCTOPMTW, 3, "2 3.0 4.0 1.0 10.0 912 925.8 939.5 953.2 967 1 5.5 1 0 0 0 0 0 0 0 0 0");
		const { spec } = readMctopmtw(writeInstance("MCTOPMTW-2-pr01", lines));
		expect(spec.slots[0].close).toBe(3000);
		expect(spec.options[0].windows).toEqual([
			[91200, 92580],
			[93950, 95320],
		]);
	});

	it("joins windows that touch because the one between them is a moment", () => {
		const lines = withLine(MCTOPMTW, 3, "2 3.0 4.0 1.0 10.0 0 5 5 15 20 1 5.5 1 0 0 0 0 0 0 0 0 0");
		const { spec } = readMctopmtw(writeInstance("MCTOPMTW-2-c1.txt", lines));
		expect(spec.options[0].windows).toEqual([[0, 150]]);
		buildProblem(spec);
	});
});

describe("readPvrp", () => {
	it("reads days, vehicles, loads and combinations with day 1 in the highest bit", () => {
		const { spec, numberOf, m, tours, valueScale } = readPvrp(writeInstance("p99", PVRP));
		expect([m, numberOf]).toEqual([2, [1, 2, 3]]);
		expect(tours.map(({ day, vehicle }) => [day, vehicle].join("/"))).toEqual(["1/1", "1/2", "2/1", "2/2", "3/1", "3/2"]);
		// 6 = 110 binary is days 1 and 2, for the solver bits 0 and 1 = 3; 3 = 011 is days 2 and 3 = bits 1 and 2 = 6.
		expect(spec.dayCombinations).toEqual([[3, 6], [4, 2, 1], [7]]);
		expect(spec.options.map(({ customer, day }) => `${customer}/${day}`)).toEqual([
			"0/0",
			"0/1",
			"0/2",
			"1/0",
			"1/1",
			"1/2",
			"2/0",
			"2/1",
			"2/2",
		]);
		expect(spec.slots.map(({ day, close }) => [day, close / valueScale])).toEqual([
			[0, 30],
			[0, 30],
			[1, 30],
			[1, 30],
			[2, 20],
			[2, 20],
		]);
		// Two loads, so two resources: a contact burdens its own day's.
		expect(spec.resources.map(({ cap }) => cap)).toEqual([10, 8]);
		expect(spec.options.slice(0, 3).map(({ demand }) => Array.from(demand ?? []))).toEqual([
			[6, 0],
			[6, 0],
			[0, 6],
		]);
		buildProblem(spec);
	});

	it("rounds times up and costs down, and both down for the bound", () => {
		const { spec, relaxed, valueScale } = readPvrp(writeInstance("p99", PVRP));
		const cell = 1 * spec.numPlaces + spec.numPlaces - 1; // customer 2 to the depot: √2 = 1.41421356…
		expect([valueScale, spec.travelCost[cell], spec.travelTime[cell], relaxed?.travelTime[cell]]).toEqual([10000, 14142, 14143, 14142]);
		expect(spec.travelTime[spec.numPlaces - 1]).toBe(50_000); // 3-4-5 is whole
		expect(spec.options[0].duration).toBe(20_000);
	});

	it("counts the length in doubles", () => {
		const path = writeInstance("p99", PVRP);
		const routes = [
			{ day: 1, vehicle: 1, customers: [1, 2] },
			{ day: 2, vehicle: 1, customers: [] },
		];
		// Depot to 1: 5, to 2: √(2² + 3²), home √2; an empty route costs nothing.
		expect(lengthOf(path, routes)).toBe(5 + Math.sqrt(13) + Math.sqrt(2));
	});

	it("limits travel and service where windows make routes wait", () => {
		const lines = [...PVRP.slice(0, 4), "0 0 0 0 0 0 0 0 100", "1 3 4 2 6 2 2 6 3 60 70.5", ...PVRP.slice(6)];
		const { spec, valueScale } = readPvrp(writeInstance("p99", lines));
		expect(spec.slots[0]).toMatchObject({ close: 100 * valueScale, maxTravelTime: 30 * valueScale });
		expect(spec.options[0]).toMatchObject({ windows: [[60 * valueScale, 70.5 * valueScale]], duration: 0 });
		// Customer 1 to the depot: its service 2 and the way 5.
		expect(spec.travelTime[spec.numPlaces - 1]).toBe(7 * valueScale);
		expect(spec.travelTime[(spec.numPlaces - 1) * spec.numPlaces]).toBe(5 * valueScale);
	});
});

describe("malformed files", () => {
	const line4 = TOPTW[3];
	it.each([
		["toptw", TOPTW.slice(0, 4), /:4: the file ends after 2 points; its head announces 4/],
		["toptw", withLine(TOPTW, 1, "1 1 x 1"), /:1: number of customers is x; expected a decimal number/],
		["toptw", withLine(TOPTW, 1, "1 1 2.5 1"), /:1: number of customers is 2.5; expected a whole number/],
		["toptw", withLine(TOPTW, 4, line4.replace("5 20", "20 5")), /:4: the window opens at 20 and closes at 5; expected opening ≤ closing/],
		["toptw", withLine(TOPTW, 4, line4.replace("7.00", "seven")), /:4: score is seven; expected a decimal number/],
		["toptw", withLine(TOPTW, 4, line4.replace(" 20", "")), /:4: has 9 fields.*expected 10/],
		["toptw", withLine(TOPTW, 4, line4.replace("2.00", "-2")), /:4: service duration is -2; expected an amount from 0/],
		["toptw", withLine(TOPTW, 5, TOPTW[5]), /number 3 stands in the file twice/],
		[
			"toptw",
			withLine(TOPTW, 3, TOPTW[2].replace("0.00 0.00 0 0", "none 0.00 0 0")),
			/:3: service duration is none; expected a decimal number/,
		],
		["toptw", withLine(TOPTW, 4, line4.replace("7.00", "7.1234567")), /:4: score is 7.1234567; expected at most 6 decimals/],
		["toptw", withLine(TOPTW, 1, "1 1 2 1"), /:6: is one more point, "3 10.00.*; expected as many as the head announces/],
		["toptw", [""], /:1: is empty; expected k v N t/],
		["mctopmtw", MCTOPMTW.slice(0, 4), /:4: the file ends after 3 points; its head announces 4/],
		["mctopmtw", withLine(MCTOPMTW, 3, MCTOPMTW[2].replace("5 10 15", "5 4 15")), /:3: window 2 runs from 5 to 4/],
		[
			"mctopmtw",
			withLine(MCTOPMTW, 3, MCTOPMTW[2].replace("20 1 5.5", "20 2 5.5")),
			/:3: flag E is 2; expected a whole number from 0 to 1/,
		],
		["mctopmtw", withLine(MCTOPMTW, 1, "2 3 10.5 1"), /:1: has 4 fields.*expected 13/],
		["mctopmtw", withLine(MCTOPMTW, 2, "0 0.0 0.0 0.0 zero 0 30"), /:2: score is zero; expected a decimal number/],
		["mctopmtw", withLine(MCTOPMTW, 1, MCTOPMTW[0].replace("2 3", "2 2")), /:5: is one more point/],
		["pvrp", withLine(PVRP, 1, "1 2 2 3"), /:8: is one more point/],
		["pvrp", withLine(PVRP, 5, "0 0 0 0 none 0 0"), /:5: demand is none; expected a decimal number/],
		["pvrp", withLine(PVRP, 6, "1 3 4 2 6 twice 2 6 3"), /:6: visit frequency is twice; expected a decimal number/],
		["pvrp", withLine(PVRP, 6, "1 3 99999999999 2 6 2 2 6 3"), /:6: y is 99999999999; expected a number from -70000 to 70000/],
		["pvrp", withLine(PVRP, 6, "1 3 4 2000000000 6 2 2 6 3"), /:5: the points' .* come to 2000000\d+; expected less than 1073741824/],
		["pvrp", PVRP.slice(0, 7), /:7: the file ends after 3 points; its head announces 4/],
		["pvrp", withLine(PVRP, 1, "2 2 3 3"), /:1: type is 2; expected 1/],
		["pvrp", withLine(PVRP, 6, "1 3 4 2 6 2 2 6 9"), /:6: day combination 2 is 9; expected a whole number from 1 to 7/],
		["pvrp", withLine(PVRP, 6, "1 3 4 2 6 2 3 6 3"), /:6: has 9 fields.*expected 10/],
		["pvrp", withLine(PVRP, 6, "1 3 4 2 -6 2 2 6 3"), /:6: demand is -6; expected an amount from 0/],
		["pvrp", withLine(PVRP, 6, "1 3 4 2 6 2 2 6 3 9 8"), /:6: the window opens at 9 and closes at 8/],
	] as const)("says where a %s file is wrong (%#)", (set, lines, message) => {
		const path = writeInstance("bad.txt", lines);
		const read = { toptw: () => readToptw(path, 1), mctopmtw: () => readMctopmtw(path), pvrp: () => readPvrp(path) }[set];
		expect(read).toThrow(message);
		expect(read).toThrow(path);
	});
});
