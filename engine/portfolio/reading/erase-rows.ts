import { readFileSync } from "node:fs";
import { createEraser, type Eraser, type Traces } from "../eraser.ts";
import type { RawCell, RowSink } from "../cells/raw-rows.ts";
import type { TableReport } from "../portfolio.ts";
import { type LinkedTable, linkTables } from "../rows/link-tables.ts";
import { KEY_MARK } from "../rows/merge-rows.ts";
import { TableDraft } from "../rows/table-draft.ts";
import { TABLES, type TableName } from "../schema.ts";
import { type ColumnFile, openColumnFile } from "../snapshot/column-file.ts";
import { compactTables } from "../snapshot/compact.ts";
import { countBelow } from "../snapshot/count-below.ts";
import {
	EVENT_TABLES,
	type EventTableName,
	type Manifest,
	PLAIN_TABLES,
	type PlainTable,
	type PlainTableName,
	partsOf,
	portfolioDigest,
	type Sha,
	shaOf,
} from "../snapshot/manifest.ts";
import { type OpenPart, openParts } from "../snapshot/open-part.ts";
import { openPartWriter, type PartWriter } from "../snapshot/part-writer.ts";
import { pathsIn, type PathOf } from "../snapshot/store-folder.ts";
import { rewriteTombstones, tombstonesOf } from "./held-versions.ts";
import { createLinker } from "./link-parts.ts";
import { rowsIn } from "./quarantine.ts";
import { quarantineOf } from "./read-changes.ts";
import { readPart } from "./read-tables.ts";
import { reportAside } from "./rebuild-tables.ts";
import { relinkEvents } from "./relink-events.ts";
import { writeColumns, writeRows } from "./write-snapshot.ts";

export interface EraseJob {
	readonly store: string;
	readonly manifest: Manifest;
	readonly traces: Traces;
	/** Private folder for the parts of the next snapshot; nothing else is changed. */
	readonly into: string;
}

/** What a snapshot held of a customer. */
export interface ErasedRows {
	/** Rows that are gone, by table; orders are counted by line, and what was set aside is `set_aside`. */
	readonly numRows: Readonly<Record<string, number>>;
	/** Rows of others in whose texts the customer was named. */
	readonly numTexts: number;
}

/** Rows of a table that are gone, and of others that were changed. */
interface Count {
	gone: number;
	texts: number;
	aside: number;
}

interface EraseStep extends EraseJob {
	readonly eraser: Eraser;
	readonly pathOf: PathOf;
	readonly writer: PartWriter;
	readonly counts: Map<TableName, Count>;
	/** Row of the customer in the table as it stands; -1: it has none. */
	readonly customerRow: number;
}

/**
 * Writes the parts of a snapshot that knows nothing of a customer: its rows of all tables are gone, those that were set aside too; where
 * texts of others name it a pseudonym stands. Null where the snapshot holds nothing of it.
 */
export async function eraseRows(job: EraseJob): Promise<(ErasedRows & { readonly manifest: Manifest }) | null> {
	const pathOf = pathsIn(job.store, job.into);
	const writer = openPartWriter(job.into);
	const eraser = createEraser(job.traces);
	const counts = new Map([...PLAIN_TABLES, ...EVENT_TABLES].map((name): [TableName, Count] => [name, { gone: 0, texts: 0, aside: 0 }]));
	const customers = openColumnFile(pathOf(job.manifest.tables.customers.columns));
	const step: EraseStep = { ...job, pathOf, writer, eraser, counts, customerRow: findCustomer(customers, eraser.isTheirs) };
	const compacted = eraseEvents(step);
	const drafts = new Map<TableName, TableDraft>();
	for (const name of PLAIN_TABLES) {
		const { rows } = job.manifest.tables[name];
		if (rows !== undefined) drafts.set(name, await readOthers(step, name, rows));
	}
	const asides = new Map([...PLAIN_TABLES, ...EVENT_TABLES].map((name) => [name, eraseAside(step, name)]));
	const policy = erasePolicy(step);
	const hasFound = policy !== job.manifest.policy || [...counts.values()].some(({ gone, texts, aside }) => gone + texts + aside > 0);
	if (!hasFound) return null;
	const manifest = await linkAgain({ ...step, manifest: { ...compacted, policy } }, drafts, asides);
	const held = [...counts].flatMap(([name, { gone }]): [string, number][] => (gone > 0 ? [[name, gone]] : []));
	const sum = (key: "aside" | "texts"): number => [...counts.values()].reduce((total, count) => total + count[key], 0);
	const numAside = sum("aside");
	return { manifest, numRows: { ...Object.fromEntries(held), ...(numAside > 0 && { set_aside: numAside }) }, numTexts: sum("texts") };
}

function countOf({ counts }: EraseStep, name: TableName): Count {
	return counts.get(name) as Count;
}

/** Row of a customer in the columns of the table; -1: it has none. */
export function findCustomer(customers: ColumnFile, isTheirs: Eraser["isTheirs"]): number {
	if (!customers.has("customer_id")) return -1;
	const ids = customers.texts("customer_id");
	for (let row = 0; row < ids.length; row++) if (isTheirs(ids.at(row))) return row;
	return -1;
}

/** The snapshot with orders and contacts without the customer's. Tables that hold nothing of it stay as they are. */
function eraseEvents(step: EraseStep): Manifest {
	const { manifest, eraser, pathOf, writer, customerRow } = step;
	const isTheirs = (id: string, row: number): boolean => (customerRow >= 0 && row === customerRow) || eraser.isTheirs(id);
	const names = EVENT_TABLES.filter((name) => {
		const parts = openParts(pathOf, name, partsOf(manifest.events[name]));
		const count = countOf(step, name);
		let hasGroup = false;
		for (const part of parts) {
			const ids = part.groups.texts("customer_id");
			for (const [group, row] of part.customerRow.entries()) {
				if (!isTheirs(ids.at(group) ?? "", row)) continue;
				hasGroup = true; // also where none of its lines counts any more
				count.gone += linesOf(part, group);
			}
			count.texts += numMentions(name, part, eraser);
		}
		return hasGroup || count.texts > 0;
	});
	return compactTables(manifest, names, pathOf, writer, { isLeftOut: isTheirs, textOf: (text, column) => textAt(eraser, column, text) });
}

function linesOf({ lineEnd, dropped }: OpenPart, group: number): number {
	const [from, to] = [group === 0 ? 0 : lineEnd[group - 1], lineEnd[group]];
	return to - from - (countBelow(dropped, to) - countBelow(dropped, from));
}

/** Different texts of a part that name the customer. */
function numMentions(name: EventTableName, part: OpenPart, eraser: Eraser): number {
	let count = 0;
	for (const [column, { type }] of Object.entries(TABLES[name].columns)) {
		if (type !== "text" || !part.lines.has(column)) continue;
		const words = part.words(column).texts(column);
		for (let code = 0; code < words.length; code++) {
			const word = words.at(code) ?? "";
			if (textAt(eraser, column, word) !== word) count++;
		}
	}
	return count;
}

/** Columns in which people write what they like; in all others stand codes, which may be the same word by chance, and names. */
const PROSE = ["objection", "severity", "owner"];
/** Columns of codes that may be a customer's id: of a group it is often that of its head. */
const IDS = ["group_id"];

/** What becomes of a text of others. */
function textAt(eraser: Eraser, column: string, text: string): string {
	if (IDS.includes(column) && eraser.isTheirs(text)) return eraser.pseudonym;
	return PROSE.includes(column) ? eraser.text(text) : eraser.code(text);
}

/** The rows of a table that are not the customer's. */
async function readOthers(step: EraseStep, name: PlainTableName, rows: Sha): Promise<TableDraft> {
	const draft = new TableDraft(name);
	await readPart({ table: name, path: step.pathOf(rows), format: "arrow" }, othersOf(step, name, draft));
	return draft;
}

/** A sink for the rows of a table that passes on those of others, with the pseudonym where their texts name the customer. */
function othersOf(step: EraseStep, name: TableName, to: RowSink): RowSink {
	const { eraser } = step;
	const count = countOf(step, name);
	const specs = TABLES[name].columns;
	let columns: readonly string[] = [];
	let customer = -1;
	let texts: number[] = [];
	return {
		begin(header) {
			({ columns } = header);
			customer = header.columns.findIndex((column) => isCustomer(name, column));
			texts = [...header.columns.keys()].filter((at) => specs[header.columns[at]]?.type === "text");
			to.begin(header);
		},
		row(cells, row) {
			if (customer >= 0 && eraser.isTheirs(cells[customer])) {
				count.gone++;
				return;
			}
			const kept: RawCell[] = [...cells];
			for (const at of texts) {
				const cell = cells[at];
				if (typeof cell === "string") kept[at] = textAt(eraser, columns[at], cell);
			}
			if (texts.some((at) => kept[at] !== cells[at])) count.texts++;
			to.row(kept, row);
		},
		broken: (...record) => to.broken(...record),
		end: (named) => to.end(named),
	};
}

function isCustomer(name: TableName, column: string): boolean {
	return TABLES[name].columns[column]?.table === "customers" || (name === "customers" && column === "customer_id");
}

/** Rows that are set aside, without those that are the customer's or name it anywhere; undefined where none is left. */
function eraseAside(step: EraseStep, name: TableName): Sha | undefined {
	const { manifest, eraser, pathOf, writer } = step;
	const sha = quarantineOf(manifest, name);
	if (sha === undefined) return undefined;
	const rows = rowsIn(readFileSync(pathOf(sha, "ndjson"), "utf8"));
	const kept = rows.filter(({ row }) => !isAbout(eraser, name, row));
	countOf(step, name).aside += rows.length - kept.length;
	if (kept.length === rows.length) return sha;
	return kept.length === 0 ? undefined : writer.bytes(Buffer.from(kept.map(({ line }) => `${line}\n`).join("")), "ndjson");
}

/** Is a row that is set aside the customer's, or does it name it? One that says of nobody whose it is may be, if its words are. */
function isAbout(eraser: Eraser, name: TableName, row: Readonly<Record<string, unknown>>): boolean {
	const isOthers = typeof row.customer_id === "string" && row.customer_id !== "" && !eraser.isTheirs(row.customer_id);
	return Object.entries(row).some(([column, cell]) => {
		if (isCustomer(name, column)) return eraser.isTheirs(cell);
		if (typeof cell !== "string") return false;
		return textAt(eraser, column, cell) !== cell || (!isOthers && eraser.json(cell) !== cell);
	});
}

/** The policy with the pseudonym where rules and experiments name the customer. */
function erasePolicy({ manifest: { policy }, eraser }: EraseStep): string | null {
	if (policy === null) return null;
	const before: unknown = JSON.parse(policy);
	const after = eraser.json(before);
	return after === before ? policy : `${JSON.stringify(after, null, "\t")}\n`;
}

/** Links the tables that are left, since the rows behind the customer's have moved, and writes them. */
async function linkAgain(
	step: EraseStep,
	drafts: ReadonlyMap<TableName, TableDraft>,
	asides: ReadonlyMap<TableName, Sha | undefined>,
): Promise<Manifest> {
	const { manifest, writer } = step;
	const rows = new Map<TableName, Sha>();
	for (const [name, draft] of drafts) {
		const { gone, texts } = countOf(step, name);
		// All of them: what is bad as the tables stand is told apart whenever they are linked.
		const whole: LinkedTable = { name, draft, kept: Int32Array.from({ length: draft.numRows }, (_, row) => row), stubs: [], refs: {} };
		if (gone + texts > 0) rows.set(name, await writeRows(whole, writer));
	}
	const linked = linkTables(drafts);
	const linker = createLinker(linked);
	const aside: TableReport[] = [...drafts.values()].filter(({ isBad }) => isBad.includes(1)).map(reportAside);
	const events = { ...manifest.events };
	for (const name of EVENT_TABLES) {
		const relinked = relinkEvents(step, name, linker);
		events[name] = withAside(relinked.table, asides.get(name), eraseTombstones(step, name));
		if (relinked.aside) aside.push(relinked.aside);
	}
	const tables = { ...manifest.tables };
	for (const name of PLAIN_TABLES) {
		const { rows: before } = tables[name];
		const held = before === undefined ? {} : { rows: rows.get(name) ?? before };
		tables[name] = withAside({ ...writeColumns(linkedOf(linked, name), writer), ...held }, asides.get(name), eraseTombstones(step, name));
	}
	writer.close();
	const reports = manifest.reports.map((report) => reportWithout(step, report));
	const { aside: _before, ...rest } = manifest;
	// Without a parent, so that nothing holds on to what is erased.
	const next = { ...rest, parent: null, tables, events, reports, digest: portfolioDigest(reports, manifest.policy ?? "") };
	return aside.length > 0 ? { ...next, aside } : next;
}

function linkedOf(linked: ReadonlyMap<TableName, LinkedTable>, name: TableName): LinkedTable {
	const table = linked.get(name);
	if (!table) throw new TypeError(`table ${name} was not linked`);
	return table;
}

type Beside = Pick<PlainTable, "quarantine" | "tombstones">;

function withAside<T extends Beside>(
	{ quarantine: _rows, tombstones: _keys, ...table }: T,
	quarantine: Sha | undefined,
	tombstones: Sha | undefined,
): T {
	return { ...table, ...(quarantine !== undefined && { quarantine }), ...(tombstones !== undefined && { tombstones }) } as T;
}

/** Keys that were deleted, without those that are the customer's. */
function eraseTombstones({ manifest, eraser, pathOf, writer }: EraseStep, name: TableName): Sha | undefined {
	const isTheirs = (part: string, at: number): boolean =>
		isCustomer(name, TABLES[name].key[at]) ? eraser.isTheirs(part) : eraser.code(part) !== part;
	const isOthers = (key: string): boolean => !key.split(KEY_MARK).some(isTheirs);
	return rewriteTombstones(tombstonesOf(manifest, name), isOthers, [], pathOf, writer);
}

/** What a table's report says once the customer's rows are gone; another digest, since its bytes are others. */
function reportWithout(step: EraseStep, report: TableReport): TableReport {
	const { eraser } = step;
	const { gone, texts, aside } = countOf(step, report.table);
	const told = { ...report, problems: eraser.json(report.problems), warnings: report.warnings.map(eraser.text) };
	if (gone + texts + aside === 0) return told;
	const { numRead, numAccepted, numQuarantined, digest } = report;
	return {
		...told,
		numRead: numRead - gone - aside,
		numAccepted: numAccepted - gone,
		numQuarantined: numQuarantined - aside,
		digest: shaOf(`${digest}\nwithout ${eraser.pseudonym}`),
	};
}
