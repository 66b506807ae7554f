import { CarteiraError } from "../../errors.ts";
import { type ColumnStore, MISSING, type Refusal } from "./column.ts";
import { parseAbsences, parseBreaks, parseChannels, parseList, parseVisitDays, parseWeekdays } from "../calendar/day-words.ts";
import { grown, integers, TextBytes } from "../cells/growing-arrays.ts";
import { parseHours } from "../calendar/hours.ts";
import { isMissing, parseText } from "../cells/parse-cell.ts";
import type { RawCell } from "../cells/raw-rows.ts";
import type { ColumnSpec, ColumnType } from "../schema.ts";

const MAX_ID = 256;
const MAX_TEXT = 10_000;

/** A column of references: each different word is held once. */
export function openRefs(spec: ColumnSpec): ColumnStore {
	const held = { kind: "refs" as const, words: [] as string[], codes: new Int32Array(64) };
	const codeOf = new Map<string, number>();
	let length = 0;
	let lastRaw: RawCell = Number.NaN; // equal to nothing
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
			let code = word === null ? undefined : codeOf.get(word);
			if (code === undefined) {
				const refusal = word === null ? NOT_TEXT : refuseText(spec, word);
				if (refusal || word === null) {
					push(-1);
					return refusal;
				}
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

/** A column of ids, texts or one of the little languages. */
export function openTexts(spec: ColumnSpec): ColumnStore {
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
	if (spec.type !== "text" && LOST_DIGITS.test(text)) return { code: "not_text", expected: "an id with all its digits, no rounded number" };
	// Control characters other than tabs and line ends are what is left of binary junk.
	if (hasControl(text)) return { code: "not_text", expected: "text without control characters" };
	// Half a character cannot be kept: as UTF-8 all halves are the same, and different ids would become equal.
	return text.isWellFormed() ? null : { code: "not_text", expected: "text of whole characters, no half of a surrogate pair" };
}

/** What spreadsheets make of long codes: different ones become equal. */
const LOST_DIGITS = /^\d[.,]\d+E\+\d+$/;

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
