import { describe, expect, it } from "vitest";
import { giniOf } from "../../../benchmarks/learning/churn-figures.ts";
import { buildWholeHistory, situationAt } from "../../../benchmarks/learning/situation.ts";
import { parseDay } from "../../../engine/units.ts";
import { portfolioOf } from "../../scoring/synthetic-portfolio.ts";

const CUTOFF = parseDay("2026-03-02");

describe("situationAt", () => {
	const portfolio = portfolioOf([
		{ customer: 0, day: CUTOFF - 100, product: 0, value: 3000 },
		{ customer: 0, day: CUTOFF - 60, product: 0, value: 1000 },
		{ customer: 0, day: CUTOFF - 59, product: 0, quantity: -1, value: -400 },
		{ customer: 0, day: CUTOFF + 12, product: 0, value: 5000 },
		{ customer: 0, day: CUTOFF + 20, product: 0, quantity: -1, value: -2000 },
		{ customer: 0, day: CUTOFF + 95, product: 0, value: 700 },
		{ customer: 1, day: CUTOFF - 366, product: 0 },
		{ customer: 2, day: CUTOFF - 365, product: 0 },
		{ customer: 3, day: CUTOFF, product: 0 },
	]);
	const situation = situationAt(portfolio, buildWholeHistory(portfolio), CUTOFF, 90);

	it("asks of those who ordered in the year before", () => {
		expect([...situation.customers]).toEqual([0, 2]);
		expect([...situation.orderCount]).toEqual([2, 1]);
	});

	it("reads what came: the next order, and value net of returns on whatever day", () => {
		expect([...situation.daysToOrder]).toEqual([12, Number.POSITIVE_INFINITY]);
		expect([...situation.value]).toEqual([3000, 0]);
		expect(situation.pastYearValue[0]).toBe(3600);
	});
});

describe("giniOf", () => {
	it("is the area between the diagonal and the curve", () => {
		// Amounts 0, 0, 1 in their order: the curve runs at 0 to two thirds, then to 1: twice the area under it is a third.
		expect(giniOf([0, 0, 1], [1, 2, 3])).toBeCloseTo(2 / 3, 12);
		expect(giniOf([0, 0, 1], [3, 2, 1])).toBeCloseTo(-2 / 3, 12);
		expect(giniOf([1, 1, 1], [1, 2, 3])).toBeCloseTo(0, 12);
	});
});
