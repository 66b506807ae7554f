import { surprise } from "./metrics.ts";

/** Figures of probabilities; NaN where one has no value. */
export interface Gauged {
	readonly auc: number;
	readonly logLoss: number;
	readonly brier: number;
	readonly ece: number;
}

/**
 * Prepares rows to be measured many times, each time as if row i were there counts[i] times. It sorts once, so a measurement costs a
 * pass: what the figures of `metrics.ts` would be over the repeated rows.
 */
export function createGauge(labels: ArrayLike<number>, scores: ArrayLike<number>): (counts: ArrayLike<number>) => Gauged {
	const order = Int32Array.from({ length: labels.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b] || a - b);
	const label = Float64Array.from(order, (i) => labels[i]);
	const score = Float64Array.from(order, (i) => scores[i]);
	const loss = Float64Array.from(order, (i) => surprise(labels[i], scores[i]));
	return (counts) => {
		const count = Float64Array.from(order, (i) => counts[i]);
		const total = count.reduce((sum, own) => sum + own, 0);
		let [losses, squares] = [0, 0];
		for (let i = 0; i < count.length; i++) {
			losses += count[i] * loss[i];
			squares += count[i] * (score[i] - label[i]) ** 2;
		}
		const ece = binnedLoss(label, score, count, total);
		return { auc: areaOf(label, score, count, total), logLoss: losses / total, brier: squares / total, ece };
	};
}

/** Area under the ROC curve of ascending scores, ties counted half. */
function areaOf(label: Float64Array, score: Float64Array, count: Float64Array, total: number): number {
	let [before, rankSum, positive] = [0, 0, 0];
	for (let from = 0; from < score.length; ) {
		let [own, ownPositive, to] = [0, 0, from];
		for (; to < score.length && score[to] === score[from]; to++) {
			own += count[to];
			ownPositive += count[to] * label[to];
		}
		rankSum += ownPositive * (before + (own + 1) / 2); // ties share the mean of their ranks
		positive += ownPositive;
		before += own;
		from = to;
	}
	return (rankSum - (positive * (positive + 1)) / 2) / (positive * (total - positive));
}

/** Calibration error over ten bins of equal count; a row that is there several times can lie in two bins. */
function binnedLoss(label: Float64Array, score: Float64Array, count: Float64Array, total: number): number {
	const edgeOf = (bin: number): number => Math.floor((bin * total) / 10);
	let [loss, bin, at, excess] = [0, 1, 0, 0];
	for (let i = 0; i < score.length; i++) {
		for (let left = count[i]; left > 0; ) {
			const taken = Math.min(left, edgeOf(bin) - at);
			excess += taken * (score[i] - label[i]);
			at += taken;
			left -= taken;
			if (at < edgeOf(bin)) continue;
			loss += Math.abs(excess);
			excess = 0;
			bin++;
		}
	}
	return loss / total;
}
