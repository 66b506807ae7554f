import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ServerConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { PlanNews, Planner } from "./planner.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
/** What wakes a worker process; it answers with `PlanNews`. */
export const WAKE = "wake";
/** Milliseconds after which a worker that ended is replaced, and which one has to end when it is asked to. */
const BETWEEN_STARTS = 1000;
const TIME_TO_END = 20_000;

/** The command line of a worker on the same data, with the same settings; an address of a database may hold a password and goes by the environment. */
function startOn({ dataDir, databaseUrl, logLevel, threads, model, leaseSeconds }: ServerConfig): ChildProcess {
	const flags = Object.entries({ data: dataDir, "log-level": logLevel, threads, model });
	const args = flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
	const { CARTEIRA_DATABASE_URL: _other, ...env } = process.env;
	return fork(MAIN, ["worker", ...args], {
		env: { ...env, CARTEIRA_LEASE_SECONDS: String(leaseSeconds), ...(databaseUrl !== undefined && { CARTEIRA_DATABASE_URL: databaseUrl }) },
		stdio: ["ignore", "ignore", "inherit", "ipc"],
	});
}

/**
 * Makes plans in a process of their own beside the server's, as `carteira worker` does: what takes the processor for seconds keeps nobody
 * waiting for an answer, and takes no server down. It ends with this process, however that ends, and is started again should it end by itself.
 */
export function startWorkerProcess(config: ServerConfig, { log, onNews }: { log: Log; onNews: (news: PlanNews) => void }): Planner {
	let isClosing = false;
	let ended: Promise<void>;
	let child = start();

	function start(): ChildProcess {
		const started = startOn(config);
		started.on("message", (news) => onNews(news as PlanNews));
		started.on("error", (error) => log.error({ err: error }, "the worker beside the server cannot be reached"));
		ended = new Promise((resolve) => {
			started.once("exit", (code, signal) => {
				resolve();
				if (isClosing) return;
				// On a terminal both are asked to end at the same time; then it ended well.
				if (code !== 0) log.error({ code, signal }, "the worker beside the server ended; it is started again");
				setTimeout(() => {
					if (!isClosing) child = start();
				}, BETWEEN_STARTS).unref();
			});
		});
		return started;
	}

	return {
		wake: () => {
			if (child.connected) child.send(WAKE);
		},
		isMaking: () => false,
		async close() {
			isClosing = true;
			if (child.connected) child.disconnect();
			const late = setTimeout(() => child.kill("SIGKILL"), TIME_TO_END);
			await ended;
			clearTimeout(late);
		},
	};
}
