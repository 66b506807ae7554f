import { type Selectable, sql } from "kysely";
import type { DayDiff } from "../../engine/index.ts";
import { type News, appendChanges } from "./change-rows.ts";
import { type Database, EVERY_TENANT, type Rows } from "./database.ts";
import { bumped, getRow, insertPlan, publishRow } from "./plan-rows.ts";
import type { Schema } from "./schema.ts";
import type { Failure, Fallback, PlanOrder } from "./store.ts";

export const RUN_STATES = ["planning", "awaiting_approval", "published", "failed", "lapsed"] as const;
export type RunState = (typeof RUN_STATES)[number];
/** States in which a run is not at its end. */
const OPEN: readonly RunState[] = ["planning", "awaiting_approval"];

/** A schedule's fields that decide when; what is planned is the schedule's own business. */
export interface ScheduleRecord<Body = unknown> {
	readonly tenant: string;
	readonly portfolio: string;
	readonly body: Body;
	readonly nextDate: string;
	/** Milliseconds since 1970, as all moments here. */
	readonly nextAt: number;
	readonly version: number;
}

/** What changed since the plan in force before: the counts of all shared days, the changes that touch the run's own. */
export interface RunDiff extends Omit<DayDiff, "changes"> {
	readonly against: string;
	readonly num_changes: number;
	readonly changes: DayDiff["changes"];
}

export interface RunRecord {
	readonly tenant: string;
	readonly portfolio: string;
	readonly date: string;
	readonly state: RunState;
	readonly plan: string;
	readonly publish: "automatic" | "after_approval";
	readonly startAt: number;
	readonly readyBy: number;
	readonly endsAt: number;
	readonly beganAt: number;
	readonly endedAt: number | null;
	readonly failure: Pick<Failure, "code" | "detail"> | null;
	readonly diff: RunDiff | null;
	readonly warnings: readonly string[];
	readonly fallback: Fallback | null;
	readonly version: number;
}

/** A run with where its plan stands; null: the plan was discarded. */
export interface OpenRun extends RunRecord {
	readonly planStatus: string | null;
	readonly planFailure: Failure | null;
}

/** Changes of a run that come together. */
export interface RunPatch {
	readonly state?: RunState;
	readonly endedAt?: number;
	readonly failure?: RunRecord["failure"];
	readonly diff?: RunDiff | null;
	readonly warnings?: readonly string[];
	readonly fallback?: Fallback;
}

/** A run to be begun: the moments of its day, and the plan to order. */
export interface NewRun {
	readonly date: string;
	readonly startAt: number;
	readonly readyBy: number;
	readonly endsAt: number;
	readonly beganAt: number;
	readonly publish: RunRecord["publish"];
	readonly order: PlanOrder;
}

function scheduleOf(row: Selectable<Schema["schedule"]>): ScheduleRecord {
	const body: unknown = JSON.parse(row.body);
	return { tenant: row.tenant, portfolio: row.portfolio, body, nextDate: row.next_date, nextAt: row.next_at, version: row.version };
}

function runOf(row: Selectable<Schema["daily_run"]>): RunRecord {
	return {
		tenant: row.tenant,
		portfolio: row.portfolio,
		date: row.date,
		state: RUN_STATES.find((state) => state === row.state) ?? "failed",
		plan: row.plan,
		publish: row.publish === "automatic" ? "automatic" : "after_approval",
		startAt: row.start_at,
		readyBy: row.ready_by,
		endsAt: row.ends_at,
		beganAt: row.began_at,
		endedAt: row.ended_at,
		failure: JSON.parse(row.failure ?? "null"),
		diff: JSON.parse(row.diff ?? "null"),
		warnings: JSON.parse(row.warnings ?? "[]"),
		fallback: JSON.parse(row.fallback ?? "null"),
		version: row.version,
	};
}

/** The fallback in force on a day; null where its plan is, or was never missed. */
export async function findFallback(rows: Rows, tenant: string, portfolio: string, date: string): Promise<Fallback | null> {
	const run = await rows
		.selectFrom("daily_run")
		.select("fallback")
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("date", "=", date)
		.where("state", "!=", "published" satisfies RunState)
		.executeTakeFirst();
	return JSON.parse(run?.fallback ?? "null");
}

/** Whole seconds after `ready_by`; 0 for in time. */
export const latenessOf = ({ readyBy }: Pick<RunRecord, "readyBy">, at: number): number => Math.max(0, Math.round((at - readyBy) / 1000));

/** What the feed says of a run whose plan is in force. */
function publishedNews(run: Pick<RunRecord, "portfolio" | "date" | "plan" | "readyBy" | "diff">, at: number): News {
	const { portfolio, date, plan, diff } = run;
	return {
		portfolio,
		type: "run.published",
		data: { date, plan, num_changes: diff?.num_changes ?? null, lateness_seconds: latenessOf(run, at) },
	};
}

/** In the transaction that publishes a plan: ends the run that waited for it. Answers what the feed is to tell. */
export async function approveRun(rows: Rows, tenant: string, plan: string, now: number): Promise<News[]> {
	const row = await rows
		.updateTable("daily_run")
		.set(bumped({ state: "published", ended_at: now }))
		.where("tenant", "=", tenant)
		.where("plan", "=", plan)
		.where("state", "=", "awaiting_approval")
		.returningAll()
		.executeTakeFirst();
	return row ? [publishedNews(runOf(row), now)] : [];
}

/** Schedules and their runs. Each change is one transaction that another server's cannot repeat: it is refused by the version it knew. */
export interface RunRows {
	putSchedule(tenant: string, portfolio: string, body: object, next: { readonly date: string; readonly startAt: number }): Promise<void>;
	getSchedule(tenant: string, portfolio: string): Promise<ScheduleRecord | null>;
	/** False where there was none. */
	removeSchedule(tenant: string, portfolio: string): Promise<boolean>;
	/** Schedules of all tenants whose next run begins now or should have begun. */
	dueSchedules(now: number): Promise<ScheduleRecord[]>;
	/** Moves a schedule on, and begins a run where one is given and the day has none yet; false where another was quicker. */
	advance(seen: ScheduleRecord, next: { readonly date: string; readonly startAt: number }, run: NewRun | null): Promise<boolean>;
	openRuns(): Promise<OpenRun[]>;
	/** Changes a run, publishes its plan where that is its new state, and tells the feed; false where the run is no longer as it was seen. */
	change(seen: RunRecord, patch: RunPatch, news: readonly News[]): Promise<boolean>;
	getRun(tenant: string, portfolio: string, date: string): Promise<RunRecord | null>;
	/** The latest first. */
	listRuns(tenant: string, portfolio: string, limit: number): Promise<RunRecord[]>;
}

const AT_ONCE = 100;

async function beginRun(rows: Rows, tenant: string, portfolio: string, run: NewRun): Promise<News[]> {
	const { date, publish, order } = run;
	const values = {
		tenant,
		portfolio,
		date,
		publish,
		start_at: run.startAt,
		ready_by: run.readyBy,
		ends_at: run.endsAt,
		began_at: run.beganAt,
	};
	const { numInsertedOrUpdatedRows: isNew } = await rows
		.insertInto("daily_run")
		.values({ ...values, state: "planning", plan: "" })
		.onConflict((conflict) => conflict.columns(["tenant", "portfolio", "date"]).doNothing())
		.executeTakeFirstOrThrow();
	if (isNew === 0n) return [];
	const plan = await insertPlan(rows, tenant, order);
	await ofRun(rows, { tenant, portfolio, date }).set({ plan }).execute();
	return [{ portfolio, type: "run.started", data: { date, plan } }];
}

const ofRun = (rows: Rows, { tenant, portfolio, date }: Pick<RunRecord, "tenant" | "portfolio" | "date">) =>
	rows.updateTable("daily_run").where("tenant", "=", tenant).where("portfolio", "=", portfolio).where("date", "=", date);

/** Puts a run's plan in force, unless it was that already; answers what the feed is to tell. */
async function publishRun(rows: Rows, run: RunRecord, at: number): Promise<News[]> {
	const { published_at } = await getRow(rows, run.tenant, run.plan);
	const news = published_at === null ? await publishRow(rows, run.tenant, run.plan, new Date(at).toISOString()) : [];
	return [...news, publishedNews(run, at)];
}

async function changeRun(rows: Rows, seen: RunRecord, patch: RunPatch, news: readonly News[]): Promise<boolean> {
	const { state, endedAt, failure, diff, warnings, fallback } = patch;
	const { numUpdatedRows } = await ofRun(rows, seen)
		.set(
			bumped({
				...(state !== undefined && { state }),
				...(endedAt !== undefined && { ended_at: endedAt }),
				...(failure !== undefined && { failure: JSON.stringify(failure) }),
				...(diff !== undefined && { diff: JSON.stringify(diff) }),
				...(warnings !== undefined && { warnings: JSON.stringify(warnings) }),
				...(fallback !== undefined && { fallback: JSON.stringify(fallback) }),
			}),
		)
		.where("version", "=", seen.version)
		.executeTakeFirstOrThrow();
	if (numUpdatedRows === 0n) return false;
	const published =
		state === "published" && endedAt !== undefined ? await publishRun(rows, { ...seen, diff: diff ?? seen.diff }, endedAt) : [];
	await appendChanges(rows, seen.tenant, [...published, ...news]);
	return true;
}

/** The schedules and runs of a database. */
export function createRunRows(database: Database): RunRows {
	const scheduleRow = (rows: Rows, tenant: string, portfolio: string) =>
		rows.selectFrom("schedule").selectAll().where("tenant", "=", tenant).where("portfolio", "=", portfolio).executeTakeFirst();
	return {
		putSchedule: (tenant, portfolio, body, next) =>
			database.as(tenant, async (rows) => {
				const fields = { body: JSON.stringify(body), next_date: next.date, next_at: next.startAt };
				const again = { ...fields, version: sql<number>`schedule.version + 1` };
				await rows
					.insertInto("schedule")
					.values({ tenant, portfolio, ...fields })
					.onConflict((conflict) => conflict.columns(["tenant", "portfolio"]).doUpdateSet(again))
					.execute();
			}),
		getSchedule: (tenant, portfolio) =>
			database.as(tenant, async (rows) => {
				const row = await scheduleRow(rows, tenant, portfolio);
				return row ? scheduleOf(row) : null;
			}),
		removeSchedule: (tenant, portfolio) =>
			database.as(tenant, async (rows) => {
				const { numDeletedRows } = await rows
					.deleteFrom("schedule")
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.executeTakeFirstOrThrow();
				return numDeletedRows > 0n;
			}),
		dueSchedules: (now) =>
			database.read(EVERY_TENANT, async (rows) => {
				const found = await rows.selectFrom("schedule").selectAll().where("next_at", "<=", now).orderBy("next_at").limit(AT_ONCE).execute();
				return found.map(scheduleOf);
			}),
		advance: ({ tenant, portfolio, version }, next, run) =>
			database.as(tenant, async (rows) => {
				const { numUpdatedRows } = await rows
					.updateTable("schedule")
					.set(bumped({ next_date: next.date, next_at: next.startAt }))
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.where("version", "=", version)
					.executeTakeFirstOrThrow();
				if (numUpdatedRows === 0n) return false;
				if (run) await appendChanges(rows, tenant, await beginRun(rows, tenant, portfolio, run));
				return true;
			}),
		openRuns: () =>
			database.read(EVERY_TENANT, async (rows) => {
				const found = await rows
					.selectFrom("daily_run")
					.leftJoin("plan", (join) => join.onRef("plan.id", "=", "daily_run.plan").onRef("plan.tenant", "=", "daily_run.tenant"))
					.selectAll("daily_run")
					.select(["plan.status as plan_status", "plan.failure as plan_failure"])
					.where("daily_run.state", "in", [...OPEN])
					.execute();
				return found.map((row) => ({ ...runOf(row), planStatus: row.plan_status, planFailure: JSON.parse(row.plan_failure ?? "null") }));
			}),
		change: (seen, patch, news) => database.as(seen.tenant, (rows) => changeRun(rows, seen, patch, news)),
		getRun: (tenant, portfolio, date) =>
			database.read(tenant, async (rows) => {
				const row = await rows
					.selectFrom("daily_run")
					.selectAll()
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.where("date", "=", date)
					.executeTakeFirst();
				return row ? runOf(row) : null;
			}),
		listRuns: (tenant, portfolio, limit) =>
			database.read(tenant, async (rows) => {
				const found = await rows
					.selectFrom("daily_run")
					.selectAll()
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.orderBy("date", "desc")
					.limit(limit)
					.execute();
				return found.map(runOf);
			}),
	};
}
