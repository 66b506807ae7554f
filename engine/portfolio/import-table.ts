import { resolve } from "node:path";
import type { Format } from "./find-tables.ts";
import type { TableReport } from "./portfolio.ts";
import { readPolicy } from "./read-policy.ts";
import { type ReadLimits, runImport } from "./run-reader.ts";
import type { TableName } from "./schema.ts";

/** A file to import; it may lie anywhere and is left as it is. */
export interface TableUpload {
	readonly path: string;
	readonly format: Format;
}

/**
 * Imports a table into a portfolio folder: the upload is read and validated, against the tables that the folder holds, in a process of
 * its own, and becomes `<table>.arrow`, all or nothing. `replace` takes the place of the table; `upsert` replaces orders whole by
 * their id, and lays the columns that are sent over the rows of other tables by their key. Bad rows within what the policy tolerates
 * go to `quarantine/<table>.ndjson` and are tried again by later imports.
 *
 * The caller must not run two imports of one folder at once. Throws INVALID_INPUT and IMPORT_REFUSED like `readPortfolio`.
 */
export async function importTable(
	folder: string,
	table: TableName,
	upload: TableUpload,
	mode: "replace" | "upsert",
	limits?: Partial<ReadLimits>,
): Promise<TableReport> {
	const { onBadRows } = readPolicy(folder);
	return runImport({ folder: resolve(folder), table, upload: { table, ...upload, path: resolve(upload.path) }, mode, onBadRows }, limits);
}
