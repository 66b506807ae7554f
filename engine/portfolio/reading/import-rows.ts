import type { TableFile } from "../files/find-tables.ts";
import type { TableReport } from "../portfolio.ts";
import { NAMED } from "../rows/link-tables.ts";
import { TABLE_NAMES, TABLES, type TableName } from "../schema.ts";
import { isEventTable, type Manifest, partsOf } from "../snapshot/manifest.ts";
import { openPartWriter, type PartWriter } from "../snapshot/part-writer.ts";
import { pathsIn, type PathOf } from "../snapshot/store-folder.ts";
import { appendEvents } from "./append-events.ts";
import type { BigFileLimits } from "./ingest-big.ts";
import { quarantineOf } from "./read-changes.ts";
import type { ReadRules } from "./read-tables.ts";
import { rebuildTables } from "./rebuild-tables.ts";

export interface ImportJob {
	readonly store: string;
	/** The store's snapshot. */
	readonly manifest: Manifest;
	/** Null: only what was set aside before is tried again. */
	readonly upload: TableFile | null;
	readonly table: TableName;
	readonly mode: "replace" | "upsert";
	readonly rules: ReadRules;
	readonly limits: BigFileLimits;
	/** Private folder for the parts of the next snapshot; nothing else is changed. */
	readonly into: string;
}

export interface ImportResult {
	/** What came of reading the upload. */
	readonly report: TableReport;
	/** The snapshot with the upload in it, whose new parts lie in the private folder. */
	readonly manifest: Manifest;
}

/** A step of an import: an upload, or what was set aside, into the snapshot that the steps before it made. */
export interface ImportStep extends ImportJob {
	readonly pathOf: PathOf;
	readonly writer: PartWriter;
}

/**
 * Validates an upload against the tables of a snapshot and writes the parts of the next one. Rows that are set aside are kept; those of
 * before are tried again, here and in the tables that refer to one that changed.
 */
export async function importRows(job: ImportJob): Promise<ImportResult> {
	const step = { ...job, pathOf: pathsIn(job.store, job.into), writer: openPartWriter(job.into) };
	const result = await importOne(step);
	let { manifest } = result;
	const changed = new Set([job.table]);
	for (const table of [...NAMED, ...TABLE_NAMES.filter((name) => !NAMED.includes(name))]) {
		const refersHere = Object.values(TABLES[table].columns).some((spec) => spec.table && changed.has(spec.table));
		if (table === job.table || !refersHere || quarantineOf(manifest, table) === undefined) continue;
		const rules: ReadRules = { ...job.rules, onBadRows: "quarantine" };
		({ manifest } = await importOne({ ...step, manifest, table, upload: null, mode: "upsert", rules }));
		changed.add(table);
	}
	step.writer.close();
	return { report: result.report, manifest };
}

/** Orders and contacts are added as a delta; whatever else changes is linked anew with all that refers to it. */
function importOne(step: ImportStep): Promise<ImportResult> {
	const { table, mode, manifest } = step;
	if (mode === "upsert" && isEventTable(table) && partsOf(manifest.events[table]).length > 0) return appendEvents(step, table);
	return rebuildTables(step);
}
