import { CarteiraError } from "../../errors.ts";
import { MAX_TEXT_BYTES } from "./file-limits.ts";
import type { RawCell, RowSink } from "../cells/raw-rows.ts";
import type { TableSpec } from "../schema.ts";
import { shownJson } from "../cells/shown-value.ts";
import { decodeText } from "./text-encoding.ts";

const LF = 0x0a;

/** Reads the rows of an NDJSON file: one object a line, blank lines skipped. A key that an object lacks is undefined. */
export function decodeNdjson(file: Buffer, spec: TableSpec, sink: RowSink): void {
	const { bytes, encoding } = decodeText(file);
	if (encoding === "Windows-1252") throw new CarteiraError("INVALID_INPUT", "bytes that are not UTF-8; expected JSON in UTF-8");
	const objects = openObjects(spec, sink, (column) => hasKey(bytes, column));
	let hasRows = false;
	for (let at = 0, line = 1; at < bytes.length; line++) {
		const found = bytes.indexOf(LF, at);
		const end = found < 0 ? bytes.length : found;
		if (end - at > MAX_TEXT_BYTES)
			throw new CarteiraError("INVALID_INPUT", `line ${line}: ${end - at} bytes; expected one JSON object a line`);
		const text = bytes.toString("utf8", at, end).trim();
		if (text !== "") {
			objects.append(parseOrText(text), line);
			hasRows = true;
		}
		at = end + 1;
	}
	if (!hasRows) throw new CarteiraError("INVALID_INPUT", "an empty file; expected one JSON object a row");
	objects.end();
}

/** Reads the rows of a JSON array of objects; rows are counted from 1. An empty array is a table without rows. */
export function decodeJson(file: Buffer, spec: TableSpec, sink: RowSink): void {
	if (file.length > MAX_TEXT_BYTES)
		throw new CarteiraError("INVALID_INPUT", `${file.length} bytes; at most ${MAX_TEXT_BYTES} are read as one array, NDJSON takes more`);
	const rows = parseOrText(decodeText(file).bytes.toString("utf8"));
	if (!Array.isArray(rows)) throw new CarteiraError("INVALID_INPUT", "something else than a JSON array; expected an array of objects");
	const objects = openObjects(spec, sink, (column) => rows.some((row) => isKeyOf(row, column)));
	for (const [i, row] of (rows as unknown[]).entries()) objects.append(row, i + 1);
	objects.end();
}

/** Has any line an object with a key? Only lines are parsed that may have it, of most files the first one. */
function hasKey(bytes: Buffer, key: string): boolean {
	for (const sought of [JSON.stringify(key), "\\u"]) {
		for (let at = bytes.indexOf(sought); at >= 0; ) {
			const found = bytes.indexOf(LF, at);
			const end = found < 0 ? bytes.length : found;
			const start = bytes.lastIndexOf(LF, at) + 1;
			if (end - start <= MAX_TEXT_BYTES && isKeyOf(parseOrText(bytes.toString("utf8", start, end)), key)) return true;
			at = bytes.indexOf(sought, end);
		}
	}
	return false;
}

function isKeyOf(value: unknown, key: string): boolean {
	return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function shownText(value: unknown): string {
	return typeof value === "string" ? value.slice(0, 200) : shownJson(value);
}

/** The value of a JSON text, or the text itself where it is not JSON. */
function parseOrText(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** Turns objects of JSON into rows for a sink. `has`: has any of them a column that another may stand in for? */
export function openObjects(spec: TableSpec, sink: RowSink, has: (column: string) => boolean = () => true) {
	const columns = Object.keys(spec.columns).filter((name) => spec.columns[name].standIn === undefined || has(name));
	const named = new Set<string>();
	const cells: RawCell[] = [];
	let numRows = 0;
	sink.begin({ columns, notations: null, dialect: null });
	return {
		append(value: unknown, row: number): void {
			numRows++;
			if (typeof value !== "object" || value === null || Array.isArray(value)) {
				return sink.broken(row, "not_an_object", shownText(value), "expected a JSON object");
			}
			const object: Record<string, unknown> = { ...value };
			for (const name of Object.keys(object)) named.add(name);
			for (let i = 0; i < columns.length; i++) {
				const cell = Object.hasOwn(object, columns[i]) ? flatten(object[columns[i]]) : undefined;
				if (cell === NESTED)
					return sink.broken(row, "nested_value", shownText(object[columns[i]]), `${columns[i]}: expected text, a number or true or false`);
				cells[i] = cell;
			}
			sink.row(cells, row);
		},
		end(): void {
			sink.end(numRows === 0 ? Object.keys(spec.columns) : [...named]);
		},
	};
}

const NESTED = Symbol("a value that no cell can hold");

/** Lists may be written as arrays of words. */
function flatten(value: unknown): RawCell | typeof NESTED {
	if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
	return Array.isArray(value) && value.every((word) => typeof word === "string") ? value.join(";") : NESTED;
}
