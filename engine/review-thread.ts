import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { openSnapshot } from "./portfolio/snapshot/snapshot.ts";
import { reviewMonth, type ReviewQuestion } from "./review/review.ts";
import type { ReviewDocument } from "./review/review-document.ts";
import { ENGINE } from "./understand.ts";
import { type Outcome, outcomeOf, valueOf } from "./workers/messages.ts";

interface ReviewTask {
	readonly store: string;
	/** Name of the snapshot. */
	readonly sha: string;
	readonly question: Omit<ReviewQuestion, "engine">;
}

/** Reviews a month of a snapshot in a thread of its own, in which the caller goes on answering. */
export async function reviewInThread(task: ReviewTask): Promise<ReviewDocument> {
	const worker = new Worker(new URL(import.meta.url), { workerData: { review: task } });
	try {
		const [outcome] = (await once(worker, "message")) as [Outcome<ReviewDocument>];
		return valueOf(outcome);
	} finally {
		await worker.terminate();
	}
}

if (!isMainThread && workerData?.review !== undefined) {
	const { store, sha, question }: ReviewTask = workerData.review;
	parentPort?.postMessage(
		outcomeOf(() => reviewMonth(openSnapshot(store, sha).portfolio(), { ...question, engine: ENGINE })),
		[],
	);
}
