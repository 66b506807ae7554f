import { openProblem } from "../../engine/solver/problem.ts";
import type { Solution } from "../../engine/solver/solution.ts";
import { solve } from "../../engine/solver/solve.ts";
import type { RepProblem } from "./rep-problems.ts";
import { cpuSeconds } from "../cpu-seconds.ts";
import type { SearchBudget } from "./run-chunk.ts";

/** CPU seconds of one solve. */
export interface SplitSeconds {
	readonly search: number;
	/** What follows the search: the bound above all. */
	readonly bound: number;
}

/**
 * Solves a rep on the calling thread. The search tells of itself now and then: the iterations after its last word are counted at the pace
 * of those before. Null for a budget so small that there is no such pace.
 */
export function splitTime(rep: RepProblem, budget: SearchBudget): { readonly solution: Solution; readonly seconds: SplitSeconds | null } {
	const problem = openProblem(rep.buffer);
	const words: { readonly at: number; readonly iterations: number }[] = [];
	const start = cpuSeconds();
	const solution = solve(problem, { ...budget, onProgress: ({ iterations }) => words.push({ at: cpuSeconds() - start, iterations }) });
	const whole = cpuSeconds() - start;
	const [first, last] = [words[0], words[words.length - 1]];
	if (words.length < 2 || last.iterations === first.iterations) return { solution, seconds: null };
	const pace = (last.at - first.at) / (last.iterations - first.iterations);
	const search = Math.min(whole, last.at + pace * (solution.iterations - last.iterations));
	return { solution, seconds: { search, bound: whole - search } };
}
