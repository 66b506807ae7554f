import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../engine/errors.ts";
import { buildProblem, openProblem } from "../../engine/solver/problem.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { smallProblem } from "../problems/small.ts";

const spec = smallProblem(2);
const slot = spec.slots[0];
const option = spec.options[0];

function messageOf(changes: Partial<ProblemSpec>): string {
	try {
		buildProblem({ ...spec, ...changes });
		return "accepted";
	} catch (error) {
		if (!(error instanceof CarteiraError) || error.code !== "INVALID_INPUT") throw error;
		return error.message;
	}
}

describe("buildProblem", () => {
	it("lays a problem that opens again from its buffer with equal arrays", () => {
		const problem = buildProblem(smallProblem(11));
		expect(openProblem(problem.buffer)).toEqual(problem);
	});

	it("puts a place that is nowhere last, at no distance from all", () => {
		const problem = buildProblem(spec);
		const nowhere = spec.numPlaces;
		expect(problem.numPlaces).toBe(spec.numPlaces + 1);
		for (let place = 0; place <= nowhere; place++) {
			expect(problem.travelTime[place * problem.numPlaces + nowhere]).toBe(0);
			expect(problem.travelTime[nowhere * problem.numPlaces + place]).toBe(0);
		}
		expect(problem.travelTime[1 * problem.numPlaces + 2]).toBe(spec.travelTime[1 * spec.numPlaces + 2]);
	});

	const faults: [string, Partial<ProblemSpec>][] = [
		["/numCustomers", { numCustomers: 1.5 }],
		["/numPlaces", { numPlaces: 1 }],
		["/travelTime", { travelTime: new Int32Array(3) }],
		["/travelCost", { travelCost: spec.travelCost.map(() => -1) }],
		["/minGap", { minGap: new Int32Array(0) }],
		["/days", { days: spec.days.map(() => 20_000), ...(spec.days.length < 2 && { days: [0.5] }) }],
		["/days", { days: spec.days.map((_, d) => 2 ** 40 + d) }],
		["/resources/0/cap", { resources: [{ scope: "slot", cap: Number.NaN }] }],
		["/slots/0/day", { slots: [{ ...slot, day: 9 }] }],
		["/slots/0", { slots: [{ ...slot, close: slot.open - 1 }] }],
		["/slots/0/start", { slots: [{ ...slot, start: 99 }] }],
		["/slots/0/maxVisits", { slots: [{ ...slot, maxVisits: Number.MAX_SAFE_INTEGER }] }],
		["/slots/0/breaks/0", { slots: [{ ...slot, breaks: [{ earliest: 10, latest: 5, duration: 1 }] }] }],
		["/slots/0/breaks", { slots: [{ ...slot, breaks: [{ earliest: slot.close, latest: slot.close, duration: 1 }] }] }],
		["/options/0/customer", { options: [{ ...option, customer: -1 }] }],
		["/options/0/day", { options: [{ ...option, day: 99 }] }],
		["/options/0/channel", { options: [{ ...option, channel: 4 }] }],
		["/options/0/duration", { options: [{ ...option, duration: -5 }] }],
		["/options/0/windows", { options: [{ ...option, windows: [] }] }],
		[
			"/options/0/windows",
			{
				options: [
					{
						...option,
						windows: [
							[5, 9],
							[9, 12],
						],
					},
				],
			},
		],
		["/options/0/prize/0", { options: [{ ...option, prize: [0.5, 1, 1, 1] }] }],
		["/options/0/cutoffLoss", { options: [{ ...option, cutoffLoss: -1 }] }],
		["/options/0/demand", { options: [{ ...option, demand: [1, 2, 3] }] }],
		["/options/1", { options: [spec.options[1], option] }],
		["/floors/0/cost", { floors: [{ unit: "seconds", atLeast: 1, cost: Infinity, customers: new Int32Array(0) }] }],
		["/floors/0/cost", { floors: [{ unit: "contacts", atLeast: 1e9, cost: 1e9, customers: new Int32Array(0) }] }],
		["/options", { options: [{ ...option, prize: option.prize && Array.from(option.prize, () => -Number.MAX_SAFE_INTEGER) }] }],
		["/floors/0/customers", { floors: [{ unit: "contacts", atLeast: 1, cost: 1, customers: Int32Array.of(0, 0) }] }],
		["/dayCombinations/0", { dayCombinations: Array.from({ length: spec.numCustomers }, () => []) }],
	];
	it.each(faults)("refuses what is wrong at %s", (pointer, changes) => {
		expect(messageOf(changes)).toContain(`${pointer}:`);
	});
});
