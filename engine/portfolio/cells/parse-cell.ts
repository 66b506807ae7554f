import { formatDay, parseDay, parseTime, SECONDS_PER_DAY } from "../../units.ts";
import { formatDatetime } from "./cell-text.ts";
import type { DecimalMark, Notation, RawCell, SlashDates } from "./raw-rows.ts";
import type { ColumnSpec, ColumnType } from "../schema.ts";

/** Amounts of money beyond this many cents are taken for junk. */
const MAX_CENTS = 1e14;
/** Other numbers beyond this size are taken for junk. */
export const MAX_NUMBER = 1e12;
/** So are those nearer to zero than this: the bits of a damaged file are such numbers, no measure is. */
export const MIN_NUMBER = 1e-9;
const FIRST_DAY = 0;
/** Last date that a table, or a plan, can have. */
export const LAST_DAY = parseDay("2100-12-31");

/** Is there no value in a cell? */
export function isMissing(raw: RawCell): raw is null | undefined | "" {
	if (typeof raw !== "string") return raw === null || raw === undefined;
	const first = raw.charCodeAt(0); // of most cells it is no white space, and nothing more need be looked at
	return (first <= 32 || first >= 160 || raw === "") && raw.trim() === "";
}

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;

/** A decimal number as its file writes it, thousands grouped (where they may be) or not, `R$` before it or not; NaN where it is none. */
export function parseNumber(raw: RawCell, mark: DecimalMark, isGrouped = true): number {
	if (typeof raw === "number") return sensible(raw);
	if (typeof raw !== "string") return Number.NaN;
	const plain = parsePlain(raw, mark);
	if (!Number.isNaN(plain)) return plain;
	let text = raw.trim();
	if (text.includes("R$")) text = text.replace(/^([+-]?)\s*R\$\s*/, "$1");
	// The comma dialect is the point dialect with the two marks exchanged.
	if (mark === ",") text = text.replace(/[.,]/g, (found) => (found === "," ? "." : ","));
	if (!PLAIN.test(text)) {
		if (!isGrouped || !GROUPED.test(text)) return Number.NaN;
		text = text.replaceAll(",", "");
	}
	return sensible(Number(text));
}

function sensible(value: number): number {
	const size = Math.abs(value);
	return size <= MAX_NUMBER && (size >= MIN_NUMBER || size === 0) ? value : Number.NaN;
}

/** Digits with at most one mark, the usual cell, without making a text; NaN for anything else. Exact up to 15 digits. */
function parsePlain(text: string, mark: DecimalMark): number {
	const isNegative = text.charCodeAt(0) === 45;
	const point = mark.charCodeAt(0);
	let digits = 0;
	let decimals = -1;
	const first = isNegative ? 1 : 0;
	if (text.length === first || text.length > first + 15) return Number.NaN;
	for (let i = first; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === point && decimals < 0 && i > first && i < text.length - 1) decimals = 0;
		else if (code >= 48 && code <= 57) {
			digits = digits * 10 + code - 48;
			if (decimals >= 0) decimals++;
		} else return Number.NaN;
	}
	if (decimals > 0) digits /= POWERS[decimals]; // one rounding of two exact numbers, as Number(text) would give
	if (digits > MAX_NUMBER) return Number.NaN;
	return isNegative ? -digits : digits;
}

const POWERS = Array.from({ length: 16 }, (_, power) => 10 ** power);

/** Whole cents of a decimal amount; NaN where it is none. */
export function parseMoney(raw: RawCell, mark: DecimalMark, isGrouped = true): number {
	const cents = Math.round(parseNumber(raw, mark, isGrouped) * 100);
	return Math.abs(cents) <= MAX_CENTS ? cents + 0 : Number.NaN; // + 0 turns -0 into 0
}

/** The day of an ISO date or one with slashes, a time behind it ignored; NaN where it is none between 1970 and 2100. */
export function parseDate(raw: RawCell, dates: SlashDates = "dd/mm/yyyy"): number {
	if (typeof raw !== "string") return Number.NaN;
	const dayOf = DAYS_OF[dates];
	const known = dayOf.get(raw);
	if (known !== undefined) return known;
	const [date, time] = splitDate(raw.trim());
	const day = time === null || !Number.isNaN(parseTime(time)) ? parseCalendarDate(date, dates) : Number.NaN;
	if (dayOf.size > 100_000) dayOf.clear();
	dayOf.set(raw, day);
	return day;
}

/** Tables have millions of dates, but few different ones. */
const DAYS_OF: Readonly<Record<SlashDates, Map<string, number>>> = { "dd/mm/yyyy": new Map(), "mm/dd/yyyy": new Map() };

function splitDate(text: string): [date: string, time: string | null] {
	const match = /^(\S+?)(?:T|\s+)(\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?$/.exec(text);
	return match ? [match[1], match[2]] : [text, null];
}

function parseCalendarDate(text: string, dates: SlashDates): number {
	const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
	const [date, month] = dates === "dd/mm/yyyy" ? [1, 2] : [2, 1];
	const day = parseDay(slashed ? `${slashed[3]}-${slashed[month].padStart(2, "0")}-${slashed[date].padStart(2, "0")}` : text);
	return day >= FIRST_DAY && day <= LAST_DAY ? day : Number.NaN;
}

/** Seconds since 1970-01-01T00:00:00 local of a date and time without an offset; a date alone is its midnight. NaN where it is none. */
export function parseDatetime(raw: RawCell, dates: SlashDates = "dd/mm/yyyy"): number {
	if (typeof raw !== "string") return Number.NaN;
	const [date, time] = splitDate(raw.trim());
	return parseCalendarDate(date, dates) * SECONDS_PER_DAY + (time === null ? 0 : parseTime(time));
}

/** A whole number from 0 to 2^53 - 1, written as plain digits; NaN where it is none. */
export function parseVersion(raw: RawCell): number {
	const value = typeof raw === "string" && /^\s*\d{1,16}\s*$/.test(raw) ? Number(raw) : raw;
	return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN;
}

/** Seconds from midnight of `HH:MM` or `HH:MM:SS`; NaN where it is none. */
function parseClock(raw: RawCell): number {
	return typeof raw === "string" ? parseTime(raw.trim()) : Number.NaN;
}

/** 1 or 0 of `true`, `false`, `1`, `0`; NaN for anything else. */
export function parseBoolean(raw: RawCell): number {
	const word = typeof raw === "string" ? raw.trim().toLowerCase() : raw;
	if (word === true || word === 1 || word === "1" || word === "true") return 1;
	return word === false || word === 0 || word === "0" || word === "false" ? 0 : Number.NaN;
}

/**
 * Text of a cell without the spaces around it, with which some systems fill their columns; a number as it reads (ids are often numbers
 * in typed formats) as long as no digit of it can have been lost; null for anything else.
 */
export function parseText(raw: RawCell): string | null {
	if (typeof raw === "string") return raw.trim();
	return typeof raw === "number" && Math.abs(raw) <= Number.MAX_SAFE_INTEGER ? String(raw) : null;
}

/** The words used for the accepted days, for messages. */
export const DAY_RANGE = `${formatDay(FIRST_DAY)} to ${formatDay(LAST_DAY)}`;

type NumberParser = (raw: RawCell, notation: Notation) => number;

const parseDecimal: NumberParser = (raw, { decimal, isGrouped }) => parseNumber(raw, decimal, isGrouped);

const NUMBER_PARSERS: Partial<Record<ColumnType, NumberParser>> = {
	integer: (raw, notation) => {
		const value = parseDecimal(raw, notation);
		return Number.isInteger(value) ? value : Number.NaN;
	},
	money: (raw, { decimal, isGrouped }) => parseMoney(raw, decimal, isGrouped),
	datetime: (raw, { dates }) => parseDatetime(raw, dates),
	time: parseClock,
	version: parseVersion,
};

/** Parser of a type that is held as numbers; NaN is none. */
export function numberParserOf(type: ColumnType): NumberParser {
	return NUMBER_PARSERS[type] ?? parseDecimal;
}

/** A date as it is settled, be it one of the calendar or not. */
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A cell free of its file's dialect, for rows of several files to be compared and mixed: numbers are numbers; what does not parse stays. */
export function settleCell(spec: ColumnSpec, raw: RawCell, { decimal, isGrouped, dates }: Notation): RawCell {
	if (isMissing(raw) || typeof raw !== "string") return raw;
	const settle = <T>(value: number, written: (value: number) => T): T | RawCell => (Number.isNaN(value) ? raw : written(value));
	if (spec.type === "day") return ISO_DAY.test(raw) ? raw : settle(parseDate(raw, dates), formatDay);
	if (spec.type === "datetime") return settle(parseDatetime(raw, dates), formatDatetime);
	if (spec.type === "version") return settle(parseVersion(raw), (value) => value);
	if (spec.type !== "number" && spec.type !== "integer" && spec.type !== "money") return raw;
	return settle(parseNumber(raw, decimal, isGrouped), (value) => value);
}
