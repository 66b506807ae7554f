import type { Figures } from "../../engine/scoring/model-folder.ts";
import { measure } from "../../models/evaluation/compare.ts";
import { clipped, surprise, valueCapture } from "../../models/evaluation/metrics.ts";
import type { Answer } from "./champion.ts";
import { type Pair } from "./paired-bootstrap.ts";
import type { Situation } from "./situation.ts";

/** Who is asked what: customers with at least so many orders, about the horizon or their own rhythm's window. */
export const POPULATIONS = {
	all: { minOrders: 1, isOwn: false },
	regulars: { minOrders: 3, isOwn: false },
	"own rhythm": { minOrders: 4, isOwn: true },
} as const;
export type Population = keyof typeof POPULATIONS;

/** A contestant's probabilities on a population, with what came. */
interface Case {
	readonly customer: Int32Array;
	readonly labels: Uint8Array;
	readonly scores: Float64Array;
}

function caseOf(situation: Situation, answer: Answer, population: Population, horizon: number): Case {
	const { minOrders, isOwn } = POPULATIONS[population];
	const rows = Int32Array.from(situation.customers.keys()).filter((row) => situation.orderCount[row] >= minOrders);
	const windowOf = (row: number): number => (isOwn ? situation.ownDays[row] : horizon);
	return {
		customer: rows.map((row) => situation.customers[row]),
		labels: Uint8Array.from(rows, (row) => (situation.daysToOrder[row] < windowOf(row) ? 0 : 1)),
		scores: Float64Array.from(rows, (row) => (isOwn ? answer.noOrderOwn : answer.noOrder)[row]),
	};
}

/** AUC, Brier, log-loss and ECE on a population, its size and its share without an order. */
export function measureChurn(
	situation: Situation,
	answer: Answer,
	population: Population,
	horizon: number,
): Figures & { customers: number; base_rate: number } {
	const { labels, scores } = caseOf(situation, answer, population, horizon);
	const base_rate = labels.reduce((sum, label) => sum + label, 0) / Math.max(1, labels.length);
	return {
		...measure(labels, scores.map(clipped)),
		customers: labels.length,
		base_rate,
	};
}

/** Two contestants' losses customer by customer. */
export function pairOf(situation: Situation, ours: Answer, theirs: Answer, population: Population, horizon: number): Pair {
	const lossesOf = (answer: Answer): Float64Array => {
		const { labels, scores } = caseOf(situation, answer, population, horizon);
		return scores.map((score, i) => surprise(labels[i], score));
	};
	return { customer: caseOf(situation, ours, population, horizon).customer, ours: lossesOf(ours), theirs: lossesOf(theirs) };
}

/** How well the value of the window was foretold for the regulars; money in currency units. */
export interface ValueFigures {
	readonly mae: number;
	/** Mean foretold over mean that came, less 1; NaN where nothing came. */
	readonly bias: number;
	readonly rmse: number;
	/** Gini of what came in order of what was foretold, over that in its own order. */
	readonly gini: number;
}

export function measureValue(situation: Situation, { value }: Answer): ValueFigures | null {
	if (!value) return null;
	const rows = [...situation.customers.keys()].filter((row) => situation.orderCount[row] >= POPULATIONS.regulars.minOrders);
	const [foretold, came] = [value, situation.value].map((cents) => Float64Array.from(rows, (row) => cents[row] / 100));
	const mean = (of: (row: number) => number): number => rows.reduce((sum, _, row) => sum + of(row), 0) / rows.length;
	return {
		mae: mean((row) => Math.abs(foretold[row] - came[row])),
		bias: mean((row) => foretold[row]) / mean((row) => came[row]) - 1,
		rmse: Math.sqrt(mean((row) => (foretold[row] - came[row]) ** 2)),
		gini: giniOf(came, foretold) / giniOf(came, came),
	};
}

/** Share of the churners' past-year sales in the top tenth of all customers by probability × those sales. */
export function captureOf(situation: Situation, answer: Answer, horizon: number): number {
	const { labels, scores } = caseOf(situation, answer, "all", horizon);
	return valueCapture(labels, scores, situation.pastYearValue);
}

/** Twice the area between the diagonal and the curve of cumulated amounts, customers in ascending order of a score, ties as they come. */
export function giniOf(amounts: ArrayLike<number>, scores: ArrayLike<number>): number {
	const order = Array.from({ length: amounts.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
	let [cumulated, area] = [0, 0];
	for (const i of order) {
		area += cumulated + amounts[i] / 2;
		cumulated += amounts[i];
	}
	return 1 - (2 * area) / (cumulated * order.length);
}
