import { CarteiraError } from "../../errors.ts";

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const CHUNK_BYTES = 1 << 22;
/** A longer record is no row of a table, but a quote left open or a bomb. */
const MAX_RECORD_CHARACTERS = 1 << 24;

/** One record of a CSV file. */
export interface CsvRecord {
	/** Used again for the next record. */
	readonly cells: string[];
	/** Line of the file on which the record starts, 1-based. */
	line: number;
	/** What breaks its quoting, or null. */
	fault: string | null;
}

/** Bytes that are taken piece by piece: a buffer, or a file that is not held in memory. */
export interface ByteSource {
	readonly length: number;
	subarray(from: number, to: number): Uint8Array;
}

/**
 * Splits the UTF-8 bytes of a CSV file (RFC 4180, quotes doubled inside quotes, any line ends, blank lines skipped) into records.
 * Own code because every problem must name the line that an editor shows, which no installed reader of this speed keeps. A quote
 * inside an unquoted cell is an ordinary character. Stops when `onRecord` answers false. Throws INVALID_INPUT for a quote that
 * nothing closes and for a row of more than 16 million characters.
 */
export function readCsvRecords(bytes: ByteSource, delimiter: string, onRecord: (record: CsvRecord) => boolean): void {
	const record: CsvRecord = { cells: [], line: 1, fault: null };
	const decoder = new TextDecoder();
	const mark = delimiter.charCodeAt(0);
	// Cells are cut from a decoded piece of the file: slicing a string is several times cheaper than decoding each cell.
	let text = "";
	let lines = 1;
	for (let read = 0; read < bytes.length; ) {
		const piece = bytes.subarray(read, Math.max(read + CHUNK_BYTES, read + text.length)); // a record longer than a piece: read on in doubles
		read += piece.length;
		text += decoder.decode(piece, { stream: true });
		const isLast = read === bytes.length;
		let start = 0;
		while (start < text.length) {
			record.line = lines;
			const end = splitRecord(text, start, mark, isLast, record);
			if (end < 0) break;
			lines = record.line + countLines(text, start, end);
			start = end;
			const isBlank = record.cells.length === 1 && record.cells[0].trim() === "";
			if (!isBlank && !onRecord(record)) return;
		}
		if (isLast && start < text.length) throw broken(lines, "unclosed_quote", "a quote is opened and never closed");
		if (text.length - start > MAX_RECORD_CHARACTERS)
			throw broken(lines, "too_long", `a row of more than ${MAX_RECORD_CHARACTERS} characters; is a quote left open?`);
		text = text.slice(start);
	}
}

/**
 * Splits the record that begins at `start`; answers where the next one begins, or -1 where the text ends before the record does.
 * A last record needs no line end.
 */
function splitRecord(text: string, start: number, mark: number, isLast: boolean, record: CsvRecord): number {
	const { cells } = record;
	cells.length = 0;
	record.fault = null;
	const end = text.length;
	for (let at = start; ; at++) {
		let from = at;
		let cell: string | null = null;
		if (text.charCodeAt(at) === QUOTE) {
			const close = closingQuote(text, at + 1);
			if (close < 0 || (close + 1 === end && !isLast)) return -1;
			cell = text.slice(at + 1, close);
			if (cell.includes('"')) cell = cell.replaceAll('""', '"');
			from = at = close + 1;
		}
		for (; at < end; at++) {
			const code = text.charCodeAt(at);
			if (code === mark || code === LF || code === CR) break;
		}
		if (cell !== null && at > from) record.fault = "text after a closing quote";
		cells.push(cell ?? text.slice(from, at));
		if (at >= end) return isLast ? end : -1;
		if (text.charCodeAt(at) === mark) continue;
		// The LF of a CR LF may lie in the next piece.
		if (text.charCodeAt(at) === CR && at + 1 === end && !isLast) return -1;
		return text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
	}
}

/** Position of the quote that closes a cell, doubled quotes passed over; -1 where there is none. */
function closingQuote(text: string, from: number): number {
	for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
		if (text.charCodeAt(at + 1) !== QUOTE) return at;
	}
	return -1;
}

/** Line ends in a record, those inside its quotes with the one that ends it. */
function countLines(text: string, start: number, end: number): number {
	let lines = 0;
	for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines++;
	if (lines > 0) return lines;
	return text.charCodeAt(end - 1) === CR ? 1 : 0;
}

function broken(line: number, code: string, what: string): CarteiraError {
	const message = `line ${line}: ${what}`;
	return new CarteiraError("INVALID_INPUT", message, [{ row: line, code, message }]);
}
