import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import type * as arrow from "apache-arrow";
import { CarteiraError } from "../../errors.ts";
import { DataType, MessageReader, RecordBatchReader } from "../files/arrow.ts";
import type { TextColumn } from "../portfolio.ts";
import { codeWords } from "./code-words.ts";
import { once } from "./lazy.ts";
import { type Sha, shaOf } from "./manifest.ts";

export type Values = Int32Array | Float64Array | Uint8Array;

/** An Arrow IPC file of one uncompressed batch, of which single columns, and ranges of them, are read when asked for. */
export interface ColumnFile {
	readonly numRows: number;
	readonly names: readonly string[];
	has(column: string): boolean;
	/** All values of a column of numbers, in memory that threads can share; the same array each time. */
	values(column: string): Values;
	/** Reads values from … from + into.length - 1. */
	readRange(column: string, from: number, into: Values): void;
	/** Texts of a Utf8 column. The first few are read one by one; who asks for more gets all into memory. */
	texts(column: string): TextList;
}

/** Texts that are UTF-8 in one piece. */
export interface TextList extends TextColumn {
	/** Offsets (length + 1) and bytes, in memory that threads can share. */
	load(): { readonly offsets: Int32Array; readonly bytes: Buffer };
	/** Goes through all texts in memory that is used again for the next piece. */
	eachPiece(use: (piece: TextPiece) => void): void;
}

/** Texts from row `first` on: the i-th from byte offsets[i] - offsets[0] of `bytes` to offsets[i + 1] - offsets[0]. */
export interface TextPiece {
	readonly first: number;
	readonly length: number;
	readonly offsets: Int32Array;
	readonly bytes: Buffer;
}

/** Files up to this size are read whole when they are opened, so that their digest costs nothing, and need no descriptor. */
const SMALL = 1 << 20;
const PIECE = 1 << 30;

/** Bytes that lie somewhere and are read in ranges. */
interface Source {
	readonly name: string;
	readonly size: number;
	read(at: number, into: Uint8Array): void;
}

/**
 * Opens a column file. Its descriptor stays open as long as the object lives, so that the file may be unlinked meanwhile. Throws
 * INVALID_INPUT for one that is damaged, of a small one by its digest, of a large one as far as its structure tells.
 */
export function openColumnFile(path: string): ColumnFile {
	return layOut(openSource(path));
}

/** The same over bytes in memory. */
export function openColumnBytes(bytes: Uint8Array, name = "a table"): ColumnFile {
	return layOut(sourceOf(name, bytes));
}

const openFiles = new FinalizationRegistry<number>((file) => closeSync(file));

function openSource(path: string): Source {
	const name = basename(path);
	let file: number;
	try {
		file = openSync(path, "r");
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
		throw new CarteiraError("INVALID_INPUT", `part ${name} of the snapshot cannot be read (${code})`);
	}
	const { size } = fstatSync(file);
	const read = (at: number, into: Uint8Array): void => readFully(file, name, at, into);
	if (size > SMALL) {
		const source = { name, size, read };
		openFiles.register(source, file);
		return source;
	}
	const bytes = new Uint8Array(size);
	try {
		read(0, bytes);
	} finally {
		closeSync(file);
	}
	verifyPart(name, shaOf(bytes));
	return sourceOf(name, bytes);
}

/** Throws INVALID_INPUT for a part whose bytes have another digest than the one that it is named after. */
export function verifyPart(name: string, digest: Sha): void {
	const stated = /^([0-9a-f]{64})\.(?:arrow|ndjson)$/.exec(name)?.[1];
	if (stated !== undefined && stated !== digest) throw damaged(name, `its bytes have the SHA-256 ${digest}`);
}

function readFully(file: number, name: string, at: number, into: Uint8Array): void {
	for (let done = 0; done < into.length; ) {
		const count = readSync(file, into, done, Math.min(into.length - done, PIECE), at + done);
		if (count === 0) throw damaged(name, `it ends before byte ${at + into.length}`);
		done += count;
	}
}

function sourceOf(name: string, bytes: Uint8Array): Source {
	const read = (at: number, into: Uint8Array): void => {
		if (at + into.length > bytes.length) throw damaged(name, `it ends before byte ${at + into.length}`);
		into.set(bytes.subarray(at, at + into.length));
	};
	return { name, size: bytes.length, read };
}

function damaged(name: string, what: string): CarteiraError {
	return new CarteiraError("INVALID_INPUT", `part ${name} of the snapshot is damaged: ${what}`);
}

/** Where a column's buffers lie in the file. */
interface Place {
	readonly type: arrow.DataType;
	readonly at: number;
	/** Of a Utf8 column: offsets are at `at`, bytes here. */
	readonly bytesAt: number;
	/** Of a Utf8 column with nulls: the bits. */
	readonly validity: { readonly at: number; readonly length: number } | null;
}

const MAGIC = "ARROW1";
/** Of a file: the magic word and its padding before the messages; behind the footer its length and the magic word. */
const FILE_HEAD = 8;
const FILE_TAIL = 10;
/** Of a message: the continuation mark and the length of its metadata; a head without more marks the end of all. */
const MESSAGE_HEAD = 8;

function layOut(source: Source): ColumnFile {
	const { schema, numRows, places } = readHead(source);
	const kept = new Map<string, Values>();
	const lists = new Map<string, TextList>();
	const placeOf = (column: string): Place => {
		const place = places.get(column);
		if (!place) throw new CarteiraError("INTERNAL", `part ${source.name} has no column ${column}`);
		return place;
	};
	return {
		numRows,
		names: schema.fields.map(({ name }) => name),
		has: (column) => places.has(column),
		values(column) {
			let values = kept.get(column);
			if (!values) {
				values = sharedValues(placeOf(column).type, numRows);
				readInto(source, placeOf(column).at, values);
				kept.set(column, values);
			}
			return values;
		},
		readRange(column, from, into) {
			readInto(source, placeOf(column).at + from * into.BYTES_PER_ELEMENT, into);
		},
		texts(column) {
			const list = lists.get(column) ?? textList(source, placeOf(column), numRows);
			lists.set(column, list);
			return list;
		},
	};
}

function readInto(source: Source, at: number, values: Values): void {
	source.read(at, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function sharedValues(type: arrow.DataType, length: number): Values {
	const memory = new SharedArrayBuffer(length * widthOf(type));
	if (DataType.isFloat(type)) return new Float64Array(memory);
	return widthOf(type) === 1 ? new Uint8Array(memory) : new Int32Array(memory);
}

function widthOf(type: arrow.DataType): number {
	if (DataType.isFloat(type)) return 8;
	return DataType.isInt(type) && type.bitWidth === 8 ? 1 : 4;
}

function readHead(source: Source): { schema: arrow.Schema; numRows: number; places: ReadonlyMap<string, Place> } {
	const { schema, end } = readFooter(source);
	const { message, body } = readMessage(source, FILE_HEAD);
	if (!message.isRecordBatch()) throw damaged(source.name, "it has no batch of rows");
	if (body + message.bodyLength + MESSAGE_HEAD !== end) throw damaged(source.name, "it is no Arrow file of one batch");
	const { length, buffers, compression } = message.header();
	if (compression !== null) throw damaged(source.name, "its buffers are compressed");
	const places = new Map<string, Place>();
	let next = 0;
	for (const { name, type } of schema.fields) {
		const isText = DataType.isUtf8(type);
		const [bits, values] = [buffers[next], buffers[next + 1]];
		const bytes = buffers[next + (isText ? 2 : 1)];
		next += isText ? 3 : 2;
		if (!bytes || body + bytes.offset + bytes.length > source.size) throw damaged(source.name, `it ends before column ${name}`);
		const validity = bits.length > 0 ? { at: body + bits.offset, length: bits.length } : null;
		places.set(name, { type, at: body + values.offset, bytesAt: body + bytes.offset, validity });
	}
	return { schema, numRows: length, places };
}

/** The schema of a file, and where its footer begins. */
function readFooter(source: Source): { schema: arrow.Schema; end: number } {
	const tail = Buffer.alloc(FILE_TAIL);
	if (source.size < FILE_HEAD + FILE_TAIL) throw damaged(source.name, "it has no footer");
	source.read(source.size - FILE_TAIL, tail);
	const length = tail.readInt32LE(0);
	if (tail.toString("latin1", 4) !== MAGIC || length <= 0 || length > source.size - FILE_HEAD - FILE_TAIL)
		throw damaged(source.name, "it has no footer");
	const footer = Buffer.alloc(length + FILE_TAIL);
	source.read(source.size - footer.length, footer);
	// The library reads a footer only where a file ends with it: a file of nothing else will do.
	const reader = RecordBatchReader.from(Buffer.concat([Buffer.from(MAGIC.padEnd(FILE_HEAD, "\0")), footer]));
	if (!reader.isFile()) throw damaged(source.name, "it is no Arrow file of one batch");
	return { schema: reader.open().schema, end: source.size - footer.length };
}

/** The message at a byte, and where its body begins. */
function readMessage(source: Source, at: number) {
	const head = Buffer.alloc(MESSAGE_HEAD);
	source.read(at, head);
	const length = head.readInt32LE(4);
	if (head.readInt32LE(0) !== -1 || length <= 0 || at + length > source.size) throw damaged(source.name, `no message at byte ${at}`);
	const bytes = Buffer.alloc(MESSAGE_HEAD + length);
	source.read(at, bytes);
	const message = new MessageReader(bytes).readMessage();
	if (!message) throw damaged(source.name, `no message at byte ${at}`);
	return { message, body: at + MESSAGE_HEAD + length };
}

/** Rows of a piece: what is read for them stays in the processor's cache. */
const PIECE_ROWS = 1 << 15;
/** Once a list was asked for so large a share of its texts it is read whole. */
const SHARE_READ_SINGLY = 1 / 64;

function textList(source: Source, { at, bytesAt, validity }: Place, length: number): TextList {
	let loaded: ReturnType<TextList["load"]> | null = null;
	let nulls: Uint8Array | null = null;
	let numRead = 0;
	const load = (): ReturnType<TextList["load"]> => {
		if (loaded) return loaded;
		const offsets = new Int32Array(new SharedArrayBuffer((length + 1) * 4));
		if (length > 0) readInto(source, at, offsets);
		const bytes = Buffer.from(new SharedArrayBuffer(offsets[length]));
		source.read(bytesAt, bytes);
		loaded = { offsets, bytes };
		return loaded;
	};
	const isNull = (row: number): boolean => {
		if (validity === null) return false;
		if (nulls === null) {
			nulls = new Uint8Array(validity.length);
			source.read(validity.at, nulls);
		}
		return (nulls[row >> 3] & (1 << (row & 7))) === 0;
	};
	const coded = once(() => codeWords(load().offsets, load().bytes, isNull));
	return {
		length,
		load,
		coded,
		eachPiece(use) {
			const offsets = new Int32Array(Math.min(length, PIECE_ROWS) + 1);
			let bytes = Buffer.alloc(0);
			for (let first = 0; first < length; first += PIECE_ROWS) {
				const count = Math.min(PIECE_ROWS, length - first);
				readInto(source, at + first * 4, offsets.subarray(0, count + 1));
				const size = offsets[count] - offsets[0];
				if (bytes.length < size) bytes = Buffer.alloc(size * 2);
				source.read(bytesAt + offsets[0], bytes.subarray(0, size));
				use({ first, length: count, offsets, bytes });
			}
		},
		at(row) {
			if (isNull(row)) return null;
			if (!loaded && numRead++ < length * SHARE_READ_SINGLY) return readText(source, at + row * 4, bytesAt);
			const { offsets, bytes } = load();
			return bytes.toString("utf8", offsets[row], offsets[row + 1]);
		},
	};
}

function readText(source: Source, offsetsAt: number, bytesAt: number): string {
	const ends = new Int32Array(2);
	readInto(source, offsetsAt, ends);
	const bytes = Buffer.allocUnsafe(ends[1] - ends[0]);
	source.read(bytesAt + ends[0], bytes);
	return bytes.toString("utf8");
}
