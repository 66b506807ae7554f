import { TextBytes } from "../rows/growing-arrays.ts";
import { TABLES } from "../schema.ts";
import { openColumnFile, type Values } from "./column-file.ts";
import { hasWords, kindOfColumn } from "./event-columns.ts";
import { gatherColumn } from "./event-table.ts";
import { EVENT_TABLES, type EventPart, type EventTable, type EventTableName, type Manifest, partsOf } from "./manifest.ts";
import { type OpenPart, openParts } from "./open-part.ts";
import type { PartWriter } from "./part-writer.ts";
import { findRuns, type GroupIndex, indexGroups, type Runs } from "./runs.ts";
import type { PathOf } from "./store-folder.ts";
import { writeEvents } from "./write-events.ts";

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

/** Merges the deltas of some tables into their bases; what the snapshot says stays the same. */
export function compactTables(manifest: Manifest, names: readonly EventTableName[], pathOf: PathOf, writer: PartWriter): Manifest {
	const events = { ...manifest.events };
	for (const name of names) events[name] = compactTable(manifest, name, pathOf, writer);
	writer.close();
	return { ...manifest, events };
}

function compactTable({ tables, events }: Manifest, name: EventTableName, pathOf: PathOf, writer: PartWriter): EventTable {
	const table = events[name];
	const numCustomers = tables.customers.num_rows;
	const { parts, numRows } = numberAll(openParts(pathOf, name, partsOf(table)), numCustomers);
	const index = indexGroups(parts, numRows);
	const runs = findRuns(
		name,
		parts,
		index,
		Int32Array.from({ length: numRows }, (_, row) => row),
	);
	const products = openColumnFile(pathOf(tables.products.columns));
	const rates = products.has("margin_rate")
		? (products.values("margin_rate") as Float64Array)
		: new Float64Array(products.numRows).fill(Number.NaN);
	const base: EventPart = writeEvents(
		{ table: name, ...linesOf(name, parts, runs), ...groupsOf(parts, runs, index, numCustomers) },
		rates,
		writer,
	);
	return { ...table, base, deltas: [] };
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

function linesOf(table: EventTableName, parts: readonly OpenPart[], runs: Runs) {
	const lines: Record<string, Values> = {};
	const words: Record<string, TextBytes> = {};
	const links: Record<string, Int32Array> = {};
	for (const [column, spec] of Object.entries(TABLES[table].columns)) {
		if (column === "customer_id" || !parts.some((part) => part.lines.has(column))) continue;
		const merged = hasWords(kindOfColumn(table, column)) ? mergeWords(column, parts, runs, spec.table !== undefined) : null;
		lines[column] = gatherColumn(table, column, parts, runs, (part) => merged?.codeOf.get(part) ?? null);
		if (!merged) continue;
		words[column] = merged.words;
		if (spec.table) links[column] = Int32Array.from(merged.links);
	}
	return { lines, words, links };
}

/** Lists of more words than this stay as long as they are: to find the few that are there twice would cost more than they do. */
const MOST_COMPARED = 1_000_000;

/** The words that lines still use, and what the codes of each part become. */
function mergeWords(column: string, parts: readonly OpenPart[], runs: Runs, isLinked: boolean) {
	const words = new TextBytes();
	const links: number[] = [];
	const known = new Map<string, number>();
	const codeOf = new Map<OpenPart, Int32Array>();
	for (const [position, part] of parts.entries()) {
		if (!part.lines.has(column)) continue;
		const list = part.words(column).texts(column);
		list.load();
		const isUsed = usedIn(position, part, column, runs, list.length);
		const codes = new Int32Array(list.length).fill(-1);
		for (let code = 0; code < list.length; code++) {
			if (isUsed[code] === 0) continue;
			const word = list.at(code) ?? "";
			const isCompared = isLinked || list.length <= MOST_COMPARED;
			const same = isCompared ? known.get(word) : undefined;
			codes[code] = same ?? words.length;
			if (same !== undefined) continue;
			if (isCompared) known.set(word, words.length);
			if (isLinked) links.push(part.links(column)[code]);
			words.append(word);
		}
		codeOf.set(part, codes);
	}
	return { words, links, codeOf };
}

function usedIn(position: number, { lines }: OpenPart, column: string, runs: Runs, numWords: number): Uint8Array {
	const isUsed = new Uint8Array(numWords);
	const codes = lines.values(column);
	for (let run = 0; run < runs.numRuns; run++) {
		if (runs.part[run] !== position) continue;
		const end = runs.from[run] + runs.count[run];
		for (let at = runs.from[run]; at < end; at++) if (codes[at] >= 0) isUsed[codes[at]] = 1;
	}
	return isUsed;
}

function groupsOf(parts: readonly OpenPart[], { start }: Runs, { first, others }: GroupIndex, numCustomers: number) {
	const customers = new TextBytes();
	const rows: number[] = [];
	for (let row = 0; row + 1 < start.length; row++) {
		if (start[row + 1] === start[row]) continue;
		const { part, group } = first[row] >= 0 ? { part: 0, group: first[row] } : (others.get(row) ?? [])[0];
		customers.append(parts[part].groups.texts("customer_id").at(group));
		rows.push(row);
	}
	return {
		customers,
		customerRow: Int32Array.from(rows, (row) => (row < numCustomers ? row : -1)),
		lineEnd: Int32Array.from(rows, (row) => start[row + 1]),
	};
}
