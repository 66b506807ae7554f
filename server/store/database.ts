import { Kysely, type Transaction, type TransactionBuilder, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { CarteiraError } from "../../engine/index.ts";
import { migrationsOf } from "./migrations.ts";
import type { Dialect } from "./dialect.ts";
import { isAway, openPostgres } from "./postgres.ts";
import { EVERY_TENANT, TENANT_SETTING } from "./row-security.ts";
import type { Schema } from "./schema.ts";
import { isHeld, isStorageFailure, openSqlite } from "./sqlite.ts";

export { EVERY_TENANT } from "./row-security.ts";

/** The rows that a transaction may see. */
export type Rows = Transaction<Schema>;

/** The service's database, in whichever of the two stores. */
export interface Database {
	readonly dialect: Dialect;
	/**
	 * All of what `work` does, or none of it; on disk when it resolves. PostgreSQL shows it the rows of the tenant alone, or of all for
	 * EVERY_TENANT; queries name the tenant all the same, or a plan found by it. BUSY while the database is away. `work` may await nothing but its queries.
	 * `isRepeatable`: every query sees what the first one saw, on PostgreSQL too.
	 */
	as<T>(tenant: string, work: (rows: Rows) => Promise<T>, options?: { readonly isRepeatable?: boolean }): Promise<T>;
	/**
	 * Leaves in the embedded store's files nothing of rows that were deleted or changed. BUSY while another process reads them. PostgreSQL
	 * does so by itself, when its VACUUM comes by.
	 */
	purge(): Promise<void>;
	/** The same for work that only reads, which waits for nobody who writes. */
	read<T>(tenant: string, work: (rows: Rows) => Promise<T>): Promise<T>;
	close(): Promise<void>;
}

export interface DatabaseOptions {
	/** File of the embedded store. */
	readonly path: string;
	/** Address of PostgreSQL; the embedded store where there is none. */
	readonly url?: string | undefined;
	/** Told of connections that broke. */
	readonly onLost?: (error: Error) => void;
	/** Names of the steps to bring the tables to, in place of all: none for a look at a database as it is. */
	readonly migrations?: readonly string[];
}

/** How often a purge looks whether nobody reads, and milliseconds in between. */
const LOOKS = 50;
const BETWEEN_LOOKS = 20;

async function migrate(db: Kysely<Schema>, dialect: Dialect, names?: readonly string[]): Promise<void> {
	if (names?.length === 0) return;
	const steps = Object.entries(migrationsOf(dialect)).filter(([name]) => names?.includes(name) ?? true);
	const migrator = new Migrator({
		db,
		provider: { getMigrations: async () => Object.fromEntries(steps) },
		allowUnorderedMigrations: true, // steps of one release depend on those of earlier ones alone, whichever came first
	});
	const { error } = await migrator.migrateToLatest();
	if (error !== undefined) throw error;
}

/** Are the tables those of this version? Rejects where there are none, or the database is away. */
export async function isUpToDate(database: Database): Promise<boolean> {
	const { rows: done } = await database.as(EVERY_TENANT, (rows) => sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(rows));
	const names = new Set(done.map(({ name }) => name));
	return Object.keys(migrationsOf(database.dialect)).every((name) => names.has(name));
}

/** Is this the error of a row that is there already? */
export function isDuplicate(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	return ("code" in error && error.code === "23505") || /UNIQUE constraint failed/.test(error.message);
}

function refuseWhileAway(error: unknown): unknown {
	if (isStorageFailure(error)) return new CarteiraError("STORAGE_FAILED", "the embedded store could not write", []);
	return isAway(error) || isHeld(error) ? new CarteiraError("BUSY", "the database cannot be reached; try again later") : error;
}

/** Opens the database and brings its tables up to date. */
export async function openDatabase({ path, url, onLost = () => {}, migrations }: DatabaseOptions): Promise<Database> {
	const dialect = url === undefined ? "sqlite" : "postgres";
	const db = new Kysely<Schema>({ dialect: url === undefined ? openSqlite(path) : await openPostgres(url, onLost) });
	try {
		await migrate(db, dialect, migrations);
	} catch (error) {
		await db.destroy();
		throw refuseWhileAway(error);
	}
	async function run<T>(transaction: TransactionBuilder<Schema>, tenant: string, work: (rows: Rows) => Promise<T>): Promise<T> {
		try {
			return await transaction.execute(async (rows) => {
				if (dialect === "postgres") await sql`SELECT set_config(${TENANT_SETTING}, ${tenant}, true)`.execute(rows);
				return work(rows);
			});
		} catch (error) {
			throw refuseWhileAway(error);
		}
	}
	let reader: Kysely<Schema> | null = dialect === "postgres" ? db : null;
	return {
		dialect,
		as: (tenant, work, { isRepeatable = false } = {}) => {
			const begin = db.transaction();
			return run(isRepeatable && dialect === "postgres" ? begin.setIsolationLevel("repeatable read") : begin, tenant, work);
		},
		read: (tenant, work) => {
			reader ??= new Kysely<Schema>({ dialect: openSqlite(path, { readOnly: true }) });
			const begin = reader.transaction();
			return run(dialect === "postgres" ? begin.setAccessMode("read only") : begin, tenant, work);
		},
		async close() {
			if (reader !== db) await reader?.destroy();
			await db.destroy();
		},
		async purge() {
			if (dialect === "postgres") return;
			try {
				await sql`VACUUM`.execute(db);
				for (let look = 0; look < LOOKS; look++) {
					const { rows: found } = await sql<{ busy: number }>`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
					if (found[0]?.busy === 0) return;
					await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS)); // somebody reads, which takes no time
				}
				throw new CarteiraError("BUSY", "another process reads the embedded store; its log cannot be cut yet");
			} catch (error) {
				throw refuseWhileAway(error);
			}
		},
	};
}

/** May rows of this database be seen past their tenant, since its user is above row-level security? */
export async function isAboveRowSecurity(database: Database): Promise<boolean> {
	if (database.dialect === "sqlite") return false;
	return database.as(EVERY_TENANT, async (rows) => {
		const { rows: found } = await sql<{ above: boolean }>`
			SELECT rolsuper OR rolbypassrls AS above FROM pg_roles WHERE rolname = current_user`.execute(rows);
		return found[0]?.above ?? false;
	});
}
