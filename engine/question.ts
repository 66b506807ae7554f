import type { PlanDocument } from "./agenda/plan-document.ts";
import type { Day } from "./units.ts";

/** What is planned or scored, and by which rules. */
export interface Question {
	/** First day planned; only rows dated before it are history. */
	readonly asOf: Day;
	/** Overrides the policy's. */
	readonly horizonDays?: number;
	/** Fields laid over the folder's policy.json. */
	readonly policy?: unknown;
}

/** Which plan is asked for. */
export interface PlanRequest extends Question {
	/** Ids; default: every rep of the table. */
	readonly reps?: readonly string[];
	readonly seed?: number;
	/** Search iterations a rep; by rep id, the counts of a receipt repeat its plan exactly. */
	readonly iterations?: number | Readonly<Record<string, number>>;
	/** Wall-clock seconds of search a rep; 5 where neither is given. */
	readonly seconds?: number;
	/** The published plan, whose changes have a price. */
	readonly published?: PlanDocument;
}
