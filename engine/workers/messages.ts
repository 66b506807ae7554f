import type { MessagePort } from "node:worker_threads";
import type { SearchSettings } from "../solver/settings.ts";
import type { Trail } from "../solver/trail.ts";

/** What the pool hands to `entries/explore.ts`. Buffers are shared, not copied. */
export interface ExploreTask {
	readonly buffer: SharedArrayBuffer;
	readonly seed: number;
	/** Which of several starts. */
	readonly start: number;
	readonly iterations?: number;
	readonly seconds?: number;
	/** One cell over a SharedArrayBuffer. */
	readonly stop?: Int32Array;
	readonly settings?: Partial<SearchSettings>;
}

/** What the pool hands to `entries/solve.ts`. */
export interface SolveTask extends Omit<ExploreTask, "start"> {
	/** What the starts have left. */
	readonly trails?: readonly Trail[];
	readonly boundWork?: number;
	/** Where progress goes; absent: nobody listens. */
	readonly progress?: MessagePort;
}
