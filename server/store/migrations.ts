import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { calendarMigrations } from "./calendar-migrations.ts";
import { dailyMigrations } from "./daily-migrations.ts";
import { erasureMigrations } from "./erasure-migrations.ts";
import { jobMigrations } from "./job-migrations.ts";
import { syncMigrations } from "./sync-migrations.ts";
import { type Dialect, numbered } from "./dialect.ts";
import { guardRows } from "./row-security.ts";

/** Tables of the first step whose rows PostgreSQL itself shows to their tenant alone. */
const OF_TENANTS = ["plan", "plan_rep", "piece", "first_answer", "import_report", "api_key", "audit"] as const;

type Database = Kysely<unknown>;

async function createPlans(db: Database, dialect: Dialect): Promise<void> {
	await numbered(dialect, db.schema.createTable("plan").ifNotExists())
		.addColumn("id", "text", (column) => column.notNull().unique())
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("status", "text", (column) => column.notNull())
		.addColumn("request", "text", (column) => column.notNull())
		.addColumn("created_at", "text", (column) => column.notNull())
		.addColumn("finished_at", "text")
		.addColumn("failure", "text")
		.addColumn("plan_id", "text")
		.addColumn("horizon_from", "text")
		.addColumn("horizon_to", "text")
		.addColumn("head", "text")
		.addColumn("document", "text")
		.addColumn("published_at", "text")
		.addColumn("publish_order", "bigint")
		.addColumn("superseded", "integer", (column) => column.notNull().defaultTo(0))
		.addColumn("lease_token", "bigint", (column) => column.notNull().defaultTo(0))
		.addColumn("leased_at", "bigint")
		.addColumn("lease_until", "bigint")
		.addColumn("attempts", "integer", (column) => column.notNull().defaultTo(0))
		.addColumn("stop_asked", "integer", (column) => column.notNull().defaultTo(0))
		.addColumn("version", "integer", (column) => column.notNull().defaultTo(1))
		.execute();
	const index = (name: string, ...columns: string[]) => db.schema.createIndex(name).ifNotExists().on("plan").columns(columns);
	await index("plan_by_receipt", "tenant", "plan_id").execute();
	await index("plan_by_portfolio", "tenant", "portfolio", "publish_order").execute();
	await index("plan_by_document", "document").execute();
	await sql`CREATE INDEX IF NOT EXISTS plan_unfinished ON plan (sequence) WHERE finished_at IS NULL`.execute(db);
	await sql`CREATE INDEX IF NOT EXISTS plan_leased ON plan (tenant, leased_at) WHERE leased_at IS NOT NULL`.execute(db);
	// Whatever happens at the same time, a portfolio has one published plan.
	await sql`CREATE UNIQUE INDEX IF NOT EXISTS plan_published ON plan (tenant, portfolio)
		WHERE published_at IS NOT NULL AND superseded = 0`.execute(db);
}

async function createPlanParts(db: Database): Promise<void> {
	await db.schema
		.createTable("plan_rep")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("plan", "text", (column) => column.notNull())
		.addColumn("rep_id", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("plan_rep_key", ["plan", "rep_id"])
		.execute();
	await db.schema
		.createTable("piece")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("plan", "text", (column) => column.notNull())
		.addColumn("kind", "text", (column) => column.notNull())
		.addColumn("rep_id", "text")
		.addColumn("customer_id", "text")
		.addColumn("date", "text")
		.addColumn("start", "bigint", (column) => column.notNull())
		.addColumn("length", "bigint", (column) => column.notNull())
		.execute();
	await db.schema.createIndex("piece_by_rep").ifNotExists().on("piece").columns(["plan", "kind", "rep_id", "date"]).execute();
	await sql`CREATE INDEX IF NOT EXISTS piece_by_customer ON piece (plan, customer_id) WHERE customer_id IS NOT NULL`.execute(db);
}

async function createRecords(db: Database, dialect: Dialect): Promise<void> {
	await db.schema
		.createTable("first_answer")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("scope", "text", (column) => column.notNull())
		.addColumn("key", "text", (column) => column.notNull())
		.addColumn("fingerprint", "text", (column) => column.notNull())
		.addColumn("answered_at", "bigint", (column) => column.notNull())
		.addColumn("status", "integer", (column) => column.notNull())
		.addColumn("location", "text")
		.addColumn("body", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("first_answer_key", ["tenant", "scope", "key"])
		.execute();
	await db.schema.createIndex("first_answer_by_age").ifNotExists().on("first_answer").columns(["tenant", "answered_at"]).execute();
	await numbered(dialect, db.schema.createTable("import_report").ifNotExists())
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("table_name", "text", (column) => column.notNull())
		.addColumn("mode", "text", (column) => column.notNull())
		.addColumn("at", "text", (column) => column.notNull())
		.addColumn("digest", "text", (column) => column.notNull())
		.addColumn("report", "text", (column) => column.notNull())
		.execute();
	await db.schema.createIndex("import_by_portfolio").ifNotExists().on("import_report").columns(["tenant", "portfolio"]).execute();
}

async function createAccess(db: Database, dialect: Dialect): Promise<void> {
	await db.schema
		.createTable("api_key")
		.ifNotExists()
		.addColumn("id", "text", (column) => column.primaryKey())
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("name", "text", (column) => column.notNull())
		.addColumn("hash", "text", (column) => column.notNull())
		.addColumn("scopes", "text", (column) => column.notNull())
		.addColumn("created_at", "text", (column) => column.notNull())
		.addColumn("expires_at", "text")
		.addColumn("revoked_at", "text")
		.execute();
	await numbered(dialect, db.schema.createTable("audit").ifNotExists())
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("at", "text", (column) => column.notNull())
		.addColumn("key_id", "text")
		.addColumn("method", "text", (column) => column.notNull())
		.addColumn("path", "text", (column) => column.notNull())
		.addColumn("status", "integer", (column) => column.notNull())
		.addColumn("trace_id", "text", (column) => column.notNull())
		.execute();
	await db.schema
		.createTable("installation")
		.ifNotExists()
		.addColumn("id", "text", (column) => column.primaryKey())
		.execute();
	await db.schema.createIndex("audit_by_tenant").ifNotExists().on("audit").columns(["tenant", "sequence"]).execute();
}

/** What makes the tables, in order. Each may be run again after it was cut off, for SQLite's are not run in one transaction. */
export function migrationsOf(dialect: Dialect): Record<string, Migration> {
	return {
		"0001-tables": {
			async up(db: Database) {
				await createPlans(db, dialect);
				await createPlanParts(db);
				await createRecords(db, dialect);
				await createAccess(db, dialect);
				if (dialect === "postgres") await guardRows(db, OF_TENANTS);
			},
		},
		...dailyMigrations(dialect),
		...syncMigrations(dialect),
		...calendarMigrations(dialect),
		...erasureMigrations(dialect),
		...jobMigrations,
	};
}
