import { openProblem } from "../../solver/problem.ts";
import { explore, type Trail } from "../../solver/trail.ts";
import { type Outcome, outcomeOf } from "../../outcome.ts";
import type { ExploreTask } from "../messages.ts";

/** Thread entry: searches from one of several starts on the problem in the task's buffer. */
export default function exploreTask({ buffer, start, ...options }: ExploreTask): Outcome<Trail> {
	return outcomeOf(() => explore(openProblem(buffer), options, start));
}
