import { createHash } from "node:crypto";
import type { Solution } from "../../engine/solver/solution.ts";
import { evaluate } from "../../test/solver/evaluate.ts";
import type { RepProblem } from "./rep-problems.ts";

/** Gaps as shares; null where no rep has one. Σ in cents. */
export interface Totals {
	readonly reps: number;
	readonly mean_gap: number | null;
	readonly median_gap: number | null;
	readonly max_gap: number | null;
	/** Reps without a positive bound, which have no gap. */
	readonly without_gap: number;
	readonly value_cents: number;
	readonly bound_cents: number;
	readonly contacts: number;
	/** Mean of the customers that the problems hold. */
	readonly customers: number;
	readonly recounted: number;
	readonly violations: number;
	/** Of all solutions in order of reps. */
	readonly digest: string;
}

/** Sums up solutions chunk by chunk, so that none of them need be kept. */
export interface Tally {
	/** Adds a rep's solution; what a recount finds wrong, where the rep's spec is there. */
	add(rep: RepProblem, solution: Solution): readonly string[];
	totals(): Totals;
}

/** An empty tally. */
export function createTally(): Tally {
	const hash = createHash("sha256");
	const gaps: number[] = [];
	const sums = { reps: 0, value: 0, bound: 0, contacts: 0, customers: 0, recounted: 0, violations: 0 };
	return {
		add: (rep, solution) => {
			hash.update(digestOf(solution));
			const gap = gapOf(solution);
			if (gap !== null) gaps.push(gap);
			sums.reps++;
			sums.value += solution.value;
			sums.bound += solution.upperBound;
			sums.contacts += solution.schedules.reduce((sum, { contacts }) => sum + contacts.length, 0);
			sums.customers += rep.numCustomers;
			if (!rep.spec) return [];
			const faults = recountSolution(rep.spec, solution);
			sums.recounted++;
			sums.violations += faults.length;
			return faults;
		},
		totals: () => ({
			reps: sums.reps,
			...statisticsOf(gaps),
			without_gap: sums.reps - gaps.length,
			value_cents: sums.value,
			bound_cents: sums.bound,
			contacts: sums.contacts,
			customers: Math.round(sums.customers / Math.max(1, sums.reps)),
			recounted: sums.recounted,
			violations: sums.violations,
			digest: hash.copy().digest("hex"),
		}),
	};
}

/** The same for solutions that are the same in every field. */
export function digestOf(solution: Solution): string {
	return createHash("sha256").update(JSON.stringify(solution)).digest("hex");
}

/** Certified gap: (bound − value) ÷ bound, null where the bound is not above 0. */
export function gapOf({ value, upperBound }: Pick<Solution, "value" | "upperBound">): number | null {
	return upperBound > 0 ? (upperBound - value) / upperBound : null;
}

function recountSolution(spec: NonNullable<RepProblem["spec"]>, solution: Solution): string[] {
	const { value, faults } = evaluate(spec, solution);
	return [
		...faults,
		...(value === solution.value ? [] : [`the value is ${value}, not ${solution.value}`]),
		...(solution.upperBound >= value ? [] : [`the bound ${solution.upperBound} is below the value ${value}`]),
	];
}

function statisticsOf(gaps: readonly number[]): Pick<Totals, "mean_gap" | "median_gap" | "max_gap"> {
	if (gaps.length === 0) return { mean_gap: null, median_gap: null, max_gap: null };
	const sorted = [...gaps].sort((a, b) => a - b);
	return {
		mean_gap: sorted.reduce((sum, gap) => sum + gap, 0) / sorted.length,
		median_gap: medianOf(sorted),
		max_gap: sorted[sorted.length - 1],
	};
}

/** Of ascending numbers, at least one. */
export function medianOf(sorted: readonly number[]): number {
	return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}
