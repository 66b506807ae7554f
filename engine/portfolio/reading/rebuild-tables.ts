import { CarteiraError } from "../../errors.ts";
import type { TableReport } from "../portfolio.ts";
import { type LinkedTable, linkTables } from "../rows/link-tables.ts";
import { TableDraft } from "../rows/table-draft.ts";
import type { TableName } from "../schema.ts";
import {
	EVENT_TABLES,
	type EventTable,
	isEventTable,
	type Manifest,
	PLAIN_TABLES,
	type PlainTable,
	portfolioDigest,
} from "../snapshot/manifest.ts";
import type { ImportResult, ImportStep } from "./import-rows.ts";
import { readDraft, reportAfter } from "./read-changes.ts";
import { readFile, refuseBadTables, reportOf } from "./read-tables.ts";
import { relinkEvents } from "./relink-events.ts";
import { marginRates, writeAside, writeBase, writeColumns, writeRows } from "./write-snapshot.ts";

/** Puts a table in its place, or lays changes over it, and links all tables anew: rows of one are what others refer to. */
export async function rebuildTables(step: ImportStep): Promise<ImportResult> {
	const { manifest, table, upload, mode, rules, writer } = step;
	const { draft, digest } = await readDraft(step);
	if (draft.fatal.length > 0) throw new CarteiraError("INVALID_INPUT", draft.fatal[0].message, draft.fatal);
	const drafts = new Map<TableName, TableDraft>();
	for (const name of PLAIN_TABLES) {
		const { rows } = manifest.tables[name];
		if (name === table || rows === undefined) continue;
		const held = new TableDraft(name);
		await readFile({ table: name, path: step.pathOf(rows), format: "arrow" }, held, {});
		drafts.set(name, held);
	}
	const others = [...drafts.values()];
	drafts.set(table, draft);
	const linked = linkTables(drafts);
	const own = linkedOf(linked, table);
	const report = reportOf(upload ?? { table, path: `${table}.ndjson`, format: "ndjson" }, draft, digest);
	refuseBadTables(new Map([[table, draft]]), [report], rules.onBadRows);
	const aside = others.filter((held) => held.isBad.some((bad) => bad === 1)).map((held) => reportAside(held));
	const events = { ...manifest.events };
	for (const name of EVENT_TABLES) {
		if (name === table) continue;
		const relinked = relinkEvents(step, name, linked);
		events[name] = relinked.table;
		if (relinked.aside) aside.push(relinked.aside);
	}
	if (isEventTable(table)) events[table] = writeEventTable(own, marginRates(linkedOf(linked, "products")), step);
	const tables = { ...manifest.tables };
	for (const name of PLAIN_TABLES) {
		const { rows, quarantine } = manifest.tables[name];
		const held = { ...(rows !== undefined && { rows }), ...(quarantine !== undefined && { quarantine }) };
		const kept: Partial<PlainTable> = name === table ? { rows: await writeRows(own, writer), ...writeAside(own, writer) } : held;
		tables[name] = { ...writeColumns(linkedOf(linked, name), writer), ...kept };
	}
	const after = mode === "replace" ? report : reportAfter(step, report, digest, countsOf(own));
	return { report, manifest: withTable(manifest, after, { tables, events, aside }) };
}

function linkedOf(linked: ReadonlyMap<TableName, LinkedTable>, name: TableName): LinkedTable {
	const table = linked.get(name);
	if (!table) throw new CarteiraError("INTERNAL", `table ${name} was not linked`);
	return table;
}

function writeEventTable(own: LinkedTable, marginRate: Float64Array, { writer }: ImportStep): EventTable {
	const columns = Object.keys(own.draft?.columns ?? {});
	return { base: writeBase(own, marginRate, writer), deltas: [], columns, ...writeAside(own, writer) };
}

/** Rows of a table that were good when they came and break a rule as the tables now stand. */
function reportAside(held: TableDraft): TableReport {
	return reportOf({ table: held.table, path: `${held.table}.arrow`, format: "arrow" }, held, "");
}

function countsOf({ draft, kept }: LinkedTable): { numRows: number; numAside: number } {
	return { numRows: kept.length, numAside: (draft?.numRows ?? 0) - kept.length };
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
