import { open, readFile } from "node:fs/promises";
import { CarteiraError, type PlanDocument } from "../../engine/index.ts";
import { type PieceRow, findAgendas, findMentions, findPublishedAgendas, findUnplanned } from "./agenda-rows.ts";
import { findAnswerRow, putAnswer } from "./answer-rows.ts";
import { appendChanges } from "./change-rows.ts";
import { findPromised } from "./calendar-rows.ts";
import { findRules, forgetRule, putRules, rulesOf } from "./contact-rule-rows.ts";
import { eraOf } from "./erasure-rows.ts";
import { approveRun } from "./run-rows.ts";
import { type Database, type Rows, isDuplicate } from "./database.ts";
import type { Documents } from "./documents.ts";
import { MAX_IMPORTS_TOLD, importNews, insertImport } from "./import-rows.ts";
import { type Piece, readPieces, writePlan } from "./plan-file.ts";
import {
	bumped,
	findInForce,
	findPublished,
	forgetRows,
	getFinished,
	getRow,
	insertPlan,
	newPlanId,
	publishRow,
	putPieces,
	recordOf,
} from "./plan-rows.ts";
import type { Store, StoredAgenda, StoredMention, OnceAnswer, PlanOrder, PlanRecord } from "./store.ts";

const MENTIONS = ["entry", "unplanned", "unmet"] as const;

const now = (): string => new Date().toISOString();

/** One tenant's part of the database, and the folder of its plans' files. */
interface Room {
	readonly database: Database;
	readonly documents: Documents;
	readonly tenant: string;
	readonly idempotencyHours: number;
	readonly maxUnfinished: number;
}

/**
 * The store of one tenant: rows in the database, and each plan a file that the rows point into. A plan's file is on disk before its
 * row says completed. Files that no row refers to are removed.
 */
export async function openStore(room: Room): Promise<Store> {
	const { database, documents, tenant } = room;
	const held = await database.as(tenant, (rows) =>
		rows.selectFrom("plan").select("document").distinct().where("tenant", "=", tenant).where("document", "is not", null).execute(),
	);
	await documents.keepOnly(new Set(held.map(({ document }) => String(document))));
	return { ...planCalls(room), ...agendaCalls(room), ...answerCalls(room) };
}

type PlanCalls = Pick<
	Store,
	| "createPlan"
	| "getPlan"
	| "askToStop"
	| "savePlan"
	| "addPlan"
	| "eraOf"
	| "publishPlan"
	| "discardPlan"
	| "publishedPlan"
	| "plansInForce"
	| "contactRules"
	| "forgetContactRule"
>;

function planCalls(room: Room): PlanCalls {
	const { database, documents, tenant } = room;
	return {
		createPlan: (order, once) =>
			database.as(tenant, async (rows) => {
				await refuseTooMany(rows, room);
				const id = await insertPlan(rows, tenant, order);
				const plan = recordOf(await getRow(rows, tenant, id));
				if (once) await putAnswer(rows, tenant, once.key, once.answerOf(plan), room.idempotencyHours);
				return plan;
			}),
		getPlan: (id) => database.as(tenant, async (rows) => recordOf(await getRow(rows, tenant, id))),
		askToStop: (id) =>
			database.as(tenant, async (rows) => {
				const { numUpdatedRows } = await rows
					.updateTable("plan")
					.set({ stop_asked: 1 })
					.where("tenant", "=", tenant)
					.where("id", "=", id)
					.where("finished_at", "is", null)
					.executeTakeFirstOrThrow();
				if (numUpdatedRows === 0n) throw new CarteiraError("CONFLICT", `plan ${id} has ended already`);
			}),
		savePlan: (lease, status, document) => documents.inTurn(() => save(room, lease, status, document)),
		addPlan: (order, document, once, era) => documents.inTurn(() => add(room, order, document, once, era)),
		eraOf: (portfolio) => database.as(tenant, (rows) => eraOf(rows, tenant, portfolio)),
		publishPlan: (given, at = Date.now()) => publish(room, given, at),
		discardPlan: (given) => documents.inTurn(() => discard(room, given)),
		publishedPlan: (portfolio) =>
			database.as(tenant, async (rows) => {
				const row = await findPublished(rows, tenant, portfolio);
				return row ? recordOf(row) : null;
			}),
		contactRules: (portfolio, from) => database.as(tenant, (rows) => findRules(rows, tenant, portfolio, from)),
		forgetContactRule: (portfolio, id) => database.as(tenant, (rows) => forgetRule(rows, tenant, portfolio, id)),
		plansInForce: (portfolio, from, to) =>
			database.as(tenant, async (rows) => (await findInForce(rows, tenant, portfolio, from, to)).map(recordOf)),
	};
}

async function refuseTooMany(rows: Rows, { tenant, maxUnfinished }: Room): Promise<void> {
	const { count } = await rows
		.selectFrom("plan")
		.select(({ fn }) => fn.countAll<number>().as("count"))
		.where("tenant", "=", tenant)
		.where("finished_at", "is", null)
		.executeTakeFirstOrThrow();
	if (count > maxUnfinished) throw new CarteiraError("BUSY", `${maxUnfinished} plans are waiting already; try again later`);
}

const save = async (
	room: Room,
	lease: Parameters<Store["savePlan"]>[0],
	status: "completed" | "stopped",
	plan: PlanDocument,
): Promise<boolean> => {
	const { database, tenant } = room;
	const { fields, pieces } = await writeFinished(room, status, plan);
	const isHeld = await database.as(tenant, async (rows) => {
		const { numUpdatedRows } = await rows
			.updateTable("plan")
			.set(bumped({ ...fields, lease_until: null }))
			.where("tenant", "=", tenant)
			.where("id", "=", lease.id)
			.where("lease_token", "=", lease.token)
			.where("finished_at", "is", null)
			.executeTakeFirstOrThrow();
		if (numUpdatedRows === 0n) return false;
		await putPieces(rows, tenant, lease.id, plan, pieces);
		const { portfolio } = await getRow(rows, tenant, lease.id);
		await appendChanges(rows, tenant, [{ portfolio, type: `plan.${status}`, data: told(lease.id, plan) }]);
		return true;
	});
	if (!isHeld) await removeUnreferenced(room, fields.document);
	return isHeld;
};

/** Puts a plan's document on disk; answers what its row says of it. */
async function writeFinished({ documents }: Room, status: string, plan: PlanDocument) {
	const pieces: Piece[] = [];
	const document = await documents.write((writeBytes) => writePlan(plan, writeBytes, (piece) => pieces.push(piece)));
	const { reps: _reps, unplanned: _unplanned, unmet_required: _unmet, ...head } = plan;
	const { plan_id, horizon } = head;
	const finished = { status, finished_at: now(), plan_id, horizon_from: horizon.from, horizon_to: horizon.to };
	return { fields: { ...finished, head: JSON.stringify(head), document }, pieces };
}

async function add(room: Room, order: PlanOrder, plan: PlanDocument, once?: OnceAnswer, era?: number): Promise<PlanRecord> {
	const { database, tenant, idempotencyHours } = room;
	const { fields, pieces } = await writeFinished(room, "completed", plan);
	try {
		return await database.as(tenant, async (rows) => {
			const id = newPlanId();
			const { portfolio } = order;
			if (era !== undefined && era !== (await eraOf(rows, tenant, portfolio)))
				throw new CarteiraError("BUSY", "a customer of the portfolio is being erased; ask again");
			const values = { id, tenant, portfolio, created_at: now(), request: JSON.stringify(order), ...fields };
			await rows.insertInto("plan").values(values).execute();
			await putPieces(rows, tenant, id, plan, pieces);
			await putRules(rows, tenant, portfolio, id, rulesOf(plan));
			const record = recordOf(await getRow(rows, tenant, id));
			if (once) await putAnswer(rows, tenant, once.key, once.answerOf(record), idempotencyHours);
			await appendChanges(rows, tenant, [{ portfolio, type: "plan.revised", data: told(id, plan) }]);
			return record;
		});
	} catch (error) {
		await removeUnreferenced(room, fields.document).catch(() => {}); // else the next start finds it
		throw error;
	}
}

/** What the feed says of a finished plan. */
const told = (plan: string, { plan_id, as_of }: Pick<PlanDocument, "plan_id" | "as_of">): object => ({ plan, plan_id, as_of });

async function removeUnreferenced({ database, documents, tenant }: Room, document: string): Promise<void> {
	const holder = await database.as(tenant, (rows) =>
		rows.selectFrom("plan").select("id").where("tenant", "=", tenant).where("document", "=", document).limit(1).executeTakeFirst(),
	);
	if (!holder) await documents.remove(document);
}

async function discard(room: Room, given: string): Promise<void> {
	const { database, tenant } = room;
	const document = await database.as(tenant, async (rows) => {
		const row = await getRow(rows, tenant, given);
		await forgetRows(rows, row);
		await appendChanges(rows, tenant, [{ portfolio: row.portfolio, type: "plan.discarded", data: { plan: row.id } }]);
		return row.document;
	});
	if (document !== null) await removeUnreferenced(room, document);
}

async function publish({ database, tenant }: Room, given: string, at: number): Promise<ReturnType<typeof recordOf>> {
	try {
		return await database.as(tenant, async (rows) => {
			const { id } = await getFinished(rows, tenant, given);
			const news = await publishRow(rows, tenant, id, new Date(at).toISOString());
			await appendChanges(rows, tenant, [...news, ...(await approveRun(rows, tenant, id, at))]);
			return recordOf(await getRow(rows, tenant, id));
		});
	} catch (error) {
		if (isDuplicate(error)) throw new CarteiraError("CONFLICT", "another plan of the portfolio was published at this moment; look again");
		throw error;
	}
}

/** Days out of one or several plans' files, in the rows' order, in which a plan's rows are together. */
async function readAgendas(
	documents: Documents,
	found: readonly (PieceRow & { readonly document: string | null })[],
): Promise<StoredAgenda[]> {
	const agendas: StoredAgenda[] = [];
	for (const [planId, mine] of Map.groupBy(found, ({ plan }) => plan)) {
		const texts = await readPieces(documents.pathOf(String(mine[0].document)), mine);
		agendas.push(...mine.map((row, index) => ({ planId, repId: row.rep_id ?? "", date: row.date ?? "", json: texts[index] })));
	}
	return agendas;
}

function mentionOf(row: PieceRow, json: string): StoredMention {
	const kind = MENTIONS.find((known) => known === row.kind) ?? "entry";
	return { kind, repId: row.rep_id, date: row.date, json };
}

/** Reads again where a plan's file was replaced, for a customer was erased, between finding its name and opening it. */
async function whileErasing<T>(read: () => Promise<T>): Promise<T> {
	return read().catch((error: unknown) => {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return read();
		throw error;
	});
}

type AgendaCalls = Pick<
	Store,
	"readPlan" | "openPlan" | "planFile" | "agendasOf" | "publishedAgendas" | "promisedContacts" | "unplannedOf" | "mentionsOf"
>;

function agendaCalls({ database, documents, tenant }: Room): AgendaCalls {
	const pathOf = (given: string): Promise<string> =>
		database.as(tenant, async (rows) => documents.pathOf((await getFinished(rows, tenant, given)).document));
	/** A finished plan's file, and the rows that point into it. */
	const find = (given: string, query: (rows: Rows, id: string) => Promise<PieceRow[]>) =>
		database.as(tenant, async (rows) => {
			const { id, document } = await getFinished(rows, tenant, given);
			return { document, found: await query(rows, id) };
		});
	return {
		readPlan: (id) =>
			whileErasing(async () => {
				const document: PlanDocument = JSON.parse(await readFile(await pathOf(id), "utf8"));
				return document;
			}),
		openPlan: (id) => whileErasing(async () => (await open(await pathOf(id))).createReadStream()),
		planFile: pathOf,
		agendasOf: (given, query) =>
			whileErasing(async () => {
				const { document, found } = await find(given, (rows, id) => findAgendas(rows, id, query));
				return readAgendas(
					documents,
					found.map((row) => ({ ...row, document })),
				);
			}),
		publishedAgendas: (portfolio, query) =>
			whileErasing(async () =>
				readAgendas(documents, await database.as(tenant, (rows) => findPublishedAgendas(rows, tenant, portfolio, query))),
			),
		promisedContacts: (portfolio, rep, from) => database.as(tenant, (rows) => findPromised(rows, tenant, portfolio, rep, from)),
		unplannedOf: (given, rep) =>
			whileErasing(async () => {
				const { document, found } = await find(given, (rows, id) => findUnplanned(rows, id, rep));
				return readPieces(documents.pathOf(document), found);
			}),
		mentionsOf: (given, customerId) =>
			whileErasing(async () => {
				const { document, found } = await find(given, (rows, id) => findMentions(rows, id, customerId));
				const texts = await readPieces(documents.pathOf(document), found);
				return found.map((row, index) => mentionOf(row, texts[index]));
			}),
	};
}

function answerCalls({ database, tenant, idempotencyHours }: Room): Pick<Store, "findAnswer" | "recordImport" | "importsOf"> {
	return {
		findAnswer: (once) => database.as(tenant, (rows) => findAnswerRow(rows, tenant, once, idempotencyHours)),
		recordImport: (record, once) =>
			database.as(tenant, async (rows) => {
				await insertImport(rows, tenant, record);
				if (once) await putAnswer(rows, tenant, once.key, once.answer, idempotencyHours);
				await appendChanges(rows, tenant, [importNews(record)]);
			}),
		importsOf: (portfolio) =>
			database.as(tenant, async (rows) => {
				const found = await rows
					.selectFrom("import_report")
					.selectAll()
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.orderBy("sequence", "desc")
					.limit(MAX_IMPORTS_TOLD)
					.execute();
				return found.map((row) => ({
					portfolio,
					table: row.table_name,
					mode: row.mode === "replace" ? "replace" : "upsert",
					at: row.at,
					digest: row.digest,
					report: row.report,
				}));
			}),
	};
}
