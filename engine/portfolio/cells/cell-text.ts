import { formatDay, formatTime, SECONDS_PER_DAY } from "../../units.ts";
import type { ColumnType } from "../schema.ts";

/**
 * A value to write, in the units that tables have in memory: money in whole cents, days since 1970-01-01, datetimes in seconds since
 * 1970-01-01T00:00:00 local, times in seconds from midnight; enums and references are their words. Null and the empty text are null.
 */
export type Cell = string | number | boolean | null;

/** How a cell of a column type reads in a file: decimal point, ISO dates, no quoting. */
export function cellTextOf(type: ColumnType): (cell: string | number | boolean) => string {
	return TEXTS[type] ?? String;
}

const TEXTS: Partial<Record<ColumnType, (cell: string | number | boolean) => string>> = {
	number: (value) => formatNumber(Number(value)),
	money: (cents) => formatMoney(Number(cents)),
	day: (day) => formatDayCached(Number(day)),
	datetime: (seconds) => formatDatetime(Number(seconds)),
	time: (seconds) => formatClock(Number(seconds)),
};

/** A decimal number; one with three decimals gets a fourth, for `1.234` might be read as a grouped thousand. */
function formatNumber(value: number): string {
	const text = String(value);
	return text.at(-4) === "." ? `${text}0` : text;
}

/** Decimal currency units of whole cents: -1234 → `-12.34`. */
function formatMoney(cents: number): string {
	const size = Math.abs(cents);
	const rest = size % 100;
	return `${cents < 0 ? "-" : ""}${(size - rest) / 100}.${rest < 10 ? "0" : ""}${rest}`;
}

/** `YYYY-MM-DDTHH:MM:SS` of local seconds since 1970-01-01. */
export function formatDatetime(seconds: number): string {
	const day = Math.floor(seconds / SECONDS_PER_DAY);
	return `${formatDayCached(day)}T${formatTime(seconds - day * SECONDS_PER_DAY)}`;
}

/** `HH:MM`, with seconds only where there are some. */
function formatClock(seconds: number): string {
	const text = formatTime(seconds);
	return text.endsWith(":00") ? text.slice(0, 5) : text;
}

const dayTexts = new Map<number, string>(); // a table has millions of dates but only thousands of days

function formatDayCached(day: number): string {
	let text = dayTexts.get(day);
	if (text === undefined) {
		text = formatDay(day);
		dayTexts.set(day, text);
	}
	return text;
}
