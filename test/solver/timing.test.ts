import { expect, it } from "vitest";
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
