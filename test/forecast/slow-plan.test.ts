import { beforeAll, expect, it } from "vitest";
import { FORECAST_METRICS } from "../../engine/forecast/forecast-document.ts";
import { forecastPortfolio } from "../../engine/forecast/forecast.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { understand } from "../../engine/understand.ts";
import { LAST_DAY } from "../scoring/synthetic-portfolio.ts";
import { plannedTrade } from "./planned-trade.ts";
import { slowPlanGain } from "./slow-plan.ts";

let predictor: Predictor;
beforeAll(async () => {
	predictor = await loadPredictor();
});

it.each([1, 2, 3, 4, 5, 6])(
	"what a plan adds to each part, and how far it may be off, is what contact by contact adds up to: seed %i",
	(seed) => {
		const { portfolio, plan } = plannedTrade(seed);
		const context = understand(portfolio, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
		const slow = slowPlanGain(context, plan);
		const document = forecastPortfolio({ context, predictor, plan });
		const dates = context.policy.effects.flatMap(({ measured }) => measured?.as_of ?? []);
		expect(document.plan).toEqual({
			plan_id: plan.plan_id,
			...plan.horizon,
			effects: dates.length > 0 ? `measured ${dates.sort().at(-1)}` : "assumed",
			num_contacts: slow.numContacts,
			usual_contacts: expect.closeTo(slow.usualContacts, 9),
		});
		expect(document.notes.some(({ code }) => code === "PLAN_EFFECTS_ASSUMED")).toBe(dates.length === 0);
		expect(document.groups.map(({ by, id, num_customers: count }) => [by, id, count])).toEqual(
			slow.parts().map(({ by, id }) => [by, id, slow.numActive({ by, id })]),
		);
		const told = new Map<string, number>();
		for (const { by, id, figures } of document.groups)
			for (const { metric, horizon_days: days, without_plan: without, with_plan: found } of figures) {
				const [lower, mean, upper] = slow.of({ by, id }, metric, days);
				const middle = without.mean + mean;
				const expected = {
					mean: middle,
					lower: middle - Math.hypot(without.mean - without.lower, mean - lower),
					upper: middle + Math.hypot(without.upper - without.mean, upper - mean),
				};
				const rounded = metric === "positivation" ? 0.1 : 1; // steps of the figures told
				for (const end of ["lower", "mean", "upper"] as const) {
					const off = Math.abs((found?.[end] ?? Number.NaN) - Math.max(0, expected[end]));
					expect(off, `${end} ${metric} ${days} of ${by} ${id}`).toBeLessThan((end === "mean" ? 1.01 : 2) * rounded);
				}
				const leaf = `${by} ${metric}`;
				const least = Math.min(Math.abs(mean), upper - lower) / rounded;
				told.set(leaf, Math.max(told.get(leaf) ?? 0, least));
			}
		// A gain of every kind that rounding would not hide, and customers with more contacts by one channel and fewer by another.
		for (const by of ["total", "rep", "segment", "line"])
			for (const metric of FORECAST_METRICS) expect(told.get(`${by} ${metric}`), `${by} ${metric}`).toBeGreaterThan(1);
		expect(slow.gains.filter(({ isMixed }) => isMixed).length).toBeGreaterThan(3);
	},
);
