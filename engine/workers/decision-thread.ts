import { Piscina } from "piscina";
import type { Decided, Decision, DecisionKind } from "../decide.ts";
import { CarteiraError } from "../errors.ts";
import { type DecideTask, type Outcome, valueOf } from "./messages.ts";

/** A thread that answers decisions one after the other. It starts with the first and stays, because its open desks are what makes it quick. */
export interface DecisionThread {
	/** Rejects with BUSY where too many wait. */
	run<Kind extends DecisionKind>(decision: Decision<Kind>): Promise<Decided<Kind>>;
	/** Waits for what is running, then ends the thread. */
	close(): Promise<void>;
}

const MOST_WAITING = 64;

export function createDecisionThread(model: string | undefined): DecisionThread {
	const filename = new URL("./entries/decide.ts", import.meta.url).href;
	const piscina = new Piscina<DecideTask, Outcome<Decided<DecisionKind>>>({
		filename,
		minThreads: 0,
		maxThreads: 1,
		idleTimeout: Number.POSITIVE_INFINITY,
		maxQueue: MOST_WAITING,
	});
	piscina.on("error", () => undefined); // the promise of the task that failed carries the error
	return {
		async run<Kind extends DecisionKind>(decision: Decision<Kind>) {
			if (piscina.queueSize >= MOST_WAITING)
				throw new CarteiraError("BUSY", `${MOST_WAITING} decisions are waiting already; try again later`);
			return valueOf(await piscina.run({ decision: decision as Decision, model })) as Decided<Kind>;
		},
		close: () => piscina.close(),
	};
}
