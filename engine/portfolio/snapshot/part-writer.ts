import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import {
	AsyncByteQueue,
	type Data,
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
} from "apache-arrow";
import { TextBytes } from "../rows/growing-arrays.ts";
import type { Values } from "./column-file.ts";
import { disk, onDisk, syncFolder, writeAll } from "./disk.ts";
import type { Sha } from "./manifest.ts";

/** Writes parts into a private folder, each under the SHA-256 of its bytes. */
export interface PartWriter {
	readonly folder: string;
	/** Columns of equal length as one Arrow batch. */
	columns(columns: Readonly<Record<string, Values | TextBytes>>): Sha;
	bytes(bytes: Uint8Array, ending: "arrow" | "ndjson"): Sha;
	/** Takes a finished file over, wherever on the folder's disk it lies. */
	adopt(path: string, ending: "arrow" | "ndjson"): Sha;
	/** Puts the names of all parts on disk. */
	close(): void;
}

/** `isDurable`: are parts to outlive a power cut? Those of a temporary store need not. */
export function openPartWriter(folder: string, isDurable = true): PartWriter {
	let count = 0;
	const part = (ending: string, fill: (write: (bytes: Uint8Array) => void) => void): Sha => onDisk(folder, () => write(ending, fill));
	const write = (ending: string, fill: (write: (bytes: Uint8Array) => void) => void): Sha => {
		const path = join(folder, `${count++}.writing`);
		const hash = createHash("sha256");
		const file = openSync(path, "w");
		try {
			fill((bytes) => {
				hash.update(bytes);
				writeAll(file, bytes);
			});
			if (isDurable) disk.sync(file);
		} finally {
			closeSync(file);
		}
		const sha = hash.digest("hex");
		disk.rename(path, join(folder, `${sha}.${ending}`));
		return sha;
	};
	return {
		folder,
		columns: (columns) => part("arrow", (write) => writeBatch(columns, write)),
		bytes: (bytes, ending) => part(ending, (write) => write(bytes)),
		adopt: (path, ending) =>
			onDisk(folder, () => {
				const sha = hashFile(path, isDurable);
				disk.rename(path, join(folder, `${sha}.${ending}`));
				return sha;
			}),
		close: () => onDisk(folder, () => isDurable && syncFolder(folder)),
	};
}

/** The SHA-256 of a file's bytes, which are put on disk where they are to last. */
function hashFile(path: string, isDurable: boolean): Sha {
	const hash = createHash("sha256");
	const file = openSync(path, "r");
	try {
		const piece = Buffer.allocUnsafe(1 << 22);
		for (let count = readSync(file, piece); count > 0; count = readSync(file, piece)) hash.update(piece.subarray(0, count));
		if (isDurable) disk.sync(file);
	} finally {
		closeSync(file);
	}
	return hash.digest("hex");
}

function writeBatch(columns: Readonly<Record<string, Values | TextBytes>>, write: (bytes: Uint8Array) => void): void {
	const children = Object.values(columns).map(dataOf);
	const schema = new Schema(Object.keys(columns).map((name, i) => new Field(name, children[i].type, true)));
	const length = children[0]?.length ?? 0;
	const writer = new RecordBatchFileWriter();
	// The library's sinks are asynchronous queues without a bound; one whose `write` goes straight to the file keeps memory flat.
	const sink = Object.assign(new AsyncByteQueue(), {
		write: (view: ArrayBufferView) => write(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)),
	});
	writer.reset(sink, schema);
	writer.write(new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })));
	writer.close();
}

/** A column's Arrow data: sentinels stand for nulls of all but texts. */
function dataOf(values: Values | TextBytes): Data {
	if (values instanceof TextBytes) {
		const { offsets, bytes, validity, nullCount } = values.layout();
		const nullBitmap = nullCount > 0 ? validity : null;
		return makeData({ type: new Utf8(), length: values.length, nullCount, valueOffsets: offsets, data: bytes, nullBitmap });
	}
	const { length } = values;
	if (values instanceof Float64Array) return makeData({ type: new Float64(), length, data: values });
	if (values instanceof Int32Array) return makeData({ type: new Int32(), length, data: values });
	return makeData({ type: new Uint8(), length, data: values });
}
