import { describe, expect, it } from "vitest";
import { viewOf } from "../../engine/monitor/view.ts";
import { createGoals } from "../../engine/policy/goals.ts";
import { parseDay } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";

const AS_OF = parseDay("2026-11-23");
const order = (customer_id: string, ordered_on: string, product_id: string): Row => ({
	order_id: `${customer_id}${ordered_on}`,
	customer_id,
	ordered_on,
	product_id,
	quantity: 1,
	net_value: 300,
});

/** C1 bought two products this month, C2 and C3 one each last month. */
function goalsOf(...targets: Row[]) {
	const portfolio = portfolioOf({
		customers: ["C1", "C2", "C3"].map((customer_id) => ({ customer_id, rep_id: "R" })),
		reps: [{ rep_id: "R", kind: "field_employee", team_id: "T" }],
		products: ["P1", "P2"].map((product_id) => ({ product_id })),
		orders: [
			order("C1", "2026-11-04", "P1"),
			order("C1", "2026-11-05", "P2"),
			order("C2", "2026-10-04", "P1"),
			order("C3", "2026-10-05", "P1"),
		],
		targets,
	});
	const goals = createGoals(viewOf(portfolio, { asOf: AS_OF }));
	const centsOf = (customer: number, newProducts: number, value: number, day = AS_OF): number =>
		goals.centsOf(0, customer, day, { value, margin: 1e9, newProducts });
	return { goals, centsOf };
}
const mix = { period: "2026-11", rep_id: "R", metric: "mix", bonus_value: 90 };

describe("a target of mix", () => {
	it("is the mean number of products of a positivated customer: reached, it has no price, though all products together are far from it or beyond", () => {
		expect(goalsOf({ ...mix, target: 2 }).goals.priceOf(0)).toBeNull();
		expect(goalsOf({ ...mix, target: 1.5 }).goals.priceOf(0)).toBeNull();
	});

	it("pays each product its share of what the customers lack together, as many as last month at least", () => {
		// Two products a customer of three: one is missing to each of two customers (last month's), 45.00 each. A third is missing with 6 of 19
		// working days left: pressed by 19 / 18.
		const price = (4500 * 19) / 18;
		const { goals, centsOf } = goalsOf({ ...mix, target: 3 });
		expect(goals.priceOf(0)).toBeCloseTo(price, 6);
		expect(centsOf(0, 2, 0)).toBeCloseTo(2 * price, 6);
	});

	it("pays nothing for products of a customer that is not positivated by the order either", () => {
		const { goals, centsOf } = goalsOf({ ...mix, target: 3 });
		expect(centsOf(1, 2, 9_999)).toBe(0);
		expect(centsOf(1, 2, 10_000)).toBeCloseTo(2 * (goals.priceOf(0) ?? 0), 6);
	});

	it("of the next month begins at nothing, for as many customers as there are", () => {
		// Three products for each of two customers: six are missing at 15.00.
		const { centsOf } = goalsOf({ ...mix, period: "2026-12", target: 3 });
		expect(centsOf(0, 1, 50_000, parseDay("2026-12-01"))).toBeCloseTo(1500, 6);
		expect(centsOf(0, 1, 50_000)).toBe(0);
	});

	it("of a team is over the customers of all its reps", () => {
		expect(goalsOf({ period: "2026-11", team_id: "T", metric: "mix", bonus_value: 90, target: 3 }).goals.priceOf(0)).toBeCloseTo(
			(4500 * 19) / 18,
			6,
		);
	});
});
