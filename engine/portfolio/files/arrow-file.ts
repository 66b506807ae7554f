import type * as arrow from "apache-arrow";
import { type Cell, cellTextOf } from "../cells/cell-text.ts";
import {
	AsyncByteQueue,
	Bool,
	DateDay,
	Field,
	Float64,
	makeData,
	RecordBatch,
	RecordBatchFileWriter,
	Schema,
	Struct,
	TimestampSecond,
	Utf8,
} from "./arrow.ts";
import { openDurableFile } from "./durable-file.ts";
import type { ColumnSpec, ColumnType } from "../schema.ts";

const BATCH_ROWS = 65_536;

/** Cells of one column of a batch → Arrow data. */
type ColumnBuilder = (cells: readonly Cell[], validity: Validity) => arrow.Data;

interface Validity {
	readonly nullCount: number;
	readonly nullBitmap: Uint8Array;
}

/**
 * Writes an Arrow IPC file batch by batch. Numbers and money are Float64 (money in currency units), days Date32, datetimes
 * Timestamp[s] without a zone, booleans Bool, everything else Utf8 as it would stand in a CSV.
 */
export function openArrowFile(path: string, names: readonly string[], specs: readonly ColumnSpec[]) {
	const file = openDurableFile(path);
	const columns = specs.map(({ type }) => columnOf(type));
	const schema = new Schema(names.map((name, i) => new Field(name, columns[i].type, true)));
	const writer = new RecordBatchFileWriter();
	// The library's sinks are asynchronous queues without a bound; one whose `write` goes straight to the file keeps memory flat.
	const sink = Object.assign(new AsyncByteQueue(), { write: (bytes: ArrayBufferView) => file.writeBytes(bytesOf(bytes)) });
	writer.reset(sink, schema);
	let rows: (readonly Cell[])[] = [];
	let numRows = 0;
	const flush = (): void => {
		const children = columns.map(({ build }, i) => {
			const cells = rows.map((row) => row[i]);
			return build(cells, validityOf(cells));
		});
		writer.write(new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children })));
		rows = [];
	};
	return {
		path,
		append(row: readonly Cell[]): void {
			rows.push(row);
			numRows++;
			if (rows.length === BATCH_ROWS) flush();
		},
		async close(): Promise<number> {
			if (rows.length > 0 || numRows === 0) flush(); // a table without rows still has a batch: some readers want one
			writer.close();
			file.close();
			return numRows;
		},
		abort: () => file.abort(),
	};
}

function bytesOf(view: ArrayBufferView): Uint8Array {
	return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function columnOf(type: ColumnType): { readonly type: arrow.DataType; readonly build: ColumnBuilder } {
	if (type === "number" || type === "integer" || type === "version" || type === "money")
		return { type: new Float64(), build: floats(type === "money" ? 100 : 1) };
	if (type === "day") return { type: new DateDay(), build: buildDays };
	if (type === "datetime") return { type: new TimestampSecond(), build: buildDatetimes };
	if (type === "boolean") return { type: new Bool(), build: buildBooleans };
	return { type: new Utf8(), build: texts(cellTextOf(type)) };
}

function isNull(cell: Cell): cell is null {
	return cell === null || cell === "";
}

function validityOf(cells: readonly Cell[]): Validity {
	const nullBitmap = new Uint8Array((cells.length + 7) >> 3);
	let nullCount = 0;
	for (let i = 0; i < cells.length; i++) {
		if (isNull(cells[i])) nullCount++;
		else nullBitmap[i >> 3] |= 1 << (i & 7);
	}
	return { nullCount, nullBitmap };
}

function floats(divisor: number): ColumnBuilder {
	return (cells, validity) => {
		const data = Float64Array.from(cells, (cell) => Number(cell) / divisor);
		return makeData({ type: new Float64(), length: cells.length, data, ...validity });
	};
}

const buildDays: ColumnBuilder = (cells, validity) =>
	makeData({ type: new DateDay(), length: cells.length, data: Int32Array.from(cells, Number), ...validity });

const buildDatetimes: ColumnBuilder = (cells, validity) => {
	const data = BigInt64Array.from(cells, (cell) => BigInt(Number(cell)));
	return makeData({ type: new TimestampSecond(), length: cells.length, data, ...validity });
};

const buildBooleans: ColumnBuilder = (cells, validity) => {
	const data = new Uint8Array((cells.length + 7) >> 3);
	for (let i = 0; i < cells.length; i++) if (cells[i] === true) data[i >> 3] |= 1 << (i & 7);
	return makeData({ type: new Bool(), length: cells.length, data, ...validity });
};

function texts(textOf: (cell: string | number | boolean) => string): ColumnBuilder {
	const encoder = new TextEncoder();
	return (cells, validity) => {
		const words = cells.map((cell) => (isNull(cell) ? "" : textOf(cell)));
		const valueOffsets = new Int32Array(cells.length + 1);
		let data = new Uint8Array(words.reduce((total, word) => total + word.length, 0) * 3); // UTF-8 of a UTF-16 unit is at most 3 bytes
		let end = 0;
		for (let i = 0; i < words.length; i++) {
			end += encoder.encodeInto(words[i], data.subarray(end)).written;
			valueOffsets[i + 1] = end;
		}
		data = data.slice(0, end);
		return makeData({ type: new Utf8(), length: cells.length, valueOffsets, data, ...validity });
	};
}
