import { CarteiraError } from "../../errors.ts";
import type { TableReport } from "../portfolio.ts";
import { type LinkedTable, linkTables } from "../rows/link-tables.ts";
import { TableDraft } from "../rows/table-draft.ts";
import type { TableName } from "../schema.ts";
import { EVENT_TABLES, isEventTable, type Manifest, PLAIN_TABLES, type PlainTable, portfolioDigest } from "../snapshot/manifest.ts";
import type { ImportResult, ImportStep } from "./import-job.ts";
import { adoptBig, isBig, readBig } from "./ingest-big.ts";
import { tombstonesAfter, tombstonesOf } from "./held-versions.ts";
import { createLinker, type Linker } from "./link-parts.ts";
import { readDraft, reportAfter } from "./read-changes.ts";
import { readPart, refuseBadTables, reportOf } from "./read-tables.ts";
import { relinkEvents } from "./relink-events.ts";
import { writeAside, writeBase, writeColumns, writeRows } from "./write-snapshot.ts";
import { marginRates } from "../snapshot/margin-rates.ts";

/** Puts a table in its place, or lays changes over it, and links all tables anew: rows of one are what others refer to. */
export async function rebuildTables(step: ImportStep): Promise<ImportResult> {
	const { manifest, table, upload, mode, writer } = step;
	const drafts = new Map<TableName, TableDraft>();
	for (const name of PLAIN_TABLES) {
		const { rows } = manifest.tables[name];
		if (name === table || rows === undefined) continue;
		const held = new TableDraft(name);
		await readPart({ table: name, path: step.pathOf(rows), format: "arrow" }, held);
		drafts.set(name, held);
	}
	const others = [...drafts.values()];
	const isIngested = upload !== null && mode === "replace" && isBig(upload, step.limits);
	const own = isIngested ? null : await readDraft(step);
	if (own) drafts.set(table, own.draft);
	const linked = linkTables(drafts);
	const linker = createLinker(linked);
	const imported = own
		? await writeOwn(step, linkedOf(linked, table), marginRates(linkedOf(linked, "products")), own)
		: await ingestOwn(step, linker);
	const aside = others.filter((held) => held.isBad.some((bad) => bad === 1)).map((held) => reportAside(held));
	const events = { ...manifest.events, ...imported.events };
	for (const name of EVENT_TABLES) {
		if (name === table) continue;
		const relinked = relinkEvents(step, name, linker);
		events[name] = relinked.table;
		if (relinked.aside) aside.push(relinked.aside);
	}
	const tables = { ...manifest.tables };
	for (const name of PLAIN_TABLES) {
		const { rows, quarantine, tombstones } = manifest.tables[name];
		const held = {
			...(rows !== undefined && { rows }),
			...(quarantine !== undefined && { quarantine }),
			...(tombstones !== undefined && { tombstones }),
		};
		tables[name] = { ...writeColumns(linkedOf(linked, name), writer), ...(name === table ? imported.rows : held) };
	}
	return { report: imported.report, manifest: withTable(manifest, imported.reportAfter, { tables, events, aside }) };
}

/** The table of an import, validated, with the parts that hold it. */
interface Imported {
	readonly report: TableReport;
	/** What the table holds then. */
	readonly reportAfter: TableReport;
	/** Of orders and contacts. */
	readonly events: Partial<Manifest["events"]>;
	/** Of other tables. */
	readonly rows: Partial<PlainTable>;
}

async function writeOwn(
	step: ImportStep,
	own: LinkedTable,
	marginRate: Float64Array,
	{ digest, changes }: Awaited<ReturnType<typeof readDraft>>,
): Promise<Imported> {
	const { manifest, table, upload, mode, rules, pathOf, writer } = step;
	const { draft } = own;
	if (!draft) throw new CarteiraError("INTERNAL", `table ${table} was not read`);
	if (draft.fatal.length > 0) throw new CarteiraError("INVALID_INPUT", draft.fatal[0].message, draft.fatal);
	const report = reportOf(upload ?? { table, path: `${table}.ndjson`, format: "ndjson" }, draft, digest, changes?.numStale);
	refuseBadTables(new Map([[table, draft]]), [report], rules.onBadRows);
	const counts = { numRows: own.kept.length, numAside: draft.numRows - own.kept.length };
	const after = mode === "replace" ? report : reportAfter(step, report, digest, counts);
	// A table that is replaced has those of the file alone.
	const tombstones = changes ? tombstonesAfter(tombstonesOf(manifest, table), changes, pathOf, writer) : undefined;
	const aside = { ...writeAside(own, writer), ...(tombstones !== undefined && { tombstones }) };
	if (!isEventTable(table)) return { report, reportAfter: after, events: {}, rows: { rows: await writeRows(own, writer), ...aside } };
	const events = { base: writeBase(own, marginRate, writer), deltas: [], columns: Object.keys(draft.columns), ...aside };
	return { report, reportAfter: after, events: { [table]: events }, rows: {} };
}

async function ingestOwn({ upload, rules, pathOf, writer, limits }: ImportStep, linker: Linker): Promise<Imported> {
	if (!upload) throw new CarteiraError("INTERNAL", "there is no file to ingest");
	if (!isEventTable(upload.table)) throw new CarteiraError("INTERNAL", `table ${upload.table} has no reader of big files`);
	const result = await readBig(upload, { rules, linker, writer, limits });
	const { table, report } = adoptBig(upload.table, result, { rules, writer }, linker, pathOf);
	return { report, reportAfter: report, events: { [upload.table]: table }, rows: {} };
}

function linkedOf(linked: ReadonlyMap<TableName, LinkedTable>, name: TableName): LinkedTable {
	const table = linked.get(name);
	if (!table) throw new CarteiraError("INTERNAL", `table ${name} was not linked`);
	return table;
}

/** Rows of a table that were good when they came and break a rule as the tables now stand. */
export function reportAside(held: TableDraft): TableReport {
	return reportOf({ table: held.table, path: `${held.table}.arrow`, format: "arrow" }, held, "");
}

/** A manifest with another table in it. */
export function withTable(manifest: Manifest, report: TableReport, parts: Pick<Manifest, "tables" | "events" | "aside">): Manifest {
	const { aside: _before, ...rest } = manifest;
	const { aside = [], ...changed } = parts;
	const given = [...new Set([...manifest.given, report.table])];
	const reports = [...manifest.reports.filter(({ table }) => table !== report.table), report];
	const digest = portfolioDigest(reports, manifest.policy ?? "");
	return { ...rest, ...changed, given, reports, digest, ...(aside.length > 0 && { aside }) };
}
