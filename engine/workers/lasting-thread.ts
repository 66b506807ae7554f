import { Piscina } from "piscina";
import { CarteiraError } from "../errors.ts";
import { type Outcome, valueOf } from "../outcome.ts";

/** A thread that answers tasks one after the other. It starts with the first and stays, because what it keeps open is what makes it quick. */
export interface LastingThread<Task, Value> {
	/** Rejects with BUSY where too many wait. */
	run(task: Task): Promise<Value>;
	/** Waits for what is running, then ends the thread. */
	close(): Promise<void>;
}

export interface LastingThreadOptions {
	/** Module whose default export answers a task. */
	readonly entry: URL;
	/** What its tasks are called, in the plural. */
	readonly tasks: string;
	/** Milliseconds without a task after which the thread ends and gives its memory back; default: never. */
	readonly idleTimeout?: number;
}

const MOST_WAITING = 64;

export function createLastingThread<Task, Value>({
	entry,
	tasks,
	idleTimeout = Number.POSITIVE_INFINITY,
}: LastingThreadOptions): LastingThread<Task, Value> {
	const piscina = new Piscina<Task, Outcome<Value>>({
		filename: entry.href,
		minThreads: 0,
		maxThreads: 1,
		idleTimeout,
		maxQueue: MOST_WAITING,
	});
	piscina.on("error", () => undefined); // the promise of the task that failed carries the error
	return {
		async run(task) {
			if (piscina.queueSize >= MOST_WAITING)
				throw new CarteiraError("BUSY", `${MOST_WAITING} ${tasks} are waiting already; try again later`);
			return valueOf(await piscina.run(task));
		},
		close: () => piscina.close(),
	};
}
