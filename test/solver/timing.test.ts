import { expect, it } from "vitest";
import { createWorkingSolution } from "../../engine/solver/empty-solution.ts";
import { arrangeSlot } from "../../engine/solver/resume.ts";
import { buildProblem } from "../../engine/solver/problem.ts";
import { type ProblemSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";
import { earliestStart, latestStart, NEVER } from "../../engine/solver/timing.ts";

const spec: ProblemSpec = {
	numCustomers: 1,
	days: [0],
	numPlaces: 1,
	travelTime: Int32Array.of(0),
	travelDistance: Int32Array.of(0),
	travelCost: Int32Array.of(0),
	resources: [],
	slots: [],
	minGap: Int32Array.of(0),
	options: [
		{
			customer: 0,
			day: 0,
			channel: 0,
			duration: 5,
			windows: [
				[10, 20],
				[40, 50],
			],
			cutoff: UNLIMITED,
			cutoffLoss: 0,
			prize: [1, 0],
			required: false,
			gapExempt: false,
			isSwap: false,
		},
	],
	floors: [],
};

it("starts in the first window that is not over, and latest in the last that has begun", () => {
	const problem = buildProblem(spec);
	expect([0, 10, 20, 21, 50, 51].map((arrive) => earliestStart(problem, 0, arrive))).toEqual([10, 10, 20, 40, 50, NEVER]);
	expect([9, 10, 30, 40, 99].map((time) => latestStart(problem, 0, time))).toEqual([-1, 10, 20, 40, 50]);
});

it("takes a way that is longer than any time of day for what it is", () => {
	// From the customer, place 0, nobody gets back to the depot, place 1.
	const way = Int32Array.of(0, UNLIMITED, 0, 0);
	const slot = {
		day: 0,
		open: 0,
		close: 1000,
		start: 1,
		end: 1,
		breaks: [],
		maxVisits: 9,
		maxCalls: 0,
		maxTravelTime: UNLIMITED,
		maxSwaps: 0,
	};
	const matrices = { travelTime: way, travelDistance: way, travelCost: new Int32Array(4) };
	const problem = buildProblem({ ...spec, numPlaces: 2, ...matrices, slots: [slot] });
	expect(arrangeSlot(problem, createWorkingSolution(problem), 0, [0])).toBe(false);
});
