import { NULL_CODE, NULL_DAY } from "../../units.ts";
import { type ColumnStore, MISSING, type Refusal } from "./column.ts";
import { bytes, floats, grown, integers } from "../cells/growing-arrays.ts";
import { DAY_RANGE, isMissing, numberParserOf, parseBoolean, parseDate } from "../cells/parse-cell.ts";
import type { Notation, RawCell } from "../cells/raw-rows.ts";
import type { ColumnSpec, ColumnType } from "../schema.ts";

/** A column of numbers, money in cents, datetimes or times. */
export function openNumbers(spec: ColumnSpec): ColumnStore {
	const parse = numberParserOf(spec.type);
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
		append(raw, notation) {
			if (isMissing(raw)) {
				push(Number.NaN);
				return spec.optional ? null : MISSING;
			}
			const value = parse(raw, notation);
			const fits = value >= min && value <= max;
			push(fits ? value : Number.NaN);
			return fits ? null : refuseNumber(spec, value, notation);
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
	version: `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
};

function refuseNumber(spec: ColumnSpec, value: number, { decimal }: Notation): Refusal {
	if (!Number.isNaN(value)) {
		const range = spec.max === undefined ? `at least ${spec.min}` : `${spec.min ?? "-∞"} to ${spec.max}`;
		return { code: "out_of_range", expected: range };
	}
	const numeric = spec.type === "number" || spec.type === "integer" || spec.type === "money";
	const word = NUMBER_WORDS[spec.type] ?? "a number below 1,000,000,000,000";
	if (spec.type === "version") return { code: "not_a_number", expected: word };
	return { code: numeric ? "not_a_number" : "not_a_date", expected: numeric && decimal === "," ? `${word}, with a decimal comma` : word };
}

/** A column of dates. */
export function openDays(spec: ColumnSpec): ColumnStore {
	const held = { kind: "days" as const, values: new Int32Array(64) };
	let length = 0;
	let lastRaw: RawCell = Number.NaN; // equal to nothing
	let lastDay = NULL_DAY;
	const push = (day: number): void => {
		held.values = grown(held.values, length + 1, integers);
		held.values[length++] = day;
	};
	return {
		spec,
		held,
		append(raw, { dates }) {
			if (raw === lastRaw) {
				push(lastDay);
				return null;
			}
			if (isMissing(raw)) {
				push(NULL_DAY);
				return spec.optional ? null : MISSING;
			}
			const day = parseDate(raw, dates);
			push(Number.isNaN(day) ? NULL_DAY : day);
			if (!Number.isNaN(day)) [lastRaw, lastDay] = [raw, day];
			return Number.isNaN(day) ? { code: "not_a_date", expected: `a date, yyyy-mm-dd or ${dates}, ${DAY_RANGE}` } : null;
		},
		appendNull: () => push(NULL_DAY),
		cellAt: (row) => (held.values[row] === NULL_DAY ? null : held.values[row]),
	};
}

/** A column of enum words or booleans. */
export function openCodes(spec: ColumnSpec): ColumnStore {
	const words = spec.values ?? [];
	const isEnum = spec.type === "enum";
	const codeOf = new Map(words.map((word, code) => [word, code]));
	const held = { kind: "codes" as const, values: new Uint8Array(64) };
	let length = 0;
	let lastRaw: RawCell = Number.NaN; // equal to nothing
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
