import type { News } from "./change-rows.ts";
import type { Rows } from "./database.ts";
import type { ImportRecord } from "./store.ts";

/** Reports of imports told of one portfolio. */
export const MAX_IMPORTS_TOLD = 100;

/** What the feed says of an import. */
export function importNews({ portfolio, table, mode, digest }: Omit<ImportRecord, "report">): News {
	return { portfolio, type: "import.completed", data: { table, mode, body_digest: digest } };
}

/** Keeps the report of an import. */
export async function insertImport(rows: Rows, tenant: string, record: ImportRecord): Promise<void> {
	const { portfolio, table, mode, digest, report } = record;
	const values = { tenant, portfolio, table_name: table, mode, at: new Date().toISOString(), digest, report };
	const { sequence } = await rows.insertInto("import_report").values(values).returning("sequence").executeTakeFirstOrThrow();
	if (sequence % MAX_IMPORTS_TOLD === 0) await forgetOldImports(rows, tenant, portfolio);
}

/** Keeps the reports that can be asked for. */
async function forgetOldImports(rows: Rows, tenant: string, portfolio: string): Promise<void> {
	const kept = rows
		.selectFrom("import_report")
		.select("sequence")
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.orderBy("sequence", "desc")
		.limit(MAX_IMPORTS_TOLD);
	const oldest = rows.selectFrom(kept.as("kept")).select(({ fn }) => fn.min("kept.sequence").as("oldest"));
	await rows
		.deleteFrom("import_report")
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("sequence", "<", oldest)
		.execute();
}
