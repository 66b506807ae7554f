import type { Command } from "commander";
import { findUnknown } from "../environment.ts";
import { WAKE } from "../jobs/worker-process.ts";
import { startWorker } from "../worker.ts";
import { wholeArgument } from "./options.ts";
import { tell, warn } from "./progress.ts";
import { type WorkFlags, addWorkOptions, askedToEnd, configOf } from "./serve.ts";

interface WorkerFlags extends WorkFlags {
	readonly nice: number;
}

async function run({ nice, ...flags }: WorkerFlags): Promise<void> {
	const isBesideServer = process.send !== undefined; // which has looked at the variables, and is told of the plans
	if (!isBesideServer) for (const name of findUnknown(process.env)) warn(`${name} is no variable of the service; worker --help lists them`);
	const isOver = askedToEnd();
	const worker = await Promise.race([
		isOver.then(() => null),
		startWorker(configOf(flags), {
			niceness: nice,
			onNews: (news) => process.connected && process.send?.(news),
			onWaiting: (why) => tell(`the database cannot be worked from yet: ${why}`),
		}),
	]);
	if (worker === null) return process.exit();
	process.on("message", (message) => void (message === WAKE && worker.wake()));
	if (!isBesideServer) tell(`Carteira makes the plans ordered of the server on ${flags.data}`);
	await isOver;
	await worker.close();
	if (process.connected) process.disconnect(); // else the channel would keep the process
}

/** `carteira worker`: makes the plans that servers take the orders of. */
export function addWorkerCommand(program: Command): void {
	addWorkOptions(program, program.command("worker").description("make plans that a server takes the orders of, in a process of its own"))
		.option("--nice <n>", "how far it gives way to other processes", wholeArgument(0, 19), 10)
		.action(run);
}
