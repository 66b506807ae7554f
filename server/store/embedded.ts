import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CarteiraError, type PlanDocument } from "../../engine/index.ts";
import { type Database, type Row, openDatabase } from "./database.ts";
import { type Piece, readPieces, writePlanFile } from "./plan-file.ts";
import { failLostPlans, forgetRows, getFinishedId, getRow, publishRow, putPieces, recordOf, textOf, textOrNull } from "./plan-rows.ts";
import type { FirstAnswer, OnceKey, Store, StoredAgenda, StoredMention } from "./store.ts";

const MENTIONS = ["entry", "unplanned", "unmet"] as const;

const now = (): string => new Date().toISOString();
const sliceOf = (row: Row): { start: number; length: number } => ({ start: Number(row.start), length: Number(row.length) });

/**
 * The store of a single machine: rows in SQLite, synchronised at every commit, and each plan a file that the rows point into.
 * A plan's file is on disk before its row says completed. Plans that were being made when the process died are marked failed.
 */
export async function openEmbeddedStore(dataDir: string, options: { readonly idempotencyHours: number }): Promise<Store> {
	const folder = join(dataDir, "plans");
	await mkdir(folder, { recursive: true });
	const database = openDatabase(join(dataDir, "carteira.sqlite"));
	failLostPlans(database, now());
	await removeUnknownFiles(database, folder);
	return { ...planCalls(database, folder), ...agendaCalls(database, folder), ...answerCalls(database, options.idempotencyHours) };
}

const pathIn = (folder: string, id: string): string => join(folder, `${id}.json`);

/** Files whose plans were never completed, or are forgotten. */
async function removeUnknownFiles(database: Database, folder: string): Promise<void> {
	const known = new Set(database.all("SELECT id FROM plan WHERE head IS NOT NULL").map(({ id }) => `${textOf(id)}.json`));
	for (const name of await readdir(folder)) if (!known.has(name)) await rm(join(folder, name));
}

type PlanCalls = Pick<
	Store,
	| "createPlan"
	| "getPlan"
	| "queuedPlans"
	| "setStatus"
	| "savePlan"
	| "failPlan"
	| "publishPlan"
	| "discardPlan"
	| "publishedPlan"
	| "close"
>;

function planCalls(database: Database, folder: string): PlanCalls {
	return {
		async createPlan(order, once) {
			const id = `pl_${randomBytes(12).toString("hex")}`;
			return database.transaction(() => {
				database.run(
					"INSERT INTO plan (id, portfolio, status, created_at, request) VALUES (?, ?, 'queued', ?, ?)",
					id,
					order.portfolio,
					now(),
					JSON.stringify(order),
				);
				const plan = recordOf(getRow(database, id));
				if (once) putAnswer(database, once.key, once.answerOf(plan));
				return plan;
			});
		},
		getPlan: async (id) => recordOf(getRow(database, id)),
		queuedPlans: async () => database.all("SELECT * FROM plan WHERE status = 'queued' ORDER BY sequence").map(recordOf),
		setStatus: async (id, status) => database.run("UPDATE plan SET status = ? WHERE id = ?", status, id),
		async savePlan(id, status, document) {
			const pieces: Piece[] = [];
			await writePlanFile(pathIn(folder, id), document, (piece) => pieces.push(piece));
			const { reps: _reps, unplanned: _unplanned, unmet_required: _unmet, ...head } = document;
			const isKnown = database.transaction(() => {
				if (!database.one("SELECT 1 FROM plan WHERE id = ?", id)) return false; // discarded while its file was written
				putPieces(database, id, document, pieces);
				database.run(
					"UPDATE plan SET status = ?, finished_at = ?, plan_id = ?, horizon_from = ?, horizon_to = ?, head = ? WHERE id = ?",
					status,
					now(),
					head.plan_id,
					head.horizon.from,
					head.horizon.to,
					JSON.stringify(head),
					id,
				);
				return true;
			});
			if (!isKnown) await rm(pathIn(folder, id), { force: true });
		},
		failPlan: async (id, failure) =>
			database.run("UPDATE plan SET status = 'failed', finished_at = ?, failure = ? WHERE id = ?", now(), JSON.stringify(failure), id),
		async publishPlan(given) {
			const id = getFinishedId(database, given);
			database.transaction(() => publishRow(database, id, now()));
			return recordOf(getRow(database, id));
		},
		async discardPlan(given) {
			const id = textOf(getRow(database, given).id);
			database.transaction(() => forgetRows(database, id));
			await rm(pathIn(folder, id), { force: true });
		},
		async publishedPlan(portfolio) {
			const row = database.one("SELECT * FROM plan WHERE portfolio = ? AND published_at IS NOT NULL AND superseded = 0", portfolio);
			return row ? recordOf(row) : null;
		},
		close: async () => database.close(),
	};
}

/** For each rep the plan last published that plans for it and has the date. The bare columns beside max() are those of its row. */
const PUBLISHED_AGENDAS = `
WITH source AS (
	SELECT plan_rep.rep_id AS rep_id, plan.id AS plan, max(plan.publish_order) AS publish_order
	FROM plan JOIN plan_rep ON plan_rep.plan = plan.id
	WHERE plan.portfolio = ?1 AND plan.publish_order IS NOT NULL AND ?2 BETWEEN plan.horizon_from AND plan.horizon_to
	AND plan_rep.rep_id = coalesce(?3, plan_rep.rep_id)
	GROUP BY plan_rep.rep_id)
SELECT piece.* FROM source JOIN piece
ON piece.plan = source.plan AND piece.kind = 'day' AND piece.rep_id = source.rep_id AND piece.date = ?2
ORDER BY source.publish_order DESC, piece.start`;

const PLAN_AGENDAS = `
SELECT * FROM piece
WHERE plan = ?1 AND kind = 'day' AND rep_id = coalesce(?2, rep_id) AND date = coalesce(?3, date) ORDER BY start`;

/** Days out of one or several plans' files, in the rows' order, in which a plan's rows are together. */
async function readAgendas(folder: string, rows: readonly Row[]): Promise<StoredAgenda[]> {
	const agendas: StoredAgenda[] = [];
	for (const [planId, mine] of Map.groupBy(rows, ({ plan }) => textOf(plan))) {
		const texts = await readPieces(pathIn(folder, planId), mine.map(sliceOf));
		agendas.push(...mine.map((row, index) => ({ planId, repId: textOf(row.rep_id), date: textOf(row.date), json: texts[index] })));
	}
	return agendas;
}

function mentionOf(row: Row, json: string): StoredMention {
	const kind = MENTIONS.find((known) => known === row.kind) ?? "entry";
	return { kind, repId: textOrNull(row.rep_id), date: textOrNull(row.date), json };
}

type AgendaCalls = Pick<Store, "readPlan" | "openPlan" | "agendasOf" | "publishedAgendas" | "unplannedOf" | "mentionsOf">;

function agendaCalls(database: Database, folder: string): AgendaCalls {
	const pathOf = (id: string): string => pathIn(folder, getFinishedId(database, id));
	return {
		async readPlan(id) {
			const document: PlanDocument = JSON.parse(await readFile(pathOf(id), "utf8"));
			return document;
		},
		openPlan: async (id) => createReadStream(pathOf(id)),
		agendasOf: async (id, { rep, date }) =>
			readAgendas(folder, database.all(PLAN_AGENDAS, getFinishedId(database, id), rep ?? null, date ?? null)),
		publishedAgendas: async (portfolio, { rep, date }) =>
			readAgendas(folder, database.all(PUBLISHED_AGENDAS, portfolio, date, rep ?? null)),
		async unplannedOf(given, rep) {
			const id = getFinishedId(database, given);
			const sql = "SELECT * FROM piece WHERE plan = ?1 AND kind = 'unplanned' AND (?2 IS NULL OR rep_id = ?2) ORDER BY start";
			return readPieces(pathIn(folder, id), database.all(sql, id, rep ?? null).map(sliceOf));
		},
		async mentionsOf(given, customerId) {
			const id = getFinishedId(database, given);
			const rows = database.all("SELECT * FROM piece WHERE plan = ? AND customer_id = ? ORDER BY start", id, customerId);
			const texts = await readPieces(pathIn(folder, id), rows.map(sliceOf));
			return rows.map((row, index) => mentionOf(row, texts[index]));
		},
	};
}

function putAnswer(database: Database, { scope, key, fingerprint }: OnceKey, { status, location, body }: FirstAnswer): void {
	database.run(
		"INSERT OR REPLACE INTO first_answer (scope, key, fingerprint, answered_at, status, location, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
		scope,
		key,
		fingerprint,
		Date.now(),
		status,
		location,
		body,
	);
}

function answerCalls(database: Database, hours: number): Pick<Store, "findAnswer" | "saveAnswer"> {
	return {
		async findAnswer({ scope, key, fingerprint }) {
			database.run("DELETE FROM first_answer WHERE answered_at < ?", Date.now() - hours * 3_600_000);
			const row = database.one("SELECT * FROM first_answer WHERE scope = ? AND key = ?", scope, key);
			if (!row) return null;
			if (row.fingerprint !== fingerprint) {
				throw new CarteiraError("INVALID_INPUT", `the Idempotency-Key ${key} was used before with another body`);
			}
			return { status: Number(row.status), location: textOrNull(row.location), body: textOf(row.body) };
		},
		saveAnswer: async (key, answer) => putAnswer(database, key, answer),
	};
}
