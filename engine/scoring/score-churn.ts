import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { CHURN_INPUTS, type ChurnReader, createChurnReader, NUM_OUTPUTS } from "./churn-inputs.ts";
import { expectedDaysToOrder, NUM_BINS, survival, survivalOfLogits } from "./hazard.ts";
import type { ModelManifest } from "./model-folder.ts";
import { sigmoid } from "./log-odds.ts";
import { CHUNK, type Net } from "./net.ts";
import { ownRhythmDays, type Rhythm } from "./rhythm.ts";
import type { Scores } from "./scores.ts";
import { forecastSeason, type SeasonForecast } from "./season.ts";

/** No season moves the log odds by more. */
const MAX_SHIFT = 3;

/** The part of the scores that the churn net gives. */
export type ChurnScores = Pick<
	Scores,
	"churnRisk" | "churnRiskOwnRhythm" | "expectedOrders" | "expectedValue" | "expectedDaysToOrder" | "hazard"
>;

/** Churn scores with what the season added to the log odds of all customers alike. */
export interface SeasonedScores {
	readonly scores: ChurnScores;
	readonly seasonShift: number;
}

/**
 * Scores the given customers, all of which have ordered; the others stay NaN with hazard 0. `seasonShift` is given where the history holds
 * but some of the portfolio's customers, from which no season can be told.
 */
export function scoreChurn(
	net: Net,
	manifest: ModelManifest["churn"],
	portfolio: Portfolio,
	history: History,
	rhythm: Rhythm,
	customers: Int32Array,
	seasonShift?: number,
): SeasonedScores {
	const { numSeeds } = manifest;
	const unknown = (): Float32Array => new Float32Array(history.numCustomers).fill(Number.NaN);
	const scores: ChurnScores = {
		churnRisk: unknown(),
		churnRiskOwnRhythm: unknown(),
		expectedOrders: unknown(),
		expectedValue: new Float64Array(history.numCustomers).fill(Number.NaN),
		expectedDaysToOrder: unknown(),
		hazard: new Float32Array(history.numCustomers * NUM_BINS),
	};
	const logits = { hazard: scores.hazard, orders: scores.expectedOrders, value: scores.expectedValue };
	predictLogits(net, numSeeds, createChurnReader(portfolio, history, rhythm, manifest), customers, logits);
	const shift = seasonShift ?? shiftOf(forecastSeason(history, rhythm, manifest), logits.hazard, customers);
	for (const customer of customers) writeChurn(scores, customer, shift, rhythm);
	return { scores, seasonShift: shift };
}

function shiftOf(season: SeasonForecast | null, hazardLogits: Float32Array, customers: Int32Array): number {
	return season ? shiftToSeason(hazardLogits, customers, season) : 0;
}

/** Outputs of the net by customer, offsets added: log odds of the bins, logarithms of orders and of value in tickets. */
interface Logits {
	readonly hazard: Float32Array;
	readonly orders: Float32Array;
	readonly value: Float64Array;
}

function predictLogits(net: Net, numSeeds: number, read: ChurnReader, customers: Int32Array, logits: Logits): void {
	const chunk = Math.min(CHUNK, customers.length);
	const inputs = new Float32Array(chunk * CHURN_INPUTS.length);
	const offsets = new Float32Array(chunk * NUM_OUTPUTS);
	const row = new Float64Array(NUM_OUTPUTS);
	for (let from = 0; from < customers.length; from += CHUNK) {
		const numRows = Math.min(CHUNK, customers.length - from);
		for (let i = 0; i < numRows; i++) read(customers[from + i], inputs, i * CHURN_INPUTS.length, offsets, i * NUM_OUTPUTS);
		const outputs = net(inputs, numRows);
		for (let i = 0; i < numRows; i++) {
			averageInto(row, outputs, i, numSeeds, offsets);
			const customer = customers[from + i];
			logits.hazard.set(row.subarray(0, NUM_BINS), customer * NUM_BINS);
			logits.orders[customer] = row[NUM_BINS];
			logits.value[customer] = row[NUM_BINS + 1];
		}
	}
}

/** Mean over the seeds of a row's outputs, plus its offsets. */
function averageInto(row: Float64Array, outputs: Float32Array, i: number, numSeeds: number, offsets: Float32Array): void {
	for (let output = 0; output < NUM_OUTPUTS; output++) {
		let sum = 0;
		for (let seed = 0; seed < numSeeds; seed++) sum += outputs[(i * numSeeds + seed) * NUM_OUTPUTS + output];
		row[output] = sum / numSeeds + offsets[i * NUM_OUTPUTS + output];
	}
}

/**
 * What to add to the log odds of all bins so that as many customers order as the season's forecast has it: by trust × the logarithm of its
 * distance from what the net says, found by halving.
 */
export function shiftToSeason(hazardLogits: Float32Array, customers: Int32Array, { days, activeShare, trust }: SeasonForecast): number {
	const active = (shift: number): number =>
		customers.reduce((sum, customer) => sum + 1 - survivalOfLogits(hazardLogits, customer * NUM_BINS, days, shift), 0);
	const said = active(0);
	const wanted = said ** (1 - trust) * (activeShare * customers.length) ** trust;
	let [low, high] = [-MAX_SHIFT, MAX_SHIFT];
	while (high - low > 1e-4) {
		const middle = (low + high) / 2;
		if (active(middle) < wanted) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}

/** Turns a customer's outputs, which lie where its scores will, into scores. The season moves orders and value as it moves a bin's odds. */
function writeChurn(scores: ChurnScores, customer: number, shift: number, rhythm: Rhythm): void {
	const at = customer * NUM_BINS;
	for (let bin = 0; bin < NUM_BINS; bin++) scores.hazard[at + bin] = sigmoid(scores.hazard[at + bin] + shift);
	const churnRisk = survival(scores.hazard, at, 90);
	scores.churnRisk[customer] = churnRisk;
	scores.churnRiskOwnRhythm[customer] = survival(scores.hazard, at, ownRhythmDays(rhythm.medianGap[customer], rhythm.gapCount[customer]));
	// no fewer orders than the chance of one, no more than one a day
	scores.expectedOrders[customer] = Math.min(90, Math.max(1 - churnRisk, Math.exp(scores.expectedOrders[customer] + shift)));
	scores.expectedValue[customer] = rhythm.ticket[customer] * Math.min(90, Math.exp(scores.expectedValue[customer] + shift));
	scores.expectedDaysToOrder[customer] = expectedDaysToOrder(scores.hazard, at);
}
