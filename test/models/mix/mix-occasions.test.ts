import { expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { occasionAt, pastOccasions } from "../../../models/mix/mix-occasions.ts";
import { LAST_DAY, portfolioOf, syntheticPortfolio } from "../../scoring/synthetic-portfolio.ts";

it("an occasion asks those that had ordered and came back within 90 days, and knows their next basket", () => {
	const origin = LAST_DAY - 100;
	const portfolio = portfolioOf([
		...[origin - 5, origin + 3, origin + 9].flatMap((day, i) => [
			{ customer: 0, day, product: i },
			{ customer: 0, day, product: i + 3 },
		]),
		{ customer: 1, day: origin - 5, product: 0 }, // comes too late
		{ customer: 1, day: origin + 90, product: 0 },
		{ customer: 2, day: origin, product: 0 }, // had not ordered
		{ customer: 2, day: origin + 5, product: 0 },
		{ customer: 3, day: origin - 1, product: 0 }, // never comes
	]);
	const { customers, basketOf, past } = occasionAt(portfolio, buildHistory(portfolio, LAST_DAY), origin);
	expect([customers, [...basketOf(0)], past.before]).toEqual([[0], [1, 4], origin]);
});

it("past occasions hold nothing of the days since, and leave out days before the first order", () => {
	const portfolio = syntheticPortfolio(40, 3);
	const asOf = LAST_DAY - 500;
	const occasions = pastOccasions(portfolio, buildHistory(portfolio, asOf));
	const days = occasions.map(({ past }) => past.before);
	expect(days).toEqual(days.toSorted((a, b) => b - a));
	expect(days[0]).toBeLessThan(asOf);
	for (const { past, customers, basketOf } of occasions) {
		expect(past.eventDay.every((day) => day < past.before)).toBe(true);
		for (const customer of customers) expect(basketOf(customer).size).toBeGreaterThan(0);
	}
});
