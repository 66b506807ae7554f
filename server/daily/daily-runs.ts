import { diffDays, parseDay, planningRules, staleFeedWarnings } from "../../engine/index.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Schedule } from "../schemas/daily.ts";
import type { News } from "../store/change-rows.ts";
import type { OpenRun, RunDiff, RunPatch, RunRows, ScheduleRecord } from "../store/run-rows.ts";
import type { Fallback, PlanRecord, Store } from "../store/store.ts";
import { isBusyOrDisk } from "../retry.ts";
import type { Tenants } from "../tenants.ts";
import { createTurns } from "../turns.ts";
import { makeFallback } from "./fallback.ts";
import { type IsHoliday, type Timetable, currentOccurrence, nextOccurrence } from "./occurrences.ts";

export interface DailyRunsOptions {
	readonly rows: RunRows;
	readonly tenants: Pick<Tenants, "get">;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: Log;
	/** Told of plans that were ordered. */
	readonly onOrdered: () => void;
	readonly metrics: Pick<Metrics, "countRun" | "countFallback">;
}

/**
 * Makes each day's plan before the shift. All that is to be remembered is rows: a schedule knows its next moment, a run where it stands,
 * and each step is one transaction that only the first to take it can take. A server that was down goes on from there.
 */
export interface DailyRuns {
	readonly rows: RunRows;
	/** Begins what is due, and brings runs as far as they can be brought now. */
	tick(): Promise<void>;
	close(): Promise<void>;
}

/** Milliseconds between two looks at what is due. */
const POLL = 1000;
/** Where a timetable has no day within a year it is looked at again after so long. */
const LATER = 86_400_000;
/** Changes of a run's day that are kept with it; `GET /v1/plans/{id}/diff` has all. */
const MOST_CHANGES = 500;

const GONE = { code: "NOT_FOUND", detail: "the plan was discarded" };

/** Starts the daily runs of all tenants. */
export function createDailyRuns({ rows, tenants, clock, log, onOrdered, metrics }: DailyRunsOptions): DailyRuns {
	const inTurn = createTurns();
	let isClosing = false;

	/** The holidays of a portfolio; none where it cannot be read, of which the plan will tell the reason. */
	async function holidaysOf(tenant: string, name: string): Promise<IsHoliday> {
		try {
			const { portfolio } = await (await tenants.get(tenant)).portfolios.read(name);
			const { calendar } = planningRules(portfolio, {});
			return (date) => calendar.isHoliday(parseDay(date));
		} catch (error) {
			log.warn({ err: error, tenant, portfolio: name }, "the holidays of a schedule could not be read");
			return () => false;
		}
	}

	async function begin(seen: ScheduleRecord): Promise<void> {
		const { tenant, portfolio, nextDate } = seen;
		const { plan, publish, ...timetable } = seen.body as Schedule;
		const isHoliday = await holidaysOf(tenant, portfolio);
		const now = clock();
		const due = currentOccurrence(timetable, nextDate, now, isHoliday);
		const order = due && { portfolio, as_of: due.date, ...plan };
		const isOurs = await rows.advance(seen, nextOf(timetable, now, isHoliday), due && order && { ...due, beganAt: now, publish, order });
		if (isOurs && due) onOrdered();
	}

	/** Takes a step of a run; null news: there is none to take. */
	async function step(run: OpenRun): Promise<void> {
		const now = clock();
		const { planStatus, planFailure } = run;
		if (now >= run.endsAt) return take(run, { state: "lapsed", endedAt: now }, [newsOf(run, "run.lapsed", {})]);
		if (run.state === "planning" && planStatus === null) return fail(run, GONE, now);
		if (run.state === "planning" && planStatus === "failed") return fail(run, planFailure ?? GONE, now);
		if (run.state === "planning" && (planStatus === "completed" || planStatus === "stopped")) return complete(run, now);
		if (run.fallback !== null || now < run.readyBy) return;
		if (run.state === "planning") return fallBack(run, { code: "LATE", detail: "the plan was not made in time" }, now);
		return fallBack(run, { code: "NOT_APPROVED", detail: "the plan was not approved in time" }, now);
	}

	async function take(run: OpenRun, patch: RunPatch, news: readonly News[]): Promise<void> {
		if (!(await rows.change(run, patch, news))) return; // another was quicker
		const { tenant, portfolio, date, plan } = run;
		if (patch.state !== undefined) metrics.countRun(patch.state);
		if (patch.fallback) metrics.countFallback(patch.fallback.code);
		const alarms = news.filter(({ type }) => ["run.failed", "run.fallback", "run.stale_feed", "run.lapsed"].includes(type));
		for (const { type, data } of alarms)
			log.error({ tenant, portfolio, date, plan, alarm: type, ...data }, "the daily run raised an alarm");
	}

	async function fallBack(run: OpenRun, why: Pick<Fallback, "code" | "detail">, now: number): Promise<void> {
		const fallback = await makeFallback(await tenants.get(run.tenant), run, why, now);
		await take(run, { fallback }, [fallbackNews(run, fallback)]);
	}

	async function fail(run: OpenRun, { code, detail }: { readonly code: string; readonly detail: string }, now: number): Promise<void> {
		const failed = newsOf(run, "run.failed", { code, detail });
		const patch = { state: "failed", endedAt: now, failure: { code, detail } } as const;
		if (run.fallback !== null) return take(run, patch, [failed]);
		const fallback = await makeFallback(await tenants.get(run.tenant), run, { code: "FAILED", detail }, now);
		await take(run, { ...patch, fallback }, [failed, fallbackNews(run, fallback)]);
	}

	async function complete(run: OpenRun, now: number): Promise<void> {
		const { store } = await tenants.get(run.tenant);
		const plan = await store.getPlan(run.plan);
		// One that was published by hand meanwhile came into force, whatever took its place since.
		const wasInForce = plan.publication !== "none";
		const published = wasInForce ? null : await store.publishedPlan(run.portfolio);
		const diff = published && (await diffOf(store, published, plan, run.date));
		const warnings = plan.head?.warnings ?? [];
		const isPublished = run.publish === "automatic" || wasInForce;
		const waiting = newsOf(run, "run.awaiting_approval", { num_changes: diff?.num_changes ?? null });
		const stale = staleFeedWarnings(warnings).map((detail) => newsOf(run, "run.stale_feed", { detail }));
		const patch = isPublished ? ({ state: "published", endedAt: now } as const) : ({ state: "awaiting_approval" } as const);
		await take(run, { ...patch, diff, warnings }, isPublished ? stale : [waiting, ...stale]);
	}

	async function each<T extends { readonly tenant: string; readonly portfolio: string }>(
		items: readonly T[],
		work: (item: T) => Promise<void>,
	) {
		for (const item of items) {
			if (isClosing) return;
			await work(item).catch((error: unknown) => {
				if (isBusyOrDisk(error)) return; // the database is away: the next look finds the same
				log.error({ err: error, tenant: item.tenant, portfolio: item.portfolio }, "a step of a daily run failed; it is tried again");
			});
		}
	}

	async function look(): Promise<void> {
		await each(await rows.dueSchedules(clock()), begin);
		await each(await rows.openRuns(), step);
	}

	/** One look after the other. */
	const tick = (): Promise<void> => inTurn(look);

	const timer = setInterval(() => {
		void tick().catch((error: unknown) => {
			if (!isBusyOrDisk(error)) log.error({ err: error }, "the schedules could not be looked at");
		});
	}, POLL);

	return {
		rows,
		tick,
		async close() {
			isClosing = true;
			clearInterval(timer);
			await inTurn.idle();
		},
	};
}

/** The next run of a timetable, or when to look again. */
export function nextOf(timetable: Timetable, now: number, isHoliday: IsHoliday): { readonly date: string; readonly startAt: number } {
	const next = nextOccurrence(timetable, now, isHoliday);
	return next ?? { date: new Date(now + LATER).toISOString().slice(0, 10), startAt: now + LATER };
}

function newsOf({ portfolio, date, plan }: OpenRun, type: News["type"], data: object): News {
	return { portfolio, type, data: { date, plan, ...data } };
}

function fallbackNews(run: OpenRun, { code, detail, plans, dropped }: Fallback): News {
	return newsOf(run, "run.fallback", { plans, code, detail, num_dropped: dropped.length });
}

/** What a plan does otherwise than the one in force; of the changes those that touch the day. */
async function diffOf(store: Store, before: PlanRecord, after: PlanRecord, date: string): Promise<RunDiff> {
	const { changes, ...diff } = diffDays(await store.readPlan(before.id), await store.readPlan(after.id));
	const ofDay = changes.filter(({ from, to }) => from?.date === date || to?.date === date);
	return { ...diff, against: before.id, num_changes: changes.length, changes: ofDay.slice(0, MOST_CHANGES) };
}
