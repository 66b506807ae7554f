import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, createEngine, hasChampion } from "../engine/index.ts";
import type { ServerConfig } from "./config.ts";
import { type Log, createLog } from "./log.ts";
import { type PlanQueue, createPlanQueue } from "./jobs/plan-queue.ts";
import { openEmbeddedStore } from "./store/embedded.ts";
import { type Portfolios, openPortfolios } from "./store/portfolios.ts";
import type { Store } from "./store/store.ts";

/** What the routes call. Everything that lives through time is here and is closed here. */
export interface Services {
	readonly config: ServerConfig;
	readonly log: Log;
	readonly engine: Engine;
	readonly store: Store;
	readonly portfolios: Portfolios;
	readonly plans: PlanQueue;
	/** Folder of bodies being received. */
	readonly uploadsDir: string;
	close(): Promise<void>;
}

/** Opens the store and the portfolios of a data folder, starts an engine, and goes on with the plans that were waiting. */
export async function createServices(config: ServerConfig, startEngine: typeof createEngine = createEngine): Promise<Services> {
	const { dataDir, limits } = config;
	const log = createLog(config.logLevel);
	const uploadsDir = join(dataDir, "uploads");
	await mkdir(dataDir, { recursive: true });
	const store = await openEmbeddedStore(dataDir, { idempotencyHours: limits.idempotency_hours });
	await rm(uploadsDir, { recursive: true, force: true });
	await mkdir(uploadsDir);
	const portfolios = await openPortfolios(dataDir, (error) => log.error({ err: error }, "a portfolio was not compacted"));
	const model = config.model ?? championOf(dataDir);
	const engine = await startEngine({
		...(config.threads !== undefined && { threads: config.threads }),
		...(model !== undefined && { model }),
	});
	const onDefect = (error: unknown, planId: string): void => log.error({ err: error, planId }, "a plan failed");
	const plans = await createPlanQueue({ store, portfolios, engine, maxQueued: limits.max_queued_plans, onDefect });
	return {
		config,
		log,
		engine,
		store,
		portfolios,
		plans,
		uploadsDir,
		async close() {
			await plans.close();
			await engine.close();
			await store.close();
		},
	};
}

/** The registry of models in a data folder, where there is one: its champion plans. */
function championOf(dataDir: string): string | undefined {
	const registry = join(dataDir, "models");
	return hasChampion(registry) ? registry : undefined;
}
