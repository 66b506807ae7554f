import { CarteiraError } from "../../errors.ts";
import { applyChanges, type Changes } from "../rows/merge-rows.ts";
import { type LinkedTable, linkTables } from "../rows/link-tables.ts";
import { TextBytes } from "../cells/growing-arrays.ts";
import { TableDraft } from "../rows/table-draft.ts";
import { TABLES, type TableName, VERSION } from "../schema.ts";
import { appendStubs } from "../snapshot/append-stubs.ts";
import { openColumnFile, type TextList } from "../snapshot/column-file.ts";
import { marginRatesIn } from "../snapshot/margin-rates.ts";
import { cellsOf, findHeld, type HeldLines, keysWithin } from "../snapshot/held-rows.ts";
import {
	type EventPart,
	type EventTableName,
	isEventTable,
	type Manifest,
	type PlainTableName,
	partsOf,
	type Sha,
} from "../snapshot/manifest.ts";
import { openParts } from "../snapshot/open-part.ts";
import { layOutEvents, writeEvents } from "../snapshot/write-events.ts";
import type { ImportResult, ImportStep } from "./import-job.ts";
import { tombstonesAfter, versionsOfLines } from "./held-versions.ts";
import { draftOfIds, findNamed } from "./named-ids.ts";
import { quarantineOf, readChanges, reportAfter } from "./read-changes.ts";
import { refuseBadTables, reportOf } from "./read-tables.ts";
import { withTable } from "./rebuild-tables.ts";
import { writeAside } from "./write-snapshot.ts";

/**
 * Adds orders or contacts as a delta: what the parts hold is looked at only for the ids that come again. An order takes the place of all
 * lines that it had; a contact keeps the columns that were not sent.
 */
export async function appendEvents(step: ImportStep, table: EventTableName): Promise<ImportResult> {
	const { manifest, upload, rules, range, pathOf, writer } = step;
	const events = manifest.events[table];
	const parts = openParts(pathOf, table, partsOf(events));
	let found: readonly HeldLines[] | null = null;
	const { changes, digest } = await readChanges(step, (keys) => {
		if (!parts.some(({ lines }) => lines.has(VERSION))) return new Map();
		found = findHeld(table, parts, keys.keys());
		return versionsOfLines(TABLES[table].key[0], found);
	});
	if (range) for (const key of keysWithin(table, parts, range)) if (!changes.sent.has(key)) changes.sent.set(key, []);
	// Where rows are stale, what is held under their keys is not looked for.
	const held = found !== null && changes.numStale === 0 ? (found as readonly HeldLines[]) : findHeld(table, parts, changes.sent.keys());
	// What a range drops was deleted: an older version of it that comes late does not bring it back.
	if (range)
		for (const [key, version] of versionsOfLines(TABLES[table].key[0], held))
			if (changes.sent.get(key)?.length === 0 && !changes.versionDeleted.has(key)) changes.versionDeleted.set(key, version);
	const draft = layChanges(table, changes, held, events.columns);
	if (draft.fatal.length > 0) throw new CarteiraError("INVALID_INPUT", draft.fatal[0].message, draft.fatal);
	const { linked, named } = linkDraft(step, draft);
	const report = reportOf(upload ?? { table, path: `${table}.ndjson`, format: "ndjson" }, draft, digest, changes.numStale);
	refuseBadTables(new Map([[table, draft]]), [report], rules.onBadRows);
	const aside = writeAside(linked, writer);
	if (upload === null && aside.quarantine === quarantineOf(manifest, table)) return { report, manifest };
	const tables = addStubs(step, named);
	const { quarantine: _before, tombstones: _old, ...rest } = events;
	const tombstones = tombstonesAfter(events.tombstones, changes, pathOf, writer);
	const delta = linked.kept.length > 0 || held.length > 0 ? writeDelta(step, linked, held, tables) : null;
	const columns = [...new Set([...events.columns, ...Object.keys(draft.columns)])];
	const after = {
		...rest,
		...aside,
		...(tombstones !== undefined && { tombstones }),
		columns,
		deltas: delta ? [...events.deltas, delta] : events.deltas,
	};
	const numDropped = held.reduce((sum, { lines }) => sum + lines.length, 0);
	const counts = { numRows: rowsOf(manifest, table) + linked.kept.length - numDropped, numAside: draft.numRows - linked.kept.length };
	const next = reportAfter(step, report, digest, counts);
	return {
		report,
		manifest: withTable(manifest, next, { tables, events: { ...manifest.events, [table]: after }, aside: manifest.aside ?? [] }),
	};
}

/** Rows that a table holds and that count, as its report says. */
function rowsOf({ reports }: Manifest, table: TableName): number {
	return reports.find((report) => report.table === table)?.numAccepted ?? 0;
}

function layChanges(table: EventTableName, changes: Changes, held: readonly HeldLines[], columns: readonly string[]): TableDraft {
	const draft = new TableDraft(table);
	const merge = applyChanges(changes, draft);
	merge.held.begin({ columns, notations: null, dialect: null });
	if (TABLES[table].manyPerKey !== true) {
		for (const { part, lines } of held) for (const line of lines) merge.held.row(cellsOf(table, part, line, columns), 0);
	}
	merge.held.end(columns);
	merge.finish();
	return draft;
}

/** The ids of a table that the draft names, by their row; new ones are stubs behind them. */
interface Named {
	readonly table: PlainTableName;
	readonly rows: ReadonlyMap<string, number>;
	/** In order, with their rows. */
	readonly newStubs: Map<string, number>;
}

/** Links a draft against those rows alone that it names; references are rows of the snapshot's tables. */
function linkDraft({ manifest, pathOf }: ImportStep, draft: TableDraft): { linked: LinkedTable; named: Named[] } {
	const drafts = new Map<TableName, TableDraft>([[draft.table, draft]]);
	const named = new Map<TableName, Named>();
	for (const { spec, held } of Object.values(draft.columns)) {
		if (!spec.table || isEventTable(spec.table) || held.kind !== "refs") continue;
		const rows = findNamed(idsOf(manifest, spec.table, pathOf), held.words);
		named.set(spec.table, { table: spec.table, rows, newStubs: new Map() });
		if (manifest.given.includes(spec.table)) drafts.set(spec.table, draftOfIds(spec.table, rows.keys()));
	}
	const all = linkTables(drafts);
	const linked = all.get(draft.table);
	if (!linked) throw new CarteiraError("INTERNAL", `table ${draft.table} was not linked`);
	const refs: Record<string, Int32Array> = {};
	for (const [column, local] of Object.entries(linked.refs)) {
		const target = draft.columns[column].spec.table;
		const to = target && named.get(target);
		const from = target && all.get(target);
		if (!to || !from) continue;
		const rowOf = globalRows(from, to, manifest.tables[to.table].num_rows);
		refs[column] = local.map((row) => (row < 0 ? -1 : rowOf[row]));
	}
	return { linked: { ...linked, refs }, named: [...named.values()] };
}

function idsOf({ tables }: Manifest, table: PlainTableName, pathOf: ImportStep["pathOf"]): TextList {
	const [key] = TABLES[table].key;
	const file = openColumnFile(pathOf(tables[table].columns));
	return file.has(key) ? file.texts(key) : NO_IDS;
}

const NO_IDS: TextList = {
	length: 0,
	at: () => null,
	load: () => ({ offsets: new Int32Array(1), bytes: Buffer.alloc(0) }),
	eachPiece: () => {},
};

/** Rows in the snapshot's table of the rows that a draft of the named ids has. */
function globalRows({ name, draft, kept, stubs }: LinkedTable, { rows, newStubs }: Named, length: number): number[] {
	const [key] = TABLES[name].key;
	const ids = [...Array.from(kept, (row) => draft?.textAt(row, key) ?? ""), ...stubs];
	return ids.map((id) => {
		const row = rows.get(id);
		if (row !== undefined) return row;
		const known = newStubs.get(id) ?? length + newStubs.size;
		newStubs.set(id, known);
		return known;
	});
}

function addStubs({ manifest, pathOf, writer }: ImportStep, named: readonly Named[]): Manifest["tables"] {
	const tables = { ...manifest.tables };
	for (const { table, newStubs } of named) {
		if (newStubs.size > 0) tables[table] = appendStubs(table, tables[table], [...newStubs.keys()], pathOf, writer);
	}
	return tables;
}

function writeDelta(
	{ pathOf, writer }: ImportStep,
	linked: LinkedTable,
	held: readonly HeldLines[],
	tables: Manifest["tables"],
): EventPart {
	const part = writeEvents(layOutEvents(linked), marginRatesIn(pathOf(tables.products.columns)), writer);
	if (held.length === 0) return part;
	const replaced = new TextBytes();
	for (const key of new Set(held.flatMap(({ keys }) => keys))) replaced.append(key);
	const dropped: Record<string, Sha> = {};
	for (const { position, lines } of held) dropped[position] = writer.columns({ line: lines });
	return { ...part, replaced: writer.columns({ [TABLES[linked.name].key[0]]: replaced }), dropped };
}
