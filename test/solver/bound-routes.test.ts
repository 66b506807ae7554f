import { describe, expect, it } from "vitest";
import { madeProblems } from "../../benchmarks/quality/made-problems.ts";
import { addBoundRoutes } from "../../engine/solver/bound-routes.ts";
import { findUpperBound } from "../../engine/solver/bound/bound.ts";
import { createPool } from "../../engine/solver/pool.ts";
import { buildProblem } from "../../engine/solver/problem.ts";
import { search } from "../../engine/solver/search.ts";
import { solve } from "../../engine/solver/solve.ts";
import { repFortnight } from "../problems/rep-fortnight.ts";
import { evaluate } from "./evaluate.ts";

const BUDGET = { seed: 1, iterations: 1500, boundWork: 40e6 };

describe("routes of the bound", () => {
	it("make solutions better where several routes share a day, and never worse or faulty", () => {
		const shared = madeProblems(7)
			.filter(({ spec }) => spec.days.length === 1 && spec.slots.length > 1 && spec.numCustomers <= 100)
			.slice(0, 4);
		const gains = shared.map(({ name, spec }) => {
			const problem = buildProblem(spec);
			const fed = solve(problem, BUDGET);
			expect({ name, ...evaluate(spec, fed) }).toEqual({ name, value: fed.value, faults: [] });
			expect(fed.upperBound).toBeGreaterThanOrEqual(fed.value);
			return fed.value - solve(problem, { ...BUDGET, boundWork: 0 }).value;
		});
		expect(Math.min(...gains)).toBeGreaterThanOrEqual(0);
		expect(gains.filter((gain) => gain > 0).length).toBeGreaterThan(0);
	});

	it("join a pool as routes that can be driven, with the breaks of their days", () => {
		const spec = repFortnight({ seed: 4, customers: 80, days: 3 });
		const problem = buildProblem(spec);
		const pool = createPool(problem);
		const known = search(problem, 1, (iterations) => iterations >= 300);
		const { routes } = findUpperBound(problem, known.solution.value, [], true, 60e6, known);
		expect(addBoundRoutes(problem, pool, routes)).toBe(pool.count);
		expect(pool.count).toBeGreaterThan(3);
		for (let route = 0; route < pool.count; route++) {
			const slot = pool.classOf.indexOf(pool.routeClass[route]);
			const items = [...pool.items.subarray(pool.first[route], pool.first[route + 1])];
			expect(timesOf(items, slot)).toEqual([]);
		}

		/** What is late on a route that is driven as early as possible, counted step by step. */
		function timesOf(items: readonly number[], slot: number): string[] {
			const { slotOpen, slotClose, slotStart, slotEnd, travelTime, numPlaces, itemDuration } = problem;
			const late: string[] = [];
			let time = slotOpen[slot];
			let place = slotStart[slot];
			for (const item of items) {
				const isBreak = item >= problem.numOptions;
				const there = isBreak ? place : problem.optionCustomer[item];
				time += travelTime[place * numPlaces + there];
				const windows = isBreak ? [[problem.itemOpen[item], problem.itemClose[item]]] : spec.options[item].windows;
				const window = windows.find(([, close]) => time <= close);
				if (!window) late.push(`item ${item} of slot ${slot} at ${time}`);
				time = Math.max(time, window?.[0] ?? time) + itemDuration[item];
				place = there;
			}
			if (time + travelTime[place * numPlaces + slotEnd[slot]] > slotClose[slot]) late.push(`slot ${slot} ends at ${time}`);
			const breaks = items.filter((item) => item >= problem.numOptions).length;
			if (breaks !== problem.slotFirstBreak[slot + 1] - problem.slotFirstBreak[slot]) late.push(`slot ${slot} has ${breaks} breaks`);
			return late;
		}
	});
});
