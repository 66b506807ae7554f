import type { Comparison, Figures } from "../../engine/scoring/model-folder.ts";
import { type Interval, intervalOf, resample } from "./bootstrap.ts";
import { createGauge, type Gauged } from "./gauge.ts";
import { areaUnderCurve, brierLoss, calibrationLoss, logLoss } from "./metrics.ts";

/** Figures of probabilities against labels 0 and 1; of scores that are no probabilities (a ranking) only the AUC has a meaning. */
export function measure(labels: ArrayLike<number>, scores: ArrayLike<number>, isRanking = false): Figures {
	const known = (figure: number): number | null => (Number.isFinite(figure) ? figure : null);
	return {
		auc: known(areaUnderCurve(labels, scores)),
		logLoss: isRanking ? null : known(logLoss(labels, scores)),
		brier: isRanking ? null : known(brierLoss(labels, scores)),
		ece: isRanking ? null : known(calibrationLoss(labels, scores)),
	};
}

export interface CompareOptions {
	/** Names of models whose scores are no probabilities. */
	readonly rankings?: readonly string[];
	/** Adds intervals, and the first model's gains over the others, by drawing customers again with this seed. */
	readonly bootstrapSeed?: number;
	readonly numDraws?: number;
}

/** Measures each model's scores of the same customers, in the same order. */
export function compare(
	origin: string,
	labels: ArrayLike<number>,
	scores: Readonly<Record<string, ArrayLike<number>>>,
	{ rankings = [], bootstrapSeed, numDraws }: CompareOptions = {},
): Comparison {
	let positive = 0;
	for (let i = 0; i < labels.length; i++) positive += labels[i];
	const models = mapValues(scores, (own, name) => measure(labels, own, rankings.includes(name)));
	return {
		origin,
		numCustomers: labels.length,
		baseRate: positive / Math.max(1, labels.length),
		models,
		...(bootstrapSeed !== undefined && labels.length > 0 && spreadOf(labels, scores, rankings, bootstrapSeed, numDraws)),
	};
}

function spreadOf(
	labels: ArrayLike<number>,
	scores: Readonly<Record<string, ArrayLike<number>>>,
	rankings: readonly string[],
	seed: number,
	numDraws?: number,
): Required<Pick<Comparison, "intervals" | "gains">> {
	const draws = drawFigures(labels, scores, seed, numDraws);
	const [first] = Object.keys(draws);
	const isProbability = (name: string): boolean => !rankings.includes(name);
	const others = Object.fromEntries(Object.entries(draws).filter(([name]) => name !== first && isProbability(name)));
	const lossOf = (own: ArrayLike<number>): number => logLoss(labels, own);
	return {
		intervals: mapValues(draws, (own, name) => intervalsOf(own, isProbability(name))),
		gains: mapValues(others, (own, name) => ({
			mean: lossOf(scores[name]) - lossOf(scores[first]),
			interval: intervalOf(own.map(({ logLoss: loss }, time) => loss - draws[first][time].logLoss)),
		})),
	};
}

/** Each model's figures at every draw; a draw has the same customers for all of them. */
function drawFigures(labels: ArrayLike<number>, scores: Readonly<Record<string, ArrayLike<number>>>, seed: number, numDraws?: number) {
	const gauges = mapValues(scores, (own) => createGauge(labels, own));
	const draws: Record<string, Gauged[]> = mapValues(scores, () => []);
	const look = (counts: Uint16Array): void => {
		for (const [name, gauge] of Object.entries(gauges)) draws[name].push(gauge(counts));
	};
	resample(labels.length, seed, look, numDraws);
	return draws;
}

function intervalsOf(draws: readonly Gauged[], isProbability: boolean) {
	const of = (figure: keyof Gauged): Interval | null =>
		figure === "auc" || isProbability ? intervalOf(draws.map((draw) => draw[figure])) : null;
	return { auc: of("auc"), logLoss: of("logLoss"), brier: of("brier"), ece: of("ece") };
}

/** The same keys with other values. */
export function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From, key: string) => To): Record<string, To> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
