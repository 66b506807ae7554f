import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { CHURN_INPUTS, createChurnReader, NUM_OUTPUTS } from "./churn-inputs.ts";
import { expectedDaysToOrder, NUM_BINS, survival } from "./hazard.ts";
import type { ModelManifest } from "./model-folder.ts";
import { CHUNK, type Net, sigmoid } from "./net.ts";
import { ownRhythmDays, type Rhythm } from "./rhythm.ts";
import type { Scores } from "./scores.ts";

/** The part of the scores that the churn net gives. */
export type ChurnScores = Pick<
	Scores,
	"churnRisk" | "churnRiskOwnRhythm" | "expectedOrders" | "expectedValue" | "expectedDaysToOrder" | "hazard"
>;

/** Scores the given customers, all of which have ordered; the others stay NaN with hazard 0. */
export function scoreChurn(
	net: Net,
	manifest: ModelManifest["churn"],
	portfolio: Portfolio,
	history: History,
	rhythm: Rhythm,
	customers: Int32Array,
): ChurnScores {
	const { numSeeds, buyTillYouDie } = manifest;
	const unknown = (): Float32Array => new Float32Array(history.numCustomers).fill(Number.NaN);
	const scores: ChurnScores = {
		churnRisk: unknown(),
		churnRiskOwnRhythm: unknown(),
		expectedOrders: unknown(),
		expectedValue: new Float64Array(history.numCustomers).fill(Number.NaN),
		expectedDaysToOrder: unknown(),
		hazard: new Float32Array(history.numCustomers * NUM_BINS),
	};
	const read = createChurnReader(portfolio, history, rhythm, buyTillYouDie);
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
			writeChurn(scores, customers[from + i], row, rhythm);
		}
	}
	return scores;
}

/** Mean over the seeds of a row's outputs, plus its offsets. */
function averageInto(row: Float64Array, outputs: Float32Array, i: number, numSeeds: number, offsets: Float32Array): void {
	for (let output = 0; output < NUM_OUTPUTS; output++) {
		let sum = 0;
		for (let seed = 0; seed < numSeeds; seed++) sum += outputs[(i * numSeeds + seed) * NUM_OUTPUTS + output];
		row[output] = sum / numSeeds + offsets[i * NUM_OUTPUTS + output];
	}
}

function writeChurn(scores: ChurnScores, customer: number, row: Float64Array, rhythm: Rhythm): void {
	const at = customer * NUM_BINS;
	for (let bin = 0; bin < NUM_BINS; bin++) scores.hazard[at + bin] = sigmoid(row[bin]);
	const churnRisk = survival(scores.hazard, at, 90);
	scores.churnRisk[customer] = churnRisk;
	scores.churnRiskOwnRhythm[customer] = survival(scores.hazard, at, ownRhythmDays(rhythm.medianGap[customer], rhythm.gapCount[customer]));
	// no fewer orders than the chance of one, no more than one a day
	scores.expectedOrders[customer] = Math.min(90, Math.max(1 - churnRisk, Math.exp(row[NUM_BINS])));
	scores.expectedValue[customer] = rhythm.ticket[customer] * Math.min(90, Math.exp(row[NUM_BINS + 1]));
	scores.expectedDaysToOrder[customer] = expectedDaysToOrder(scores.hazard, at);
}
