import { lookAhead } from "./look-ahead.ts";
import { inOwnThread } from "../workers/own-thread.ts";
import { openSnapshot } from "../portfolio/snapshot/snapshot.ts";
import type { Day } from "../units.ts";
import { outcomeOf } from "../outcome.ts";

interface AheadTask {
	readonly store: string;
	/** Name of the snapshot. */
	readonly sha: string;
	readonly asOf: Day;
}

/** Works out a part of a look at a snapshot in a thread of its own, while the caller goes on with the rest. */
export const lookAheadInThread = inOwnThread(import.meta.url, ({ store, sha, asOf }: AheadTask) =>
	outcomeOf(() => lookAhead(openSnapshot(store, sha).portfolio(), { asOf })),
);
