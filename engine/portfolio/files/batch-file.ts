import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type * as arrow from "apache-arrow";
import { TextBytes } from "../cells/growing-arrays.ts";
import {
	AsyncByteQueue,
	Field,
	Float64,
	Int32,
	makeData,
	RecordBatch,
	RecordBatchFileWriter,
	Schema,
	Struct,
	Uint8,
	Utf8,
} from "./arrow.ts";

/** Arrays that a column of fixed width is made of. */
export type FixedArray = Int32Array | Float64Array | Uint8Array;
export type FixedType = "int32" | "float64" | "uint8";

export const FIXED_ARRAYS = { int32: Int32Array, float64: Float64Array, uint8: Uint8Array } as const;

/** An Arrow IPC file of one batch whose columns are written in pieces, in whatever order. */
export interface BatchFile {
	readonly path: string;
	/** Writes cells of a column from a row on. */
	write(column: string, row: number, cells: FixedArray): void;
	close(): void;
}

/**
 * Opens a file of one batch of so many rows, without nulls. Where each column begins is known beforehand, so that the batch may be
 * larger than memory: the library lays out the file over cells that are never touched, and only its own few bytes are written.
 */
export function openBatchFile(path: string, columns: Readonly<Record<string, FixedType>>, numRows: number): BatchFile {
	const widest = Math.max(8, ...Object.values(columns).map((type) => FIXED_ARRAYS[type].BYTES_PER_ELEMENT));
	const blank = new ArrayBuffer(widest * numRows);
	const data = Object.values(columns).map((type) => dataOf(new FIXED_ARRAYS[type](blank, 0, numRows)));
	const file = openSync(path, "w");
	const starts: number[] = [];
	const size = layBatch(Object.keys(columns), data, (bytes, at) => {
		if (bytes.buffer === blank) starts.push(at);
		else writeAll(file, bytes, at);
	});
	ftruncateSync(file, size);
	const startOf = new Map(Object.keys(columns).map((name, i) => [name, starts[i]]));
	return {
		path,
		write(column, row, cells) {
			const start = startOf.get(column);
			if (start !== undefined)
				writeAll(file, new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength), start + row * cells.BYTES_PER_ELEMENT);
		},
		close: () => closeSync(file),
	};
}

/** Writes a whole batch that is in memory: columns of fixed width and of texts. */
export function writeBatchFile(path: string, columns: Readonly<Record<string, FixedArray | TextBytes>>): void {
	const file = openSync(path, "w");
	try {
		writeBatch(columns, (bytes, at) => writeAll(file, bytes, at));
	} finally {
		closeSync(file);
	}
}

/** Gives the bytes of a file of one batch in their order, each with its place. Sentinels stand for nulls of all but texts. */
export function writeBatch(
	columns: Readonly<Record<string, FixedArray | TextBytes>>,
	write: (bytes: Uint8Array, at: number) => void,
): void {
	layBatch(Object.keys(columns), Object.values(columns).map(dataOf), write);
}

function dataOf(cells: FixedArray | TextBytes): arrow.Data {
	const { length } = cells;
	if (cells instanceof Int32Array) return makeData({ type: new Int32(), length, nullCount: 0, data: cells });
	if (cells instanceof Float64Array) return makeData({ type: new Float64(), length, nullCount: 0, data: cells });
	if (cells instanceof Uint8Array) return makeData({ type: new Uint8(), length, nullCount: 0, data: cells });
	const { offsets, bytes, validity, nullCount } = cells.layout();
	const nullBitmap = nullCount > 0 ? validity : null;
	return makeData({ type: new Utf8(), length, nullCount, valueOffsets: offsets, data: bytes, nullBitmap });
}

/** Answers how many bytes there are. */
function layBatch(names: readonly string[], data: readonly arrow.Data[], write: (bytes: Uint8Array, at: number) => void): number {
	const schema = new Schema(names.map((name, i) => new Field(name, data[i].type, true)));
	const length = data[0]?.length ?? 0;
	const writer = new RecordBatchFileWriter();
	let at = 0;
	// The library's sinks are asynchronous queues without a bound; one whose `write` goes straight to the file keeps memory flat.
	const sink = Object.assign(new AsyncByteQueue(), {
		write(view: ArrayBufferView) {
			const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
			write(bytes, at);
			at += bytes.length;
		},
	});
	writer.reset(sink, schema);
	writer.write(new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children: [...data] })));
	writer.close();
	return at;
}

function writeAll(file: number, bytes: Uint8Array, at: number): void {
	for (let written = 0; written < bytes.length; ) {
		written += writeSync(file, bytes, written, Math.min(bytes.length - written, 1 << 30), at + written);
	}
}
