import type { SQLOutputValue } from "node:sqlite";
import { CarteiraError, type PlanDocument } from "../../engine/index.ts";
import type { Database, Row } from "./database.ts";
import type { Piece } from "./plan-file.ts";
import { type Failure, PLAN_STATUS, type PlanHead, type PlanOrder, type PlanRecord, type Publication } from "./store.ts";

export const textOf = (value: SQLOutputValue): string => String(value);
export const textOrNull = (value: SQLOutputValue): string | null => (value === null ? null : String(value));

function publicationOf(row: Row): Publication {
	if (row.published_at === null) return "none";
	return Number(row.superseded) === 1 ? "superseded" : "published";
}

/** A row of `plan` as the store's callers know it. */
export function recordOf(row: Row): PlanRecord {
	const order: PlanOrder = JSON.parse(textOf(row.request));
	const failure: Failure | null = JSON.parse(textOf(row.failure ?? "null"));
	const head: PlanHead | null = JSON.parse(textOf(row.head ?? "null"));
	return {
		id: textOf(row.id),
		order,
		status: PLAN_STATUS.find((status) => status === row.status) ?? "failed",
		publication: publicationOf(row),
		createdAt: textOf(row.created_at),
		finishedAt: textOrNull(row.finished_at),
		publishedAt: textOrNull(row.published_at),
		failure,
		head,
	};
}

/** The row of a plan, by the service's id or, the latest of them, by the receipt's digest. NOT_FOUND. */
export function getRow(database: Database, id: string): Row {
	const row = database.one("SELECT * FROM plan WHERE id = ?1 OR plan_id = ?1 ORDER BY id = ?1 DESC, sequence DESC LIMIT 1", id);
	if (!row) throw new CarteiraError("NOT_FOUND", `no plan is called ${id}`);
	return row;
}

/** The service's id of a plan that has agendas. CONFLICT while it has none. */
export function getFinishedId(database: Database, id: string): string {
	const row = getRow(database, id);
	if (row.head === null) throw new CarteiraError("CONFLICT", `plan ${id} is ${textOf(row.status)}: it has no agendas`);
	return textOf(row.id);
}

/** Makes a plan the published one of its portfolio. */
export function publishRow(database: Database, id: string, now: string): void {
	const row = getRow(database, id);
	if (publicationOf(row) === "published") return;
	if (publicationOf(row) === "superseded") throw new CarteiraError("CONFLICT", `plan ${id} was superseded; make a new one`);
	database.run("UPDATE plan SET superseded = 1 WHERE portfolio = ? AND published_at IS NOT NULL", textOf(row.portfolio));
	database.run(
		"UPDATE plan SET published_at = ?, publish_order = (SELECT coalesce(max(publish_order), 0) + 1 FROM plan) WHERE id = ?",
		now,
		id,
	);
}

/** Notes where a plan's parts stand in its file. */
export function putPieces(database: Database, id: string, document: PlanDocument, pieces: readonly Piece[]): void {
	database.runMany(
		"INSERT INTO piece (plan, kind, rep_id, customer_id, date, start, length) VALUES (?, ?, ?, ?, ?, ?, ?)",
		pieces.map(({ kind, repId, customerId, date, start, length }) => [id, kind, repId, customerId, date, start, length]),
	);
	database.runMany(
		"INSERT INTO plan_rep (plan, rep_id) VALUES (?, ?)",
		document.reps.map(({ rep_id }) => [id, rep_id]),
	);
}

/** A day of a plan that no plan published later plans for the same rep. */
const DAY_IN_FORCE = `
SELECT piece.rep_id, piece.date FROM piece JOIN plan AS mine ON mine.id = piece.plan
WHERE piece.plan = ? AND piece.kind = 'day' AND mine.publish_order IS NOT NULL AND NOT EXISTS (
	SELECT 1 FROM plan AS later JOIN plan_rep ON plan_rep.plan = later.id AND plan_rep.rep_id = piece.rep_id
	WHERE later.portfolio = mine.portfolio AND later.publish_order > mine.publish_order
	AND piece.date BETWEEN later.horizon_from AND later.horizon_to)
ORDER BY piece.date LIMIT 1`;

/** Forgets a plan. One that is published, or whose days are still the ones in force, is refused with CONFLICT. */
export function forgetRows(database: Database, id: string): void {
	if (publicationOf(getRow(database, id)) === "published") {
		throw new CarteiraError("CONFLICT", `plan ${id} is published; publish another one first`);
	}
	const day = database.one(DAY_IN_FORCE, id);
	if (day)
		throw new CarteiraError("CONFLICT", `plan ${id} holds the agenda in force of ${textOf(day.rep_id)} on ${textOf(day.date)}; it is kept`);
	for (const table of ["piece", "plan_rep"]) database.run(`DELETE FROM ${table} WHERE plan = ?`, id);
	database.run("DELETE FROM plan WHERE id = ?", id);
}

/** Marks the plans that were being made when the process died. */
export function failLostPlans(database: Database, now: string): void {
	const lost: Failure = { code: "INTERNAL", detail: "the server went down while the plan was being made; order it again", errors: [] };
	database.run(
		"UPDATE plan SET status = 'failed', finished_at = ?, failure = ? WHERE status IN ('scoring', 'solving')",
		now,
		JSON.stringify(lost),
	);
}
