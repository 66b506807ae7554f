import { availableParallelism } from "node:os";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { CarteiraError } from "../errors.ts";
import type { Solution } from "../solver/solution.ts";
import type { SolveOptions } from "../solver/solve.ts";
import type { Trail } from "../solver/trail.ts";
import { type Outcome, valueOf } from "../outcome.ts";
import type { ExploreTask, SolveTask } from "./messages.ts";

/** Threads that solve problems. Results do not depend on how many there are. */
export interface SolverPool {
	readonly numThreads: number;
	/** Solves a problem made by `buildProblem`, the starts on several threads; the result is that of one. `stop` must lie in a SharedArrayBuffer. Rejects with BUSY where the queue is full. */
	solve(buffer: SharedArrayBuffer, options: SolveOptions): Promise<Solution>;
	/** Waits for what is running, then ends the threads. */
	close(): Promise<void>;
}

export interface PoolOptions {
	/** Default: as many as the machine has cores. */
	readonly threads?: number;
	/** Most tasks that wait; default 20,000. */
	readonly maxQueue?: number;
}

/** Starts the threads; `close` the pool when done with it. */
export function createPool({ threads = availableParallelism(), maxQueue = 20_000 }: PoolOptions = {}): SolverPool {
	if (!Number.isInteger(threads) || threads < 1) throw new CarteiraError("USAGE", `threads: ${threads} is not a number of threads`);
	const filename = new URL("./entries/solve.ts", import.meta.url).href;
	const piscina = new Piscina<SolveTask | ExploreTask, Outcome<Solution>>({
		filename,
		minThreads: 0, // a server whose plans are made elsewhere hardly needs any
		maxThreads: threads,
		idleTimeout: Number.POSITIVE_INFINITY,
		maxQueue,
	});
	piscina.on("error", () => undefined); // the promise of the task that failed carries the error
	return {
		numThreads: threads,
		solve: (buffer, options) => runSolve(piscina, buffer, options),
		close: () => piscina.close(),
	};
}

async function runSolve(
	piscina: Piscina<SolveTask | ExploreTask, Outcome<Solution>>,
	buffer: SharedArrayBuffer,
	{ onProgress, starts = 0, ...limits }: SolveOptions,
): Promise<Solution> {
	if (piscina.queueSize + starts - 1 >= piscina.options.maxQueue || piscina.queueSize >= piscina.options.maxQueue)
		throw new CarteiraError("BUSY", ERROR_QUEUE);
	const options = starts > 0 ? { ...limits, trails: await runStarts(piscina, buffer, limits, starts) } : limits;
	if (!onProgress) return valueOf(await piscina.run({ buffer, ...options }));
	const { port1, port2 } = new MessageChannel();
	port1.on("message", onProgress);
	try {
		return valueOf(await piscina.run({ buffer, ...options, progress: port2 }, { transferList: [port2] }));
	} finally {
		port1.close();
	}
}

function runStarts(
	piscina: Piscina<SolveTask | ExploreTask, Outcome<Solution>>,
	buffer: SharedArrayBuffer,
	limits: Omit<ExploreTask, "buffer" | "start">,
	starts: number,
): Promise<Trail[]> {
	const explore = async (start: number): Promise<Trail> =>
		valueOf((await piscina.run({ buffer, start, ...limits }, { filename: EXPLORE })) as unknown as Outcome<Trail>);
	return Promise.all(Array.from({ length: starts }, (_, start) => explore(start)));
}

const EXPLORE = new URL("./entries/explore.ts", import.meta.url).href;
const ERROR_QUEUE = "the solver's queue is full; try again later";
