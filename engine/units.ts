/** Whole seconds; a time of day is seconds from local midnight. */
export type Seconds = number;
/** Whole metres. */
export type Metres = number;
/** Whole cents of the policy's currency. */
export type Cents = number;
/** A calendar date as whole days since 1970-01-01. */
export type Day = number;

/** Stands for "no date" in columns of days. */
export const NULL_DAY = -2147483648;
/** Stands for "null" in columns of enum codes and booleans. */
export const NULL_CODE = 255;
export const SECONDS_PER_DAY = 86_400;

/** `YYYY-MM-DD` of a day. */
export function formatDay(day: Day): string {
	return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The day of a `YYYY-MM-DD` text; NaN where it is not a date of the calendar (2026-02-30 included). */
export function parseDay(text: string): Day {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return Number.NaN;
	const day = Date.parse(`${text}T00:00:00Z`) / 86_400_000;
	return Number.isNaN(day) || formatDay(day) !== text ? Number.NaN : day;
}

/** Day of the week, 0 = Monday … 6 = Sunday. */
export function weekdayOf(day: Day): number {
	return (((day + 3) % 7) + 7) % 7;
}

/** ISO 8601 week number, 1 … 53. */
export function isoWeekOf(day: Day): number {
	const thursday = day - weekdayOf(day) + 3;
	const year = new Date(thursday * 86_400_000).getUTCFullYear();
	return 1 + Math.floor((thursday - Date.UTC(year, 0, 1) / 86_400_000) / 7);
}

/** `HH:MM:SS` of seconds from midnight. */
export function formatTime(seconds: Seconds): string {
	const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
	return `${two(seconds / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

/** Seconds from midnight of `HH:MM` or `HH:MM:SS` up to 24:00; NaN where it is not a time. */
export function parseTime(text: string): Seconds {
	const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
	if (!match) return Number.NaN;
	const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
	const time = hours * 3600 + minutes * 60 + seconds;
	return minutes > 59 || seconds > 59 || time > SECONDS_PER_DAY ? Number.NaN : time;
}
