import { type History, netValueOf } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { NUM_BINS, survival } from "../../engine/scoring/hazard.ts";
import type { Comparison, Figures } from "../../engine/scoring/model-folder.ts";
import { buildRhythm, ownRhythmDays } from "../../engine/scoring/rhythm.ts";
import type { Scores } from "../../engine/scoring/scores.ts";
import { formatDay } from "../../engine/units.ts";
import { type Baseline, fitBaselines } from "./baselines.ts";
import { compare, measure } from "./compare.ts";
import { measureValues, type ValueFigures } from "./evaluate-value.ts";
import { gains, type ReliabilityBin, reliability, valueCapture } from "./metrics.ts";
import { churnLabels, customersOf } from "../churn/populations.ts";
import { sliceCustomers } from "./slices.ts";

/** What a model said at an origin, and what came. */
export interface ChurnTrial {
	readonly portfolio: Portfolio;
	/** Reaches beyond the origin. */
	readonly history: History;
	/** The same before the origin. */
	readonly past: History;
	readonly scores: Scores;
	readonly withBaselines: boolean;
	/** Days of the question asked of all customers and of the regulars; 90 unless said. */
	readonly horizonDays?: number;
	readonly seed: number;
}

/** A part of the customers. */
export interface SliceFigures {
	readonly by: string;
	readonly name: string;
	readonly numCustomers: number;
	/** Share that did not order, and what the model said on average. */
	readonly baseRate: number;
	readonly meanScore: number;
	readonly figures: Figures;
	/** Mean value foretold over mean that came, less 1; null where none came. */
	readonly valueBias: number | null;
}

/** The churn model judged at one origin; records are by name of the model, ours first. */
export interface ChurnReport {
	readonly horizonDays: number;
	/** Ordered at least once, lately within 365 days: no order within the horizon. */
	readonly all: Comparison;
	/** Of these, with at least 3 orders. */
	readonly regulars: Comparison;
	/** With at least 4: no order within their own rhythm's days. */
	readonly ownRhythm: Comparison;
	/** Value of the regulars over 90 days, net of returns on whatever day. */
	readonly value: Readonly<Record<string, ValueFigures>>;
	/** Share of the churners' past-year sales in the top tenth by probability × those sales, over all customers. */
	readonly capture: Readonly<Record<string, number | null>>;
	/** Over all customers. */
	readonly reliability: Readonly<Record<string, readonly ReliabilityBin[]>>;
	/** Share of the churners found in the first tenths by score, over all customers. */
	readonly gains: Readonly<Record<string, readonly number[]>>;
	readonly slices: readonly SliceFigures[];
}

/** Measures scores against what came. */
export function evaluateChurn(trial: ChurnTrial): ChurnReport {
	const { portfolio, past, scores, horizonDays = 90 } = trial;
	const rhythm = buildRhythm(portfolio, past);
	const models = [modelOf(scores), ...(trial.withBaselines ? fitBaselines(portfolio, past) : [])];
	const [all, regulars, steady] = [1, 3, 4].map((minOrders) => customersOf(past, minOrders));
	const sameDays = (): number => horizonDays;
	const labels = churnLabels(trial.history, past.before, all, sameDays);
	const pastYear = all.map((customer) => netValueOf(portfolio, past, customer, past.before - 365, past.before));
	const said = sayOf(models, all, sameDays);
	const known = (x: number): number | null => (Number.isFinite(x) ? x : null);
	return {
		horizonDays,
		all: compareModels(trial, models, all, sameDays),
		regulars: compareModels(trial, models, regulars, sameDays),
		ownRhythm: compareModels(trial, models, steady, (customer) => ownRhythmDays(rhythm.medianGap[customer], rhythm.gapCount[customer])),
		value: valuesOf(trial, models, regulars),
		capture: each(said, (scored) => known(valueCapture(labels, scored, pastYear))),
		reliability: each(sayOf(models.filter(isProbability), all, sameDays), (scored) => reliability(labels, scored)),
		gains: each(said, (scored) => gains(labels, scored)),
		slices: slicesOf(trial, models[0], all),
	};
}

type Said = readonly (readonly [name: string, scores: readonly number[]])[];

const isProbability = ({ isRanking = false }: Baseline): boolean => !isRanking;

function modelOf(scores: Scores): Baseline {
	return {
		name: "model",
		noOrder: (customer, days) => survival(scores.hazard, customer * NUM_BINS, days),
		value90: (customer) => scores.expectedValue[customer],
	};
}

/** What each model that foretells churn says of the customers. */
function sayOf(models: readonly Baseline[], customers: readonly number[], daysOf: (customer: number) => number): Said {
	return models.flatMap(({ name, noOrder }) => {
		if (!noOrder) return [];
		return [[name, customers.map((customer) => noOrder(customer, daysOf(customer)))] as const];
	});
}

function each<T>(said: Said, measureOne: (scores: readonly number[]) => T): Record<string, T> {
	return Object.fromEntries(said.map(([name, scores]) => [name, measureOne(scores)]));
}

function compareModels(
	{ history, past, seed }: ChurnTrial,
	models: readonly Baseline[],
	customers: readonly number[],
	daysOf: (customer: number) => number,
): Comparison {
	const rankings = models.filter((model) => !isProbability(model)).map(({ name }) => name);
	const labels = churnLabels(history, past.before, customers, daysOf);
	const scores = Object.fromEntries(sayOf(models, customers, daysOf));
	return compare(formatDay(past.before), labels, scores, { rankings, bootstrapSeed: seed });
}

function valuesOf({ portfolio, history, past, seed }: ChurnTrial, models: readonly Baseline[], customers: readonly number[]) {
	const foretold = models.flatMap(({ name, value90 }) =>
		value90 ? [[name, customers.map((customer) => value90(customer))] as const] : [],
	);
	const came = customers.map((customer) => netValueOf(portfolio, history, customer, past.before, past.before + 90));
	return measureValues(came, Object.fromEntries(foretold), seed);
}

function slicesOf({ portfolio, history, past, scores, horizonDays = 90 }: ChurnTrial, model: Baseline, customers: readonly number[]) {
	return sliceCustomers(portfolio, past, scores, customers).map(({ by, name, customers: own }): SliceFigures => {
		const labels = churnLabels(history, past.before, own, () => horizonDays);
		const [[, said]] = sayOf([model], own, () => horizonDays);
		const came = own.reduce((sum, customer) => sum + netValueOf(portfolio, history, customer, past.before, past.before + 90), 0);
		const foretold = own.reduce((sum, customer) => sum + scores.expectedValue[customer], 0);
		return {
			by,
			name,
			numCustomers: own.length,
			baseRate: mean(labels),
			meanScore: mean(said),
			figures: measure(labels, said),
			valueBias: came > 0 ? foretold / came - 1 : null,
		};
	});
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
