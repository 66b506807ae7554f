import { basename } from "node:path";
import type { FixedType } from "../files/batch-file.ts";
import type { PurchaseEvents } from "../portfolio.ts";
import { digestOfFile } from "../files/scan-file.ts";
import { TextBytes } from "../cells/growing-arrays.ts";
import { TABLES } from "../schema.ts";
import { hasWords, kindOfColumn } from "./event-columns.ts";
import { verifyPart } from "./column-file.ts";
import { eachPiece } from "./event-table.ts";
import { EVENT_TABLES, type EventTable, type EventTableName, filesOfPart, type Manifest, partsOf, type Sha } from "./manifest.ts";
import { marginRatesIn } from "./margin-rates.ts";
import { type OpenPart, openParts } from "./open-part.ts";
import type { PartWriter } from "./part-writer.ts";
import { type EventSource, readEvents } from "./read-events.ts";
import { findRuns, type GroupIndex, indexGroups, type Runs } from "./runs.ts";
import type { PathOf } from "./store-folder.ts";

/** Deltas are merged into the base from so many on, or from this share of its rows; fewer rows than that are never worth it. */
const MOST_DELTAS = 64;
const MOST_SHARE = 0.1;
const LEAST_ROWS = 1000;

/** Tables whose deltas are to be merged into their base. */
export function tablesToCompact({ events }: Manifest): EventTableName[] {
	return EVENT_TABLES.filter((name) => {
		const { base, deltas } = events[name];
		const numRows = deltas.reduce((sum, { num_rows }) => sum + num_rows, 0);
		return deltas.length >= MOST_DELTAS || numRows > Math.max(LEAST_ROWS, MOST_SHARE * (base?.num_rows ?? 0));
	});
}

/** What does not stay as it is. */
export interface LeftOut {
	/** Is nothing of a customer to stay, by its id and row? */
	readonly isLeftOut: (id: string, row: number) => boolean;
	/** What becomes of a text of a column. */
	readonly textOf: (text: string, column: string) => string;
}

/**
 * Merges the deltas of some tables into their bases; what the snapshot says stays the same, but for what is to be left out. Every byte
 * of the parts is verified first, for what is merged gets a new digest. Throws INVALID_INPUT for a damaged one.
 */
export function compactTables(
	manifest: Manifest,
	names: readonly EventTableName[],
	pathOf: PathOf,
	writer: PartWriter,
	leftOut?: LeftOut,
): Manifest {
	const events = { ...manifest.events };
	for (const name of names) {
		const files = new Set(partsOf(events[name]).flatMap(filesOfPart));
		for (const path of [...files].map((sha) => pathOf(sha))) verifyPart(basename(path), digestOfFile(path));
		events[name] = compactTable(manifest, name, pathOf, writer, leftOut);
	}
	writer.close();
	return { ...manifest, events };
}

/** Column by column, piece by piece: lines need not fit in memory; the lists of customers, words and purchase events must. */
function compactTable(
	{ tables, events }: Manifest,
	name: EventTableName,
	pathOf: PathOf,
	writer: PartWriter,
	leftOut: LeftOut | undefined,
): EventTable {
	const numCustomers = tables.customers.num_rows;
	const { parts, numRows } = numberAll(openParts(pathOf, name, partsOf(events[name])), numCustomers);
	const index = leftOut ? without(indexGroups(parts, numRows), parts, leftOut) : indexGroups(parts, numRows);
	const runs = findRuns(
		name,
		parts,
		index,
		Int32Array.from({ length: numRows }, (_, row) => row),
	);
	const columns = Object.keys(TABLES[name].columns).filter((column) => parts.some(({ lines }) => lines.has(column)));
	const merged = new Map(
		columns
			.filter((column) => hasWords(kindOfColumn(name, column)))
			.map((column) => [column, mergeWords(name, column, parts, runs, leftOut)]),
	);
	const words: Record<string, Sha> = {};
	const links: Record<string, Sha> = {};
	for (const [column, list] of merged) {
		words[column] = writer.columns({ [column]: list.words });
		if (list.links) links[column] = writer.columns({ [column]: Int32Array.from(list.links) });
	}
	const lines = writer.pieces(typesOf(name, columns), runs.start[numRows], (write) => {
		for (const column of columns) {
			const codeOf = merged.get(column)?.codeOf;
			const mapped = { table: name, column, mapOf: (part: OpenPart) => codeOf?.get(part) ?? null };
			eachPiece(mapped, parts, runs, (row, values) => write(column, row, values));
		}
	});
	const groups = groupsOf(parts, runs, index);
	links.customer_id = writer.columns({ customer_id: groups.rows.map((row) => (row < numCustomers ? row : -1)) });
	const lists = { customer_id: groups.customers, line_end: groups.rows.map((row) => runs.start[row + 1]) };
	const part = { num_rows: runs.start[numRows], num_groups: groups.rows.length, lines, words, links };
	if (name === "contacts") return { ...events[name], base: { ...part, groups: writer.columns(lists) }, deltas: [] };
	const purchases = writePurchases({ parts, index }, groups.rows, marginRatesIn(pathOf(tables.products.columns)), writer);
	const base = { ...part, groups: writer.columns({ ...lists, event_end: purchases.end }), events: purchases.events };
	return { ...events[name], base, deltas: [] };
}

/** The groups of all customers but those that are left out. */
function without({ first, others }: GroupIndex, parts: readonly OpenPart[], { isLeftOut }: LeftOut): GroupIndex {
	const gone = new Set<number>();
	for (const { customerRow, groups } of parts) {
		const ids = groups.texts("customer_id");
		for (const [group, row] of customerRow.entries()) if (isLeftOut(ids.at(group) ?? "", row)) gone.add(row);
	}
	return {
		first: first.map((group, row) => (gone.has(row) ? -1 : group)),
		others: new Map([...others].filter(([row]) => !gone.has(row))),
	};
}

function typesOf(table: EventTableName, columns: readonly string[]): Record<string, FixedType> {
	const types = columns.map((column): [string, FixedType] => {
		const kind = kindOfColumn(table, column);
		return [column, kind === "numbers" ? "float64" : kind === "codes" ? "uint8" : "int32"];
	});
	return Object.fromEntries(types);
}

/** Customers that are set aside get numbers of their own behind the table's rows, for their lines must not be lost. */
function numberAll(parts: readonly OpenPart[], numCustomers: number): { parts: OpenPart[]; numRows: number } {
	const rowOf = new Map<string, number>();
	const numbered = parts.map((part) => {
		if (!part.customerRow.includes(-1)) return part;
		const ids = part.groups.texts("customer_id");
		const customerRow = part.customerRow.map((row, group) => {
			if (row >= 0) return row;
			const id = ids.at(group) ?? "";
			const known = rowOf.get(id) ?? numCustomers + rowOf.size;
			rowOf.set(id, known);
			return known;
		});
		return { ...part, customerRow };
	});
	return { parts: numbered, numRows: numCustomers + rowOf.size };
}

/** Lists of more words than this stay as long as they are: to find the few that are there twice would cost more than they do. */
const MOST_COMPARED = 1_000_000;

interface MergedWords {
	/** Those that lines still use. */
	readonly words: TextBytes;
	/** Of a reference: rows of the named table, by word. */
	readonly links: readonly number[] | null;
	/** What the codes of a part become. */
	readonly codeOf: ReadonlyMap<OpenPart, Int32Array>;
}

function mergeWords(
	table: EventTableName,
	column: string,
	parts: readonly OpenPart[],
	runs: Runs,
	leftOut: LeftOut | undefined,
): MergedWords {
	const spec = TABLES[table].columns[column];
	const isLinked = spec.table !== undefined;
	const textOf = spec.type === "text" ? leftOut?.textOf : undefined;
	const words = new TextBytes();
	const links: number[] = [];
	const known = new Map<string, number>();
	const codeOf = new Map<OpenPart, Int32Array>();
	for (const [position, part] of parts.entries()) {
		if (!part.lines.has(column)) continue;
		const list = part.words(column).texts(column);
		list.load();
		const isUsed = wordsUsed(table, column, parts, position, runs, list.length);
		const isCompared = isLinked || list.length <= MOST_COMPARED;
		const rows = isLinked ? part.links(column) : null;
		const codes = new Int32Array(list.length).fill(-1);
		for (let code = 0; code < list.length; code++) {
			if (isUsed[code] === 0) continue;
			const held = list.at(code) ?? "";
			const word = textOf ? textOf(held, column) : held;
			const same = isCompared ? known.get(word) : undefined;
			codes[code] = same ?? words.length;
			if (same !== undefined) continue;
			if (isCompared) known.set(word, words.length);
			if (rows) links.push(rows[code]);
			words.append(word);
		}
		codeOf.set(part, codes);
	}
	return { words, links: isLinked ? links : null, codeOf };
}

/** Of a part's words of a column those that lines which count still have: 1. */
function wordsUsed(
	table: EventTableName,
	column: string,
	parts: readonly OpenPart[],
	position: number,
	runs: Runs,
	numWords: number,
): Uint8Array {
	const isUsed = new Uint8Array(numWords);
	const ofPart = { table, column, mapOf: () => null, only: position };
	eachPiece(ofPart, parts, runs, (_, codes) => {
		for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) isUsed[codes[i]] = 1;
	});
	return isUsed;
}

/** The customers that have lines. */
function groupsOf(parts: readonly OpenPart[], { start }: Runs, { first, others }: GroupIndex): { customers: TextBytes; rows: Int32Array } {
	const customers = new TextBytes();
	const rows: number[] = [];
	for (let row = 0; row + 1 < start.length; row++) {
		if (start[row + 1] === start[row]) continue;
		const { part, group } = first[row] >= 0 ? { part: 0, group: first[row] } : (others.get(row) ?? [])[0];
		customers.append(parts[part].groups.texts("customer_id").at(group));
		rows.push(row);
	}
	return { customers, rows: Int32Array.from(rows) };
}

/** Customers whose purchase events are made at one time. */
const CUSTOMERS_AT_ONCE = 20_000;

/** Writes the purchase events of some customers, as they are stored or, of those with lines in several parts, folded anew. */
function writePurchases(
	source: EventSource,
	customers: Int32Array,
	rates: Float64Array,
	writer: PartWriter,
): { events: Sha; end: Int32Array } {
	const end = new Int32Array(customers.length);
	const pieces: PurchaseEvents[] = [];
	let count = 0;
	for (let first = 0; first < customers.length; first += CUSTOMERS_AT_ONCE) {
		const some = customers.subarray(first, first + CUSTOMERS_AT_ONCE);
		const piece = readEvents(source, some, findRuns("orders", source.parts, source.index, some), () => rates);
		for (let i = 0; i < some.length; i++) end[first + i] = count + piece.eventStart[i + 1];
		count += piece.eventDay.length;
		pieces.push(piece);
	}
	const events = writer.pieces({ day: "int32", value: "float64", margin: "float64" }, count, (write) => {
		let row = 0;
		for (const { eventDay, eventValue, eventMargin } of pieces) {
			write("day", row, eventDay);
			write("value", row, eventValue);
			write("margin", row, eventMargin);
			row += eventDay.length;
		}
	});
	return { events, end };
}
