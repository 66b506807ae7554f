import { expect, it } from "vitest";
import { findUpperBound } from "../../../engine/solver/bound/bound.ts";
import { buildGrid } from "../../../engine/solver/bound/grid.ts";
import { buildNetworks } from "../../../engine/solver/bound/network.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { UNLIMITED } from "../../../engine/solver/problem-spec.ts";

it("leaves a customer from whom no way leads home aside, however long the way is said to be", () => {
	// Customers 0 and 1 and the depot 2, all 10 apart, but for the way home from customer 0, which is shut.
	const way = Int32Array.of(0, 10, UNLIMITED, 10, 0, 10, 10, 10, 0);
	const visit = { day: 0, channel: 0, duration: 5, windows: [[0, 50]], cutoff: UNLIMITED, cutoffLoss: 0, prize: [7, 0] } as const;
	const rules = { required: false, gapExempt: false, isSwap: false };
	const limits = { maxVisits: 9, maxCalls: 0, maxTravelTime: UNLIMITED, maxSwaps: 0 };
	const problem = buildProblem({
		numCustomers: 2,
		days: [0],
		numPlaces: 3,
		travelTime: way,
		travelDistance: way,
		travelCost: new Int32Array(9),
		resources: [],
		slots: [{ day: 0, open: 0, close: 100, start: 2, end: 2, breaks: [], ...limits }],
		minGap: new Int32Array(2),
		options: [0, 1].map((customer) => ({ ...visit, ...rules, customer })),
		floors: [],
	});
	const grid = buildGrid(buildNetworks(problem)[0], 1, 9);
	// 5 + 10 steps from customer 1; from customer 0 one more than the slot has.
	expect([...grid.endSteps]).toEqual([101, 15]);
	expect(findUpperBound(problem, 14, [], true).bound).toBe(14);
});
