import { open, readFile } from "node:fs/promises";
import { CarteiraError, type PlanDocument } from "../../engine/index.ts";
import { type PieceRow, findAgendas, findMentions, findPublishedAgendas, findUnplanned } from "./agenda-rows.ts";
import { findAnswerRow, putAnswer } from "./answer-rows.ts";
import { appendChanges } from "./change-rows.ts";
import { findPromised } from "./calendar-rows.ts";
import { findRules, forgetRule } from "./contact-rule-rows.ts";
import { eraOf } from "./erasure-rows.ts";
import { approveRun, findFallback } from "./run-rows.ts";
import { type Rows, isDuplicate } from "./database.ts";
import type { Documents } from "./documents.ts";
import { MAX_IMPORTS_TOLD, importNews, insertImport } from "./import-rows.ts";
import { type Room, addPlan, discardPlan, savePlan } from "./plan-documents.ts";
import { readPieces } from "./plan-file.ts";
import { findInForce, findPublished, getFinished, getRow, insertPlan, publishRow, recordOf } from "./plan-rows.ts";
import type { PlanRecord, Store, StoredAgenda, StoredMention } from "./store.ts";

const MENTIONS = ["entry", "unplanned", "unmet"] as const;

/**
 * The store of one tenant: rows in the database, and each plan a file that the rows point into. A plan's file is on disk before its
 * row says completed.
 */
export function openStore(room: Room): Store {
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
		getPlan: (id) => database.read(tenant, async (rows) => recordOf(await getRow(rows, tenant, id))),
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
		savePlan: (lease, status, document) => savePlan(room, lease, status, document),
		addPlan: (order, document, once, era) => documents.inTurn(() => addPlan(room, order, document, once, era)),
		eraOf: (portfolio) => database.read(tenant, (rows) => eraOf(rows, tenant, portfolio)),
		publishPlan: (given, at = Date.now()) => publish(room, given, at),
		discardPlan: (given) => documents.inTurn(() => discardPlan(room, given)),
		publishedPlan: (portfolio) =>
			database.read(tenant, async (rows) => {
				const row = await findPublished(rows, tenant, portfolio);
				return row ? recordOf(row) : null;
			}),
		contactRules: (portfolio, from) => database.read(tenant, (rows) => findRules(rows, tenant, portfolio, from)),
		forgetContactRule: (portfolio, id) => database.as(tenant, (rows) => forgetRule(rows, tenant, portfolio, id)),
		plansInForce: (portfolio, from, to) =>
			database.read(tenant, async (rows) => (await findInForce(rows, tenant, portfolio, from, to)).map(recordOf)),
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

type AgendaRow = PieceRow & { readonly document: string | null };

/** Reads days out of one or several plans' files, in the rows' order, in which a plan's rows are together. */
async function readAgendas(documents: Documents, found: readonly AgendaRow[]): Promise<StoredAgenda[]> {
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
	| "readPlan"
	| "openPlan"
	| "planFile"
	| "agendasOf"
	| "publishedDay"
	| "publishedAgendas"
	| "promisedContacts"
	| "unplannedOf"
	| "mentionsOf"
>;

function agendaCalls({ database, documents, tenant }: Room): AgendaCalls {
	const pathOf = (given: string): Promise<string> =>
		database.read(tenant, async (rows) => documents.pathOf((await getFinished(rows, tenant, given)).document));
	/** A finished plan's file, and the rows that point into it. */
	const find = (given: string, query: (rows: Rows, id: string) => Promise<PieceRow[]>) =>
		database.read(tenant, async (rows) => {
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
		publishedDay: (portfolio, rep, dateOf, show) =>
			whileErasing(async () => {
				const found = await database.read(tenant, async (rows) => {
					const row = await findPublished(rows, tenant, portfolio);
					if (!row) return null;
					const published = recordOf(row);
					const date = dateOf(published);
					const pieces = await findPublishedAgendas(rows, tenant, portfolio, { rep, date });
					const plans: PlanRecord[] = [];
					for (const id of new Set(pieces.map(({ plan }) => plan)))
						plans.push(id === published.id ? published : recordOf(await getRow(rows, tenant, id)));
					return { date, published, plans, pieces, fallback: await findFallback(rows, tenant, portfolio, date) };
				});
				if (found === null) return null;
				const { pieces, ...day } = found;
				const digests = [...new Set(pieces.map(({ document }) => String(document)))];
				return show({ ...day, documents: digests, readAgendas: () => readAgendas(documents, pieces) });
			}),
		publishedAgendas: (portfolio, query) =>
			whileErasing(async () =>
				readAgendas(documents, await database.read(tenant, (rows) => findPublishedAgendas(rows, tenant, portfolio, query))),
			),
		promisedContacts: (portfolio, rep, from) => database.read(tenant, (rows) => findPromised(rows, tenant, portfolio, rep, from)),
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
		findAnswer: (once) => database.read(tenant, (rows) => findAnswerRow(rows, tenant, once, idempotencyHours)),
		recordImport: (record, once) =>
			database.as(tenant, async (rows) => {
				await insertImport(rows, tenant, record);
				if (once) await putAnswer(rows, tenant, once.key, once.answer, idempotencyHours);
				await appendChanges(rows, tenant, [importNews(record)]);
			}),
		importsOf: (portfolio) =>
			database.read(tenant, async (rows) => {
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
