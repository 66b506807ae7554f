import { CarteiraError } from "../../engine/index.ts";
import type { Rows } from "./database.ts";
import type { FirstAnswer, OnceKey } from "./store.ts";

const HOUR = 3_600_000;

/** The first answer under a key that is not too old. INVALID_INPUT where it belongs to another body. */
export async function findAnswerRow(rows: Rows, tenant: string, once: OnceKey, hours: number): Promise<FirstAnswer | null> {
	const row = await rows
		.selectFrom("first_answer")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("scope", "=", once.scope)
		.where("key", "=", once.key)
		.where("answered_at", ">=", Date.now() - hours * HOUR)
		.executeTakeFirst();
	if (!row) return null;
	if (row.fingerprint !== once.fingerprint) {
		throw new CarteiraError("INVALID_INPUT", `the Idempotency-Key ${once.key} was used before with another body`);
	}
	return { status: row.status, location: row.location, body: row.body };
}

/** Remembers an answer, and forgets those that are too old. One that is there already is an error of the database: `isDuplicate`. */
export async function putAnswer(rows: Rows, tenant: string, once: OnceKey, answer: FirstAnswer, hours: number): Promise<void> {
	const now = Date.now();
	await rows
		.deleteFrom("first_answer")
		.where("tenant", "=", tenant)
		.where("answered_at", "<", now - hours * HOUR)
		.execute();
	await rows
		.insertInto("first_answer")
		.values({ tenant, ...once, answered_at: now, ...answer })
		.execute();
}
