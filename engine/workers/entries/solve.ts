import { openProblem, type Solution } from "../../solver/problem.ts";
import { solve } from "../../solver/solve.ts";
import { type Outcome, outcomeOf, type SolveTask } from "../messages.ts";

/** Thread entry: solves the problem in the task's buffer. */
export default function solveTask({ buffer, progress, ...options }: SolveTask): Outcome<Solution> {
	return outcomeOf(() => {
		try {
			return solve(openProblem(buffer), { ...options, onProgress: progress && ((done) => progress.postMessage(done, [])) });
		} finally {
			progress?.close();
		}
	});
}
