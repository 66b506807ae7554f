import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

type Database = Kysely<unknown>;

async function isThere(db: Database, wanted: string): Promise<boolean> {
	const tables = await db.introspection.getTables();
	return tables.some(({ name, columns }) => name === "plan" && columns.some((column) => column.name === wanted));
}

async function addProgress(db: Database): Promise<void> {
	if (!(await isThere(db, "progress"))) await db.schema.alterTable("plan").addColumn("progress", "text").execute();
}

/** Plans that were there before had been prepared before they were stored. */
async function addPrepared(db: Database): Promise<void> {
	if (await isThere(db, "prepared")) return;
	await db.schema
		.alterTable("plan")
		.addColumn("prepared", "integer", (column) => column.notNull().defaultTo(1))
		.execute();
}

/** What processes that make plans tell those that answer for them, and the other way round. */
export const jobMigrations: Record<string, Migration> = {
	"0053-plan-progress": { up: addProgress },
	"0054-plan-prepared": { up: addPrepared },
};
