import { randomBytes } from "node:crypto";
import { type Selectable, sql } from "kysely";
import { CarteiraError, createShelf, type PlanDocument } from "../../engine/index.ts";
import { noteInCalendars } from "./calendar-rows.ts";
import type { News } from "./change-rows.ts";
import type { Rows } from "./database.ts";
import type { Piece } from "./plan-file.ts";
import type { Schema } from "./schema.ts";
import { PLAN_STATUS, type PlanHead, type PlanOrder, type PlanRecord, type Publication } from "./store.ts";

export type PlanRow = Selectable<Schema["plan"]>;

/** Rows of one statement: PostgreSQL takes 65,535 values, SQLite 32,766. */
const ROWS_AT_ONCE = 500;

function publicationOf(row: PlanRow): Publication {
	if (row.published_at === null) return "none";
	return row.superseded === 1 ? "superseded" : "published";
}

export const newPlanId = (): string => `pl_${randomBytes(12).toString("hex")}`;

/** Puts a plan on the queue, to be prepared before it may be made; answers its id. */
export async function insertPlan(rows: Rows, tenant: string, order: PlanOrder): Promise<string> {
	const id = newPlanId();
	const { portfolio } = order;
	const created_at = new Date().toISOString();
	await rows
		.insertInto("plan")
		.values({ id, tenant, portfolio, status: "queued", created_at, request: JSON.stringify(order), prepared: 0 })
		.execute();
	return id;
}

/** Heads by their texts: the plans in force are asked for again and again, and a head holds a whole policy. */
const heads = createShelf<PlanHead>(32);

/** A row of `plan` as the store's callers know it. */
export function recordOf(row: PlanRow): PlanRecord {
	const { head } = row;
	return {
		id: row.id,
		order: JSON.parse(row.request),
		status: PLAN_STATUS.find((status) => status === row.status) ?? "failed",
		publication: publicationOf(row),
		version: row.version,
		createdAt: row.created_at,
		finishedAt: row.finished_at,
		publishedAt: row.published_at,
		failure: JSON.parse(row.failure ?? "null"),
		progress: JSON.parse(row.progress ?? "null"),
		head: head === null ? null : heads.get(head, () => JSON.parse(head)),
	};
}

/** The row of a plan, by the service's id or, the latest of them, by the receipt's digest. NOT_FOUND. */
export async function getRow(rows: Rows, tenant: string, id: string): Promise<PlanRow> {
	const row = await rows
		.selectFrom("plan")
		.selectAll()
		.where("tenant", "=", tenant)
		.where((is) => is.or([is("id", "=", id), is("plan_id", "=", id)]))
		.orderBy(sql`CASE WHEN id = ${id} THEN 0 ELSE 1 END`)
		.orderBy("sequence", "desc")
		.limit(1)
		.executeTakeFirst();
	if (!row) throw new CarteiraError("NOT_FOUND", `no plan is called ${id}`);
	return row;
}

/** A plan that has agendas: its id and the digest of its file. CONFLICT while it has none. */
export async function getFinished(rows: Rows, tenant: string, id: string): Promise<{ readonly id: string; readonly document: string }> {
	const row = await getRow(rows, tenant, id);
	if (row.document === null) throw new CarteiraError("CONFLICT", `plan ${id} is ${row.status}: it has no agendas`);
	return { id: row.id, document: row.document };
}

/** The published plan of a portfolio. */
export function findPublished(rows: Rows, tenant: string, portfolio: string): Promise<PlanRow | undefined> {
	return rows
		.selectFrom("plan")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("published_at", "is not", null)
		.where("superseded", "=", 0)
		.executeTakeFirst();
}

/** Plans published at some time that plan a date from one to another, in the order of their publication. */
export function findInForce(rows: Rows, tenant: string, portfolio: string, from: string, to: string): Promise<PlanRow[]> {
	return rows
		.selectFrom("plan")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("published_at", "is not", null)
		.where("horizon_from", "<=", to)
		.where("horizon_to", ">=", from)
		.orderBy("publish_order")
		.execute();
}

/** Makes a plan the published one of its portfolio; answers what the feed is to tell of it, nothing where it was that already. */
export async function publishRow(rows: Rows, tenant: string, id: string, now: string): Promise<News[]> {
	const row = await getRow(rows, tenant, id);
	if (publicationOf(row) === "published") return [];
	if (publicationOf(row) === "superseded") throw new CarteiraError("CONFLICT", `plan ${id} was superseded; make a new one`);
	const before = await findPublished(rows, tenant, row.portfolio);
	if (before)
		await rows
			.updateTable("plan")
			.set(bumped({ superseded: 1 }))
			.where("id", "=", before.id)
			.execute();
	const { latest } = await rows
		.selectFrom("plan")
		.select(({ fn }) => fn.max("publish_order").as("latest"))
		.where("tenant", "=", tenant)
		.executeTakeFirstOrThrow();
	const order = (latest ?? 0) + 1;
	await rows
		.updateTable("plan")
		.set(bumped({ published_at: now, publish_order: order }))
		.where("tenant", "=", tenant)
		.where("id", "=", row.id)
		.execute();
	const { portfolio, horizon_from: from, horizon_to: to } = row;
	if (from !== null && to !== null) await noteInCalendars(rows, { tenant, portfolio, id: row.id, from, to, order });
	const { as_of }: PlanOrder = JSON.parse(row.request);
	const published: News = { portfolio, type: "plan.published", data: { plan: row.id, plan_id: row.plan_id, as_of } };
	return before ? [published, { portfolio, type: "plan.superseded", data: { plan: before.id, by: row.id } }] : [published];
}

/** Fields to set, with the plan's version grown, so that those who watch it are told. */
export function bumped<T extends object>(fields: T): T & { version: ReturnType<typeof sql<number>> } {
	return { ...fields, version: sql<number>`version + 1` };
}

/** The statements that note where a plan's parts stand in its file, each short enough for a transaction of its own. */
export function piecesOf(
	tenant: string,
	plan: string,
	document: Pick<PlanDocument, "reps">,
	pieces: readonly Piece[],
): ((rows: Rows) => Promise<unknown>)[] {
	const inParts = <T>(items: readonly T[], put: (rows: Rows, part: readonly T[]) => Promise<unknown>) =>
		Array.from({ length: Math.ceil(items.length / ROWS_AT_ONCE) }, (_, at) => {
			const part = items.slice(at * ROWS_AT_ONCE, (at + 1) * ROWS_AT_ONCE);
			return (rows: Rows): Promise<unknown> => put(rows, part);
		});
	return [
		...inParts(pieces, (rows, part) => {
			const values = part.map(({ kind, repId, customerId, date, start, length }) => {
				return { tenant, plan, kind, rep_id: repId, customer_id: customerId, date, start, length };
			});
			return rows.insertInto("piece").values(values).execute();
		}),
		...inParts(document.reps, (rows, part) => {
			const values = part.map(({ rep_id }) => ({ tenant, plan, rep_id }));
			return rows.insertInto("plan_rep").values(values).execute();
		}),
	];
}

/** Notes where the parts of a plan stand whose file is another one now. */
export async function replacePieces(rows: Rows, tenant: string, plan: string, pieces: readonly Piece[]): Promise<void> {
	await rows.deleteFrom("piece").where("plan", "=", plan).execute();
	for (const put of piecesOf(tenant, plan, { reps: [] }, pieces)) await put(rows);
}

/** Forgets where a plan's parts stand. */
export async function forgetPieces(rows: Rows, plan: string): Promise<void> {
	await rows.deleteFrom("piece").where("plan", "=", plan).execute();
	await rows.deleteFrom("plan_rep").where("plan", "=", plan).execute();
}

/** A day of a plan that no plan published later plans for the same rep. */
async function findDayInForce(rows: Rows, id: string): Promise<{ rep_id: string | null; date: string | null } | undefined> {
	return rows
		.selectFrom("piece")
		.innerJoin("plan as mine", "mine.id", "piece.plan")
		.select(["piece.rep_id", "piece.date"])
		.where("piece.plan", "=", id)
		.where("piece.kind", "=", "day")
		.where("mine.publish_order", "is not", null)
		.where((is) =>
			is.not(
				is.exists(
					is
						.selectFrom("plan as later")
						.innerJoin("plan_rep", "plan_rep.plan", "later.id")
						.select("later.id")
						.whereRef("plan_rep.rep_id", "=", "piece.rep_id")
						.whereRef("later.tenant", "=", "mine.tenant")
						.whereRef("later.portfolio", "=", "mine.portfolio")
						.whereRef("later.publish_order", ">", "mine.publish_order")
						.whereRef("later.horizon_from", "<=", "piece.date")
						.whereRef("later.horizon_to", ">=", "piece.date"),
				),
			),
		)
		.orderBy("piece.date")
		.limit(1)
		.executeTakeFirst();
}

/** Forgets a plan. One that is published, or whose days are still the ones in force, is refused with CONFLICT. */
export async function forgetRows(rows: Rows, row: PlanRow): Promise<void> {
	if (publicationOf(row) === "published") {
		throw new CarteiraError("CONFLICT", `plan ${row.id} is published; publish another one first`);
	}
	const day = await findDayInForce(rows, row.id);
	if (day) throw new CarteiraError("CONFLICT", `plan ${row.id} holds the agenda in force of ${day.rep_id} on ${day.date}; it is kept`);
	await forgetPieces(rows, row.id);
	await rows.deleteFrom("plan").where("id", "=", row.id).execute();
}
