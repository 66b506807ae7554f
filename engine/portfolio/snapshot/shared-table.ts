import type * as arrow from "apache-arrow";
import { NULL_CODE, NULL_DAY } from "../../units.ts";
import type { ColumnStore, Held } from "../rows/column.ts";
import {
	Field,
	Float64,
	Int32,
	makeData,
	RecordBatch,
	Schema,
	Struct,
	Table as ArrowTable,
	tableToIPC,
	Uint8,
	Utf8,
} from "../files/arrow.ts";
import { TextBytes } from "../cells/growing-arrays.ts";
import type { LinkedTable } from "../rows/link-tables.ts";
import type { Table } from "../portfolio.ts";
import { type ColumnSpec, TABLES, type TableName } from "../schema.ts";
import { type ColumnFile, openColumnBytes } from "./column-file.ts";
import { lazyRecord, once } from "./lazy.ts";

/** Lays a linked table out as one Arrow IPC batch with its stubs: values with sentinels, so that no reader needs the null bits. */
export function encodeTable(table: LinkedTable): Uint8Array {
	const length = table.kept.length + table.stubs.length;
	const columns = Object.entries(table.draft?.columns ?? {}).map(([name, store]): [string, arrow.Data] => [
		name,
		layOut(table, name, store),
	]);
	if (!table.draft && table.stubs.length > 0) columns.push([TABLES[table.name].key[0], textData(table.stubs)]);
	const schema = new Schema(columns.map(([name, { type }]) => new Field(name, type, true)));
	const children = columns.map(([, data]) => data);
	const batch = new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }));
	return tableToIPC(new ArrowTable(schema, batch), "file");
}

function layOut({ name: table, kept, stubs, refs }: LinkedTable, name: string, { held }: ColumnStore): arrow.Data {
	const length = kept.length + stubs.length;
	if (held.kind === "texts") return textData(textsOf(held, kept, name === TABLES[table].key[0] ? stubs : stubs.map(() => null)));
	if (held.kind === "refs") {
		const data = new Int32Array(length).fill(-1, kept.length);
		data.set(refs[name]);
		return makeData({ type: new Int32(), length, data });
	}
	if (held.kind === "numbers") {
		const blank = new Float64Array(length).fill(Number.NaN, kept.length);
		return makeData({ type: new Float64(), length, data: take(held.values, kept, blank) });
	}
	if (held.kind === "days") {
		const blank = new Int32Array(length).fill(NULL_DAY, kept.length);
		return makeData({ type: new Int32(), length, data: take(held.values, kept, blank) });
	}
	const blank = new Uint8Array(length).fill(NULL_CODE, kept.length);
	return makeData({ type: new Uint8(), length, data: take(held.values, kept, blank) });
}

function take<T extends Float64Array | Int32Array | Uint8Array>(values: T, kept: Int32Array, out: T): T {
	for (let i = 0; i < kept.length; i++) out[i] = values[kept[i]];
	return out;
}

function textsOf(
	{ texts }: Extract<Held, { kind: "texts" }>,
	kept: Int32Array,
	stubs: readonly (string | null)[],
): TextBytes | (string | null)[] {
	if (kept.length === texts.length) {
		for (const stub of stubs) texts.append(stub);
		return texts;
	}
	return [...Array.from(kept, (row) => texts.at(row)), ...stubs];
}

function textData(texts: TextBytes | readonly (string | null)[]): arrow.Data {
	const column = texts instanceof TextBytes ? texts : new TextBytes();
	if (!(texts instanceof TextBytes)) for (const text of texts) column.append(text);
	const { offsets, bytes, validity, nullCount } = column.layout();
	return makeData({ type: new Utf8(), length: column.length, nullCount, valueOffsets: offsets, data: bytes, nullBitmap: validity });
}

/** Lays a table over the bytes that `encodeTable` made. */
export function openTable(name: TableName, bytes: Uint8Array, numStubs: number): Table {
	return openColumns(name, openColumnBytes(bytes, name), numStubs);
}

/** A table over a file of its columns, each read when it is first asked for. Columns that it lacks share one array of nulls a kind. */
export function openColumns(name: TableName, file: ColumnFile, numStubs: number): Table {
	const length = file.numRows;
	const blank = blanksOf(length);
	const columns = Object.entries(TABLES[name].columns);
	const namesOf = (kind: Held["kind"]): string[] => columns.filter(([, spec]) => kindOf(spec) === kind).map(([column]) => column);
	const read = <T>(kind: Held["kind"], missing: () => T): Record<string, T> =>
		lazyRecord(namesOf(kind), (column) => (file.has(column) ? (file.values(column) as T) : missing()));
	return {
		name,
		numRows: length - numStubs,
		numStubs,
		length,
		texts: lazyRecord(namesOf("texts"), (column) => (file.has(column) ? file.texts(column) : { length, at: () => null })),
		refs: read("refs", blank.refs),
		numbers: read("numbers", blank.numbers),
		days: read("days", blank.days),
		codes: read("codes", blank.codes),
	};
}

/** How the values of a column are held in a table. */
export function kindOf({ type }: ColumnSpec): Held["kind"] {
	if (["number", "integer", "version", "money", "datetime", "time"].includes(type)) return "numbers";
	if (type === "day") return "days";
	if (type === "enum" || type === "boolean") return "codes";
	return type === "ref" ? "refs" : "texts";
}

/** Arrays of nulls over shared memory, made when first asked for. */
function blanksOf(length: number) {
	return {
		refs: once(() => new Int32Array(new SharedArrayBuffer(length * 4)).fill(-1)),
		numbers: once(() => new Float64Array(new SharedArrayBuffer(length * 8)).fill(Number.NaN)),
		days: once(() => new Int32Array(new SharedArrayBuffer(length * 4)).fill(NULL_DAY)),
		codes: once(() => new Uint8Array(new SharedArrayBuffer(length)).fill(NULL_CODE)),
	};
}
