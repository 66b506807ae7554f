import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from "kysely";
import { CarteiraError } from "../../engine/index.ts";

/** Milliseconds to wait for another process, such as the command that makes keys, to end its transaction. */
const BUSY_TIMEOUT = 5000;
/** Statements kept ready; longer ones are made of so many values that they hardly come again. */
const MAX_KEPT = 200;
const MAX_KEPT_LENGTH = 2000;

/** SQLite's primary result codes of a disk that is full, fails, or may not be written. */
const STORAGE_CODES = [8, 10, 13, 14];

/** Could the embedded store not write, for want of a disk that takes it? */
export function isStorageFailure(error: unknown): boolean {
	if (!(error instanceof Error && "errcode" in error)) return false;
	return STORAGE_CODES.includes(Number(error.errcode) & 0xff);
}

const BUSY = 5;

/** Did another process hold the embedded store for longer than one waits for it? */
export function isHeld(error: unknown): boolean {
	return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === BUSY;
}

function openFile(path: string, readOnly: boolean): DatabaseSync {
	const sqlite = new DatabaseSync(path, { timeout: BUSY_TIMEOUT, readOnly });
	try {
		if (!readOnly) sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
	} catch (error) {
		sqlite.close();
		if (error instanceof Error && /not a database|malformed|unable to open/.test(error.message))
			throw new CarteiraError("INVALID_INPUT", `${path} is damaged, or no database of Carteira: ${error.message}`);
		throw error;
	}
	return sqlite;
}

/** Node's statement as the query builder wants it: parameters as a list, and told whether it gives rows. */
function wrap(statement: StatementSync): SqliteStatement {
	const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
	return {
		reader: statement.columns().length > 0,
		all: (parameters) => statement.all(...values(parameters)),
		run: (parameters) => statement.run(...values(parameters)),
		iterate: (parameters) => statement.iterate(...values(parameters)),
	};
}

function wrapDatabase(sqlite: DatabaseSync, readOnly: boolean): SqliteDatabase {
	const kept = new Map<string, SqliteStatement>();
	return {
		close: () => sqlite.close(),
		prepare(sql) {
			// A transaction that will write says so at once: one that found out later could not wait for another process.
			if (sql === "begin" && !readOnly) return wrap(sqlite.prepare("BEGIN IMMEDIATE"));
			// After an error such as a full disk SQLite has rolled back by itself; what went wrong is to be told, not that there is nothing to undo.
			if (sql === "rollback" && !sqlite.isTransaction) return wrap(sqlite.prepare("SELECT 1 WHERE 0"));
			const known = kept.get(sql);
			if (known) return known;
			const statement = wrap(sqlite.prepare(sql));
			if (sql.length <= MAX_KEPT_LENGTH) kept.set(sql, statement);
			if (kept.size > MAX_KEPT) kept.clear();
			return statement;
		},
	};
}

/**
 * The query builder's dialect over Node's own SQLite; each commit is synchronised. A file that is no database is INVALID_INPUT. Who only reads
 * waits for nobody who writes, and sees what was committed when its transaction began.
 */
export function openSqlite(path: string, { readOnly = false } = {}): SqliteDialect {
	return new SqliteDialect({ database: wrapDatabase(openFile(path, readOnly), readOnly) });
}
