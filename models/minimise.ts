/** The point and value that a search ended on. */
export interface Minimum {
	readonly point: readonly number[];
	readonly value: number;
}

/**
 * Nelder and Mead's simplex search (1965) for a function of a few variables without derivatives, from a start and a first step in every
 * direction, until the simplex's values agree to `tolerance` or `maxEvaluations` is reached.
 */
export function minimise(
	of: (point: readonly number[]) => number,
	start: readonly number[],
	{ step = 0.5, tolerance = 1e-8, maxEvaluations = 2000 }: { step?: number; tolerance?: number; maxEvaluations?: number } = {},
): Minimum {
	const counter = { evaluations: 0 };
	const evaluate = (point: readonly number[]): Minimum => {
		counter.evaluations++;
		const value = of(point);
		return { point, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
	};
	const simplex = [start, ...start.map((_, i) => start.map((x, j) => (i === j ? x + step : x)))].map(evaluate);
	const last = start.length;
	while (counter.evaluations < maxEvaluations) {
		simplex.sort((a, b) => a.value - b.value);
		if (simplex[last].value - simplex[0].value <= tolerance * (1 + Math.abs(simplex[0].value))) break;
		const centre = start.map((_, j) => simplex.slice(0, last).reduce((sum, { point }) => sum + point[j], 0) / last);
		const along = (factor: number): Minimum => evaluate(centre.map((c, j) => c + factor * (simplex[last].point[j] - c)));
		const moved = improve(simplex, along);
		if (moved) simplex[last] = moved;
		else for (let i = 1; i <= last; i++) simplex[i] = evaluate(simplex[i].point.map((x, j) => (x + simplex[0].point[j]) / 2));
	}
	return simplex.sort((a, b) => a.value - b.value)[0];
}

/** Reflects the worst corner, and expands or contracts it; null when the simplex should shrink. */
function improve(simplex: readonly Minimum[], along: (factor: number) => Minimum): Minimum | null {
	const worst = simplex[simplex.length - 1];
	const reflected = along(-1);
	if (reflected.value < simplex[0].value) {
		const expanded = along(-2);
		return expanded.value < reflected.value ? expanded : reflected;
	}
	if (reflected.value < simplex[simplex.length - 2].value) return reflected;
	const contracted = reflected.value < worst.value ? along(-0.5) : along(0.5);
	return contracted.value < Math.min(worst.value, reflected.value) ? contracted : null;
}
