import { sql } from "kysely";
import { CarteiraError, type PlanDocument } from "../../engine/index.ts";
import { putAnswer } from "./answer-rows.ts";
import { appendChanges } from "./change-rows.ts";
import { putRules, rulesOf } from "./contact-rule-rows.ts";
import type { Database, Rows } from "./database.ts";
import type { Documents } from "./documents.ts";
import { eraOf } from "./erasure-rows.ts";
import { NOBODYS, leasedRow } from "./job-rows.ts";
import { type Piece, writePlan } from "./plan-file.ts";
import { bumped, forgetPieces, forgetRows, getRow, newPlanId, piecesOf, recordOf } from "./plan-rows.ts";
import type { Lease, OnceAnswer, PlanOrder, PlanRecord } from "./store.ts";

/** One tenant's part of the database, and the folder of its plans' files. */
export interface Room {
	readonly database: Database;
	readonly documents: Documents;
	readonly tenant: string;
	readonly idempotencyHours: number;
	readonly maxUnfinished: number;
}

const now = (): string => new Date().toISOString();

/** Lets a transaction alone decide which documents of a tenant there are. SQLite's transactions are alone anyway. */
async function lockDocuments(rows: Rows, { database, tenant }: Room): Promise<void> {
	if (database.dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(hashtext(${`documents ${tenant}`}))`.execute(rows);
}

const draftName = (id: string, token: number): string => `${id}.${token}`;

/** Removes files that no row refers to, and drafts of plans that nobody is making: what processes that died left. */
export function clearDocuments(room: Room): Promise<void> {
	const { database, documents, tenant } = room;
	return database.as(tenant, async (rows) => {
		await lockDocuments(rows, room);
		const mine = rows.selectFrom("plan").where("tenant", "=", tenant);
		const held = await mine.select("document").distinct().where("document", "is not", null).execute();
		const made = await mine.select(["id", "lease_token"]).where("finished_at", "is", null).where("lease_until", ">=", Date.now()).execute();
		const drafts = made.map(({ id, lease_token: token }) => draftName(id, token));
		documents.keepOnly(new Set(held.map(({ document }) => String(document))), new Set(drafts));
	});
}

/**
 * Stores a plan in steps that each hold the database for a moment, as others wait for it meanwhile: its file, its pieces, and last what makes
 * it finished. Each step needs the lease, so that the pieces are one worker's.
 */
export async function savePlan(room: Room, lease: Lease, status: "completed" | "stopped", plan: PlanDocument): Promise<boolean> {
	const { database, documents, tenant } = room;
	const { id, token } = lease;
	await documents.removeDrafts(Array.from({ length: token - 1 }, (_, earlier) => draftName(id, earlier + 1)));
	const { draft, fields, pieces } = await writeFinished(room, draftName(id, token), status, plan);
	const step = (work: (rows: Rows) => Promise<unknown>): Promise<boolean> =>
		database.as(tenant, async (rows) => {
			const { numUpdatedRows } = await leasedRow(rows, lease)
				.set((is) => ({ lease_token: is.ref("lease_token") })) // changes nothing, and holds the row
				.executeTakeFirstOrThrow();
			if (numUpdatedRows === 0n) return false;
			await work(rows);
			return true;
		});
	try {
		for (const put of [(rows: Rows) => forgetPieces(rows, id), ...piecesOf(tenant, id, plan, pieces)]) if (!(await step(put))) return false;
		return await step(async (rows) => {
			await lockDocuments(rows, room);
			const { portfolio } = await getRow(rows, tenant, id);
			await leasedRow(rows, lease)
				.set(bumped({ ...fields, ...NOBODYS }))
				.execute();
			await appendChanges(rows, tenant, [{ portfolio, type: `plan.${status}`, data: told(id, plan) }]);
			draft.place();
		});
	} catch (error) {
		await removeUnreferenced(room, draft.digest).catch(() => {}); // else the next start finds it
		throw error;
	} finally {
		await draft.drop();
	}
}

/** Puts a plan's document on disk; answers what its row says of it. */
async function writeFinished({ documents }: Room, name: string, status: string, plan: PlanDocument) {
	const pieces: Piece[] = [];
	const draft = await documents.draft(name, (writeBytes) => writePlan(plan, writeBytes, (piece) => pieces.push(piece)));
	const { reps: _reps, unplanned: _unplanned, unmet_required: _unmet, ...head } = plan;
	const { plan_id, horizon } = head;
	const finished = { status, finished_at: now(), plan_id, horizon_from: horizon.from, horizon_to: horizon.to };
	return { draft, fields: { ...finished, head: JSON.stringify(head), document: draft.digest }, pieces };
}

/** Stores a plan that was made without waiting, with its lasting refusals and the answer given to its client. */
export async function addPlan(room: Room, order: PlanOrder, plan: PlanDocument, once?: OnceAnswer, era?: number): Promise<PlanRecord> {
	const { database, tenant, idempotencyHours } = room;
	const id = newPlanId();
	const { draft, fields, pieces } = await writeFinished(room, id, "completed", plan);
	try {
		return await database.as(tenant, async (rows) => {
			await lockDocuments(rows, room);
			const { portfolio } = order;
			if (era !== undefined && era !== (await eraOf(rows, tenant, portfolio)))
				throw new CarteiraError("BUSY", "a customer of the portfolio is being erased; ask again");
			const values = { id, tenant, portfolio, created_at: now(), request: JSON.stringify(order), ...fields };
			await rows.insertInto("plan").values(values).execute();
			for (const put of piecesOf(tenant, id, plan, pieces)) await put(rows);
			await putRules(rows, tenant, portfolio, id, rulesOf(plan));
			const record = recordOf(await getRow(rows, tenant, id));
			if (once) await putAnswer(rows, tenant, once.key, once.answerOf(record), idempotencyHours);
			await appendChanges(rows, tenant, [{ portfolio, type: "plan.revised", data: told(id, plan) }]);
			draft.place();
			return record;
		});
	} catch (error) {
		await removeUnreferenced(room, draft.digest).catch(() => {}); // else the next start finds it
		throw error;
	} finally {
		await draft.drop();
	}
}

/** What the feed says of a finished plan. */
const told = (plan: string, { plan_id, as_of }: Pick<PlanDocument, "plan_id" | "as_of">): object => ({ plan, plan_id, as_of });

/** Removes a document if no row refers to it. */
function removeUnreferenced(room: Room, document: string): Promise<void> {
	const { database, documents, tenant } = room;
	return database.as(tenant, async (rows) => {
		await lockDocuments(rows, room);
		const holder = await rows
			.selectFrom("plan")
			.select("id")
			.where("tenant", "=", tenant)
			.where("document", "=", document)
			.limit(1)
			.executeTakeFirst();
		if (!holder) documents.remove(document);
	});
}

/** Forgets a plan and its file. */
export async function discardPlan(room: Room, given: string): Promise<void> {
	const { database, tenant } = room;
	const document = await database.as(tenant, async (rows) => {
		const row = await getRow(rows, tenant, given);
		await forgetRows(rows, row);
		await appendChanges(rows, tenant, [{ portfolio: row.portfolio, type: "plan.discarded", data: { plan: row.id } }]);
		return row.document;
	});
	if (document !== null) await removeUnreferenced(room, document);
}
