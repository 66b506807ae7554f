import { choleskyOf, solveCholesky } from "./cholesky.ts";

/** Equal trials: `orders` of `count` succeeded, with log-odds offset + Σ value × coefficient over the row's terms. */
export interface BinomialRow {
	readonly count: number;
	readonly orders: number;
	readonly offset: number;
	readonly terms: readonly (readonly [coefficient: number, value: number])[];
}

/** Where a logistic regression under a normal prior ended, and the normal distribution around it (Laplace). */
export interface LogisticFit {
	readonly mean: Float64Array;
	/** Variance of a sum of coefficients. */
	varianceOf(coefficients: readonly number[]): number;
}

const MAX_STEPS = 50;
const TOLERANCE = 1e-8;

/** Logistic regression with independent normal priors of mean 0, by Newton's method from `start`. */
export function fitLogistic(rows: readonly BinomialRow[], variances: Float64Array, start: Float64Array): LogisticFit {
	let mean = start;
	let value = objective(rows, variances, mean);
	let factor = choleskyOf(curvature(rows, variances, mean), mean.length);
	for (let step = 0; step < MAX_STEPS; step++) {
		const direction = solveCholesky(factor, slope(rows, variances, mean));
		const next = descend(rows, variances, mean, value, direction);
		if (next === null) break;
		const gain = value - next.value;
		({ mean, value } = next);
		factor = choleskyOf(curvature(rows, variances, mean), mean.length);
		if (gain <= TOLERANCE * (1 + Math.abs(value))) break;
	}
	return {
		mean,
		varianceOf(coefficients) {
			const sum = new Float64Array(mean.length);
			for (const coefficient of coefficients) sum[coefficient]++;
			return solveCholesky(factor, sum).reduce((total, x, i) => total + x * sum[i], 0);
		},
	};
}

/** The longest of the steps 1, 1/2, 1/4 … that improves; null for none. */
function descend(rows: readonly BinomialRow[], variances: Float64Array, mean: Float64Array, value: number, direction: Float64Array) {
	for (let length = 1; length > 1e-6; length /= 2) {
		const moved = mean.map((x, i) => x + length * direction[i]);
		const there = objective(rows, variances, moved);
		if (there < value) return { mean: moved, value: there };
	}
	return null;
}

function logOddsOf({ offset, terms }: BinomialRow, mean: Float64Array): number {
	return terms.reduce((sum, [coefficient, value]) => sum + value * mean[coefficient], offset);
}

/** Less the logarithm of likelihood × prior. */
function objective(rows: readonly BinomialRow[], variances: Float64Array, mean: Float64Array): number {
	let sum = 0;
	for (const row of rows) {
		const logOdds = logOddsOf(row, mean);
		sum += row.count * Math.log1p(Math.exp(-Math.abs(logOdds))) + row.count * Math.max(0, logOdds) - row.orders * logOdds;
	}
	return mean.reduce((total, x, i) => total + (x * x) / (2 * variances[i]), sum);
}

function slope(rows: readonly BinomialRow[], variances: Float64Array, mean: Float64Array): Float64Array {
	const gradient = mean.map((x, i) => -x / variances[i]);
	for (const row of rows) {
		const rest = row.orders - row.count / (1 + Math.exp(-logOddsOf(row, mean)));
		for (const [coefficient, value] of row.terms) gradient[coefficient] += value * rest;
	}
	return gradient;
}

function curvature(rows: readonly BinomialRow[], variances: Float64Array, mean: Float64Array): Float64Array {
	const n = mean.length;
	const matrix = new Float64Array(n * n);
	for (let i = 0; i < n; i++) matrix[i * n + i] = 1 / variances[i];
	for (const row of rows) {
		const probability = 1 / (1 + Math.exp(-logOddsOf(row, mean)));
		const weight = row.count * probability * (1 - probability);
		for (const [i, x] of row.terms) for (const [j, y] of row.terms) matrix[i * n + j] += weight * x * y;
	}
	return matrix;
}
