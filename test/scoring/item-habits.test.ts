import { describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { measureHabits } from "../../engine/scoring/item-habits.ts";
import { type LineSpec, portfolioOf } from "./synthetic-portfolio.ts";

const DAY = 20_000;
/** A customer's orders, so many days before DAY, each a basket. */
const ordersOf = (customer: number, baskets: Readonly<Record<number, readonly number[]>>): LineSpec[] =>
	Object.entries(baskets).flatMap(([age, basket]) => basket.map((product) => ({ customer, day: DAY - Number(age), product })));
const habitsOf = (lines: readonly LineSpec[], usualInterval = 30, numProducts = 3) => {
	const portfolio = portfolioOf(lines, { numProducts });
	return measureHabits(portfolio, buildHistory(portfolio, DAY), usualInterval);
};

describe("habits of products", () => {
	it("count how often those that had a product took it again, and how often others began it", () => {
		const { repeatRate, adoption } = habitsOf(ordersOf(0, { 90: [0], 60: [0, 1], 50: [0], 40: [0, 1] }));
		// Product 0 was there in 3 of 3 later orders, product 1 in 1 of 2: 4 of 5 in all, so that the mean is (4 + 1) / (5 + 10) = 1/3.
		expect(repeatRate[0]).toBeCloseTo((3 + 10 / 3) / 13, 6);
		expect(repeatRate[1]).toBeCloseTo((1 + 10 / 3) / 12, 6);
		expect(repeatRate[2]).toBeCloseTo(1 / 3, 6);
		// Of 3 orders after the first, product 1 could be begun in 3 - 2 = 1 and was; 1 beginning in 3 × 3 - 5 = 4 chances.
		const mean = (1 + 1) / (4 + 1000);
		expect(adoption[1]).toBeCloseTo((1 + 10 * mean) / 11, 6);
		expect(adoption[2]).toBeCloseTo((10 * mean) / 13, 6);
	});

	it("follow the season in their recent rates, which one usual interval bounds", () => {
		const lines = Array.from({ length: 40 }, (_, customer) => ordersOf(customer, { 200: [0, 1], 150: [0, 1], 100: [0, 1], 5: [0] })).flat();
		const { recentRepeat, repeatRate } = habitsOf(lines);
		expect(recentRepeat[0]).toBeGreaterThan(repeatRate[0] - 1e-6);
		expect(recentRepeat[1]).toBeLessThan(repeatRate[1] / 2);
		expect(habitsOf(lines, 1000).recentRepeat).toEqual(recentRepeat); // 45 days at most
		expect(habitsOf(lines, 1).recentRepeat).toEqual(recentRepeat); // 7 days at least
	});

	it("are probabilities inside 0 and 1 where nobody ever came back", () => {
		for (const rates of Object.values(habitsOf(ordersOf(0, { 3: [0, 1] }))))
			for (const rate of rates) expect(rate > 0 && rate < 1).toBe(true);
	});
});
