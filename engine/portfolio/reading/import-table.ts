import { rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Format } from "../files/find-tables.ts";
import type { TableReport } from "../portfolio.ts";
import { readPolicy } from "./read-policy.ts";
import { type ReadLimits, runImport } from "./run-reader.ts";
import type { TableName } from "../schema.ts";
import { commitImport, openStaging } from "./staging.ts";

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
 * Only this process changes the folder, when the other has ended: one that outlives its parent changes nothing. The caller must not
 * run two imports of one folder at once. Throws INVALID_INPUT and IMPORT_REFUSED like `readPortfolio`.
 */
export async function importTable(
	folder: string,
	table: TableName,
	upload: TableUpload,
	mode: "replace" | "upsert",
	limits?: Partial<ReadLimits>,
): Promise<TableReport> {
	const { rules } = readPolicy(folder);
	const root = resolve(folder);
	const into = openStaging(root);
	try {
		const file = { table, ...upload, path: resolve(upload.path) };
		const { report, staged } = await runImport({ folder: root, table, upload: file, mode, rules, into }, limits);
		commitImport(root, into, staged);
		return report;
	} finally {
		rmSync(into, { recursive: true, force: true });
	}
}
