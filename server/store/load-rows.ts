import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { sql } from "kysely";
import { CarteiraError } from "../../engine/index.ts";
import { type Database, EVERY_TENANT, type Rows, openDatabase } from "./database.ts";
import { migrationsOf } from "./migrations.ts";
import type { Dialect } from "./dialect.ts";
import { tablesOf } from "./save-rows.ts";

const ROWS_AT_ONCE = 500;

/** Refuses with CONFLICT tables of steps that this version does not know: a later one made them. */
export function checkKnown(store: Dialect, migrations: readonly string[]): void {
	const known = migrationsOf(store);
	const unknown = migrations.find((name) => !(name in known));
	if (unknown !== undefined)
		throw new CarteiraError("CONFLICT", `the backup is of a later version of Carteira, which has the step ${unknown}`);
}

async function withDatabase<T>(url: string, migrations: readonly string[], work: (database: Database) => Promise<T>): Promise<T> {
	const database = await openDatabase({ path: "", url, migrations });
	try {
		return await work(database);
	} finally {
		await database.close();
	}
}

/** Refuses with CONFLICT a PostgreSQL database that has tables already. */
export async function refuseTables(url: string): Promise<void> {
	const tables = await withDatabase(url, [], (database) => database.as(EVERY_TENANT, tablesOf));
	if (tables.length > 0) throw new CarteiraError("CONFLICT", `the database has tables already (${tables[0]}, …); expected a new one`);
}

async function insertLines(rows: Rows, table: string, lines: readonly string[]): Promise<void> {
	const name = sql.table(table);
	await sql`INSERT INTO ${name} OVERRIDING SYSTEM VALUE
		SELECT * FROM json_populate_recordset(NULL::${name}, ${`[${lines.join(",")}]`}::json)`.execute(rows);
}

/** Lines of a text file. Node's own reader of lines would also break them at U+2028, which JSON may hold. */
async function* linesOf(path: string): AsyncGenerator<string> {
	let rest = "";
	for await (const text of createReadStream(path, { encoding: "utf8" })) {
		const lines = (rest + String(text)).split("\n");
		rest = lines.pop() ?? "";
		yield* lines;
	}
	if (rest !== "") yield rest;
}

async function loadTable(rows: Rows, table: string, path: string): Promise<void> {
	let lines: string[] = [];
	for await (const line of linesOf(path)) {
		lines.push(line);
		if (lines.length < ROWS_AT_ONCE) continue;
		await insertLines(rows, table, lines);
		lines = [];
	}
	if (lines.length > 0) await insertLines(rows, table, lines);
}

/** Numbers that the database gives go on behind those that were loaded. */
async function goOnCounting(rows: Rows): Promise<void> {
	const { rows: found } = await sql<{ table: string; column: string }>`SELECT table_name AS "table", column_name AS "column"
		FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'`.execute(rows);
	for (const { table, column } of found)
		await sql`SELECT setval(pg_get_serial_sequence(${table}, ${column}), max(${sql.ref(column)})) FROM ${sql.table(table)}
			HAVING max(${sql.ref(column)}) IS NOT NULL`.execute(rows);
}

/** Loads what `savePostgres` wrote into a database without tables: those of the same steps, then all rows in one transaction. */
export async function loadPostgres(url: string, folder: string, migrations: readonly string[]): Promise<void> {
	await withDatabase(url, migrations, (database) =>
		database.as(EVERY_TENANT, async (rows) => {
			for (const name of await readdir(folder)) await loadTable(rows, basename(name, ".ndjson"), join(folder, name));
			await goOnCounting(rows);
		}),
	);
}
