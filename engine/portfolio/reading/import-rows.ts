import type { TableReport } from "../portfolio.ts";
import { NAMED } from "../rows/link-tables.ts";
import { TABLE_NAMES, TABLES, type TableName } from "../schema.ts";
import { isEventTable, type Manifest, partsOf } from "../snapshot/manifest.ts";
import { openPartWriter } from "../snapshot/part-writer.ts";
import { pathsIn } from "../snapshot/store-folder.ts";
import { appendEvents } from "./append-events.ts";
import type { ImportJob, ImportResult, ImportStep, TableImport } from "./import-job.ts";
import { quarantineOf } from "./read-changes.ts";
import type { ReadRules } from "./read-tables.ts";
import { rebuildTables } from "./rebuild-tables.ts";

/** Tables that are named come before those that name them. */
const IN_ORDER: readonly TableName[] = [...NAMED, ...TABLE_NAMES.filter((name) => !NAMED.includes(name))];

/**
 * Validates uploads against the tables of a snapshot and writes the parts of the next one. Rows that are set aside are kept; those of
 * before are tried again, here and in the tables that refer to one that changed. Reports are in the order of the imports.
 */
export async function importRows(job: ImportJob): Promise<{ readonly reports: readonly TableReport[]; readonly manifest: Manifest }> {
	const { imports, ...rest } = job;
	const common = { ...rest, pathOf: pathsIn(job.store, job.into), writer: openPartWriter(job.into) };
	let { manifest } = job;
	const reports = new Map<TableImport, TableReport>();
	const ranked = [...imports].sort((a, b) => IN_ORDER.indexOf(a.file.table) - IN_ORDER.indexOf(b.file.table));
	for (const one of ranked) {
		const { file, mode, range } = one;
		const result = await importOne({ ...common, manifest, table: file.table, upload: file, mode, range });
		({ manifest } = result);
		reports.set(one, result.report);
	}
	const sent = new Set(imports.map(({ file }) => file.table));
	const changed = new Set(sent);
	for (const table of IN_ORDER) {
		const refersHere = Object.values(TABLES[table].columns).some((spec) => spec.table && changed.has(spec.table));
		if (sent.has(table) || !refersHere || quarantineOf(manifest, table) === undefined) continue;
		const rules: ReadRules = { ...job.rules, onBadRows: "quarantine" };
		({ manifest } = await importOne({ ...common, manifest, table, upload: null, mode: "upsert", rules }));
		changed.add(table);
	}
	common.writer.close();
	return { reports: imports.map((one) => reports.get(one) as TableReport), manifest };
}

/** Orders and contacts are added as a delta; whatever else changes is linked anew with all that refers to it. */
function importOne(step: ImportStep): Promise<ImportResult> {
	const { table, mode, manifest } = step;
	if (mode === "upsert" && isEventTable(table) && partsOf(manifest.events[table]).length > 0) return appendEvents(step, table);
	return rebuildTables(step);
}
