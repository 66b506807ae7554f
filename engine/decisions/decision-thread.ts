import type { Decided, DecideTask, Decision, DecisionKind } from "./decide.ts";
import { createLastingThread } from "../workers/lasting-thread.ts";

/** A thread that answers decisions one after the other, at desks that it keeps open. */
export interface DecisionThread {
	/** Rejects with BUSY where too many wait. */
	run<Kind extends DecisionKind>(decision: Decision<Kind>): Promise<Decided<Kind>>;
	/** Waits for what is running, then ends the thread. */
	close(): Promise<void>;
}

export function createDecisionThread(model: string | undefined): DecisionThread {
	const thread = createLastingThread<DecideTask, Decided<DecisionKind>>({
		entry: new URL("decide-entry.ts", import.meta.url),
		tasks: "decisions",
	});
	return {
		run: (decision) => thread.run({ decision: decision as Decision, model }),
		close: () => thread.close(),
	};
}
