import { inOwnThread } from "./workers/own-thread.ts";
import { openSnapshot } from "./portfolio/snapshot/snapshot.ts";
import { reviewMonth, type ReviewQuestion } from "./review/review.ts";
import { ENGINE } from "./understand.ts";
import { outcomeOf } from "./outcome.ts";

interface ReviewTask {
	readonly store: string;
	/** Name of the snapshot. */
	readonly sha: string;
	readonly question: Omit<ReviewQuestion, "engine">;
}

/** Reviews a month of a snapshot in a thread of its own, in which the caller goes on answering. */
export const reviewInThread = inOwnThread(import.meta.url, ({ store, sha, question }: ReviewTask) =>
	outcomeOf(() => reviewMonth(openSnapshot(store, sha).portfolio(), { ...question, engine: ENGINE })),
);
