import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { CarteiraError } from "../../engine/index.ts";

export type Row = Readonly<Record<string, SQLOutputValue>>;
type Value = string | number | null;

/** A SQLite database, spoken to in SQL. */
export interface Database {
	/** The first row of a query. */
	one(sql: string, ...values: Value[]): Row | undefined;
	all(sql: string, ...values: Value[]): Row[];
	run(sql: string, ...values: Value[]): void;
	/** Runs one statement for many rows. */
	runMany(sql: string, rows: Iterable<readonly Value[]>): void;
	/** All of what `work` does, or none of it; on disk when it returns. */
	transaction<T>(work: () => T): T;
	close(): void;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS plan (
	sequence INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	portfolio TEXT NOT NULL,
	status TEXT NOT NULL,
	created_at TEXT NOT NULL,
	finished_at TEXT,
	published_at TEXT,
	publish_order INTEGER,
	superseded INTEGER NOT NULL DEFAULT 0,
	plan_id TEXT,
	horizon_from TEXT,
	horizon_to TEXT,
	request TEXT NOT NULL,
	failure TEXT,
	head TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS plan_by_digest ON plan (plan_id);
CREATE INDEX IF NOT EXISTS plan_by_portfolio ON plan (portfolio, publish_order);
CREATE TABLE IF NOT EXISTS plan_rep (plan TEXT NOT NULL, rep_id TEXT NOT NULL, PRIMARY KEY (plan, rep_id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS piece (
	plan TEXT NOT NULL,
	kind TEXT NOT NULL,
	rep_id TEXT,
	customer_id TEXT,
	date TEXT,
	start INTEGER NOT NULL,
	length INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS piece_by_rep ON piece (plan, kind, rep_id, date);
CREATE INDEX IF NOT EXISTS piece_by_customer ON piece (plan, customer_id) WHERE customer_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS first_answer (
	scope TEXT NOT NULL,
	key TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	answered_at INTEGER NOT NULL,
	status INTEGER NOT NULL,
	location TEXT,
	body TEXT NOT NULL,
	PRIMARY KEY (scope, key)
) STRICT;
`;

/** Opens the file for this process alone; each commit is synchronised. A second process on it is refused with CONFLICT. */
function openAlone(path: string): DatabaseSync {
	const sqlite = new DatabaseSync(path);
	try {
		sqlite.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
		sqlite.exec(SCHEMA);
		sqlite.exec("BEGIN EXCLUSIVE; COMMIT;"); // takes the lock, which the locking mode then keeps
	} catch (error) {
		sqlite.close();
		if (error instanceof Error && /not a database|malformed|unable to open/.test(error.message))
			throw new CarteiraError("INVALID_INPUT", `${path} is damaged, or no database of Carteira: ${error.message}`);
		if (!(error instanceof Error) || !/locked/.test(error.message)) throw error;
		throw new CarteiraError("CONFLICT", `${path} is in use by another server; one server a data folder`);
	}
	return sqlite;
}

/** Opens the database of the embedded store, with its tables. */
export function openDatabase(path: string): Database {
	const sqlite = openAlone(path);
	return {
		one: (sql, ...values) => sqlite.prepare(sql).get(...values),
		all: (sql, ...values) => sqlite.prepare(sql).all(...values),
		run: (sql, ...values) => void sqlite.prepare(sql).run(...values),
		runMany(sql, rows) {
			const statement = sqlite.prepare(sql);
			for (const values of rows) statement.run(...values);
		},
		transaction(work) {
			sqlite.exec("BEGIN IMMEDIATE");
			try {
				const result = work();
				sqlite.exec("COMMIT");
				return result;
			} catch (error) {
				sqlite.exec("ROLLBACK");
				throw error;
			}
		},
		close: () => sqlite.close(),
	};
}
