import { describe, expect, it } from "vitest";
import { fillCalls } from "../../../benchmarks/peers/fill-calls.ts";
import { countItems, mendRoutes, recount, sequencesOf } from "../../../benchmarks/peers/recount.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { solve } from "../../../engine/solver/solve.ts";
import { repFortnight } from "../../problems/rep-fortnight.ts";
import { smallProblem } from "../../problems/small.ts";
import { lineProblem, option } from "./problems.ts";

describe("recount", () => {
	it("counts prizes less travel", () => {
		const spec = lineProblem(2, 1, [option({ customer: 0, day: 0 }), option({ customer: 1, day: 0 })]);
		// Out to 2 and back is four units of time at two cents.
		expect(recount(spec, [[0, 1]])).toEqual({ value: 192, contacts: 2, dropped: 0, unmet: 0 });
	});

	it("drops what is not offered that day, what comes twice, and what breaks the minimum gap", () => {
		const spec = lineProblem(1, 3, [option({ customer: 0, day: 0 }), option({ customer: 0, day: 1, prize: [80, 80, 80, 80] })], 2);
		expect(mendRoutes(spec, [[0], [1], []])).toEqual({ routes: [[0], [], []], dropped: 1 });
		expect(mendRoutes(spec, [[0, 0], [-1], [1]])).toEqual({ routes: [[0], [], []], dropped: 3 });
	});

	it("drops the contact of least loss where the shift is too short", () => {
		const options = [90, 40, 80].map((prize, customer) => option({ customer, day: 0, duration: 40, prize: [prize, 0] }));
		expect(mendRoutes(lineProblem(3, 1, options), [[0, 1, 2]])).toEqual({ routes: [[0, 2]], dropped: 1 });
	});

	it("keeps a promise before anything else and says which are not kept", () => {
		const options = [
			option({ customer: 0, day: 0, duration: 60 }),
			option({ customer: 1, day: 0, duration: 60, prize: [1, 0], required: true }),
		];
		const spec = lineProblem(2, 1, options);
		expect(mendRoutes(spec, [[0, 1]]).routes).toEqual([[1]]);
		expect(recount(spec, [[0]])).toMatchObject({ unmet: 1, dropped: 0 });
	});

	it("places breaks where they cost least", () => {
		const spec = lineProblem(1, 1, [option({ customer: 0, day: 0, cutoff: 5, cutoffLoss: 30 })]);
		const slots = [{ ...spec.slots[0], breaks: [{ earliest: 0, latest: 50, duration: 20 }] }];
		expect(recount({ ...spec, slots }, [[0]])).toMatchObject({ value: 96, dropped: 0 });
	});

	it.each([1, 2, 3, 4, 5, 6, 7, 8])("counts the solver's own plan of small problem %i as the solver does", (seed) => {
		const { dayCombinations: _, ...spec } = smallProblem(seed);
		const { schedules, value } = solve(buildProblem(spec), { seed: 1, iterations: 300 });
		const counted = recount(
			spec,
			schedules.map(({ contacts }) => contacts.map((contact) => contact.option)),
		);
		expect(counted.dropped).toBe(0);
		expect(counted.value).toBeGreaterThanOrEqual(value);
	});
});

describe("fillCalls", () => {
	it("puts calls by value a minute into the time left, once a customer", () => {
		const options = [
			option({ customer: 0, day: 0, duration: 70 }),
			option({ customer: 0, day: 0, channel: 1, prize: [50, 0] }),
			option({ customer: 1, day: 0, channel: 1, duration: 20, prize: [60, 0] }),
			option({ customer: 2, day: 0, channel: 1, duration: 10, prize: [50, 0] }),
		];
		const spec = lineProblem(3, 1, options);
		const filled = fillCalls(spec, sequencesOf(spec, [[0]]));
		// 70 of service and 2 of travel leave 28: the call of 10 (5 a unit) goes in before the call of 20 (3 a unit), which no longer fits.
		expect(countItems(spec, filled)).toEqual({ value: 146, contacts: 2, unmet: 0 });
	});

	it("keeps every rule on a product-shaped fortnight", () => {
		const spec = repFortnight({ seed: 3, customers: 40, days: 4 });
		const empty = sequencesOf(
			spec,
			spec.slots.map(() => []),
		);
		expect(countItems(spec, fillCalls(spec, empty)).value).toBeGreaterThan(countItems(spec, empty).value);
	});
});
