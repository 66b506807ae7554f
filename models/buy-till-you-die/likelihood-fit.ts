import { choleskyOf, solveCholesky } from "../numerics/cholesky.ts";
import { minimise, type Slope, withGradient } from "../numerics/minimise.ts";

/** Parameters are searched as logarithms inside these bounds; a likelihood that keeps rising towards them has no peak. */
const MAX_LOGARITHM = 10;
/** Step of the differences of gradients that give the curvature. */
const CURVATURE_STEP = 1e-4;

/** Positive parameters found by maximum likelihood. */
export interface LikelihoodFit {
	readonly parameters: readonly number[];
	readonly logLikelihood: number;
	/** Of the parameters, in their order, from the observed information; NaN where the data do not bound them. */
	readonly standardErrors: readonly number[];
}

/** Log likelihood of all customers and its gradient along the logarithms of the parameters. */
export type LogLikelihood = (parameters: readonly number[]) => Slope;

/** A log likelihood with its gradient by differences. */
export function byDifferences(of: (parameters: readonly number[]) => number): LogLikelihood {
	const slopeAt = withGradient((logarithms) => of(logarithms.map(Math.exp)));
	return (parameters) => slopeAt(parameters.map(Math.log));
}

/** Fits positive parameters from a start; the tolerance is that of the mean over `numCustomers`. */
export function fitLikelihood(of: LogLikelihood, start: readonly number[], numCustomers: number): LikelihoodFit {
	const scale = 1 / Math.max(1, numCustomers);
	const lossAt = (logarithms: readonly number[]): Slope => {
		const { value, gradient } = of(logarithms.map(parameterOf));
		const isInside = (i: number): boolean => Math.abs(logarithms[i]) < MAX_LOGARITHM;
		return {
			value: value > Number.NEGATIVE_INFINITY ? -value * scale : Number.POSITIVE_INFINITY,
			gradient: gradient.map((slope, i) => (isInside(i) ? -slope * scale : 0)),
		};
	};
	const { point, value } = minimise(lossAt, start.map(Math.log));
	const parameters = point.map(parameterOf);
	const isBounded = point.every((logarithm) => Math.abs(logarithm) < MAX_LOGARITHM - 0.01);
	const variances = isBounded ? variancesOf(curvatureOf(lossAt, point)) : point.map(() => Number.NaN);
	// delta method: d e^θ = e^θ dθ
	return {
		parameters,
		logLikelihood: -value / scale,
		standardErrors: parameters.map((x, i) => x * Math.sqrt(variances[i] * scale)),
	};
}

function parameterOf(logarithm: number): number {
	return Math.exp(Math.max(-MAX_LOGARITHM, Math.min(MAX_LOGARITHM, logarithm)));
}

/** Hessian by central differences of the gradient. */
function curvatureOf(of: (point: readonly number[]) => Slope, point: readonly number[]): number[][] {
	const gradientAt = (i: number, by: number): readonly number[] => of(point.map((x, j) => (i === j ? x + by : x))).gradient;
	const rows = point.map((_, i) => {
		const [above, below] = [gradientAt(i, CURVATURE_STEP), gradientAt(i, -CURVATURE_STEP)];
		return above.map((slope, j) => (slope - below[j]) / (2 * CURVATURE_STEP));
	});
	return rows.map((row, i) => row.map((x, j) => (x + rows[j][i]) / 2));
}

/** Diagonal of the inverse of a symmetric matrix; NaN throughout where it is not positive definite. */
function variancesOf(matrix: readonly (readonly number[])[]): number[] {
	const factor = choleskyOf(Float64Array.from(matrix.flat()), matrix.length);
	return matrix.map(
		(_, i) =>
			solveCholesky(
				factor,
				Float64Array.from(matrix, (__, j) => (i === j ? 1 : 0)),
			)[i],
	);
}
