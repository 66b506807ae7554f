import { CarteiraError } from "../../errors.ts";

/** An array of twice the size with the same cells, where `length` no longer fits. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(cells: T, length: number, make: (size: number) => T): T {
	if (length <= cells.length) return cells;
	const larger = make(Math.max(length, cells.length * 2));
	larger.set(cells);
	return larger;
}

export const floats = (size: number) => new Float64Array(size);
export const integers = (size: number) => new Int32Array(size);
export const bytes = (size: number) => new Uint8Array(size);

/** Texts of a column: offsets are 32 bits, and a dictionary of one long word can stand for any number of them. */
const MAX_COLUMN_BYTES = 2_000_000_000;

/** Texts of a column, UTF-8, one after the other: the layout of an Arrow Utf8 column. */
export class TextBytes {
	length = 0;
	#bytes = Buffer.alloc(1024);
	/** End of each text; a null has the end of the one before it. */
	#ends: Int32Array = new Int32Array(64);
	#isNull: Uint8Array = new Uint8Array(64);

	append(text: string | null): void {
		if (text === null) {
			const from = this.#next(0);
			this.#isNull[this.length - 1] = 1;
			this.#ends[this.length - 1] = from;
			return;
		}
		const from = this.#next(text.length * 3); // UTF-8 of a UTF-16 unit is at most 3 bytes
		this.#ends[this.length - 1] = writeAscii(this.#bytes, text, from) ? from + text.length : from + this.#bytes.write(text, from);
	}

	/** Appends a text that lies as UTF-8 among other bytes. */
	appendBytes(source: Uint8Array, from: number, to: number): void {
		let end = this.#next(to - from);
		for (let at = from; at < to; at++) this.#bytes[end++] = source[at];
		this.#ends[this.length - 1] = end;
	}

	/** Makes room for one more text of at most so many bytes; answers where it begins. */
	#next(most: number): number {
		const row = this.length++;
		this.#ends = grown(this.#ends, this.length, integers);
		this.#isNull = grown(this.#isNull, this.length, bytes);
		const from = row === 0 ? 0 : this.#ends[row - 1];
		const end = from + most;
		if (end > MAX_COLUMN_BYTES) throw new CarteiraError("INVALID_INPUT", `a column with more than ${MAX_COLUMN_BYTES} bytes of text`);
		if (end > this.#bytes.length) {
			const larger = Buffer.alloc(Math.min(Math.max(end, this.#bytes.length * 2), MAX_COLUMN_BYTES));
			this.#bytes.copy(larger);
			this.#bytes = larger;
		}
		return from;
	}

	at(row: number): string | null {
		if (this.#isNull[row]) return null;
		return this.#bytes.toString("utf8", row === 0 ? 0 : this.#ends[row - 1], this.#ends[row]);
	}

	/** Offsets (length + 1), bytes and validity bits, as Arrow lays them. */
	layout(): { offsets: Int32Array; bytes: Uint8Array; validity: Uint8Array; nullCount: number } {
		const offsets = new Int32Array(this.length + 1);
		offsets.set(this.#ends.subarray(0, this.length), 1);
		const validity = new Uint8Array((this.length + 7) >> 3);
		let nullCount = 0;
		for (let row = 0; row < this.length; row++) {
			if (this.#isNull[row]) nullCount++;
			else validity[row >> 3] |= 1 << (row & 7);
		}
		return { offsets, bytes: this.#bytes.subarray(0, offsets[this.length]), validity, nullCount };
	}
}

/** Writes a short text byte by byte, which is faster than a call into the runtime; false where it is not short or not ASCII. */
function writeAscii(bytes: Buffer, text: string, from: number): boolean {
	if (text.length > 24) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code > 127) return false;
		bytes[from + i] = code;
	}
	return true;
}
