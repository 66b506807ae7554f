import { openProblem } from "../../solver/problem.ts";
import type { Solution } from "../../solver/solution.ts";
import { solve } from "../../solver/solve.ts";
import { type Outcome, outcomeOf } from "../../outcome.ts";
import type { SolveTask } from "../messages.ts";

/** Thread entry: solves the problem in the task's buffer. */
export default function solveTask({ buffer, progress, trails, ...options }: SolveTask): Outcome<Solution> {
	return outcomeOf(() => {
		try {
			const onProgress = progress && ((done: object) => progress.postMessage(done, []));
			return solve(openProblem(buffer), { ...options, ...(onProgress && { onProgress }) }, trails);
		} finally {
			progress?.close();
		}
	});
}
