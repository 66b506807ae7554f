import { randomBytes } from "node:crypto";
import { type Selectable } from "kysely";
import { CarteiraError } from "../../engine/index.ts";
import { putAnswer } from "./answer-rows.ts";
import { type Change, findChanges } from "./change-rows.ts";
import { type Database, EVERY_TENANT, type Rows } from "./database.ts";
import type { Schema } from "./schema.ts";
import type { FirstAnswer, OnceKey } from "./store.ts";

export const WEBHOOK_STATES = ["active", "failing"] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

/** A receiver of a tenant's changes. */
export interface WebhookRecord {
	readonly id: string;
	readonly tenant: string;
	readonly url: string;
	/** Null: all. */
	readonly types: readonly string[] | null;
	readonly state: WebhookState;
	readonly createdAt: string;
	/** Number of the last change that was delivered, or passed over. */
	readonly after: number;
	/** Tries of the change that is next. */
	readonly attempts: number;
	/** Milliseconds since 1970 before which it is not tried. */
	readonly nextAt: number;
	readonly lastError: string | null;
}

/** A receiver whose changes one sender may deliver until the lease ends. */
export interface LeasedWebhook extends WebhookRecord {
	readonly secret: string;
	readonly token: number;
	/** The next changes, of whatever type. */
	readonly changes: readonly Change[];
}

/** One try. */
export interface Delivery {
	readonly sequence: number;
	readonly type: string;
	readonly attempt: number;
	readonly at: string;
	/** Status of the answer; null: there was none, for the reason in `error`. */
	readonly status: number | null;
	readonly error: string | null;
	readonly milliseconds: number;
}

/** Changes of one lease, and tries that are told of one receiver. */
const BATCH = 50;
const KEPT_DELIVERIES = 1000;

/** The receivers of a database and how far each has come in its tenant's feed. */
export interface WebhookRows {
	/** Stores a receiver of the changes from now on; CONFLICT where the tenant has too many. */
	create(
		hook: Pick<WebhookRecord, "id" | "tenant" | "url" | "types" | "createdAt"> & { readonly secret: string },
		max: number,
		once?: { readonly key: OnceKey; readonly answerOf: (hook: WebhookRecord) => FirstAnswer },
	): Promise<WebhookRecord>;
	list(tenant: string): Promise<WebhookRecord[]>;
	/** NOT_FOUND; those of other tenants too. */
	get(tenant: string, id: string): Promise<WebhookRecord>;
	/** What its messages are signed with. NOT_FOUND. */
	secretOf(tenant: string, id: string): Promise<string>;
	remove(tenant: string, id: string): Promise<void>;
	/** Sends again what comes after a change, and takes up a receiver that was given up. */
	replay(tenant: string, id: string, after: number): Promise<WebhookRecord>;
	deliveries(
		tenant: string,
		id: string,
		page: { readonly after: number; readonly limit: number },
	): Promise<(Delivery & { readonly number: number })[]>;
	/** The receiver that waits longest for something to be sent now; null for none. */
	lease(now: number, until: number): Promise<LeasedWebhook | null>;
	/** Notes that a change was delivered; false where the lease is lost. */
	delivered(lease: LeasedWebhook, delivery: Delivery, until: number): Promise<boolean>;
	/** Passes over changes that the receiver did not ask for, or delivered ones, and gives the lease back. */
	release(lease: LeasedWebhook, after: number): Promise<void>;
	/** Notes a try that failed, and gives the lease back until the next. */
	failed(lease: LeasedWebhook, delivery: Delivery, next: { readonly state: WebhookState; readonly at: number }): Promise<void>;
	/** Gives all leases back: at a start, when no other process can hold one. */
	releaseAll(): Promise<void>;
	countFailing(): Promise<number>;
}

function recordOf(row: Selectable<Schema["webhook"]>): WebhookRecord {
	return {
		id: row.id,
		tenant: row.tenant,
		url: row.url,
		types: JSON.parse(row.types),
		state: row.state === "failing" ? "failing" : "active",
		createdAt: row.created_at,
		after: row.after,
		attempts: row.attempts,
		nextAt: row.next_at,
		lastError: row.last_error,
	};
}

async function getRow(rows: Rows, tenant: string, id: string): Promise<Selectable<Schema["webhook"]>> {
	const row = await rows.selectFrom("webhook").selectAll().where("tenant", "=", tenant).where("id", "=", id).executeTakeFirst();
	if (!row) throw new CarteiraError("NOT_FOUND", `no webhook is called ${id}`);
	return row;
}

const mine = (rows: Rows, { tenant, id, token }: LeasedWebhook) =>
	rows.updateTable("webhook").where("tenant", "=", tenant).where("id", "=", id).where("token", "=", token);

async function note(rows: Rows, { tenant, id }: LeasedWebhook, delivery: Delivery): Promise<void> {
	const { sequence, type, attempt, at, status, error, milliseconds } = delivery;
	const { number } = await rows
		.insertInto("delivery")
		.values({ tenant, webhook: id, change: sequence, type, attempt, at, status, error, milliseconds })
		.returning("number")
		.executeTakeFirstOrThrow();
	if (number % KEPT_DELIVERIES !== 0) return;
	const kept = rows.selectFrom("delivery").select("number").where("webhook", "=", id).orderBy("number", "desc").limit(KEPT_DELIVERIES);
	const oldest = rows.selectFrom(kept.as("kept")).select(({ fn }) => fn.min("kept.number").as("oldest"));
	await rows.deleteFrom("delivery").where("webhook", "=", id).where("number", "<", oldest).execute();
}

/** The first in line: active, due, not held, and with changes that it has not seen. */
function findNext(rows: Rows, now: number) {
	return rows
		.selectFrom("webhook")
		.innerJoin("feed", (join) => join.onRef("feed.tenant", "=", "webhook.tenant").onRef("feed.last", ">", "webhook.after"))
		.selectAll("webhook")
		.where("state", "=", "active")
		.where("next_at", "<=", now)
		.where("lease_until", "<", now)
		.orderBy("leased_at")
		.limit(1)
		.executeTakeFirst();
}

async function takeNext(rows: Rows, now: number, until: number): Promise<LeasedWebhook | "taken" | null> {
	const row = await findNext(rows, now);
	if (!row) return null;
	const token = row.token + 1;
	const { numUpdatedRows } = await rows
		.updateTable("webhook")
		.set({ token, leased_at: now, lease_until: until })
		.where("id", "=", row.id)
		.where("token", "=", row.token) // another sender may have been quicker
		.executeTakeFirstOrThrow();
	if (numUpdatedRows === 0n) return "taken";
	const changes = await findChanges(rows, row.tenant, { after: row.after, limit: BATCH });
	return { ...recordOf(row), secret: row.secret, token, changes };
}

/** The receivers of a database. */
export function createWebhookRows(database: Database, idempotencyHours: number): WebhookRows {
	const all = <T>(work: (rows: Rows) => Promise<T>): Promise<T> => database.as(EVERY_TENANT, work);
	return {
		create: ({ id, tenant, url, types, createdAt, secret }, max, once) =>
			database.as(tenant, async (rows) => {
				const { count } = await rows
					.selectFrom("webhook")
					.select(({ fn }) => fn.countAll<number>().as("count"))
					.where("tenant", "=", tenant)
					.executeTakeFirstOrThrow();
				if (count >= max) throw new CarteiraError("CONFLICT", `there are ${count} webhooks already; at most ${max} are kept`);
				const feed = await rows.selectFrom("feed").select("last").where("tenant", "=", tenant).executeTakeFirst();
				const fields = { id, tenant, url, types: JSON.stringify(types), secret, created_at: createdAt, state: "active" };
				await rows
					.insertInto("webhook")
					.values({ ...fields, after: feed?.last ?? 0 })
					.execute();
				const hook = recordOf(await getRow(rows, tenant, id));
				if (once) await putAnswer(rows, tenant, once.key, once.answerOf(hook), idempotencyHours);
				return hook;
			}),
		list: (tenant) =>
			database.as(tenant, async (rows) =>
				(await rows.selectFrom("webhook").selectAll().where("tenant", "=", tenant).orderBy("created_at").orderBy("id").execute()).map(
					recordOf,
				),
			),
		get: (tenant, id) => database.as(tenant, async (rows) => recordOf(await getRow(rows, tenant, id))),
		secretOf: (tenant, id) => database.as(tenant, async (rows) => (await getRow(rows, tenant, id)).secret),
		remove: (tenant, id) =>
			database.as(tenant, async (rows) => {
				await getRow(rows, tenant, id);
				await rows.deleteFrom("delivery").where("tenant", "=", tenant).where("webhook", "=", id).execute();
				await rows.deleteFrom("webhook").where("tenant", "=", tenant).where("id", "=", id).execute();
			}),
		replay: (tenant, id, after) =>
			database.as(tenant, async (rows) => {
				const { token } = await getRow(rows, tenant, id);
				const feed = await rows.selectFrom("feed").select("last").where("tenant", "=", tenant).executeTakeFirst();
				const from = Math.min(after, feed?.last ?? 0); // what is yet to come is never passed over
				// Whoever is sending loses the lease, so that what it says does not move the place that was asked for.
				const again = { after: from, state: "active", attempts: 0, next_at: 0, last_error: null, token: token + 1, lease_until: 0 };
				await rows.updateTable("webhook").set(again).where("tenant", "=", tenant).where("id", "=", id).execute();
				return recordOf(await getRow(rows, tenant, id));
			}),
		deliveries: (tenant, id, { after, limit }) =>
			database.as(tenant, async (rows) => {
				await getRow(rows, tenant, id);
				const found = await rows
					.selectFrom("delivery")
					.selectAll()
					.where("tenant", "=", tenant)
					.where("webhook", "=", id)
					.where("number", ">", after)
					.orderBy("number")
					.limit(limit)
					.execute();
				return found.map(({ change, number, type, attempt, at, status, error, milliseconds }) => {
					return { number, sequence: change, type, attempt, at, status, error, milliseconds };
				});
			}),
		async lease(now, until) {
			for (;;) {
				const taken = await all((rows) => takeNext(rows, now, until));
				if (taken !== "taken") return taken;
			}
		},
		delivered: (lease, delivery, until) =>
			database.as(lease.tenant, async (rows) => {
				const fields = { after: delivery.sequence, attempts: 0, last_error: null, lease_until: until };
				const { numUpdatedRows } = await mine(rows, lease).set(fields).executeTakeFirstOrThrow();
				if (numUpdatedRows === 0n) return false;
				await note(rows, lease, delivery);
				return true;
			}),
		release: (lease, after) =>
			database.as(lease.tenant, async (rows) => {
				await mine(rows, lease).set({ after, lease_until: 0 }).execute();
			}),
		failed: (lease, delivery, { state, at }) =>
			database.as(lease.tenant, async (rows) => {
				const last_error = delivery.error ?? `the receiver answered ${delivery.status}`;
				const fields = { state, attempts: delivery.attempt, next_at: at, last_error, lease_until: 0, after: delivery.sequence - 1 };
				const { numUpdatedRows } = await mine(rows, lease).set(fields).executeTakeFirstOrThrow();
				if (numUpdatedRows > 0n) await note(rows, lease, delivery);
			}),
		releaseAll: () =>
			all(async (rows) => {
				await rows.updateTable("webhook").set({ lease_until: 0 }).where("lease_until", ">", 0).execute();
			}),
		countFailing: () =>
			all(async (rows) => {
				const { count } = await rows
					.selectFrom("webhook")
					.select(({ fn }) => fn.countAll<number>().as("count"))
					.where("state", "=", "failing")
					.executeTakeFirstOrThrow();
				return count;
			}),
	};
}

/** An id that no other receiver has. */
export const newWebhookId = (): string => `wh_${randomBytes(12).toString("hex")}`;
