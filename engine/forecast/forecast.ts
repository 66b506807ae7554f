import type { PlanContext } from "../agenda/context.ts";
import { effectsBasisOf } from "../policy/effect-rows.ts";
import { buildOwnership } from "../policy/ownership.ts";
import { ORDER_STATUS } from "../portfolio/schema.ts";
import { cutHistory } from "../scoring/cut-history.ts";
import type { Predictor } from "../scoring/predictor.ts";
import { YEAR } from "../scoring/season.ts";
import { formatDay } from "../units.ts";
import { type Calibrated, calibrate, LEVEL } from "./calibrate.ts";
import { accuracyOf, coverageOf, FEWEST_ORIGINS } from "./coverage.ts";
import {
	FORECAST_METRICS,
	type ForecastDocument,
	type ForecastFigure,
	type ForecastGroup,
	type ForecastRange,
	HORIZONS,
} from "./forecast-document.ts";
import { findParts } from "./forecast-groups.ts";
import { firstDayOf, STEP } from "./past-windows.ts";
import { type OriginScores, originScoresOf, type Pictures, takePictures } from "./pictures.ts";
import { type PlanGain, planGainOf, positivatedBy, readForecastPlan } from "./plan-gain.ts";

/** History that a past origin needs before it, and most origins looked at. */
const MIN_HISTORY = 120;
const MAX_ORIGINS = 30;
const TWO_YEARS = 2 * YEAR;
const CANCELLED = ORDER_STATUS.indexOf("cancelled");

/** What is forecast: everything known before as_of, and a plan.json of that day, or null. */
export interface ForecastInputs {
	readonly context: PlanContext;
	readonly predictor: Pick<Predictor, "score">;
	readonly plan?: unknown;
}

/**
 * Forecasts net sales, margin and positivated customers of a portfolio, its reps, lines and segments, from the models' scores, calibrated on
 * the portfolio's own past: the same forecast is made at earlier days from what lay before each, and held against what came. INVALID_INPUT for
 * a plan that is none or of another day.
 */
export function forecastPortfolio({ context, predictor, plan }: ForecastInputs): ForecastDocument {
	const { portfolio, policy, asOf } = context;
	const read = plan === undefined || plan === null ? null : readForecastPlan(plan, asOf);
	const ownership = buildOwnership(portfolio, [asOf]);
	const gain = read && planGainOf(context, read, ownership);
	const scores = scoreOrigins(context, predictor);
	const parts = findParts(portfolio, ownership);
	const pictures = takePictures({ ...context, parts, scores });
	const forecasts = FORECAST_METRICS.map((_, metric) => HORIZONS.map((__, horizon) => calibrate(pictures, 0, metric, horizon)));
	const gains = gain && partGains(pictures, gain, scores[0]);
	const groups = parts.list.map((_, part) => groupOf(pictures, part, forecasts, gains));
	const calibration = {
		origins: pictures.origins.slice(1).map(formatDay),
		coverage: coverageOf(pictures),
		accuracy: accuracyOf(pictures),
	};
	const effects = effectsBasisOf(policy);
	return {
		as_of: formatDay(asOf),
		currency: policy.currency,
		language: policy.language,
		model: context.scores.model,
		level: LEVEL,
		plan: read && {
			plan_id: read.plan_id,
			from: read.horizon.from,
			to: read.horizon.to,
			effects,
			num_contacts: gain?.numContacts ?? 0,
			usual_contacts: gain?.usualContacts ?? 0,
		},
		season: seasonOf(pictures, forecasts),
		groups,
		calibration,
		notes: notesOf(context, pictures, calibration, read ? effects : null),
	};
}

/** Scores as of today and of every past origin, by what was known before each. */
function scoreOrigins({ portfolio, history, policy, scores, asOf }: PlanContext, predictor: Pick<Predictor, "score">): OriginScores[] {
	const first = firstDayOf(history);
	const origins: OriginScores[] = [originScoresOf(scores, asOf, policy)];
	for (let origin = asOf - STEP; origin - first >= MIN_HISTORY && origins.length <= MAX_ORIGINS; origin -= STEP) {
		const past = cutHistory(portfolio, history, origin);
		const said = predictor.score(portfolio, past, { asOf: origin, suggestions: { replenish: 0, open: 0 } });
		origins.push(originScoresOf(said, origin, policy));
	}
	return origins;
}

type PartGains = (part: number, metric: number, horizon: number) => ForecastRange;

/** What a plan adds to each part; of a line, its share of what the part's customers buy. */
function partGains(pictures: Pictures, { customers }: PlanGain, { order }: OriginScores): PartGains {
	const { parts } = pictures;
	const length = parts.list.length * FORECAST_METRICS.length * HORIZONS.length;
	const sheets = { mean: new Float64Array(length), lower: new Float64Array(length), upper: new Float64Array(length) };
	const at = (part: number, metric: number, horizon: number): number =>
		(part * FORECAST_METRICS.length + metric) * HORIZONS.length + horizon;
	for (const { customer, orders, ordersLower, ordersUpper, orderValue, orderMargin } of customers) {
		for (const [sheet, won] of [
			[sheets.mean, orders],
			[sheets.lower, ordersLower],
			[sheets.upper, ordersUpper],
		] as const)
			for (const part of parts.ofCustomer(customer))
				for (const horizon of HORIZONS.keys()) {
					sheet[at(part, 0, horizon)] += won * orderValue;
					sheet[at(part, 1, horizon)] += won * orderMargin;
					sheet[at(part, 2, horizon)] += positivatedBy(won, order[horizon][customer]);
				}
	}
	return (part, metric, horizon) => {
		const ofLine = parts.list[part].by === "line";
		const [from, source] = [pictures.at(0, 0, metric, horizon), at(ofLine ? 0 : part, metric, horizon)];
		const share = ofLine ? pictures.model[pictures.at(0, part, metric, horizon)] / (pictures.model[from] || 1) : 1;
		return { mean: share * sheets.mean[source], lower: share * sheets.lower[source], upper: share * sheets.upper[source] };
	};
}

function groupOf(
	pictures: Pictures,
	part: number,
	forecasts: readonly (readonly ((part: number) => Calibrated)[])[],
	gains: PartGains | null,
): ForecastGroup {
	const { lastWindow, lastYear } = pictures.cameBefore;
	const figures = FORECAST_METRICS.flatMap((metric, m) =>
		HORIZONS.map((days, h): ForecastFigure => {
			const without = forecasts[m][h](part);
			const position = pictures.at(0, part, m, h);
			const round = metric === "positivation" ? (amount: number) => Math.round(10 * amount) / 10 : Math.round;
			const rounded = ({ mean, lower, upper }: ForecastRange): ForecastRange => ({
				mean: round(mean),
				lower: round(lower),
				upper: round(upper),
			});
			return {
				metric,
				horizon_days: days,
				without_plan: rounded(without),
				with_plan: gains && rounded(withGain(without, gains(part, m, h))),
				last_window: round(lastWindow[position]),
				last_year: Number.isNaN(lastYear[position]) ? null : round(lastYear[position]),
			};
		}),
	);
	return { ...pictures.parts.list[part], num_customers: pictures.numCustomers[part], figures };
}

/** Moves a forecast by a gain; the two uncertainties are independent, so that their squares add up. */
function withGain({ mean, lower, upper }: ForecastRange, gain: ForecastRange): ForecastRange {
	const middle = mean + gain.mean;
	return {
		mean: Math.max(0, middle),
		lower: Math.max(0, middle - Math.hypot(mean - lower, gain.mean - gain.lower)),
		upper: Math.max(0, middle + Math.hypot(upper - mean, gain.upper - gain.mean)),
	};
}

function seasonOf(
	{ origins, firstDay }: Pictures,
	forecasts: readonly (readonly ((part: number) => Calibrated)[])[],
): ForecastDocument["season"] {
	const days = origins[0] - firstDay;
	const weights = FORECAST_METRICS.flatMap((metric, m) =>
		HORIZONS.map((horizon, h) => [`${metric}_${horizon}`, Math.round(1000 * forecasts[m][h](0).lastYearWeight) / 1000] as const),
	);
	return {
		basis: days >= TWO_YEARS ? "two_years" : days >= YEAR ? "last_year" : "none",
		history_days: days,
		last_year_weight: Object.fromEntries(weights),
	};
}

function notesOf(
	{ portfolio, history, feed }: PlanContext,
	{ origins, firstDay }: Pictures,
	{ accuracy }: ForecastDocument["calibration"],
	effects: string | null,
): ForecastDocument["notes"] {
	const days = origins[0] - firstDay;
	const notes: ForecastDocument["notes"] = [];
	const add = (code: ForecastDocument["notes"][number]["code"], detail: string): void => void notes.push({ code, detail });
	if (feed.staleDays > 0)
		add(
			"STALE_ORDERS",
			`no orders can be trusted since ${formatDay(feed.silenceFrom)}: what was sold since then counts as far as it is there`,
		);
	if (days < YEAR) add("NO_SEASON", `the history has ${days} days; a season needs ${TWO_YEARS}, last year's window ${YEAR}`);
	else if (days < TWO_YEARS)
		add(
			"SHORT_SEASON",
			`the history has ${days} days; below ${TWO_YEARS} a season cannot be told from growth: last year is but one opinion`,
		);
	const numFinished = origins.filter((origin) => origin + HORIZONS[HORIZONS.length - 1] <= origins[0]).length;
	if (numFinished < FEWEST_ORIGINS)
		add("FEW_ORIGINS", `${numFinished} past origins are over; below ${FEWEST_ORIGINS} intervals are what is usual, not measured`);
	if (!statesMargins(portfolio, history)) add("NO_MARGIN", "neither orders nor products state margins: the policy's default rate holds");
	if (effects === "assumed") add("PLAN_EFFECTS_ASSUMED", "what the plan adds rests on the policy's assumed effects of contacts");
	for (const { metric, horizon_days, ...errors } of accuracy) {
		const compare = (ours: number | null, naive: number | null, name: string): void => {
			if (ours === null || naive === null || ours < naive) return;
			add("NO_BETTER_THAN_NAIVE", `${metric}, ${horizon_days} days: past error ${percent(ours)}; ${name} again: ${percent(naive)}`);
		};
		compare(errors.forecast, errors.last_window, "the window before");
		compare(errors.forecast_with_last_year, errors.last_year, "last year's window");
	}
	return notes;
}

/** Is the margin of some line sold known, by itself or its product? A purchase's is known only where that of all its lines is. */
function statesMargins({ tables: { orders, products } }: PlanContext["portfolio"], { line }: PlanContext["history"]): boolean {
	const { margin } = orders.numbers;
	const { margin_rate: rate } = products.numbers;
	const isKnown = (row: number): boolean => !Number.isNaN(margin[row]) || !Number.isNaN(rate[orders.refs.product_id[row]]);
	return line.some((row) => orders.codes.status[row] !== CANCELLED && isKnown(row));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
