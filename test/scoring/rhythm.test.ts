import { describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { buildRhythm, medianInPlace, ownRhythmDays } from "../../engine/scoring/rhythm.ts";
import { weekdayOf } from "../../engine/units.ts";
import { type LineSpec, portfolioOf } from "./synthetic-portfolio.ts";

const TODAY = 20_000;
const ordersOn = (customer: number, days: readonly number[], value = 1000): LineSpec[] =>
	days.map((day) => ({ customer, day, product: 0, value }));
const rhythmOf = (lines: readonly LineSpec[], numCustomers = 0) => {
	const portfolio = portfolioOf(lines, { numCustomers });
	return buildRhythm(portfolio, buildHistory(portfolio, TODAY));
};

describe("buildRhythm", () => {
	it("shrinks the own median gap to the portfolio's by two gaps", () => {
		// Medians of the two customers with two gaps or more: 10 and 20, so the base is 15.
		// Customer 0: gaps 10, 10, 30, median 10: (3 × 10 + 2 × 15) ÷ 5 = 12. Customer 1: gaps 20, 20: (2 × 20 + 2 × 15) ÷ 4 = 17.5.
		// Customer 2: one gap of 40: (40 + 30) ÷ 3 = 23.33. Customer 3: one order: the base.
		const lines = [
			...ordersOn(0, [19_900, 19_910, 19_920, 19_950]),
			...ordersOn(1, [19_900, 19_920, 19_940]),
			...ordersOn(2, [19_900, 19_940]),
			...ordersOn(3, [19_900]),
		];
		const { expectedInterval, gapCount, medianGap } = rhythmOf(lines, 5);
		expect([...gapCount]).toEqual([3, 2, 1, 0, 0]);
		expect([...medianGap].slice(0, 3)).toEqual([10, 20, 40]);
		expect(expectedInterval[0]).toBe(12);
		expect(expectedInterval[1]).toBe(17.5);
		expect(expectedInterval[2]).toBeCloseTo(70 / 3, 4);
		expect(expectedInterval[3]).toBe(15);
	});

	it("knows nothing of a customer that never ordered", () => {
		const { expectedInterval, ticket, marginRate } = rhythmOf(ordersOn(0, [19_900]), 2);
		expect([expectedInterval[1], ticket[1], marginRate[1]]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
	});

	it("takes a collective closure out of the interval but not out of the median gap", () => {
		// Twenty customers order every working day; all are silent on working days 19 880 … 19 893 (two weeks).
		const start = 19_880 - weekdayOf(19_880);
		const lines: LineSpec[] = [];
		for (let day = 19_700; day < TODAY; day++)
			if (weekdayOf(day) < 5 && (day < start || day >= start + 14))
				for (let c = 0; c < 20; c++) lines.push({ customer: c, day, product: 0 });
		// Customer 20 orders on Fridays before and Mondays after: gaps of 7, then one of 17 over the closure, which holds 14 closed days.
		lines.push(...ordersOn(20, [start - 10, start - 3, start + 14]));
		const { closures, medianGap, expectedInterval, baseInterval } = rhythmOf(lines);
		expect(closures.ranges).toEqual([[start, start + 14]]);
		expect(medianGap[20]).toBe(12); // of 7 and 17
		// Open gaps 7 and 3, median 5; the others' is 1, the base.
		expect(baseInterval[20]).toBe(1);
		expect(expectedInterval[20]).toBe((2 * 5 + 2 * 1) / 4);
	});

	it("weighs recent tickets more and shrinks them to the portfolio's mean order", () => {
		// Customer 0: 100 then 200, weights 0.9 and 1: 290 over 1.9. Mean order of all three: 400. (290 + 2 × 400) ÷ (1.9 + 2).
		const { ticket, baseTicket } = rhythmOf([...ordersOn(0, [19_900], 100), ...ordersOn(0, [19_910], 200), ...ordersOn(1, [19_900], 900)]);
		expect(baseTicket).toBe(400);
		expect(ticket[0]).toBeCloseTo(1090 / 3.9, 9);
	});
});

describe("ownRhythmDays", () => {
	it("is twice the median gap, from 14 to 90, and 90 with fewer than three gaps", () => {
		expect(ownRhythmDays(10.25, 3)).toBe(21); // round(20.5)
		expect(ownRhythmDays(2, 30)).toBe(14);
		expect(ownRhythmDays(60, 3)).toBe(90);
		expect(ownRhythmDays(10, 2)).toBe(90);
		expect(ownRhythmDays(Number.NaN, 0)).toBe(90);
	});
});

describe("medianInPlace", () => {
	it("takes the mean of the two middle values, and NaN of nothing", () => {
		expect(medianInPlace(Float64Array.of(9, 1, 5), 3)).toBe(5);
		expect(medianInPlace(Float64Array.of(9, 1, 5, 7), 4)).toBe(6);
		expect(medianInPlace(Float64Array.of(9, 1, 5, 7), 2)).toBe(5);
		expect(medianInPlace(new Float64Array(0), 0)).toBeNaN();
	});
});
