import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, type EngineOptions, createEngine, hasChampion } from "../engine/index.ts";
import type { ServerConfig } from "./config.ts";
import { type Log, createLog } from "./log.ts";
import { type Metrics, createMetrics } from "./metrics.ts";
import { type Erasures, type ErasuresOptions, createErasures } from "./jobs/erasures.ts";
import { type PlanQueue, createPlanQueue } from "./jobs/plan-queue.ts";
import { type PlanNews, type Planner, createPlanner } from "./jobs/planner.ts";
import { createPreparer } from "./jobs/preparer.ts";
import { createWatchers } from "./jobs/watchers.ts";
import { startWorkerProcess } from "./jobs/worker-process.ts";
import { type Audit, createAudit } from "./store/audit.ts";
import { type Changes, createChanges } from "./store/change-rows.ts";
import { checkBelongsTogether, databasePath, lockFolder } from "./store/data-folder.ts";
import { type Database, type DatabaseOptions, isAboveRowSecurity, openDatabase } from "./store/database.ts";
import { type DailyRuns, createDailyRuns } from "./daily/daily-runs.ts";
import { createErasureRows } from "./store/erasure-rows.ts";
import { type JobRows, createJobRows } from "./store/job-rows.ts";
import { createRunRows } from "./store/run-rows.ts";
import { type Keys, createKeys } from "./store/keys.ts";
import { type CalendarTokens, createCalendarTokens } from "./store/calendar-tokens.ts";
import { type WebhookRows, createWebhookRows } from "./store/webhook-rows.ts";
import { createSender } from "./webhooks/sender.ts";
import { type Tenants, createShelves, openTenants } from "./tenants.ts";
import { traceFields } from "./tracing.ts";

/** What the routes call. Everything that lives through time is here and is closed here. */
export interface Services {
	readonly config: ServerConfig;
	readonly log: Log;
	readonly engine: Engine;
	readonly database: Database;
	readonly tenants: Tenants;
	readonly keys: Keys;
	readonly calendarTokens: CalendarTokens;
	readonly audit: Audit;
	readonly changes: Changes;
	readonly webhooks: WebhookRows;
	readonly metrics: Metrics;
	readonly plans: PlanQueue;
	readonly daily: DailyRuns;
	readonly erasures: Erasures;
	/** Milliseconds since 1970; what day and time it is for schedules, published agendas and webhooks. */
	readonly clock: () => number;
	/** Folder of bodies being received. */
	readonly uploadsDir: string;
	close(): Promise<void>;
}

/** Opens a data folder and its database, starts an engine, and goes on with the plans that were waiting. */
export async function createServices(
	config: ServerConfig,
	startEngine: typeof createEngine = createEngine,
	clock: () => number = () => Date.now(),
): Promise<Services> {
	const log = createLog(config.logLevel);
	await mkdir(config.dataDir, { recursive: true });
	const toClose: (() => unknown)[] = [];
	const close = async (): Promise<void> => {
		for (const end of toClose.splice(0).reverse()) await end();
	};
	try {
		const lock = lockFolder(config.dataDir);
		toClose.push(() => lock.release());
		const database = await openDatabaseOf(config, log);
		toClose.push(() => database.close());
		return { ...(await open(config, log, database, startEngine, clock, toClose)), close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function openDatabaseOf(config: ServerConfig, log: Log): Promise<Database> {
	const database = await openDatabase(databaseOptions(config, log));
	if (await isAboveRowSecurity(database))
		log.warn("the database's user is above row-level security: tenants are kept apart by the queries alone");
	return database;
}

/** Which database the settings mean. */
export function databaseOptions({ dataDir, databaseUrl }: ServerConfig, log: Log): DatabaseOptions {
	const onLost = (error: Error): void => log.warn({ err: error }, "a connection to the database broke");
	return { path: databasePath(dataDir), url: databaseUrl, onLost };
}

type Opened = Omit<Services, "close">;

async function open(
	config: ServerConfig,
	log: Log,
	database: Database,
	startEngine: typeof createEngine,
	clock: () => number,
	toClose: (() => unknown)[],
): Promise<Opened> {
	const { dataDir, limits } = config;
	await checkBelongsTogether(dataDir, database);
	const uploadsDir = join(dataDir, "uploads");
	await rm(uploadsDir, { recursive: true, force: true });
	await mkdir(uploadsDir);
	const tenants = await openTenants(dataDir, database, limits, (error) => log.error({ err: error }, "a portfolio was not compacted"));
	const engine = await startEngine(engineOptions(config));
	toClose.push(() => engine.close());
	const jobs = createJobRows(database);
	const metrics = createMetrics(jobs);
	const watchers = createWatchers();
	const onNews = ({ id, kind, ended }: PlanNews): void => {
		if (ended) metrics.countPlan(ended);
		watchers.tell(id, kind);
	};
	const planner = startPlanner(config, { jobs, database, engine, log, onNews });
	const preparer = createPreparer({
		jobs,
		portfoliosOf: async (tenant) => (await tenants.get(tenant)).portfolios,
		onDefect: (error, planId) => log.error({ err: error, planId }, "a plan could not be prepared"),
		onPrepared: () => planner?.wake(),
		onNews,
	});
	const plans = createPlanQueue({ jobs, planner, preparer, watchers, maxQueued: limits.max_queued_plans });
	toClose.push(() => plans.close());
	const countLeased: ErasuresOptions["countLeased"] = (tenant, portfolio) => jobs.countLeased(tenant, portfolio);
	const erasures = createErasures({ rows: createErasureRows(database), tenants, log, plans, countLeased });
	toClose.push(() => erasures.close());
	await erasures.finish();
	const [keys, audit] = [createKeys(database), createAudit(database)];
	const daily = createDailyRuns({ rows: createRunRows(database), tenants, clock, log, metrics, onOrdered: () => plans.wake() });
	toClose.push(() => daily.close());
	const webhooks = createWebhookRows(database, limits.idempotency_hours);
	await webhooks.releaseAll();
	const sender = createSender({ rows: webhooks, clock, log, metrics, limits, allowPrivate: config.allowPrivateWebhooks });
	toClose.push(() => sender.close());
	const changes = createChanges(database);
	const calendarTokens = createCalendarTokens(database);
	return {
		daily,
		erasures,
		clock,
		webhooks,
		config,
		log,
		engine,
		database,
		tenants,
		keys,
		calendarTokens,
		audit,
		changes,
		metrics,
		plans,
		uploadsDir,
	};
}

interface PlannerNeeds {
	readonly jobs: JobRows;
	readonly database: Database;
	readonly engine: Engine;
	readonly log: Log;
	readonly onNews: (news: PlanNews) => void;
}

/** Whoever makes the plans of a server: this process, or one beside it; null where it leaves them to workers elsewhere. */
function startPlanner(config: ServerConfig, needs: PlannerNeeds): Planner | null {
	if (config.planner === "none") return null;
	return config.planner === "beside" ? startWorkerProcess(config, needs) : plannerHere(config, needs);
}

/** Makes plans in this process. */
export function plannerHere(
	{ dataDir, limits, leaseSeconds }: ServerConfig,
	{ jobs, database, engine, log, onNews }: PlannerNeeds,
): Planner {
	const onDefect = (error: unknown, planId: string): void => log.error({ err: error, planId, ...traceFields() }, "a plan failed");
	return createPlanner({ jobs, shelfOf: createShelves(dataDir, database, limits), engine, leaseSeconds, onDefect, onNews });
}

/** An engine's options by the settings: its model, or the champion of the registry in the data folder, where there is one. */
export function engineOptions({ dataDir, threads, model }: ServerConfig): EngineOptions {
	const registry = join(dataDir, "models");
	const chosen = model ?? (hasChampion(registry) ? registry : undefined);
	return { ...(threads !== undefined && { threads }), ...(chosen !== undefined && { model: chosen }) };
}
