import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

type Database = Kysely<unknown>;

async function addProgress(db: Database): Promise<void> {
	const tables = await db.introspection.getTables();
	const isThere = tables.some(({ name, columns }) => name === "plan" && columns.some((column) => column.name === "progress"));
	if (!isThere) await db.schema.alterTable("plan").addColumn("progress", "text").execute();
}

/** What processes that make plans tell those that answer for them. */
export const jobMigrations: Record<string, Migration> = { "0053-plan-progress": { up: addProgress } };
