import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Dialect } from "./dialect.ts";
import { guardRows } from "./row-security.ts";

type Database = Kysely<unknown>;

async function createHeldContacts(db: Database): Promise<void> {
	await db.schema
		.createTable("held_contact")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("contact_id", "text", (column) => column.notNull())
		.addColumn("customer_id", "text", (column) => column.notNull())
		.addColumn("digest", "text", (column) => column.notNull())
		.addColumn("body", "text")
		.addColumn("mark", "text")
		.addPrimaryKeyConstraint("held_contact_key", ["tenant", "portfolio", "contact_id"])
		.execute();
	await sql`CREATE INDEX IF NOT EXISTS held_contact_waiting ON held_contact (tenant, portfolio, contact_id)
		WHERE body IS NOT NULL`.execute(db);
}

async function createSyncs(db: Database): Promise<void> {
	await db.schema
		.createTable("sync")
		.ifNotExists()
		.addColumn("id", "text", (column) => column.primaryKey())
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("status", "text", (column) => column.notNull())
		.addColumn("created_at", "text", (column) => column.notNull())
		.addColumn("expires_at", "bigint", (column) => column.notNull())
		.addColumn("report", "text")
		.execute();
	await db.schema
		.createTable("sync_part")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("sync", "text", (column) => column.notNull())
		.addColumn("position", "integer", (column) => column.notNull())
		.addColumn("table_name", "text", (column) => column.notNull())
		.addColumn("mode", "text", (column) => column.notNull())
		.addColumn("range_from", "text")
		.addColumn("range_to", "text")
		.addColumn("format", "text", (column) => column.notNull())
		.addColumn("file", "text", (column) => column.notNull())
		.addColumn("digest", "text", (column) => column.notNull())
		.addColumn("num_bytes", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("sync_part_key", ["sync", "position"])
		.execute();
}

/** Contacts that come one by one, and tables that come together. */
export function syncMigrations(dialect: Dialect): Record<string, Migration> {
	const guard = async (db: Database, ...tables: readonly string[]): Promise<void> => {
		if (dialect === "postgres") await guardRows(db, tables);
	};
	return {
		"0020-held-contacts": {
			async up(db: Database) {
				await createHeldContacts(db);
				await guard(db, "held_contact");
			},
		},
		"0050-syncs": {
			async up(db: Database) {
				await createSyncs(db);
				await guard(db, "sync", "sync_part");
			},
		},
	};
}
