import { z } from "zod";

/** Days ahead that are forecast. */
export const HORIZONS = [30, 60, 90] as const;
/** What is forecast: net sales and margin in cents, customers that are positivated. */
export const FORECAST_METRICS = ["revenue", "margin", "positivation"] as const;
export type ForecastMetric = (typeof FORECAST_METRICS)[number];
/** By what a forecast is broken down; `total` has one group, whose id is null. */
export const FORECAST_GROUPINGS = ["total", "rep", "line", "segment"] as const;
export type ForecastGrouping = (typeof FORECAST_GROUPINGS)[number];

const amount = z.number().meta({ description: "whole cents; for positivation customers" });

const range = z.strictObject({ mean: amount, lower: amount, upper: amount });

const figure = z.looseObject({
	metric: z.enum(FORECAST_METRICS),
	horizon_days: z.int(),
	without_plan: range.meta({ description: "usual service goes on" }),
	with_plan: range.nullable().meta({ description: "the plan's contacts instead of usual service for its days; null: no plan was given" }),
	last_window: amount.meta({ description: "what came in as many days before as_of" }),
	last_year: amount.nullable().meta({ description: "what came in the same window 364 days earlier; null: the history does not reach it" }),
});

const group = z.looseObject({
	by: z.enum(FORECAST_GROUPINGS),
	id: z.string().nullable().meta({ description: "rep_id, line or segment; null: of the total, and of customers or products without one" }),
	num_customers: z.int().meta({ description: "with an order in the year before; of a line, those that bought it" }),
	figures: z.array(figure),
});

/** Why a forecast says less than it could. Words for people are made from the code; `detail` is English. */
export const FORECAST_NOTES = [
	"SHORT_SEASON",
	"NO_SEASON",
	"STALE_ORDERS",
	"FEW_ORIGINS",
	"NO_MARGIN",
	"PLAN_EFFECTS_ASSUMED",
	"NO_BETTER_THAN_NAIVE",
] as const;

const coverage = z.strictObject({
	horizon_days: z.int(),
	metric: z.enum(FORECAST_METRICS),
	by: z.enum(FORECAST_GROUPINGS),
	num_intervals: z.int(),
	num_inside: z.int(),
});

const accuracy = z.strictObject({
	horizon_days: z.int(),
	metric: z.enum(FORECAST_METRICS),
	num_origins: z.int(),
	forecast: z.number().nullable().meta({ description: "mean absolute percentage error of the total; null without a finished origin" }),
	last_window: z.number().nullable().meta({ description: "of the window before again, money as for the window's days of trade" }),
	num_with_last_year: z.int().meta({ description: "of the origins: those whose window of last year is known" }),
	forecast_with_last_year: z.number().nullable().meta({ description: "over these" }),
	last_year: z.number().nullable().meta({ description: "of last year's window again, likewise, over these" }),
});

/** The forecast of a portfolio: `carteira forecast --json`, `GET …/forecast`. */
export const forecastDocument = z
	.looseObject({
		as_of: z.iso.date(),
		currency: z.string(),
		language: z.string(),
		model: z.string(),
		level: z.number().meta({ description: "probability that the intervals state" }),
		plan: z
			.strictObject({
				plan_id: z.string().nullable(),
				from: z.iso.date(),
				to: z.iso.date(),
				effects: z.string().meta({ description: "what contacts are taken to bring: `assumed`, or `measured <date>`" }),
				num_contacts: z.int(),
				usual_contacts: z.number().meta({ description: "that usual service would make in the same days" }),
			})
			.nullable(),
		season: z.strictObject({
			basis: z.enum(["none", "last_year", "two_years"]),
			history_days: z.int(),
			last_year_weight: z
				.record(z.string(), z.number())
				.meta({ description: "share of the same window of last year in the forecast of the total, by metric and horizon: `revenue_30`" }),
		}),
		groups: z.array(group),
		calibration: z.strictObject({
			origins: z.array(z.iso.date()).meta({ description: "past days asked from, with what lay before each alone" }),
			coverage: z
				.array(coverage)
				.meta({ description: "intervals made at those days from the origins finished before them, against what came" }),
			accuracy: z.array(accuracy),
		}),
		notes: z.array(z.strictObject({ code: z.enum(FORECAST_NOTES), detail: z.string() })),
	})
	.meta({ id: "Forecast" });

export type ForecastDocument = z.output<typeof forecastDocument>;
export type ForecastGroup = ForecastDocument["groups"][number];
export type ForecastFigure = ForecastGroup["figures"][number];
export type ForecastRange = ForecastFigure["without_plan"];
