import { existsSync, readdirSync } from "node:fs";
import { setPriority } from "node:os";
import { CarteiraError, createEngine } from "../engine/index.ts";
import type { ServerConfig } from "./config.ts";
import { createLog } from "./log.ts";
import type { PlanNews, Planner } from "./jobs/planner.ts";
import { databaseOptions, engineOptions, plannerHere } from "./services.ts";
import { checkBelongsTogether, databasePath } from "./store/data-folder.ts";
import { type Database, EVERY_TENANT, isUpToDate, openDatabase } from "./store/database.ts";
import { createJobRows } from "./store/job-rows.ts";

export interface WorkerOptions {
	/** How far the process gives way to others, from 0 (not) to 19. */
	readonly niceness: number;
	readonly onNews: (news: PlanNews) => void;
	/** Told why the work cannot begin yet. */
	readonly onWaiting: (why: string) => void;
}

/** Milliseconds between two looks whether a server has used the database. */
const LOOK = 1000;

/** Lets all threads of this process, and those that it will start, give way to others. */
function giveWay(niceness: number): void {
	// Linux gives every thread a priority of its own; elsewhere there is one of the process.
	const threads = existsSync("/proc/self/task") ? readdirSync("/proc/self/task").map(Number) : [0];
	for (const thread of threads) setPriority(thread, niceness);
}

/** Why plans of a database cannot be made yet; null where they can. */
async function reasonToWait(database: Database): Promise<string | null> {
	try {
		if (!(await isUpToDate(database))) return "its tables are not those of this version; a server brings them up to date";
		if (database.dialect === "sqlite") return null;
		const known = await database.as(EVERY_TENANT, (rows) => rows.selectFrom("installation").select("id").executeTakeFirst());
		return known ? null : "no server has used it yet";
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

async function untilServed({ dataDir }: ServerConfig, database: Database, onWaiting: (why: string) => void): Promise<void> {
	for (let told: string | null = null; ; ) {
		const why = await reasonToWait(database);
		if (why === null) return checkBelongsTogether(dataDir, database);
		if (why !== told) onWaiting(why);
		told = why;
		await new Promise((resolve) => setTimeout(resolve, LOOK));
	}
}

/**
 * Makes plans that servers took the orders of: from the same database and data folder, of whose portfolios it only reads snapshots. NOT_FOUND
 * where no server has used the folder, CONFLICT where folder and database do not belong together.
 */
export async function startWorker(config: ServerConfig, { niceness, onNews, onWaiting }: WorkerOptions): Promise<Planner> {
	if (!existsSync(config.databaseUrl === undefined ? databasePath(config.dataDir) : config.dataDir))
		throw new CarteiraError("NOT_FOUND", `no server has used the data folder ${config.dataDir} yet`);
	giveWay(niceness);
	const log = createLog(config.logLevel);
	const database = await openDatabase({ ...databaseOptions(config, log), migrations: [] });
	try {
		await untilServed(config, database, onWaiting);
		const engine = await createEngine(engineOptions(config));
		const planner = plannerHere(config, { jobs: createJobRows(database), database, engine, log, onNews });
		return {
			...planner,
			async close() {
				await planner.close();
				await engine.close();
				await database.close();
			},
		};
	} catch (error) {
		await database.close();
		throw error;
	}
}
