import { resolve } from "node:path";
import type { Format } from "../files/find-tables.ts";
import type { TableReport } from "../portfolio.ts";
import type { TableName } from "../schema.ts";
import { collect, openBuilding, readCurrent, removeBuilding, switchTo } from "../snapshot/store-folder.ts";
import { ensureStore } from "./open-store.ts";
import { parsePolicy } from "./read-policy.ts";
import { type ReadLimits, runImport } from "./run-reader.ts";

/** A file to import; it may lie anywhere and is left as it is. */
export interface TableUpload {
	readonly path: string;
	readonly format: Format;
}

/**
 * Imports a table into a store: the upload is read and validated, against the tables that the store holds, in a process of its own, and
 * becomes part of the next snapshot, all or nothing. `replace` takes the place of the table; `upsert` replaces orders whole by their id,
 * and lays the columns that are sent over the rows of other tables by their key. Bad rows within what the policy tolerates are set
 * aside and tried again by later imports. A folder with one file a table becomes a store.
 *
 * Only this process changes the store, when the other has ended: one that outlives its parent changes nothing. The caller must not
 * run two imports of one store at once. Throws INVALID_INPUT and IMPORT_REFUSED like `readPortfolio`.
 */
export async function importTable(
	folder: string,
	table: TableName,
	upload: TableUpload,
	mode: "replace" | "upsert",
	limits?: Partial<ReadLimits>,
): Promise<TableReport> {
	const store = resolve(folder);
	await ensureStore(store, limits);
	const { sha, manifest } = readCurrent(store);
	const { rules } = parsePolicy(manifest.policy);
	const into = openBuilding(store);
	try {
		const file = { table, ...upload, path: resolve(upload.path) };
		const result = await runImport({ store, manifest, table, upload: file, mode, rules, into }, limits);
		switchTo(store, into, { ...result.manifest, parent: sha }, sha);
		collect(store);
		return result.report;
	} finally {
		removeBuilding(into);
	}
}
