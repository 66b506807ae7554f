import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { type Dialect, numbered } from "./dialect.ts";
import { guardRows } from "./row-security.ts";

type Database = Kysely<unknown>;

async function createFeed(db: Database): Promise<void> {
	await db.schema
		.createTable("feed")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.primaryKey())
		.addColumn("last", "bigint", (column) => column.notNull())
		.execute();
	await db.schema
		.createTable("change")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("sequence", "bigint", (column) => column.notNull())
		.addColumn("at", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("type", "text", (column) => column.notNull())
		.addColumn("data", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("change_key", ["tenant", "sequence"])
		.execute();
	await db.schema.createIndex("change_by_portfolio").ifNotExists().on("change").columns(["tenant", "portfolio", "sequence"]).execute();
}

async function createRuns(db: Database): Promise<void> {
	await db.schema
		.createTable("schedule")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("body", "text", (column) => column.notNull())
		.addColumn("next_date", "text", (column) => column.notNull())
		.addColumn("next_at", "bigint", (column) => column.notNull())
		.addColumn("version", "integer", (column) => column.notNull().defaultTo(1))
		.addPrimaryKeyConstraint("schedule_key", ["tenant", "portfolio"])
		.execute();
	await db.schema.createIndex("schedule_by_time").ifNotExists().on("schedule").column("next_at").execute();
	// A day is planned once, whoever begins it.
	await db.schema
		.createTable("daily_run")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("date", "text", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addColumn("plan", "text", (column) => column.notNull())
		.addColumn("publish", "text", (column) => column.notNull())
		.addColumn("start_at", "bigint", (column) => column.notNull())
		.addColumn("ready_by", "bigint", (column) => column.notNull())
		.addColumn("ends_at", "bigint", (column) => column.notNull())
		.addColumn("began_at", "bigint", (column) => column.notNull())
		.addColumn("ended_at", "bigint")
		.addColumn("failure", "text")
		.addColumn("diff", "text")
		.addColumn("warnings", "text")
		.addColumn("fallback", "text")
		.addColumn("version", "integer", (column) => column.notNull().defaultTo(1))
		.addPrimaryKeyConstraint("daily_run_key", ["tenant", "portfolio", "date"])
		.execute();
	await db.schema.createIndex("daily_run_by_state").ifNotExists().on("daily_run").column("state").execute();
	await db.schema.createIndex("daily_run_by_plan").ifNotExists().on("daily_run").column("plan").execute();
}

async function createWebhooks(db: Database, dialect: Dialect): Promise<void> {
	await db.schema
		.createTable("webhook")
		.ifNotExists()
		.addColumn("id", "text", (column) => column.primaryKey())
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("url", "text", (column) => column.notNull())
		.addColumn("types", "text", (column) => column.notNull())
		.addColumn("secret", "text", (column) => column.notNull())
		.addColumn("created_at", "text", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addColumn("after", "bigint", (column) => column.notNull())
		.addColumn("attempts", "integer", (column) => column.notNull().defaultTo(0))
		.addColumn("next_at", "bigint", (column) => column.notNull().defaultTo(0))
		.addColumn("last_error", "text")
		.addColumn("token", "bigint", (column) => column.notNull().defaultTo(0))
		.addColumn("leased_at", "bigint", (column) => column.notNull().defaultTo(0))
		.addColumn("lease_until", "bigint", (column) => column.notNull().defaultTo(0))
		.execute();
	await db.schema.createIndex("webhook_by_tenant").ifNotExists().on("webhook").column("tenant").execute();
	await numbered(dialect, db.schema.createTable("delivery").ifNotExists(), "number")
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("webhook", "text", (column) => column.notNull())
		.addColumn("change", "bigint", (column) => column.notNull())
		.addColumn("type", "text", (column) => column.notNull())
		.addColumn("attempt", "integer", (column) => column.notNull())
		.addColumn("at", "text", (column) => column.notNull())
		.addColumn("status", "integer")
		.addColumn("error", "text")
		.addColumn("milliseconds", "integer", (column) => column.notNull())
		.execute();
	await db.schema.createIndex("delivery_by_webhook").ifNotExists().on("delivery").columns(["webhook", "number"]).execute();
}

/** The changes feed, the daily run and webhooks. */
export function dailyMigrations(dialect: Dialect): Record<string, Migration> {
	const guard = async (db: Database, ...tables: readonly string[]): Promise<void> => {
		if (dialect === "postgres") await guardRows(db, tables);
	};
	return {
		"0010-changes": {
			async up(db: Database) {
				await createFeed(db);
				await guard(db, "feed", "change");
			},
		},
		"0011-daily-run": {
			async up(db: Database) {
				await createRuns(db);
				await guard(db, "schedule", "daily_run");
			},
		},
		"0012-webhooks": {
			async up(db: Database) {
				await createWebhooks(db, dialect);
				await guard(db, "webhook", "delivery");
			},
		},
	};
}
