import { beforeAll, describe, expect, it } from "vitest";
import { type ForecastDocument, forecastDocument, FORECAST_METRICS, HORIZONS } from "../../engine/forecast/forecast-document.ts";
import { forecastPortfolio } from "../../engine/forecast/forecast.ts";
import { findParts } from "../../engine/forecast/forecast-groups.ts";
import { originScoresOf, type OriginScores, type Pictures, takePictures } from "../../engine/forecast/pictures.ts";
import { buildOwnership } from "../../engine/policy/ownership.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { orderProbability } from "../../engine/scoring/scores.ts";
import { understand } from "../../engine/understand.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { LAST_DAY } from "../scoring/synthetic-portfolio.ts";
import { slowForecast } from "./slow-forecast.ts";
import { portfolioOf } from "../check/tables.ts";
import { linesOf, madeTrade, spoiled } from "./trade.ts";

const NUM_CUSTOMERS = 70;
let predictor: Predictor;
beforeAll(async () => {
	predictor = await loadPredictor();
});

function forecastAt(portfolio: Portfolio, asOf: Day): ForecastDocument {
	const context = understand(portfolio, { asOf }, predictor, { isSilenceCounted: true });
	return forecastPortfolio({ context, predictor });
}

/** The codes of what a forecast says of itself, by a feed as it is. */
function notesAt(portfolio: Portfolio, asOf: Day): string[] {
	return forecastPortfolio({ context: understand(portfolio, { asOf }, predictor), predictor }).notes.map(({ code }) => code);
}

function picturesAt(portfolio: Portfolio, asOf: Day, numOrigins: number): { pictures: Pictures; scores: OriginScores[] } {
	const context = understand(portfolio, { asOf }, predictor, { isSilenceCounted: true });
	const parts = findParts(portfolio, buildOwnership(portfolio, [asOf]));
	const scores = Array.from({ length: numOrigins }, (_, k) => {
		const origin = asOf - 30 * k;
		const said = predictor.score(portfolio, cutHistory(portfolio, context.history, origin), { asOf: origin });
		return originScoresOf(said, origin, context.policy);
	});
	return { pictures: takePictures({ ...context, parts, scores }), scores };
}

/** Which customers and products a part is of, by its words alone. */
function holdsOf(portfolio: Portfolio, { by, id }: Pictures["parts"]["list"][number]): (customer: number, product: number) => boolean {
	const { customers, products } = portfolio.tables;
	if (by === "total") return () => true;
	if (by === "line") return (_, product) => products.texts.line.at(product) === id;
	if (by === "segment") return (customer) => customers.texts.segment.at(customer) === id;
	return (customer) => (customer % 5 === 4 ? null : `r${customer % 2}`) === id;
}

/** Sales, margin and positivated customers of a window, by going over every line of the file. */
function slowWindow(portfolio: Portfolio, holds: (customer: number, product: number) => boolean, from: Day, to: Day): number[] {
	const { min_value, min_products } = { min_value: 300, min_products: 2 };
	const byCustomer = new Map<number, { value: number; products: Set<number> }>();
	let [revenue, margin] = [0, 0];
	for (const { customer, product, day, quantity = 1, value = 0 } of linesOf(portfolio)) {
		if (day < from || day >= to || !holds(customer, product)) continue;
		revenue += value;
		const rate = portfolio.tables.products.numbers.margin_rate[product];
		margin += value * (Number.isNaN(rate) ? 0.18 : rate);
		const own = byCustomer.get(customer) ?? { value: 0, products: new Set() };
		byCustomer.set(customer, own);
		own.value += value;
		if (quantity > 0) own.products.add(product);
	}
	const reached = [...byCustomer.values()].filter(({ value, products }) => value >= 100 * min_value && products.size >= min_products);
	return [revenue, margin, reached.length];
}

it("goes by what else it knows where the window before had no day of trade, whatever was sold in it", () => {
	const closed = Array.from({ length: 30 }, (_, before) => ({ date: formatDay(LAST_DAY - 1 - before) }));
	const { holidays } = portfolioOf({ holidays: closed }).tables;
	const trade = madeTrade(20, 3);
	const shut = { ...trade, given: new Set([...trade.given, "holidays" as const]), tables: { ...trade.tables, holidays } };
	for (const asOf of [LAST_DAY, LAST_DAY + 30]) {
		const document = forecastAt(shut, asOf);
		expect(forecastDocument.safeParse(document).error).toBeUndefined();
		const numbers = document.groups.flatMap(({ figures }) => figures.flatMap(({ without_plan: told }) => Object.values(told)));
		expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
		expect(document.groups[0].figures[0].without_plan.mean).toBeGreaterThan(0);
		expect(document.notes.filter(({ detail }) => detail.includes("NaN"))).toEqual([]);
	}
});

describe("pictures of origins", () => {
	const trade = madeTrade(NUM_CUSTOMERS, 3, { positivation: { min_value: 300, min_products: 2 } });

	it("hold what came and the naive windows as a walk over all lines finds them", () => {
		const { pictures } = picturesAt(trade, LAST_DAY, 3);
		const dayFactor = (k: number, h: number, which: Float64Array): number => {
			const at = pictures.at(k, 0, 0, h); // trade days move money alike in all parts: taken from the total
			const from = which === pictures.lastWindow ? pictures.origins[k] - HORIZONS[h] : pictures.origins[k] - 364;
			return which[at] / slowWindow(trade, () => true, from, from + HORIZONS[h])[0];
		};
		for (const [k, origin] of pictures.origins.entries())
			for (const [h, days] of HORIZONS.entries())
				for (const [p, part] of pictures.parts.list.entries()) {
					const holds = holdsOf(trade, part);
					const came = slowWindow(trade, holds, origin, origin + days);
					const before = slowWindow(trade, holds, origin - days, origin);
					const lastYear = slowWindow(trade, holds, origin - 364, origin - 364 + days);
					for (let m = 0; m < FORECAST_METRICS.length; m++) {
						const at = pictures.at(k, p, m, h);
						if (origin + days > LAST_DAY) expect(pictures.actual[at]).toBeNaN();
						else expect(pictures.actual[at]).toBeCloseTo(came[m], 3);
						const [now, then] = m === 2 ? [1, 1] : [dayFactor(k, h, pictures.lastWindow), dayFactor(k, h, pictures.lastYear)];
						expect(pictures.lastWindow[at]).toBeCloseTo(before[m] * now, 3);
						expect(pictures.lastYear[at]).toBeCloseTo(lastYear[m] * then, 3);
						expect(now).toBeGreaterThan(0.5);
						expect(now).toBeLessThan(2);
					}
				}
	});

	it("hold the scores of every customer known, and newcomers as many as in the windows of the last year", () => {
		const { pictures, scores } = picturesAt(trade, LAST_DAY, 2);
		const context = understand(trade, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
		const firsts = new Map<number, Day>();
		for (const { customer, day } of linesOf(trade)) firsts.set(customer, Math.min(day, firsts.get(customer) ?? day));
		for (const [h, days] of HORIZONS.entries()) {
			const known = [...firsts.keys()];
			let expected = 0;
			for (const customer of known) {
				const hazard = (d: number): number => -Math.log(1 - Math.min(1 - 1e-9, orderProbability(context.scores, customer, d)));
				expected += (context.scores.expectedValue[customer] * hazard(days)) / hazard(90);
			}
			expect(scores[0].value[h].reduce((sum, value) => sum + (value || 0), 0)).toBeCloseTo(expected, -2);
			for (let j = 0; j < 360 / days; j++) {
				const from = LAST_DAY - days * (j + 1);
				const isNew = (customer: number): boolean => (firsts.get(customer) ?? 0) >= from && (firsts.get(customer) ?? 0) < from + days;
				expected += slowWindow(trade, isNew, from, from + days)[0] / (360 / days);
			}
			const factor = pictures.model[pictures.at(0, 0, 0, h)] / expected; // of the days of trade
			expect(factor).toBeGreaterThan(0.8);
			expect(factor).toBeLessThan(1.2);
			const parts = pictures.parts.list.flatMap((part, p) => (part.by === "segment" ? [pictures.model[pictures.at(0, p, 0, h)]] : []));
			expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(factor * expected, -3);
		}
	});
});

describe("a forecast", () => {
	const trade = madeTrade(NUM_CUSTOMERS, 4);

	it("is the document that it says it is, with intervals around what is expected", () => {
		const document = forecastAt(trade, LAST_DAY);
		expect(forecastDocument.safeParse(document).error).toBeUndefined();
		expect(document.groups.map(({ by }) => by).filter((by, i, all) => all.indexOf(by) === i)).toEqual(["total", "rep", "segment", "line"]);
		expect(document.season.basis).toBe("two_years");
		for (const { figures } of document.groups)
			for (const { without_plan, with_plan } of figures) {
				expect(without_plan.lower).toBeLessThan(without_plan.mean);
				expect(without_plan.mean).toBeLessThan(without_plan.upper);
				expect(with_plan).toBeNull();
			}
	});

	it("tells what came before as it came, not as it would have for the days of trade ahead", () => {
		const { groups } = forecastAt(trade, LAST_DAY);
		for (const group of groups)
			for (const { metric, horizon_days, last_window, last_year } of group.figures) {
				if (metric === "positivation") continue;
				const came = (from: Day): number => {
					const [revenue, margin] = slowWindow(trade, holdsOf(trade, group), from, from + horizon_days);
					return Math.round(metric === "revenue" ? revenue : margin);
				};
				expect(last_window).toBeCloseTo(came(LAST_DAY - horizon_days), 0);
				expect(last_year).toBeCloseTo(came(LAST_DAY - 364), 0);
			}
	});

	it("has means, intervals, counts of both and errors as they are described, part by part and origin by origin", () => {
		const document = forecastAt(trade, LAST_DAY);
		const numOrigins = document.calibration.origins.length + 1;
		const { pictures } = picturesAt(trade, LAST_DAY, numOrigins);
		for (const [m, metric] of FORECAST_METRICS.entries())
			for (const [h, days] of HORIZONS.entries()) {
				const ofTotal = slowForecast(pictures, 0, 0, m, h);
				expect(document.season.last_year_weight[`${metric}_${days}`]).toBeCloseTo(ofTotal.lastYearWeight, 3);
				for (const [p, { figures }] of document.groups.entries()) {
					const { mean, lower, upper } = slowForecast(pictures, 0, p, m, h);
					const found = figures.find((figure) => figure.metric === metric && figure.horizon_days === days)?.without_plan;
					for (const [told, slow] of [
						[found?.mean, mean],
						[found?.lower, lower],
						[found?.upper, upper],
					] as const)
						expect(Math.abs((told ?? Number.NaN) - slow)).toBeLessThanOrEqual(metric === "positivation" ? 0.051 : 0.51); // rounded
				}
				// Past origins with a window over and four before them with theirs over, too.
				const judged = pictures.origins.map((_, k) => k).filter((k) => k >= days / 30 && k + days / 30 + 4 <= numOrigins);
				const misses = { own: [0], window: [0], ownWithYear: [0], year: [0] };
				for (const by of ["total", "rep", "segment", "line"]) {
					let [num, inside] = [0, 0];
					for (const k of judged)
						for (const [p, part] of pictures.parts.list.entries()) {
							if (part.by !== by) continue;
							const position = pictures.at(k, p, m, h);
							const came = Math.max(0, pictures.actual[position]);
							const { mean, lower, upper } = slowForecast(pictures, k, p, m, h);
							if (by === "total") misses.own.push(Math.abs(mean / came - 1));
							if (by === "total") misses.window.push(Math.abs(pictures.lastWindow[position] / came - 1));
							if (by === "total" && !Number.isNaN(pictures.lastYear[position])) {
								misses.ownWithYear.push(Math.abs(mean / came - 1));
								misses.year.push(Math.abs(pictures.lastYear[position] / came - 1));
							}
							if (came === 0 && pictures.model[position] < pictures.quantum[m]) continue;
							num++;
							inside += Number(lower <= came && came <= upper);
						}
					const counted = document.calibration.coverage.find((row) => row.metric === metric && row.horizon_days === days && row.by === by);
					expect([counted?.num_intervals, counted?.num_inside]).toEqual([num, inside]);
				}
				const errors = document.calibration.accuracy.find((row) => row.metric === metric && row.horizon_days === days);
				expect(errors?.num_origins).toBe(judged.length);
				const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / (values.length - 1);
				expect(errors?.forecast).toBeCloseTo(mean(misses.own), 6);
				expect(errors?.last_window).toBeCloseTo(mean(misses.window), 6);
				expect(errors?.num_with_last_year).toBe(misses.year.length - 1);
				if (misses.year.length === 1) expect([errors?.forecast_with_last_year, errors?.last_year]).toEqual([null, null]);
				else {
					expect(errors?.forecast_with_last_year).toBeCloseTo(mean(misses.ownWithYear), 6);
					expect(errors?.last_year).toBeCloseTo(mean(misses.year), 6);
				}
			}
	});

	it("says of each figure where a naive forecast of it was off no further", () => {
		const { notes, calibration } = forecastAt(trade, LAST_DAY);
		const told = notes.flatMap(({ code, detail }) => (code === "NO_BETTER_THAN_NAIVE" ? [detail] : []));
		const expected = calibration.accuracy.flatMap((errors) => {
			const { metric, horizon_days: days, forecast, last_window, forecast_with_last_year, last_year } = errors;
			const pairs = [
				[forecast, last_window, "the window before again"],
				[forecast_with_last_year, last_year, "last year's window again"],
			] as const;
			return pairs.flatMap(([ours, naive, name]) =>
				ours !== null && naive !== null && naive <= ours
					? [`${metric}, ${days} days: past error ${(100 * ours).toFixed(1)} %; ${name}: ${(100 * naive).toFixed(1)} %`]
					: [],
			);
		});
		expect(told).toEqual(expected);
		expect(told.length).toBeGreaterThan(0);
		expect(told.length).toBeLessThan(2 * calibration.accuracy.length);
	});

	it("counts the customers of a part that ordered in the year before", () => {
		const active = new Set(
			linesOf(trade).flatMap(({ customer, day, quantity = 1 }) => (day >= LAST_DAY - 365 && quantity > 0 ? [customer] : [])),
		);
		for (const group of forecastAt(trade, LAST_DAY).groups) {
			const holds = holdsOf(trade, group);
			// Of a line those that bought more of it than they gave back, in the windows of the year.
			const hasBought = (customer: number): boolean =>
				group.by !== "line" ||
				slowWindow(trade, (who, product) => who === customer && holds(who, product), LAST_DAY - 360, LAST_DAY)[0] > 0;
			expect(group.num_customers).toBe(
				[...active].filter((customer) => (group.by === "line" || holds(customer, -1)) && hasBought(customer)).length,
			);
		}
	});

	it("states intervals of the total that are narrower than those of its parts together", () => {
		const { groups } = forecastAt(trade, LAST_DAY);
		const width = ({ figures }: (typeof groups)[number]): number => figures[0].without_plan.upper - figures[0].without_plan.lower;
		const parts = groups.filter(({ by }) => by === "segment").reduce((sum, group) => sum + width(group), 0);
		expect(width(groups[0])).toBeLessThan(parts);
	});

	it("is not moved by anything dated on its day or later, thrown away or shuffled", () => {
		const asOf = LAST_DAY - 100;
		const known = forecastAt(trade, asOf);
		expect(forecastAt(spoiled(trade, NUM_CUSTOMERS, asOf, "deleted"), asOf)).toEqual(known);
		expect(forecastAt(spoiled(trade, NUM_CUSTOMERS, asOf, "shuffled"), asOf)).toEqual(known);
	});

	it("says how often its intervals held what came by intervals that really were stated then", () => {
		const now = picturesAt(trade, LAST_DAY, 8).pictures;
		const then = picturesAt(trade, LAST_DAY - 90, 5).pictures; // the same origins, asked 90 days earlier
		for (let at = 0; at < then.model.length; at++) {
			const later = at + (now.model.length / 8) * 3;
			expect(now.model[later]).toBeCloseTo(then.model[at], 4);
			expect(now.lastWindow[later]).toBeCloseTo(then.lastWindow[at], 4);
		}
	});

	it("says that it has no season, few origins and no margins where the history is short", () => {
		const young = forecastAt(trade, LAST_DAY - 560);
		expect(young.season.basis).toBe("none");
		expect(young.notes.map(({ code }) => code)).toEqual(expect.arrayContaining(["NO_SEASON", "FEW_ORIGINS"]));
		expect(young.calibration.coverage).toEqual([]);
	});

	it("says where the last days' orders are missing, instead of taking them for days without sales", () => {
		const made = madeTrade(300, 4);
		expect(notesAt(made, LAST_DAY)).not.toContain("STALE_ORDERS");
		expect(notesAt(made, LAST_DAY + 14)).toContain("STALE_ORDERS");
	});
});
