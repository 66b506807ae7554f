import type { FileHandle } from "node:fs/promises";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync, backup } from "node:sqlite";
import { sql } from "kysely";
import { CarteiraError } from "../../engine/index.ts";
import { writeDurably } from "../durable-file.ts";
import { EVERY_TENANT, type Rows, openDatabase } from "./database.ts";
import type { Dialect } from "./dialect.ts";

/** A copy of a database as it was at one moment. */
export interface SavedRows {
	readonly store: Dialect;
	/** Steps that its tables are made by. */
	readonly migrations: readonly string[];
	/** Plans' files that its rows refer to. */
	readonly documents: readonly { readonly tenant: string; readonly document: string }[];
}

/** All in one step: between two steps another process could write, and the copy would begin anew. */
const EVERY_PAGE = 2 ** 31 - 1;
const BUSY_TIMEOUT = 5000;
const ROWS_AT_ONCE = 1000;

/** Copies the embedded store into a new file, also while a server writes to it. INVALID_INPUT where it is damaged. */
export async function saveSqlite(path: string, to: string): Promise<SavedRows> {
	const source = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT });
	try {
		await backup(source, to, { rate: EVERY_PAGE });
	} finally {
		source.close();
	}
	const copy = new DatabaseSync(to);
	try {
		copy.exec("PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE;"); // one file, without a log beside it
		const [state] = copy.prepare("PRAGMA integrity_check").all();
		if (state.integrity_check !== "ok") throw new CarteiraError("INVALID_INPUT", `${path} is damaged: ${String(state.integrity_check)}`);
		const migrations = copy.prepare("SELECT name FROM kysely_migration ORDER BY name").all();
		const documents = copy.prepare("SELECT DISTINCT tenant, document FROM plan WHERE document IS NOT NULL").all();
		return {
			store: "sqlite",
			migrations: migrations.map(({ name }) => String(name)),
			documents: documents.map(({ tenant, document }) => ({ tenant: String(tenant), document: String(document) })),
		};
	} finally {
		copy.close();
	}
}

/** Tables of a PostgreSQL database, but for those in which the migrations keep their own. */
export async function tablesOf(rows: Rows): Promise<string[]> {
	const { rows: found } = await sql<{ name: string }>`SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`.execute(rows);
	return found.map(({ name }) => name).filter((name) => !name.startsWith("kysely_"));
}

/** Writes a table as JSON, a row a line, as PostgreSQL itself puts it. */
async function writeRows(rows: Rows, table: string, file: FileHandle): Promise<void> {
	await sql`DECLARE saved NO SCROLL CURSOR FOR SELECT row_to_json(one)::text AS line FROM ${sql.table(table)} AS one`.execute(rows);
	for (;;) {
		const { rows: found } = await sql<{ line: string }>`FETCH ${sql.lit(ROWS_AT_ONCE)} FROM saved`.execute(rows);
		if (found.length === 0) break;
		await file.writeFile(found.map(({ line }) => `${line}\n`).join(""));
	}
	await sql`CLOSE saved`.execute(rows);
}

/** Writes each table of a PostgreSQL database into a folder as `<table>.ndjson`, all of one moment, also while a server writes to it. */
export async function savePostgres(url: string, folder: string): Promise<SavedRows> {
	await mkdir(folder, { recursive: true });
	const database = await openDatabase({ path: "", url, migrations: [] });
	try {
		const save = async (rows: Rows): Promise<SavedRows> => {
			for (const table of await tablesOf(rows)) await writeDurably(join(folder, `${table}.ndjson`), (file) => writeRows(rows, table, file));
			const { rows: steps } = await sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(rows);
			const documents = await rows.selectFrom("plan").select(["tenant", "document"]).distinct().where("document", "is not", null).execute();
			return {
				store: "postgres",
				migrations: steps.map(({ name }) => name),
				documents: documents.map(({ tenant, document }) => ({ tenant, document: String(document) })),
			};
		};
		return await database.as(EVERY_TENANT, save, { isRepeatable: true });
	} finally {
		await database.close();
	}
}
