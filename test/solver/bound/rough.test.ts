import { describe, expect, it } from "vitest";
import { priceRoughly } from "../../../engine/solver/bound/rough.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { UNLIMITED } from "../../../engine/solver/problem-spec.ts";
import { repFortnight } from "../../problems/rep-fortnight.ts";

describe("priceRoughly", () => {
	it("prices the time of a day that everybody wants, and not that of a day with room for all", () => {
		const spec = repFortnight({ seed: 6, customers: 120, days: 2 });
		// Three hours and any number of visits a day: 120 customers want the first day, three the second.
		const slots = spec.slots.map((slot) => ({ ...slot, close: slot.open + 3 * 3600, maxVisits: UNLIMITED, breaks: [] }));
		const options = spec.options.filter(({ customer, day, windows }) => windows[0][0] < slots[0].close && (day === 0 || customer < 3));
		const { prices } = priceRoughly(buildProblem({ ...spec, slots, options }));
		expect(prices[0]).toBeGreaterThan(0);
		expect(prices[1]).toBe(0);
	});
});
