import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Dialect } from "./migrations.ts";
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
	};
}
