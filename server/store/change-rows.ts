import { sql } from "kysely";
import { type Database, type Rows } from "./database.ts";

/** What the feed tells of, with the fields of its `data`. */
export const CHANGE_TYPES = {
	"import.completed": "a table was replaced or added to: table, mode, body_digest",
	"contacts.imported": "contacts that were posted one by one are part of the portfolio: num_contacts",
	"customer.erased": "a customer was erased; what is left of it has a pseudonym: pseudonym",
	"plan.completed": "an ordered plan is made: plan, plan_id, as_of",
	"plan.stopped": "an ordered plan ended early with the best so far: plan, plan_id, as_of",
	"plan.failed": "an ordered plan could not be made: plan, code, detail",
	"plan.revised": "a plan was revised into a new one: plan, plan_id, as_of",
	"plan.published": "a plan is in force: plan, plan_id, as_of",
	"plan.superseded": "a plan is no longer the published one: plan, by",
	"plan.discarded": "a plan was forgotten: plan",
	"run.started": "the plan of a day was ordered by the schedule: date, plan",
	"run.awaiting_approval": "the day's plan is made and waits to be published: date, plan, num_changes",
	"run.published": "the day's plan is in force: date, plan, num_changes, lateness_seconds",
	"run.failed": "the day's plan could not be made: date, plan, code, detail",
	"run.lapsed": "the day ended before its plan was in force: date, plan",
	"run.stale_feed": "an alarm: the plan rests on orders older than stale_after_days allows: date, plan, detail",
	"run.fallback": "an alarm: an earlier plan's day is served instead: date, plan, plans, code, detail, num_dropped",
} as const;
export type ChangeType = keyof typeof CHANGE_TYPES;

/** Something that happened to a portfolio, to be told. */
export interface News {
	readonly portfolio: string;
	readonly type: ChangeType;
	readonly data: object;
}

/** An entry of a tenant's feed. Numbers grow by one with each commit; none is ever seen after a higher one. */
export interface Change {
	readonly sequence: number;
	readonly at: string;
	readonly portfolio: string;
	readonly type: string;
	readonly data: object;
}

/**
 * Adds to the tenant's feed in the transaction of what it tells. The number is drawn from the tenant's row, which stays locked until the
 * commit, so that numbers are committed in their order: a reader that has seen one never misses a lower one. It is the last thing that
 * a transaction does, once: whoever waits for the row then holds none that this transaction wants.
 */
export async function appendChanges(rows: Rows, tenant: string, news: readonly News[]): Promise<void> {
	if (news.length === 0) return;
	const { last } = await rows
		.insertInto("feed")
		.values({ tenant, last: news.length })
		.onConflict((conflict) => conflict.column("tenant").doUpdateSet({ last: sql<number>`feed.last + ${sql.lit(news.length)}` }))
		.returning("last")
		.executeTakeFirstOrThrow();
	const at = new Date().toISOString();
	const first = last - news.length + 1;
	const values = news.map(({ portfolio, type, data }, index) => {
		return { tenant, sequence: first + index, at, portfolio, type, data: JSON.stringify(data) };
	});
	await rows.insertInto("change").values(values).execute();
}

export interface ChangesQuery {
	/** All of the tenant's where none is named. */
	readonly portfolio?: string;
	readonly types?: readonly string[];
	/** Number of the last entry seen. */
	readonly after: number;
	readonly limit: number;
}

/** Entries of a feed, the oldest first. */
export async function findChanges(rows: Rows, tenant: string, { portfolio, types, after, limit }: ChangesQuery): Promise<Change[]> {
	let query = rows.selectFrom("change").selectAll().where("tenant", "=", tenant).where("sequence", ">", after);
	if (portfolio !== undefined) query = query.where("portfolio", "=", portfolio);
	if (types !== undefined) query = query.where("type", "in", [...types]);
	const found = await query.orderBy("sequence").limit(limit).execute();
	return found.map((row) => {
		const data: object = JSON.parse(row.data);
		return { sequence: row.sequence, at: row.at, portfolio: row.portfolio, type: row.type, data };
	});
}

/** The feeds of a database. */
export interface Changes {
	list(tenant: string, query: ChangesQuery): Promise<Change[]>;
}

export function createChanges(database: Database): Changes {
	return { list: (tenant, query) => database.read(tenant, (rows) => findChanges(rows, tenant, query)) };
}
