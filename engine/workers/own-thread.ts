import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type Outcome, valueOf } from "../outcome.ts";

/**
 * Lets a module, whose address is `entry`, answer each task in a thread of its own, so that whoever asks goes on with other work meanwhile. The
 * function that it makes asks: it throws what the task did. In a thread made for the module it is what answers.
 */
export function inOwnThread<Task, Answer>(
	entry: string,
	answer: (task: Task) => Outcome<Answer> | Promise<Outcome<Answer>>,
): (task: Task) => Promise<Answer> {
	if (!isMainThread && workerData?.entry === entry)
		void Promise.resolve(answer(workerData.task as Task)).then((outcome) => parentPort?.postMessage(outcome, []));
	return async (task) => {
		const worker = new Worker(new URL(entry), { workerData: { entry, task } });
		try {
			const [outcome] = (await once(worker, "message")) as [Outcome<Answer>];
			return valueOf(outcome);
		} finally {
			await worker.terminate();
		}
	};
}
