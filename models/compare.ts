import type { Comparison, Figures } from "../engine/scoring/model-folder.ts";
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

/** Measures each model's scores of the same customers; those named in `rankings` are no probabilities. */
export function compare(
	origin: string,
	labels: ArrayLike<number>,
	scores: Readonly<Record<string, ArrayLike<number>>>,
	rankings: readonly string[] = [],
): Comparison {
	let positive = 0;
	for (let i = 0; i < labels.length; i++) positive += labels[i];
	const models = Object.entries(scores).map(([name, own]) => [name, measure(labels, own, rankings.includes(name))]);
	return { origin, numCustomers: labels.length, baseRate: positive / Math.max(1, labels.length), models: Object.fromEntries(models) };
}
