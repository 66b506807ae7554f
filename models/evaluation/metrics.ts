const CLIP = 1e-5;

/** A probability kept 1e-5 away from 0 and 1: a single surprise must not decide a loss. */
export function clipped(probability: number): number {
	return Math.max(CLIP, Math.min(1 - CLIP, probability));
}

/** Area under the ROC curve of scores for labels 0 and 1, ties counted half; NaN when one label is absent. Higher is better. */
export function areaUnderCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
	const order = Array.from({ length: labels.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
	let [numPositive, rankSum] = [0, 0];
	for (let from = 0; from < order.length; ) {
		let to = from;
		while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
		const rank = (from + 1 + to) / 2; // ties share the mean of their ranks
		for (; from < to; from++) {
			if (labels[order[from]] !== 1) continue;
			numPositive++;
			rankSum += rank;
		}
	}
	return (rankSum - (numPositive * (numPositive + 1)) / 2) / (numPositive * (labels.length - numPositive));
}

/** Mean negative log likelihood of labels 0 and 1. */
export function logLoss(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
	let total = 0;
	for (let i = 0; i < labels.length; i++) total += surprise(labels[i], scores[i]);
	return total / labels.length;
}

/** Negative log likelihood of one label 0 or 1. */
export function surprise(label: number, score: number): number {
	const p = clipped(score);
	return -Math.log(label === 1 ? p : 1 - p);
}

/** Mean squared difference of probabilities and labels. */
export function brierLoss(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
	let total = 0;
	for (let i = 0; i < labels.length; i++) total += (scores[i] - labels[i]) ** 2;
	return total / labels.length;
}

/** One bin of a reliability plot. */
export interface ReliabilityBin {
	readonly meanScore: number;
	readonly meanLabel: number;
	readonly count: number;
}

/** Scores against what happened, in bins of equal count by score. */
export function reliability(labels: ArrayLike<number>, scores: ArrayLike<number>, numBins = 10): ReliabilityBin[] {
	const order = Array.from({ length: labels.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
	return Array.from({ length: numBins }, (_, bin) => {
		const own = order.slice(Math.floor((bin * order.length) / numBins), Math.floor(((bin + 1) * order.length) / numBins));
		const mean = (of: ArrayLike<number>): number => own.reduce((sum, i) => sum + of[i], 0) / own.length;
		return { meanScore: mean(scores), meanLabel: mean(labels), count: own.length };
	}).filter(({ count }) => count > 0);
}

/** Expected calibration error: mean distance of score and frequency over 10 bins of equal count. */
export function calibrationLoss(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
	const bins = reliability(labels, scores);
	return bins.reduce((sum, { meanScore, meanLabel, count }) => sum + Math.abs(meanScore - meanLabel) * count, 0) / labels.length;
}

/** Share of the value of those with label 1 that lies in the top tenth by probability × value. */
export function valueCapture(labels: ArrayLike<number>, scores: ArrayLike<number>, values: ArrayLike<number>): number {
	const order = Array.from({ length: labels.length }, (_, i) => i).sort((a, b) => scores[b] * values[b] - scores[a] * values[a]);
	const valueOf = (customers: readonly number[]): number => customers.reduce((sum, i) => sum + (labels[i] === 1 ? values[i] : 0), 0);
	return valueOf(order.slice(0, Math.ceil(order.length / 10))) / valueOf(order);
}

/**
 * Share of those with label 1 among the first tenths by score: [i] for the first i tenths, 0 … 10; NaN without label 1. Rows of one
 * score have no order: those with label 1 are spread evenly over them.
 */
export function gains(labels: ArrayLike<number>, scores: ArrayLike<number>): number[] {
	const order = Array.from({ length: labels.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
	const found = Float64Array.from({ length: order.length + 1 }, () => 0);
	for (let from = 0; from < order.length; ) {
		let [to, positive] = [from, 0];
		for (; to < order.length && scores[order[to]] === scores[order[from]]; to++) positive += labels[order[to]];
		for (let i = from; i < to; i++) found[i + 1] = found[from] + (positive * (i + 1 - from)) / (to - from);
		from = to;
	}
	return Array.from({ length: 11 }, (_, tenth) => found[Math.round((tenth * order.length) / 10)] / found[order.length]);
}

/** Share of the target among the first k of a ranking. */
export function recallAt(k: number, ranking: readonly number[], target: ReadonlySet<number>): number {
	return ranking.slice(0, k).filter((item) => target.has(item)).length / target.size;
}

/**
 * Discounted gain of the first k of a ranking over that of an ideal one of min(k, |target|) hits; `idealOver` lets the ideal hit so many
 * instead.
 */
export function discountedGainAt(k: number, ranking: readonly number[], target: ReadonlySet<number>, idealOver = k): number {
	const discount = (rank: number): number => 1 / Math.log2(rank + 2);
	let [gain, ideal] = [0, 0];
	for (const [rank, item] of ranking.slice(0, k).entries()) if (target.has(item)) gain += discount(rank);
	for (let rank = 0; rank < Math.min(idealOver, target.size); rank++) ideal += discount(rank);
	return gain / ideal;
}
