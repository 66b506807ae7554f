import { type Kysely, sql } from "kysely";

/** The setting that says whose rows a transaction may see, and its value for the service's own work over all tenants. */
export const TENANT_SETTING = "carteira.tenant";
export const EVERY_TENANT = "*";

/** On PostgreSQL: lets a transaction see and write the rows of its tenant alone in these tables, their owner included. */
export async function guardRows(db: Kysely<unknown>, tables: readonly string[]): Promise<void> {
	const asked = sql.raw(`current_setting('${TENANT_SETTING}', true)`);
	for (const name of tables) {
		const table = sql.table(name);
		await sql`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`.execute(db);
		await sql`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`.execute(db);
		await sql`CREATE POLICY own_tenant ON ${table} USING (tenant = ${asked} OR ${asked} = ${sql.lit(EVERY_TENANT)})`.execute(db);
	}
}
