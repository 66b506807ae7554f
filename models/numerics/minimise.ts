/** A function's value at a point, and its slope along every coordinate. */
export interface Slope {
	readonly value: number;
	readonly gradient: readonly number[];
}

/** The point, value and gradient that a search ended on. */
export interface Minimum extends Slope {
	readonly point: readonly number[];
}

/** Longest step along a coordinate, for coordinates that are logarithms: e² at once is bold enough. */
const MAX_STEP = 2;
const MAX_TRIALS = 40;
/** Relative gain of a step below which there is nothing left to win. */
const LEAST_CHANGE = 1e-12;
/** A step must win this share of what the slope promised (Armijo), and leave at most that share of the slope (Wolfe). */
const LEAST_GAIN = 1e-4;
const MOST_SLOPE = 0.9;
/** Step of a central difference: the cube root of the precision balances truncation and rounding. */
const DIFFERENCE = 6e-6;

/**
 * BFGS (Nocedal and Wright, "Numerical Optimization", 2006, chapter 6) for a smooth function of a few variables, from a start until no
 * coordinate's slope exceeds `tolerance` or no step improves noticeably. Points where the function has no value are walked around.
 */
export function minimise(
	of: (point: readonly number[]) => Slope,
	start: readonly number[],
	{ tolerance = 1e-7, maxSteps = 200 }: { readonly tolerance?: number; readonly maxSteps?: number } = {},
): Minimum {
	const at = (point: readonly number[]): Minimum => ({ point, ...of(point) });
	let here = at(start);
	let inverse: number[][] | null = null;
	for (let step = 0; step < maxSteps && largest(here.gradient) > tolerance; step++) {
		const direction = (inverse ? times(inverse, here.gradient) : here.gradient).map((x) => -x);
		const next = dot(direction, here.gradient) < 0 ? searchLine(at, here, direction) : null;
		if (next && here.value - next.value <= LEAST_CHANGE * (1 + Math.abs(next.value))) return next;
		if (next) inverse = updateInverse(inverse, difference(next.point, here.point), difference(next.gradient, here.gradient));
		else if (!inverse) break;
		else inverse = null; // a bad memory of the curvature: start again from steepest descent
		here = next ?? here;
	}
	return here;
}

/** A function with its gradient by central differences. */
export function withGradient(of: (point: readonly number[]) => number): (point: readonly number[]) => Slope {
	return (point) => {
		const moved = (i: number, by: number): number => of(point.map((x, j) => (i === j ? x + by : x)));
		return { value: of(point), gradient: point.map((_, i) => (moved(i, DIFFERENCE) - moved(i, -DIFFERENCE)) / (2 * DIFFERENCE)) };
	};
}

/** A step along a direction that keeps the weak Wolfe conditions, by doubling and halving; null where none improves. */
function searchLine(at: (point: readonly number[]) => Minimum, here: Minimum, direction: readonly number[]): Minimum | null {
	const slope = dot(direction, here.gradient);
	const longest = MAX_STEP / largest(direction);
	let [least, most, step] = [0, Number.POSITIVE_INFINITY, Math.min(1, longest)];
	let best: Minimum | null = null;
	for (let trial = 0; trial < MAX_TRIALS; trial++) {
		const next = at(here.point.map((x, i) => x + step * direction[i]));
		if (next.value <= here.value + LEAST_GAIN * step * slope && next.value < here.value) {
			best = next;
			if (dot(direction, next.gradient) >= MOST_SLOPE * slope || step >= longest) return next;
			least = step;
		} else most = step;
		step = most < Number.POSITIVE_INFINITY ? (least + most) / 2 : Math.min(longest, 2 * least);
	}
	return best;
}

/** The BFGS update of an approximate inverse Hessian by a step and the change of the gradient along it; without one, from a scaled identity. */
function updateInverse(inverse: number[][] | null, step: readonly number[], change: readonly number[]): number[][] | null {
	const curvature = dot(step, change);
	if (!(curvature > 0)) return inverse;
	const scale = curvature / dot(change, change);
	const old = inverse ?? step.map((_, i) => step.map((__, j) => (i === j ? scale : 0)));
	const pulled = times(old, change);
	const stretch = (1 + dot(change, pulled) / curvature) / curvature;
	return old.map((row, i) => row.map((x, j) => x + stretch * step[i] * step[j] - (pulled[i] * step[j] + step[i] * pulled[j]) / curvature));
}

function times(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
	return matrix.map((row) => dot(row, vector));
}

function dot(a: readonly number[], b: readonly number[]): number {
	return a.reduce((sum, x, i) => sum + x * b[i], 0);
}

function difference(a: readonly number[], b: readonly number[]): number[] {
	return a.map((x, i) => x - b[i]);
}

function largest(vector: readonly number[]): number {
	return vector.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
}
