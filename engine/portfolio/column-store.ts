import { CarteiraError } from "../errors.ts";
import { NULL_CODE, NULL_DAY } from "../units.ts";
import type { Cell } from "./cell-text.ts";
import { parseAbsences, parseBreaks, parseChannels, parseList, parseVisitDays, parseWeekdays } from "./day-words.ts";
import { parseHours } from "./hours.ts";
import { DAY_RANGE, isMissing, NUMBER_PARSERS, parseBoolean, parseDate, parseNumber, parseText } from "./parse-cell.ts";
import type { DecimalMark, RawCell } from "./raw-rows.ts";
import type { ColumnSpec, ColumnType } from "./schema.ts";

/** What a cell is not: a stable code and what was expected. */
export interface Refusal {
	readonly code: string;
	readonly expected: string;
}

/** A column that grows cell by cell. A refused cell is held as null. */
export interface ColumnStore {
	readonly spec: ColumnSpec;
	append(raw: RawCell, mark: DecimalMark): Refusal | null;
	appendNull(): void;
	/** The value of a row, in the units of memory; text for ids, references and enums. */
	cellAt(row: number): Cell;
	readonly held: Held;
}

/** How the values are held: `length` of the array may exceed the rows. */
export type Held =
	| { readonly kind: "texts"; readonly texts: TextBytes }
	| { readonly kind: "refs"; words: string[]; codes: Int32Array }
	| { readonly kind: "numbers"; values: Float64Array }
	| { readonly kind: "days"; values: Int32Array }
	| { readonly kind: "codes"; values: Uint8Array };

const MISSING: Refusal = { code: "missing_value", expected: "a value" };

/**
 * Opens an empty column for a type. Columns with few different values remember the cell before: the lines of an order, and a file in
 * order of time, repeat it, and an equal text is found equal much faster than it is looked up.
 */
export function openColumn(spec: ColumnSpec): ColumnStore {
	switch (spec.type) {
		case "number":
		case "integer":
		case "money":
		case "datetime":
		case "time":
			return openNumbers(spec);
		case "day":
			return openDays(spec);
		case "enum":
		case "boolean":
			return openCodes(spec);
		case "ref":
			return openRefs(spec);
		default:
			return openTexts(spec);
	}
}

/** An array of twice the size with the same cells, where `length` no longer fits. */
function grown<T extends Float64Array | Int32Array | Uint8Array>(cells: T, length: number, make: (size: number) => T): T {
	if (length <= cells.length) return cells;
	const larger = make(Math.max(length, cells.length * 2));
	larger.set(cells);
	return larger;
}

const floats = (size: number) => new Float64Array(size);
const integers = (size: number) => new Int32Array(size);
const bytes = (size: number) => new Uint8Array(size);

function openNumbers(spec: ColumnSpec): ColumnStore {
	const parse = NUMBER_PARSERS[spec.type] ?? parseNumber;
	const scale = spec.type === "money" ? 100 : 1;
	const [min, max] = [(spec.min ?? -Infinity) * scale, (spec.max ?? Infinity) * scale];
	const held = { kind: "numbers" as const, values: new Float64Array(64) };
	let length = 0;
	const push = (value: number): void => {
		held.values = grown(held.values, length + 1, floats);
		held.values[length++] = value;
	};
	return {
		spec,
		held,
		append(raw, mark) {
			if (isMissing(raw)) {
				push(Number.NaN);
				return spec.optional ? null : MISSING;
			}
			const value = parse(raw, mark);
			const fits = value >= min && value <= max;
			push(fits ? value : Number.NaN);
			return fits ? null : refuseNumber(spec, value, mark);
		},
		appendNull: () => push(Number.NaN),
		cellAt: (row) => (Number.isNaN(held.values[row]) ? null : held.values[row]),
	};
}

const NUMBER_WORDS: Partial<Record<ColumnType, string>> = {
	integer: "a whole number",
	money: "an amount below 1,000,000,000,000",
	datetime: `a local date and time without offset such as 2026-11-20T10:30, ${DAY_RANGE}`,
	time: "a time such as 08:30",
};

function refuseNumber(spec: ColumnSpec, value: number, mark: DecimalMark): Refusal {
	if (!Number.isNaN(value)) {
		const range = spec.max === undefined ? `at least ${spec.min}` : `${spec.min ?? "-∞"} to ${spec.max}`;
		return { code: "out_of_range", expected: range };
	}
	const numeric = spec.type === "number" || spec.type === "integer" || spec.type === "money";
	const word = NUMBER_WORDS[spec.type] ?? "a number below 1,000,000,000,000";
	return { code: numeric ? "not_a_number" : "not_a_date", expected: numeric && mark === "," ? `${word}, with a decimal comma` : word };
}

function openDays(spec: ColumnSpec): ColumnStore {
	const held = { kind: "days" as const, values: new Int32Array(64) };
	let length = 0;
	let lastRaw: RawCell = "";
	let lastDay = NULL_DAY;
	const push = (day: number): void => {
		held.values = grown(held.values, length + 1, integers);
		held.values[length++] = day;
	};
	return {
		spec,
		held,
		append(raw) {
			if (raw === lastRaw) {
				push(lastDay);
				return null;
			}
			if (isMissing(raw)) {
				push(NULL_DAY);
				return spec.optional ? null : MISSING;
			}
			const day = parseDate(raw);
			push(Number.isNaN(day) ? NULL_DAY : day);
			if (!Number.isNaN(day)) [lastRaw, lastDay] = [raw, day];
			return Number.isNaN(day) ? { code: "not_a_date", expected: `a date, yyyy-mm-dd or dd/mm/yyyy, ${DAY_RANGE}` } : null;
		},
		appendNull: () => push(NULL_DAY),
		cellAt: (row) => (held.values[row] === NULL_DAY ? null : held.values[row]),
	};
}

function openCodes(spec: ColumnSpec): ColumnStore {
	const words = spec.values ?? [];
	const isEnum = spec.type === "enum";
	const codeOf = new Map(words.map((word, code) => [word, code]));
	const held = { kind: "codes" as const, values: new Uint8Array(64) };
	let length = 0;
	let lastRaw: RawCell = "";
	let lastCode = NULL_CODE;
	const push = (code: number): void => {
		held.values = grown(held.values, length + 1, bytes);
		held.values[length++] = code;
	};
	const parse = (raw: RawCell): number =>
		isEnum ? (codeOf.get(typeof raw === "string" ? raw.trim() : "") ?? Number.NaN) : parseBoolean(raw);
	return {
		spec,
		held,
		append(raw) {
			if (raw === lastRaw) {
				push(lastCode);
				return null;
			}
			if (isMissing(raw)) {
				push(NULL_CODE);
				return spec.optional ? null : MISSING;
			}
			const code = parse(raw);
			push(Number.isNaN(code) ? NULL_CODE : code);
			if (!Number.isNaN(code)) {
				[lastRaw, lastCode] = [raw, code];
				return null;
			}
			return { code: "unknown_word", expected: isEnum ? `one of ${words.join(", ")}` : "true or false" };
		},
		appendNull: () => push(NULL_CODE),
		cellAt: (row) => {
			const code = held.values[row];
			if (code === NULL_CODE) return null;
			return isEnum ? words[code] : code === 1;
		},
	};
}

const MAX_ID = 256;
const MAX_TEXT = 10_000;

function openRefs(spec: ColumnSpec): ColumnStore {
	const held = { kind: "refs" as const, words: [] as string[], codes: new Int32Array(64) };
	const codeOf = new Map<string, number>();
	let length = 0;
	let lastRaw: RawCell = "";
	let lastCode = -1;
	const push = (code: number): void => {
		held.codes = grown(held.codes, length + 1, integers);
		held.codes[length++] = code;
	};
	return {
		spec,
		held,
		append(raw) {
			if (raw === lastRaw) {
				push(lastCode);
				return null;
			}
			if (isMissing(raw)) {
				push(-1);
				return spec.optional ? null : MISSING;
			}
			const word = parseText(raw);
			const refusal = word === null ? NOT_TEXT : refuseText(spec, word);
			if (refusal || word === null) {
				push(-1);
				return refusal;
			}
			let code = codeOf.get(word);
			if (code === undefined) {
				const own = Buffer.from(word).toString(); // a copy: a slice would keep its whole piece of the file in memory
				code = held.words.push(own) - 1;
				codeOf.set(own, code);
			}
			push(code);
			[lastRaw, lastCode] = [raw, code];
			return null;
		},
		appendNull: () => push(-1),
		cellAt: (row) => (held.codes[row] < 0 ? null : held.words[held.codes[row]]),
	};
}

const NOT_TEXT: Refusal = { code: "not_text", expected: "text" };

function openTexts(spec: ColumnSpec): ColumnStore {
	const texts = new TextBytes();
	const checked = new Map<string, Refusal | null>();
	const isLanguage = Object.hasOwn(LANGUAGES, spec.type);
	const refuse = (text: string): Refusal | null => {
		let refusal = isLanguage ? checked.get(text) : refuseText(spec, text);
		if (refusal !== undefined) return refusal;
		refusal = refuseText(spec, text) ?? refuseLanguage(spec, text);
		if (checked.size > 100_000) checked.clear();
		checked.set(text, refusal);
		return refusal;
	};
	return {
		spec,
		held: { kind: "texts", texts },
		append(raw) {
			if (isMissing(raw)) {
				texts.append(null);
				return spec.optional ? null : MISSING;
			}
			const text = parseText(raw);
			const refusal = text === null ? NOT_TEXT : refuse(text);
			texts.append(refusal ? null : text);
			return refusal;
		},
		appendNull: () => texts.append(null),
		cellAt: (row) => texts.at(row),
	};
}

function refuseText(spec: ColumnSpec, text: string): Refusal | null {
	const most = spec.type === "id" || spec.type === "ref" ? MAX_ID : MAX_TEXT;
	if (text.length > most) return { code: "too_long", expected: `at most ${most} characters` };
	// Control characters other than tabs and line ends are what is left of binary junk.
	return hasControl(text) ? { code: "not_text", expected: "text without control characters" } : null;
}

function hasControl(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 32 && code !== 9 && code !== 10 && code !== 13) return true;
	}
	return false;
}

const LANGUAGES: Partial<Record<ColumnType, (text: string) => unknown>> = {
	hours: parseHours,
	breaks: parseBreaks,
	weekdays: parseWeekdays,
	visit_days: parseVisitDays,
	absences: parseAbsences,
	channels: parseChannels,
	list: parseList,
};

function refuseLanguage(spec: ColumnSpec, text: string): Refusal | null {
	try {
		LANGUAGES[spec.type]?.(text);
		return null;
	} catch (error) {
		if (!(error instanceof CarteiraError)) throw error;
		return { code: "bad_syntax", expected: error.message.slice(error.message.lastIndexOf("expected ") + 9) };
	}
}

/** Texts of a column, UTF-8, one after the other: the layout of an Arrow Utf8 column. */
export class TextBytes {
	length = 0;
	#bytes = Buffer.alloc(1024);
	/** End of each text; a null has the end of the one before it. */
	#ends: Int32Array = new Int32Array(64);
	#isNull: Uint8Array = new Uint8Array(64);

	append(text: string | null): void {
		const row = this.length++;
		this.#ends = grown(this.#ends, this.length, integers);
		this.#isNull = grown(this.#isNull, this.length, bytes);
		const from = row === 0 ? 0 : this.#ends[row - 1];
		this.#isNull[row] = text === null ? 1 : 0;
		if (text === null) {
			this.#ends[row] = from;
			return;
		}
		const most = from + text.length * 3; // UTF-8 of a UTF-16 unit is at most 3 bytes
		if (most > this.#bytes.length) {
			const larger = Buffer.alloc(Math.max(most, this.#bytes.length * 2));
			this.#bytes.copy(larger);
			this.#bytes = larger;
		}
		this.#ends[row] = writeAscii(this.#bytes, text, from) ? from + text.length : from + this.#bytes.write(text, from);
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
