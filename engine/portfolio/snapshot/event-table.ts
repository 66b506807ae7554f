import type { CodedTexts, Table, TextColumn } from "../portfolio.ts";
import { TABLES } from "../schema.ts";
import type { Values } from "./column-file.ts";
import { openColumnWindow, type ReadColumn } from "./column-window.ts";
import { allocate, type EventKind, kindOfColumn, nullOf, TIME } from "./event-columns.ts";
import { lazyRecord, once } from "./lazy.ts";
import type { EventTableName } from "./manifest.ts";
import type { OpenPart } from "./open-part.ts";
import type { Runs } from "./runs.ts";

/** Orders or contacts over runs of parts: a column is gathered when it is first asked for. Row of customers is the position among `runs`. */
export function openEventTable(name: EventTableName, parts: readonly OpenPart[], runs: Runs): Table {
	const length = runs.start[runs.start.length - 1];
	const columns = Object.keys(TABLES[name].columns);
	const namesOf = (kind: EventKind): string[] => columns.filter((column) => kindOfColumn(name, column) === kind);
	const gather = (column: string): Values =>
		gatherColumn(name, column, parts, runs, (part) => (TABLES[name].columns[column].table ? part.links(column) : null));
	return {
		name,
		numRows: length,
		numStubs: 0,
		length,
		texts: lazyRecord(namesOf("texts"), (column) =>
			textsOf(
				column,
				parts,
				runs,
				once(() => gather(column) as Int32Array),
				length,
			),
		),
		refs: lazyRecord(namesOf("refs"), (column) => (column === "customer_id" ? customersOf(runs) : (gather(column) as Int32Array))),
		numbers: lazyRecord(namesOf("numbers"), (column) => gather(column) as Float64Array),
		days: lazyRecord(namesOf("days"), (column) => gather(column) as Int32Array),
		codes: lazyRecord(namesOf("codes"), (column) => gather(column) as Uint8Array),
	};
}

function customersOf({ start }: Runs): Int32Array {
	const numCustomers = start.length - 1;
	const customers = new Int32Array(new SharedArrayBuffer(start[numCustomers] * 4));
	for (let customer = 0; customer < numCustomers; customer++) customers.fill(customer, start[customer], start[customer + 1]);
	return customers;
}

/** What a part's codes of a column become; null: they stay. */
type MapOf = (part: OpenPart) => Int32Array | null;

function gatherColumn(table: EventTableName, column: string, parts: readonly OpenPart[], runs: Runs, mapOf: MapOf): Values {
	const out = allocate(kindOfColumn(table, column), runs.start[runs.start.length - 1], true);
	const read = columnReader(table, column, parts, mapOf);
	for (let run = 0, at = 0; run < runs.numRuns; at += runs.count[run++]) read(runs.part[run], runs.from[run], out, at, runs.count[run]);
	return out;
}

/** Rows of a piece. */
const PIECE_ROWS = 1 << 16;

/** A column to go through. */
export interface Pieces {
	readonly table: EventTableName;
	readonly column: string;
	readonly mapOf: MapOf;
	/** Position of the only part whose runs are wanted. */
	readonly only?: number;
}

/** Goes through the values of a column in the order of runs, in memory that is used again for the next piece. */
export function eachPiece(
	{ table, column, mapOf, only }: Pieces,
	parts: readonly OpenPart[],
	runs: Runs,
	use: (row: number, values: Values) => void,
): void {
	const read = columnReader(table, column, parts, mapOf);
	const piece = allocate(kindOfColumn(table, column), PIECE_ROWS, false);
	let [row, held] = [0, 0];
	const flush = (): void => {
		if (held > 0) use(row, piece.subarray(0, held));
		row += held;
		held = 0;
	};
	for (let run = 0; run < runs.numRuns; run++) {
		if (only !== undefined && runs.part[run] !== only) continue;
		for (let done = 0; done < runs.count[run]; ) {
			const length = Math.min(runs.count[run] - done, PIECE_ROWS - held);
			read(runs.part[run], runs.from[run] + done, piece, held, length);
			done += length;
			held += length;
			if (held === PIECE_ROWS) flush();
		}
	}
	flush();
}

/** The first row of each customer whose time is a limit or later: the column of times is gone through once, in pieces, and never held. */
export function firstRowsFrom(table: EventTableName, parts: readonly OpenPart[], runs: Runs, limit: number): Int32Array {
	const { start } = runs;
	const first = start.slice(1); // none
	let customer = 0;
	eachPiece({ table, column: TIME[table], mapOf: () => null }, parts, runs, (row, times) => {
		for (let i = 0; i < times.length; i++) {
			if (times[i] < limit) continue;
			while (start[customer + 1] <= row + i) customer++;
			if (first[customer] > row + i) first[customer] = row + i;
		}
	});
	return first;
}

/** Reads values of a part, by its position; nulls where it lacks the column. */
function columnReader(
	table: EventTableName,
	column: string,
	parts: readonly OpenPart[],
	mapOf: MapOf,
): (part: number, ...where: Parameters<ReadColumn>) => void {
	const kind = kindOfColumn(table, column);
	const readers = parts.map((part) => ({
		read: part.lines.has(column) ? openColumnWindow(part.lines, column, kind) : null,
		map: part.lines.has(column) ? mapOf(part) : null,
	}));
	return (part, from, into, at, count) => {
		const { read, map } = readers[part];
		if (!read) into.fill(nullOf(kind), at, at + count);
		else read(from, into, at, count);
		if (map) for (let i = at; i < at + count; i++) if (into[i] >= 0) into[i] = map[into[i]];
	};
}

/** Texts of a column: each row's code, looked up in the words of its part. */
function textsOf(column: string, parts: readonly OpenPart[], runs: Runs, codes: () => Int32Array, length: number): TextColumn {
	const lists = parts.map((part) => once(() => (part.lines.has(column) ? part.words(column).texts(column) : null)));
	const ends = once(() => {
		let end = 0;
		return runs.count.map((count) => (end += count));
	});
	return {
		length,
		coded: once(() => codeAll(lists, runs, codes())),
		at(row) {
			const code = codes()[row];
			if (code < 0) return null;
			const part = parts.length === 1 ? 0 : runs.part[runAt(ends(), row)];
			return lists[part]()?.at(code) ?? null;
		},
	};
}

/** Codes of parts as codes of one list of words. */
function codeAll(lists: readonly (() => TextColumn | null)[], runs: Runs, codes: Int32Array): CodedTexts {
	const known = new Map<string, number>();
	const mapOf = (list: TextColumn | null): Int32Array => {
		const map = new Int32Array(list?.length ?? 0);
		for (let code = 0; code < map.length; code++) {
			const word = list?.at(code) ?? "";
			const own = known.get(word) ?? known.size;
			known.set(word, own);
			map[code] = own;
		}
		return map;
	};
	const maps = lists.map((list) => mapOf(list()));
	if (maps.length === 1 && maps[0].every((own, code) => own === code)) return { codes, words: [...known.keys()] };
	const all = codes.slice();
	for (let run = 0, row = 0; run < runs.numRuns; run++) {
		const map = maps[runs.part[run]];
		for (const end = row + runs.count[run]; row < end; row++) if (all[row] >= 0) all[row] = map[all[row]];
	}
	return { codes: all, words: [...known.keys()] };
}

function runAt(ends: Int32Array, row: number): number {
	let [low, high] = [0, ends.length - 1];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ends[middle] <= row) low = middle + 1;
		else high = middle;
	}
	return low;
}
