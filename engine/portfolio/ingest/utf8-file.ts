import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { CarteiraError } from "../../errors.ts";
import type { ByteSource } from "../files/csv-records.ts";
import { createWindowsJudge, decoderOf, MARKS, type TextEncoding } from "../files/text-encoding.ts";
import { eachPiece, PIECE_BYTES } from "../files/scan-file.ts";
import { createTextFacts, type TextFacts } from "./text-facts.ts";

/** A text file as UTF-8 on disk: the file itself, or what it was transcoded to. */
export interface Utf8File {
	readonly path: string;
	readonly encoding: TextEncoding;
	/** Bytes of the byte order mark before the text. */
	readonly markBytes: number;
	readonly facts: TextFacts;
}

/** Visits the pieces of one file from a byte on. */
type EachPiece = (from: number, onPiece: (piece: Buffer, isLast: boolean) => void) => void;

/** Most bytes that a UTF-8 character has behind its first one. */
const TAIL = 3;

/**
 * What `decodeText` answers of a buffer, of a file of any size: its encoding, stated or detected, and its text as UTF-8, written to
 * `into` where it is something else. It is read in pieces of so many bytes, at least four. Throws as `decodeText` does.
 */
export function openUtf8File(path: string, into: string, stated: TextEncoding | undefined, pieceBytes = PIECE_BYTES): Utf8File {
	const eachPieceOf: EachPiece = (from, onPiece) => eachPiece(path, onPiece, from, pieceBytes);
	const head = readHead(path, 4);
	const markOf = (encoding: TextEncoding): number =>
		MARKS.find((mark) => mark.encoding === encoding && mark.bytes.every((byte, i) => head[i] === byte))?.bytes.length ?? 0;
	const marked = MARKS.find(({ encoding }) => markOf(encoding) > 0)?.encoding;
	const looked = lookAt(eachPieceOf, markOf("UTF-8"));
	const encoding = stated ?? marked ?? detect(eachPieceOf, looked);
	const markBytes = markOf(encoding);
	if (encoding === "UTF-8") {
		if (!looked.isUtf8) throw invalid(`bytes that are not UTF-8, ${stated ? "as is stated" : "under its mark"}`);
		refuseNul(looked.facts);
		return { path, encoding, markBytes, facts: looked.facts };
	}
	const facts = transcode(eachPieceOf, into, encoding, markBytes);
	refuseNul(facts);
	return { path: into, encoding, markBytes: 0, facts };
}

function refuseNul({ hasNul }: TextFacts): void {
	if (hasNul) throw invalid("binary data where a text file was expected (it holds NUL bytes)");
}

function readHead(path: string, length: number): Buffer {
	const file = openSync(path, "r");
	const head = Buffer.alloc(length);
	const read = readSync(file, head, 0, length, 0);
	closeSync(file);
	return head.subarray(0, read);
}

interface Looked {
	readonly facts: TextFacts;
	readonly isUtf8: boolean;
}

function lookAt(eachPieceOf: EachPiece, from: number): Looked {
	const facts = createTextFacts();
	let isValid = true;
	let tail = Buffer.alloc(0);
	eachPieceOf(from, (piece, isLast) => {
		facts.add(piece);
		if (!isValid) return;
		const joined = tail.length > 0 ? Buffer.concat([tail, piece]) : piece;
		const end = isLast ? joined.length : completeEnd(joined);
		isValid = isUtf8(joined.subarray(0, end));
		tail = Buffer.from(joined.subarray(end));
	});
	return { facts: facts.facts(), isUtf8: isValid };
}

/** Where the last character that may go on behind the end begins. */
function completeEnd(bytes: Buffer): number {
	for (let back = 1; back <= Math.min(TAIL, bytes.length); back++) {
		const byte = bytes[bytes.length - back];
		if (byte >= 0xc0) return bytes.length - back;
		if (byte < 0x80) break;
	}
	return bytes.length;
}

function detect(eachPieceOf: EachPiece, { facts, isUtf8: isValid }: Looked): TextEncoding {
	if (facts.hasNul) throw invalid("binary data where a text file was expected (it holds NUL bytes; UTF-16 needs its mark)");
	if (isValid) return "UTF-8";
	const judge = createWindowsJudge();
	let held = Buffer.alloc(0); // the byte before those that are still to be judged, and these
	let from = 0;
	eachPieceOf(0, (piece, isLast) => {
		const joined = Buffer.concat([held, piece]);
		const to = isLast ? joined.length : joined.length - TAIL;
		judge.look(joined, from, to);
		from = Math.min(1, to);
		held = joined.subarray(to - from);
	});
	judge.decide();
	return "Windows-1252";
}

function transcode(eachPieceOf: EachPiece, into: string, encoding: TextEncoding, markBytes: number): TextFacts {
	const decode = decoderOf(encoding);
	const facts = createTextFacts();
	const file = openSync(into, "w");
	try {
		eachPieceOf(markBytes, (piece, isLast) => {
			const text = decode(piece, isLast);
			if (text === null || text.includes("\ufffd")) throw invalid(`bytes that ${encoding} does not have; state the encoding`);
			const bytes = Buffer.from(text);
			facts.add(bytes);
			for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
		});
	} finally {
		closeSync(file);
	}
	return facts.facts();
}

/** A file's text as the tokenizer takes it: read piece by piece. */
export function openText({ path, markBytes, facts: { numBytes } }: Utf8File): ByteSource & { close(): void } {
	const file = openSync(path, "r");
	return {
		length: numBytes,
		subarray(from, to) {
			const bytes = Buffer.allocUnsafe(Math.min(to, numBytes) - from);
			for (let at = 0; at < bytes.length; ) {
				const read = readSync(file, bytes, at, bytes.length - at, markBytes + from + at);
				if (read === 0) throw new CarteiraError("INVALID_INPUT", "a file that was cut while it was read");
				at += read;
			}
			return bytes;
		},
		close: () => closeSync(file),
	};
}

function invalid(message: string): CarteiraError {
	return new CarteiraError("INVALID_INPUT", message);
}
