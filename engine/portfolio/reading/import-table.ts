import { resolve } from "node:path";
import type { Format } from "../files/find-tables.ts";
import type { TableReport } from "../portfolio.ts";
import type { TableName } from "../schema.ts";
import type { Manifest } from "../snapshot/manifest.ts";
import { collect, isStore, openBuilding, readCurrent, removeBuilding, switchTo } from "../snapshot/store-folder.ts";
import { refuseAside } from "../snapshot/reports.ts";
import type { DayRange } from "./import-job.ts";
import { ensureStore } from "./open-store.ts";
import { parsePolicy } from "./read-policy.ts";
import { type ReadLimits, runImport } from "./run-reader.ts";

/** A file to import; it may lie anywhere and is left as it is. */
export interface TableUpload {
	readonly path: string;
	readonly format: Format;
}

/** An upload, the table it is of and what it does to it. */
export interface TableChange extends TableUpload {
	readonly table: TableName;
	readonly mode: "replace" | "upsert";
	/** Of orders that are laid over: all of these days are replaced. */
	readonly range?: DayRange | undefined;
}

export interface ImportOptions {
	readonly limits?: Partial<ReadLimits> | undefined;
	/** Kept in the snapshot: `wasApplied` knows it then, so that who was cut off finds out whether the import came to pass. */
	readonly mark?: string;
	/** Sets bad rows aside however many they are; for rows that were checked when they came. */
	readonly keepsBadRows?: boolean;
	/** Refuses tables that would not fit together: IMPORT_REFUSED. */
	readonly mustFit?: boolean;
}

/** Marks that a snapshot remembers. */
const MARKS_KEPT = 64;

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
	const [report] = await importTables(folder, [{ ...upload, table, mode }], { limits });
	return report;
}

/** Imports several tables as one snapshot, as `importTable` does one; the reports are in the order of the changes. */
export async function importTables(
	folder: string,
	changes: readonly TableChange[],
	{ limits, mark, keepsBadRows = false, mustFit = false }: ImportOptions = {},
): Promise<readonly TableReport[]> {
	const store = resolve(folder);
	await ensureStore(store, limits);
	const { sha, manifest } = readCurrent(store);
	const { rules: ofPolicy } = parsePolicy(manifest.policy);
	const rules = keepsBadRows ? { ...ofPolicy, onBadRows: "keep" as const } : ofPolicy;
	const into = openBuilding(store);
	try {
		const imports = changes.map(({ table, path, format, mode, range }) => {
			return { file: { table, format, path: resolve(path) }, mode, range };
		});
		const result = await runImport({ store, manifest, imports, rules, into }, limits);
		if (mustFit) refuseAside(result.manifest);
		const next = { ...result.manifest, parent: sha };
		switchTo(store, into, mark === undefined ? next : withMark(next, mark), sha);
		collect(store);
		return result.reports;
	} finally {
		removeBuilding(into);
	}
}

/** A manifest that remembers a mark beside those before it. */
export function withMark(manifest: Manifest, mark: string): Manifest {
	return { ...manifest, applied: [...(manifest.applied ?? []), mark].slice(-MARKS_KEPT) };
}

/** Is the import with this mark part of the store's snapshot? */
export function wasApplied(folder: string, mark: string): boolean {
	return isStore(folder) && (readCurrent(folder).manifest.applied ?? []).includes(mark);
}
