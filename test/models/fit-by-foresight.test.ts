import { describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { createRandom } from "../../engine/random.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { fitBuyTillYouDie, fittedCustomers } from "../../models/fit-buy-till-you-die.ts";
import { fitByForesight } from "../../models/fit-by-foresight.ts";
import { FIRST_DAY, type LineSpec, LAST_DAY, portfolioOf } from "../scoring/synthetic-portfolio.ts";
import { gamma } from "./simulate-orders.ts";

/** Customers whose gaps are gamma distributed with a shape: large for clockwork, 1 for chance, below for bursts; one in thirty stops after an order. */
function linesOf(numCustomers: number, first: number, { shape, gap }: { shape: number; gap: number }): LineSpec[] {
	const random = createRandom(9, first);
	const lines: LineSpec[] = [];
	for (let customer = first; customer < first + numCustomers; customer++)
		for (let day = FIRST_DAY + random.next() * 90; day < LAST_DAY; day += Math.max(1, gamma(random, shape, shape / gap))) {
			lines.push({ customer, day: Math.floor(day), product: 0 });
			if (random.next() < 1 / 30) break;
		}
	return lines;
}

function fits(lines: readonly LineSpec[], before = LAST_DAY) {
	const portfolio = portfolioOf(lines);
	const history = buildHistory(portfolio, before);
	const likely = fitBuyTillYouDie(fittedCustomers(history, buildRhythm(portfolio, history)));
	return { likely, foreseen: fitByForesight(portfolio, history) };
}

describe("fitByForesight", () => {
	it("finds regularity where all are regular", () => {
		const { foreseen } = fits(linesOf(300, 0, { shape: 4, gap: 15 }));
		expect(foreseen.model.k).toBeGreaterThanOrEqual(3);
	});

	it("does not take the many gaps of a few clockwork customers for everybody's regularity", () => {
		// 80 weekly customers make more gaps than 200 that come in bursts four times a year, and decide the likelihood, but not whom it is asked about.
		const lines = [...linesOf(80, 0, { shape: 12, gap: 7 }), ...linesOf(200, 80, { shape: 0.7, gap: 90 })];
		const { likely, foreseen } = fits(lines);
		expect(likely.model.k).toBeGreaterThan(1);
		expect(foreseen.model.k).toBe(1);
	});

	it("leaves it to the likelihood where the history is too short to ask", () => {
		// 90 days of history, then 90 of future: with 150 days there is no past day to ask from.
		const { likely, foreseen } = fits(linesOf(100, 0, { shape: 4, gap: 15 }), FIRST_DAY + 150);
		expect(foreseen).toEqual(likely);
	});
});
