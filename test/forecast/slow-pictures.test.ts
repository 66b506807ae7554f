import { beforeAll, describe, expect, it } from "vitest";
import { FORECAST_METRICS, HORIZONS } from "../../engine/forecast/forecast-document.ts";
import { forecastPortfolio } from "../../engine/forecast/forecast.ts";
import { findParts } from "../../engine/forecast/forecast-groups.ts";
import { originScoresOf, type Pictures, takePictures } from "../../engine/forecast/pictures.ts";
import { buildOwnership } from "../../engine/policy/ownership.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { understand } from "../../engine/understand.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { LAST_DAY } from "../scoring/synthetic-portfolio.ts";
import { slowPicture } from "./slow-picture.ts";
import { linesOf, madeTrade } from "./trade.ts";

const NUM_CUSTOMERS = 40;
const RULE = { min_value: 300, min_products: 2 };
const trade = madeTrade(NUM_CUSTOMERS, 6, { positivation: RULE });
let predictor: Predictor;
beforeAll(async () => {
	predictor = await loadPredictor();
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("the pictures that a forecast is calibrated from", () => {
	it("hold what the models say of each part, and its spread, as customers and lines one by one add up to", () => {
		const context = understand(trade, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
		const parts = findParts(trade, buildOwnership(trade, [LAST_DAY]));
		const origins = [LAST_DAY, LAST_DAY - 30];
		const said = origins.map((origin) => predictor.score(trade, cutHistory(trade, context.history, origin), { asOf: origin }));
		const scores = said.map((one, k) => originScoresOf(one, origins[k], context.policy));
		const pictures: Pictures = takePictures({ ...context, parts, scores });
		const expectAlike = (found: number, slow: number, what: string): void =>
			expect(Math.abs(found - slow) / Math.max(1e-9, Math.abs(slow)), what).toBeLessThan(1e-4);
		for (const [k, origin] of origins.entries()) {
			const slow = slowPicture(context, said[k], origin, (c) => (c % 5 === 4 ? null : `r${c % 2}`));
			for (const [h, days] of HORIZONS.entries()) {
				for (const [p, part] of parts.list.entries()) {
					const { model, variance } = slow.of(part, days);
					for (const [m, metric] of FORECAST_METRICS.entries()) {
						const what = `${metric} ${days} of ${part.by} ${part.id} before ${formatDay(origin)}`;
						expectAlike(pictures.model[pictures.at(k, p, m, h)], model[m], what);
						expectAlike(pictures.variance[pictures.at(k, p, m, h)], variance[m], `variance of ${what}`);
						expect(model[m]).toBeGreaterThan(0);
					}
				}
				// The naive windows are told as for the days of trade ahead: of the total, what came times the days' worth.
				const came = (from: Day): number =>
					sum(linesOf(trade).flatMap(({ day, value = 0 }) => (day >= from && day < from + days ? [value] : [])));
				const ahead = slow.tradeOf(origin, days);
				const position = pictures.at(k, 0, 0, h);
				expectAlike(pictures.lastWindow[position], (came(origin - days) * ahead) / slow.tradeOf(origin - days, days), "last window");
				expectAlike(pictures.lastYear[position], (came(origin - 364) * ahead) / slow.tradeOf(origin - 364, days), "last year");
			}
		}
		const tickets = [...said[0].ticket].filter((ticket) => ticket > 0).sort((a, b) => a - b);
		const ticket = tickets[Math.floor(tickets.length / 2)];
		expect(pictures.quantum).toEqual([ticket / 2 + 1, (ticket * context.policy.value.default_margin_rate) / 2 + 1, 0.5]);
	});
});

describe("a forecast", () => {
	it("tells positivated customers of the windows before, and the days of its history, as the lines have them", () => {
		const context = understand(trade, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
		const { groups, season } = forecastPortfolio({ context, predictor });
		const rows = linesOf(trade);
		expect(season.history_days).toBe(LAST_DAY - Math.min(...rows.map(({ day }) => day)));
		const numReached = (from: Day, to: Day): number => {
			const own = Map.groupBy(
				rows.filter(({ day }) => day >= from && day < to),
				({ customer }) => customer,
			);
			return [...own.values()].filter(
				(bought) =>
					sum(bought.map(({ value = 0 }) => value)) >= 30_000 &&
					new Set(bought.flatMap(({ product, quantity = 1 }) => (quantity > 0 ? [product] : []))).size >= 2,
			).length;
		};
		for (const { metric, horizon_days: days, last_window, last_year } of groups[0].figures)
			if (metric === "positivation")
				expect([last_window, last_year]).toEqual([
					numReached(LAST_DAY - days, LAST_DAY),
					numReached(LAST_DAY - 364, LAST_DAY - 364 + days),
				]);
	});
});
