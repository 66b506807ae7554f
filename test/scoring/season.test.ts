import { describe, expect, it } from "vitest";
import { buildHistory, type History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { HAZARD_EDGES, NUM_BINS, survivalOfLogits } from "../../engine/scoring/hazard.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { shiftToSeason } from "../../engine/scoring/score-churn.ts";
import { forecastSeason } from "../../engine/scoring/season.ts";
import { fitAnchor } from "../../models/churn/fit-anchor.ts";
import { type LineSpec, portfolioOf } from "./synthetic-portfolio.ts";

const START = 19_000;
const NUM_CUSTOMERS = 300;

/**
 * A trade of 300 places, each visited by one customer at a time that orders about every 40 days, and in the first quarter of every year of
 * the trade only every 120. A customer lasts 600 days; its place then falls to a new one, or stays empty.
 */
function tradeOf(days: number, { isSeasonal = true, isReplaced = true } = {}): Portfolio {
	const random = createRandom(11);
	const lines: LineSpec[] = [];
	for (let place = 0; place < NUM_CUSTOMERS; place++) {
		const firstEnd = random.below(600);
		for (let day = 0; day < days; day++) {
			const turn = day < firstEnd ? 0 : 1 + Math.floor((day - firstEnd) / 600);
			if (turn > 0 && !isReplaced) break;
			const isSlow = isSeasonal && day % 364 < 91;
			if (random.next() < (isSlow ? 1 / 120 : 1 / 40)) lines.push({ customer: place + turn * NUM_CUSTOMERS, day: START + day, product: 0 });
		}
	}
	return portfolioOf(lines);
}

function forecast(portfolio: Portfolio, days: number) {
	const history = buildHistory(portfolio, START + days);
	const rhythm = buildRhythm(portfolio, history);
	return { history, season: forecastSeason(history, rhythm, fitAnchor(portfolio, history, [])) };
}

/** Share of the customers of a history that order in the days after it. */
function cameShare(portfolio: Portfolio, history: History, days: number): number {
	const whole = buildHistory(portfolio, history.before + days);
	let [known, came] = [0, 0];
	for (let customer = 0; customer < history.numCustomers; customer++) {
		if (history.eventStart[customer + 1] === history.eventStart[customer]) continue;
		known++;
		if (whole.eventDay[whole.eventStart[customer + 1] - 1] >= history.before) came++;
	}
	return came / known;
}

describe("forecastSeason", () => {
	it("is silent before the history is a year long", () => {
		expect(forecast(tradeOf(363), 363).season).toBeNull();
	});

	it("foretells the slow quarter that it saw once, where the year before it was brisk", () => {
		const portfolio = tradeOf(364 + 91);
		const { history, season } = forecast(portfolio, 364);
		if (!season) throw new Error("no forecast");
		expect(Math.abs(season.activeShare - cameShare(portfolio, history, season.days))).toBeLessThan(0.06);
		expect(season.trust).toBeGreaterThan(0.2);
	});

	it("is believed the more once it came true", () => {
		const portfolio = tradeOf(3 * 364);
		const [once, twice] = [364, 2 * 364].map((days) => forecast(portfolio, days).season?.trust ?? 0);
		expect(twice).toBeGreaterThan(once);
	});

	it("is hardly believed where nothing lasts in the models' errors", () => {
		const portfolio = tradeOf(3 * 364, { isSeasonal: false });
		const { history, season } = forecast(portfolio, 2 * 364);
		if (!season) throw new Error("no forecast");
		expect(season.trust).toBeLessThan(0.4);
		expect(Math.abs(season.activeShare - cameShare(portfolio, history, season.days))).toBeLessThan(0.06);
	});

	it("is not believed where nobody comes in place of those who leave", () => {
		// newcomers after the first 90 days are only those whose first order is late: fewer than one for each ten lost
		const trust = forecast(tradeOf(500, { isReplaced: false }), 500).season?.trust ?? 1;
		expect(trust).toBeLessThan(0.1);
	});
});

describe("shiftToSeason", () => {
	const customers = Int32Array.from({ length: 40 }, (_, i) => i);
	const random = createRandom(3);
	const logits = Float32Array.from({ length: customers.length * NUM_BINS }, () => random.normal() - 2);
	const activeShare = (shift: number, days: number): number =>
		customers.reduce((sum, customer) => sum + 1 - survivalOfLogits(logits, customer * NUM_BINS, days, shift), 0) / customers.length;

	it("brings the share that orders to a forecast that is believed", () => {
		for (const days of [HAZARD_EDGES[3], 30, 90]) {
			const shift = shiftToSeason(logits, customers, { days, activeShare: 0.4, trust: 1 });
			expect(activeShare(shift, days)).toBeCloseTo(0.4, 4);
		}
	});

	it("goes half of the way in logarithms with half the trust, and nowhere with none", () => {
		const shift = shiftToSeason(logits, customers, { days: 60, activeShare: 0.4, trust: 0.5 });
		expect(activeShare(shift, 60)).toBeCloseTo(Math.sqrt(0.4 * activeShare(0, 60)), 4);
		expect(shiftToSeason(logits, customers, { days: 60, activeShare: 0.4, trust: 0 })).toBeCloseTo(0, 3);
	});
});
