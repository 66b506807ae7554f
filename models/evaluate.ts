import { buildHistory, type History } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { noOrderProbability } from "../engine/scoring/buy-till-you-die.ts";
import { summarise } from "../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../engine/scoring/cut-history.ts";
import { type Comparison, type ModelFolder, readModelFolder } from "../engine/scoring/model-folder.ts";
import { createPredictor } from "../engine/scoring/predictor.ts";
import { buildRhythm, ownRhythmDays, type Rhythm } from "../engine/scoring/rhythm.ts";
import type { Scores } from "../engine/scoring/scores.ts";
import { type Day, formatDay } from "../engine/units.ts";
import { futureOf } from "./churn-dataset.ts";
import { compare } from "./compare.ts";
import { evaluateMix, type MixFigures } from "./evaluate-mix.ts";
import { type ReliabilityBin, reliability, valueCapture } from "./metrics.ts";
import { trainFolder } from "./train.ts";

export interface EvaluateOptions {
	/** Days asked from; 90 days after each must lie in the data for its figures to mean what they say. */
	readonly origins: readonly Day[];
	/** Measure simple models beside. */
	readonly baselines?: boolean;
	/** A model folder to judge; without it one is trained at each origin on what lies before it. */
	readonly model?: string;
	readonly seed?: number;
	readonly onProgress?: (message: string) => void;
}

/** How well value over 90 days was foretold, for the regulars; money in cents. */
export interface ValueFigures {
	readonly meanAbsoluteError: number;
	/** Mean foretold over mean that came, less 1. */
	readonly bias: number;
	/** Share of the churners' past-year sales in the top tenth by probability × those sales, over all customers. */
	readonly capture: number;
}

/** Everything measured at one origin. */
export interface OriginReport {
	readonly origin: string;
	readonly model: string;
	/** Ordered at least once, lately within 365 days: no order in 90 days. */
	readonly all: Comparison;
	/** Of these, with at least 3 orders. */
	readonly regulars: Comparison;
	/** With at least 4: no order within their own rhythm's days. */
	readonly ownRhythm: Comparison;
	readonly value: ValueFigures;
	readonly reliability: readonly ReliabilityBin[];
	/** By name of the model. */
	readonly mix: Readonly<Record<string, MixFigures>>;
	/** False where fewer than 90 days follow the origin in the data. */
	readonly isOver: boolean;
	readonly seconds: number;
}

/** Judges models on a portfolio's own past, origin by origin: each is asked with what lay before its origin, and told by what came. */
export async function evaluate(portfolio: Portfolio, options: EvaluateOptions): Promise<OriginReport[]> {
	const lastDay = portfolio.tables.orders.days.ordered_on.reduce((last, day) => Math.max(last, day), 0);
	const history = buildHistory(portfolio, lastDay + 1);
	const reports: OriginReport[] = [];
	for (const origin of options.origins) {
		options.onProgress?.(`evaluating ${formatDay(origin)}`);
		reports.push(await evaluateOrigin(portfolio, history, origin, options));
	}
	return reports;
}

/** What the evaluation of one origin works with. */
interface Trial {
	readonly history: History;
	readonly past: History;
	readonly rhythm: Rhythm;
	readonly scores: Scores;
	readonly folder: ModelFolder;
	readonly withBaselines: boolean;
	readonly baseRate: number;
}

async function evaluateOrigin(portfolio: Portfolio, history: History, origin: Day, options: EvaluateOptions): Promise<OriginReport> {
	const started = performance.now();
	const { model, seed = 1, onProgress = () => undefined } = options;
	const folder = model ? await readModelFolder(model) : await trainFolder(portfolio, "evaluated", { asOf: origin, seed, onProgress });
	const past = cutHistory(portfolio, history, origin);
	const rhythm = buildRhythm(portfolio, past);
	const predictor = await createPredictor(folder);
	const scores = predictor.score(portfolio, past, { asOf: origin, suggestions: { replenish: 40, open: 30 } });
	const withBaselines = options.baselines ?? false;
	const trial = { history, past, rhythm, scores, folder, withBaselines, baseRate: earlierBaseRate(portfolio, history, origin) };
	const [all, regulars, steady] = [1, 3, 4].map((minOrders) => customersOf(past, minOrders));
	const days = (customer: number): number => ownRhythmDays(rhythm.medianGap[customer], rhythm.gapCount[customer]);
	return {
		origin: formatDay(origin),
		model: predictor.model,
		all: compareChurn(trial, all, () => 90),
		regulars: compareChurn(trial, regulars, () => 90),
		ownRhythm: compareChurn(trial, steady, days),
		value: measureValue(trial, all, regulars),
		reliability: reliability(
			labelsOf(trial, all, () => 90),
			probabilities(scores.churnRisk, all),
		),
		mix: evaluateMix(portfolio, trial, withBaselines),
		isOver: origin + 90 <= history.before,
		seconds: Math.round((performance.now() - started) / 1000),
	};
}

function compareChurn(trial: Trial, customers: readonly number[], daysOf: (customer: number) => number): Comparison {
	const { scores, past, rhythm, folder, baseRate } = trial;
	const own =
		daysOf(customers[0] ?? 0) === 90 && customers.every((customer) => daysOf(customer) === 90)
			? scores.churnRisk
			: scores.churnRiskOwnRhythm;
	const models: Record<string, ArrayLike<number>> = { model: probabilities(own, customers) };
	if (trial.withBaselines) {
		const { buyTillYouDie } = folder.manifest.churn;
		models["buy-till-you-die"] = customers.map((customer) =>
			noOrderProbability(buyTillYouDie, summarise(past, rhythm, customer), daysOf(customer) / rhythm.baseInterval[customer]),
		);
		models["days since last order"] = customers.map((customer) => past.before - past.eventDay[past.eventStart[customer + 1] - 1]);
		models["base rate"] = customers.map(() => baseRate);
	}
	return compare(formatDay(past.before), labelsOf(trial, customers, daysOf), models, ["days since last order"]);
}

function labelsOf({ history, past }: Trial, customers: readonly number[], daysOf: (customer: number) => number): number[] {
	return customers.map((customer) => (futureOf(history, customer, past.before).daysToOrder < daysOf(customer) ? 0 : 1));
}

function measureValue(trial: Trial, all: readonly number[], regulars: readonly number[]): ValueFigures {
	const { history, past, scores } = trial;
	let [error, foretold, came] = [0, 0, 0];
	for (const customer of regulars) {
		const { value90 } = futureOf(history, customer, past.before);
		error += Math.abs(value90 - scores.expectedValue[customer]);
		foretold += scores.expectedValue[customer];
		came += value90;
	}
	const pastYear = all.map((customer) => valueSince(past, customer, past.before - 365));
	const capture = valueCapture(
		labelsOf(trial, all, () => 90),
		probabilities(scores.churnRisk, all),
		pastYear,
	);
	return { meanAbsoluteError: error / regulars.length, bias: foretold / came - 1, capture };
}

function probabilities(scores: ArrayLike<number>, customers: readonly number[]): Float64Array {
	return Float64Array.from(customers, (customer) => scores[customer]);
}

/** Customers with at least so many orders, the last of them in the year before. */
function customersOf({ eventStart, eventDay, numCustomers, before }: History, minOrders: number): number[] {
	const customers: number[] = [];
	for (let customer = 0; customer < numCustomers; customer++) {
		const [from, to] = [eventStart[customer], eventStart[customer + 1]];
		if (to - from >= minOrders && before - eventDay[to - 1] <= 365) customers.push(customer);
	}
	return customers;
}

function valueSince({ eventStart, eventDay, eventValue }: History, customer: number, since: Day): number {
	let value = 0;
	for (let event = eventStart[customer]; event < eventStart[customer + 1]; event++)
		if (eventDay[event] >= since) value += eventValue[event];
	return Math.max(0, value);
}

/** Share without an order in 90 days at the latest day from which that is known at the origin. */
function earlierBaseRate(portfolio: Portfolio, history: History, origin: Day): number {
	const earlier = cutHistory(portfolio, history, origin - 90);
	const known = cutHistory(portfolio, history, origin);
	const customers = customersOf(earlier, 1);
	const churned = customers.filter((customer) => futureOf(known, customer, earlier.before).daysToOrder >= 90);
	return customers.length > 0 ? churned.length / customers.length : 0.5;
}
