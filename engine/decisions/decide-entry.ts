import { createDecider, type Decided, type Decider, type DecideTask, type DecisionKind } from "./decide.ts";
import { type Outcome, outcomeLater } from "../outcome.ts";

let decider: Promise<Decider> | null = null;

/** Thread entry: answers a decision at desks that stay open between tasks. */
export default function decideTask({ decision, model }: DecideTask): Promise<Outcome<Decided<DecisionKind>>> {
	decider ??= createDecider(model);
	const ready = decider;
	ready.catch(() => {
		decider = null; // the next decision tries again
	});
	return outcomeLater(async () => (await ready)(decision));
}
