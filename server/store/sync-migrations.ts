import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Dialect } from "./migrations.ts";
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

/** Contacts that come one by one. */
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
	};
}
