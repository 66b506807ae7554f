import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Dialect } from "./dialect.ts";
import { guardRows } from "./row-security.ts";

type Database = Kysely<unknown>;

async function createErasures(db: Database): Promise<void> {
	await db.schema
		.createTable("erasure")
		.ifNotExists()
		.addColumn("id", "text", (column) => column.primaryKey())
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addColumn("pseudonym", "text", (column) => column.notNull())
		.addColumn("customer", "text")
		.addColumn("answer_key", "text")
		.addColumn("found", "text")
		.addColumn("report", "text")
		.addColumn("created_at", "text", (column) => column.notNull())
		.execute();
	await db.schema.createIndex("erasure_by_portfolio").ifNotExists().on("erasure").columns(["tenant", "portfolio", "state"]).execute();
}

async function addContactVersions(db: Database): Promise<void> {
	const tables = await db.introspection.getTables();
	const held = tables.find(({ name }) => name === "held_contact");
	if (held?.columns.some(({ name }) => name === "version")) return;
	await db.schema.alterTable("held_contact").addColumn("version", "bigint").execute();
}

/** Customers that are being erased, or were; and versions, of which the older never takes the place of the newer. */
export function erasureMigrations(dialect: Dialect): Record<string, Migration> {
	return {
		"0051-erasures": {
			async up(db: Database) {
				await createErasures(db);
				if (dialect === "postgres") await guardRows(db, ["erasure"]);
			},
		},
		"0052-contact-versions": { up: addContactVersions },
	};
}
