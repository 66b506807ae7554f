import { describe, expect, it } from "vitest";
import { priceRoughly } from "../../../engine/solver/bound/rough.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import { repFortnight } from "../../problems/rep-fortnight.ts";

describe("priceRoughly", () => {
	it("prices the time of a day that everybody wants, and not that of a day with room for all", () => {
		const spec = repFortnight({ seed: 6, customers: 120, days: 2 });
		const options = spec.options.filter(({ customer, day }) => day === 0 || customer < 3);
		const { prices } = priceRoughly(buildProblem({ ...spec, options }));
		expect(prices[0]).toBeGreaterThan(0);
		expect(prices[1]).toBe(0);
	});
});
