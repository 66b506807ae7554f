import { createRequire } from "node:module";
import type OpeningHours from "opening_hours";
import { type Day, parseTime, SECONDS_PER_DAY, type Seconds, weekdayOf } from "../../units.ts";
import { malformed } from "./day-words.ts";

const load = createRequire(import.meta.url);
/** The library, loaded where the first hours are read: many a process ends sooner than that takes. */
const openLibrary = (): typeof OpeningHours => load("opening_hours") as typeof OpeningHours;

/** Opening hours of a week, parsed once. Intervals are [open, close] seconds from midnight, ascending, disjoint. */
export interface WeeklyHours {
	/** By weekday, 0 = Monday. */
	readonly weekdays: readonly (readonly (readonly [Seconds, Seconds])[])[];
	/** On holidays; empty unless the text has a PH rule. */
	readonly holiday: readonly (readonly [Seconds, Seconds])[];
}

/** Longest text of a little language: what is longer is junk, and never reaches a parser. */
const MAX_TEXT = 500;

const NO_HOURS: WeeklyHours["weekdays"] = Array.from({ length: 7 }, () => []);
const hoursOf = new Map<string, WeeklyHours>();
/** Texts repeat over customers, but nothing bounds how many there are. */
const MAX_CACHED_HOURS = 20_000;

/** Parses the hours syntax; throws CarteiraError INVALID_INPUT that says what is wrong with the text. */
export function parseHours(text: string): WeeklyHours {
	const known = hoursOf.get(text);
	if (known) return known;
	const rules = splitHours(text);
	const forDays = rules.map((rule) => ({ ...rule, days: rule.days.filter((day) => day !== "PH") }));
	const week = openWeek(
		text,
		forDays.filter((rule, at) => rule.days.length > 0 || rules[at].days.length === 0),
	);
	// On a holiday only what is said of PH counts; evaluated as if it were said of every day, and read from a Monday.
	const forHoliday = rules.filter((rule) => rule.days.includes("PH")).map((rule) => ({ ...rule, days: ["Mo-Su"] }));
	const hours = { weekdays: week, holiday: openWeek(text, forHoliday)[0] };
	if (hoursOf.size >= MAX_CACHED_HOURS) hoursOf.clear();
	hoursOf.set(text, hours);
	return hours;
}

interface HoursRule {
	readonly joint: ";" | ",";
	/** Weekdays, ranges of them, PH; empty: every day. */
	readonly days: readonly string[];
	readonly hours: string;
}

const DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)";
const DAYS = `(?:${DAY}(?:-${DAY})?|PH)(?:\\s*,\\s*(?:${DAY}(?:-${DAY})?|PH))*`;
const SPAN = "\\d{1,2}:\\d{2}\\s*-\\s*\\d{1,2}:\\d{2}";
const HOURS_RULE = new RegExp(`\\s*(?:(24/7)|(?:(${DAYS})\\s+)?(off|${SPAN}(?:\\s*,\\s*${SPAN})*))\\s*`, "y");

/** The rules of a text that keeps to the accepted subset of the syntax; anything else is refused. */
function splitHours(text: string): HoursRule[] {
	if (text.length > MAX_TEXT) throw malformed(`hours of ${text.length} characters`, `at most ${MAX_TEXT}`);
	const rules: HoursRule[] = [];
	let joint: HoursRule["joint"] = ";";
	for (HOURS_RULE.lastIndex = 0; ; ) {
		const start = HOURS_RULE.lastIndex;
		const match = HOURS_RULE.exec(text);
		if (!match)
			throw malformed(`hours "${text}" at "${text.slice(start, start + 20)}"`, 'rules such as "Mo-Fr 08:00-12:00,13:00-18:00; PH off"');
		const [whole, always, days = "", hours] = match;
		if (joint === "," && !days) throw malformed(`hours "${text}"`, 'a weekday or PH after the "," that joins two rules');
		if (!always && hours !== "off") checkSpans(text, hours);
		rules.push({
			joint,
			days: days ? days.split(",").map((day) => day.trim()) : [],
			hours: always ? "00:00-24:00" : hours.replaceAll(" ", ""),
		});
		const end = start + whole.length;
		if (end === text.length) return rules;
		if (text[end] !== ";" && text[end] !== ",") throw malformed(`hours "${text}" at "${text.slice(end, end + 20)}"`, 'rules joined by ";"');
		joint = text[end];
		HOURS_RULE.lastIndex = end + 1;
		if (joint === ";" && text.slice(end + 1).trim() === "") return rules;
	}
}

function checkSpans(text: string, hours: string): void {
	for (const span of hours.split(",")) {
		const [open, close] = span.split("-").map((time) => parseTime(time.trim()));
		if (Number.isNaN(open) || Number.isNaN(close)) throw malformed(`hours "${text}" with ${span.trim()}`, "times from 00:00 to 24:00");
		if (close <= open) throw malformed(`hours "${text}" with ${span.trim()}`, "a close after the open: hours past midnight are refused");
	}
}

/** What the rules open on each weekday, Monday first. The week has no change of clocks in any time zone. */
function openWeek(text: string, rules: readonly HoursRule[]): WeeklyHours["weekdays"] {
	if (rules.length === 0) return NO_HOURS;
	const plain = rules.map(({ joint, days, hours }, at) => `${at === 0 ? "" : `${joint} `}${days.join(",") || "Mo-Su"} ${hours}`).join("");
	try {
		const Library = openLibrary();
		const parsed = new Library(plain, null);
		return NO_HOURS.map((_, weekday) =>
			parsed
				.getOpenIntervals(new Date(2024, 0, 8 + weekday), new Date(2024, 0, 9 + weekday))
				.map(([from, to]) => [clockOf(from), clockOf(to) || SECONDS_PER_DAY] as const),
		);
	} catch (error) {
		throw malformed(`hours "${text}"`, `opening hours (${error instanceof Error ? error.message : String(error)})`);
	}
}

function clockOf(date: Date): Seconds {
	return date.getHours() * 3600 + date.getMinutes() * 60;
}

/** Intervals of a day. */
export function intervalsOn(hours: WeeklyHours, day: Day, isHoliday: boolean): readonly (readonly [Seconds, Seconds])[] {
	return isHoliday ? hours.holiday : hours.weekdays[weekdayOf(day)];
}
