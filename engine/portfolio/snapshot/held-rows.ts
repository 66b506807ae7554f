import { cellTextOf } from "../cells/cell-text.ts";
import type { RawCell } from "../cells/raw-rows.ts";
import { TABLES } from "../schema.ts";
import { countBelow } from "./count-below.ts";
import { allocate, hasWords, kindOfColumn, nullOf, TIME } from "./event-columns.ts";
import { eachMatch } from "./find-words.ts";
import type { EventTableName } from "./manifest.ts";
import type { OpenPart } from "./open-part.ts";

/** Lines of a part. */
export interface HeldLines {
	/** Among the table's parts. */
	readonly position: number;
	readonly part: OpenPart;
	/** Ascending. */
	readonly lines: Int32Array;
	/** The keys that they have. */
	readonly keys: readonly string[];
}

/** The lines of each part that count still and have one of some keys; parts without any are left out. */
export function findHeld(table: EventTableName, parts: readonly OpenPart[], keys: Iterable<string>): HeldLines[] {
	const wanted = [...keys];
	const [column] = TABLES[table].key;
	return parts.flatMap((part, position) => {
		const codes = new Map<number, string>();
		eachMatch(part.words(column).texts(column), wanted, (word, code) => codes.set(code, word));
		if (codes.size === 0) return [];
		const found = linesWith(part, column, codes);
		return found.lines.length > 0 ? [{ position, part, ...found }] : [];
	});
}

/** The keys of the lines that count still and whose time lies between two days, both among them. */
export function keysWithin(
	table: EventTableName,
	parts: readonly OpenPart[],
	{ from, to }: { readonly from: number; readonly to: number },
): Set<string> {
	const [column] = TABLES[table].key;
	const keys = new Set<string>();
	for (const part of parts) {
		const times = part.lines.values(TIME[table]);
		const codes = part.lines.values(column);
		const found = new Set<number>();
		let drop = 0;
		for (let line = 0; line < times.length; line++) {
			if (part.dropped[drop] === line) drop++;
			else if (times[line] >= from && times[line] <= to) found.add(codes[line]);
		}
		const words = part.words(column).texts(column);
		for (const code of found) keys.add(words.at(code) ?? "");
	}
	return keys;
}

function linesWith(part: OpenPart, column: string, words: ReadonlyMap<number, string>) {
	const isWanted = new Uint8Array(part.words(column).numRows);
	for (const code of words.keys()) isWanted[code] = 1;
	const codes = part.lines.values(column) as Int32Array;
	const lines: number[] = [];
	const keys = new Set<string>();
	let drop = 0;
	for (let line = 0; line < codes.length; line++) {
		if (part.dropped[drop] === line) drop++;
		else if (isWanted[codes[line]]) {
			lines.push(line);
			keys.add(words.get(codes[line]) ?? "");
		}
	}
	return { lines: Int32Array.from(lines), keys: [...keys] };
}

/** A line as the cells of a typed file, by column. */
export function cellsOf(table: EventTableName, part: OpenPart, line: number, columns: readonly string[]): RawCell[] {
	const group = countBelow(part.lineEnd, line + 1);
	return columns.map((column) => (column === "customer_id" ? part.groups.texts(column).at(group) : cellOf(table, part, line, column)));
}

function cellOf(table: EventTableName, part: OpenPart, line: number, column: string): RawCell {
	if (!part.lines.has(column)) return null;
	const spec = TABLES[table].columns[column];
	const kind = kindOfColumn(table, column);
	const values = allocate(kind, 1, false);
	part.lines.readRange(column, line, values);
	const [value] = values;
	if (Object.is(value, nullOf(kind))) return null;
	if (hasWords(kind)) return part.words(column).texts(column).at(value);
	if (spec.type === "enum") return spec.values?.[value] ?? null;
	if (spec.type === "boolean") return value === 1;
	if (spec.type === "money") return value / 100;
	return ["number", "integer", "version"].includes(spec.type) ? value : cellTextOf(spec.type)(value);
}
