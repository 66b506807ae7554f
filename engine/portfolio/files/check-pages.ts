import { closeSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { CarteiraError } from "../../errors.ts";

/** A column of a row group: where its pages lie in the file. */
export interface ColumnChunk {
	readonly column: string;
	readonly from: number;
	readonly to: number;
}

/** The query of DuckDB that answers the chunks of a Parquet file: column, first byte, bytes. `file` is a SQL literal. */
export function chunksQuery(file: string): string {
	const first = "least(coalesce(nullif(dictionary_page_offset, 0), data_page_offset), data_page_offset)";
	return `SELECT path_in_schema, ${first}::DOUBLE, total_compressed_size::DOUBLE FROM parquet_metadata(${file})`;
}

/** What that query answers. */
export function chunksOf(rows: readonly (readonly unknown[])[]): ColumnChunk[] {
	return rows.map(([column, from, size]) => ({ column: String(column), from: Number(from), to: Number(from) + Number(size) }));
}

/** Longest header of a page that is looked at: it may hold the least and the largest value. */
const HEADER_BYTES = 1 << 16;
const PIECE_BYTES = 1 << 22;

/**
 * Verifies the checksums of a Parquet file's pages, where it has some, which DuckDB does not. Throws INVALID_INPUT for a page whose bytes
 * have another. What is no header of a page is passed over with the rest of its chunk: whether it is damage is for the reader to say.
 */
export function checkPages(path: string, chunks: readonly ColumnChunk[]): void {
	const file = openSync(path, "r");
	try {
		for (const chunk of chunks) checkChunk(file, chunk);
	} finally {
		closeSync(file);
	}
}

function checkChunk(file: number, { column, from, to }: ColumnChunk): void {
	if (!Number.isSafeInteger(from) || from < 0 || !Number.isSafeInteger(to)) return;
	const bytes = Buffer.alloc(Math.max(0, Math.min(HEADER_BYTES, to - from)));
	for (let at = from; at < to; ) {
		const header = readHeader(bytes.subarray(0, readSync(file, bytes, 0, Math.min(bytes.length, to - at), at)));
		if (header === null || header.crc === null || at + header.length + header.size > to) return;
		if (crcOf(file, at + header.length, header.size) !== header.crc)
			throw new CarteiraError(
				"INVALID_INPUT",
				`column ${column}: a page at byte ${at} has another checksum than its header says; the file is damaged`,
			);
		at += header.length + header.size;
	}
}

function crcOf(file: number, from: number, size: number): number {
	const piece = Buffer.alloc(Math.min(PIECE_BYTES, size));
	let crc = 0;
	for (let done = 0; done < size; ) {
		const count = readSync(file, piece, 0, Math.min(piece.length, size - done), from + done);
		if (count === 0) return -1; // the file ends before the page does
		crc = crc32(piece.subarray(0, count), crc);
		done += count;
	}
	return crc;
}

/** A page's header: its own bytes, those of the page behind it, and the checksum of these. */
interface PageHeader {
	readonly length: number;
	readonly size: number;
	readonly crc: number | null;
}

/** Fields of a page's header in Thrift. */
const [SIZE, CRC] = [3, 4];
/** Types of Thrift's compact protocol. */
const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, STRUCT] = [1, 2, 3, 4, 5, 6, 7, 8, 12];

/** Structs within structs of a header, at most. */
const MAX_DEPTH = 8;

/** A page's header at the begin of some bytes; null where there is none, or a longer one. */
function readHeader(bytes: Buffer): PageHeader | null {
	const input = { bytes, at: 0 };
	const fields = readStruct(input, 0);
	const [size, crc] = [fields?.get(SIZE), fields?.get(CRC)];
	if (size === undefined || !(size >= 0)) return null;
	return { length: input.at, size, crc: crc === undefined ? null : crc >>> 0 };
}

interface Input {
	readonly bytes: Buffer;
	/** NaN once it is no struct. */
	at: number;
}

/** The whole numbers of a struct by the ids of their fields; null where it is none. */
function readStruct(input: Input, depth: number): Map<number, number> | null {
	const found = new Map<number, number>();
	for (let id = 0; input.at < input.bytes.length; ) {
		const head = input.bytes[input.at++];
		if (head === 0) return found;
		id = head >> 4 === 0 ? readInteger(input) : id + (head >> 4);
		const type = head & 15;
		if (type === I16 || type === I32 || type === I64) found.set(id, readInteger(input));
		else if (type === BINARY) skip(input, readVarint(input));
		else if (type === BYTE) skip(input, 1);
		else if (type === DOUBLE) skip(input, 8);
		else if (type === STRUCT) {
			if (depth === MAX_DEPTH || readStruct(input, depth + 1) === null) return null;
		} else if (type !== TRUE && type !== FALSE) return null;
	}
	return null;
}

function skip(input: Input, count: number): void {
	input.at += count;
}

function readInteger(input: Input): number {
	const zigzag = readVarint(input);
	return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}

function readVarint(input: Input): number {
	let value = 0;
	for (let scale = 1; scale < 2 ** 70; scale *= 128) {
		if (!(input.at < input.bytes.length)) break;
		const byte = input.bytes[input.at++];
		value += (byte & 127) * scale;
		if (byte < 128) return value;
	}
	input.at = Number.NaN;
	return Number.NaN;
}
