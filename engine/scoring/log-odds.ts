/** Probability of a logit. */
export function sigmoid(x: number): number {
	return 1 / (1 + Math.exp(-x));
}

/** Log odds, bounded at one in a hundred thousand. */
export function logit(probability: number): number {
	const bounded = Math.max(1e-5, Math.min(1 - 1e-5, probability));
	return Math.log(bounded / (1 - bounded));
}
