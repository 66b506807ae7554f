import { CarteiraError } from "../../errors.ts";
import { type Day, isoWeekOf, parseDay, parseTime, type Seconds, weekdayOf } from "../../units.ts";
import { CHANNELS } from "../schema.ts";

/** A pause that holds no contact and no travel; it starts in [earliest, latest] and lasts `duration`. Fixed when earliest = latest. */
export interface Break {
	readonly earliest: Seconds;
	readonly latest: Seconds;
	readonly duration: Seconds;
}

/** One fixed visit day: `Tu` every week, `Tu/2:A` in odd ISO weeks, `Tu/2:B` in even ones. */
export interface VisitDay {
	readonly weekday: number;
	readonly parity: "A" | "B" | null;
}

const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/** Parses `12:00-13:00`, `60min 11:30-14:00`, several with `;`. Breaks are given in order of their earliest start. */
export function parseBreaks(text: string): Break[] {
	const breaks = split(text, ";").map((part) => {
		const match = /^(?:(\d{1,4})\s*min\s+)?(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})$/.exec(part);
		const [earliest, end] = match ? [parseTime(match[2]), parseTime(match[3])] : [Number.NaN, Number.NaN];
		const duration = match?.[1] ? Number(match[1]) * 60 : end - earliest;
		if (!(duration > 0 && earliest + duration <= end)) throw malformed(`break "${part}"`, '"12:00-13:00" or "60min 11:30-14:00"');
		return { earliest, latest: end - duration, duration };
	});
	breaks.sort((a, b) => a.earliest - b.earliest || a.latest - b.latest);
	let free = 0;
	for (const pause of breaks) {
		free = Math.max(free, pause.earliest) + pause.duration;
		if (free - pause.duration > pause.latest) throw malformed(`breaks "${text}"`, "breaks that can follow each other without overlap");
	}
	return breaks;
}

/** Parses `Mo,We` or `Mo-Fr` to a bit mask, bit 0 = Monday. */
export function parseWeekdays(text: string): number {
	let mask = 0;
	for (const part of split(text, ",")) {
		const [first, last = first, ...more] = part.split("-").map((word) => WEEKDAYS.indexOf(word.trim()));
		if (first < 0 || last < 0 || more.length > 0) throw malformed(`weekdays "${text}" at "${part}"`, '"Mo,We" or "Mo-Fr"');
		for (let day = first; ; day = (day + 1) % 7) {
			mask |= 1 << day;
			if (day === last) break;
		}
	}
	return mask;
}

/** Parses `Tu`, `Tu/2:A`, several with `,`. */
export function parseVisitDays(text: string): VisitDay[] {
	return split(text, ",").map((part) => {
		const match = /^(Mo|Tu|We|Th|Fr|Sa|Su)(?:\/2:([AB]))?$/.exec(part);
		if (!match) throw malformed(`visit days "${text}" at "${part}"`, '"Tu" or "Tu/2:A" (every second week, A odd, B even)');
		return { weekday: WEEKDAYS.indexOf(match[1]), parity: match[2] === "A" || match[2] === "B" ? match[2] : null };
	});
}

/** Is the day one of the fixed visit days, the parity of its ISO week considered? */
export function isVisitDay(visitDays: readonly VisitDay[], day: Day): boolean {
	const weekday = weekdayOf(day);
	const parity = isoWeekOf(day) % 2 === 1 ? "A" : "B";
	return visitDays.some((visit) => visit.weekday === weekday && (visit.parity === null || visit.parity === parity));
}

/** Parses `2026-12-01/2026-12-05;2026-12-24` to closed ranges of days. */
export function parseAbsences(text: string): (readonly [Day, Day])[] {
	return split(text, ";").map((part) => {
		const [from, to = from, ...more] = part.split("/").map((date) => parseDay(date.trim()));
		if (!(from <= to) || more.length > 0) throw malformed(`absences "${text}" at "${part}"`, '"2026-12-01/2026-12-05" or "2026-12-24"');
		return [from, to] as const;
	});
}

/** Parses `visit;phone` to a bit mask over CHANNELS. */
export function parseChannels(text: string): number {
	let mask = 0;
	for (const word of split(text, ";")) {
		const code = CHANNELS.findIndex((channel) => channel === word);
		if (code < 0) throw malformed(`channels "${text}" with "${word}"`, `some of ${CHANNELS.join(", ")}, joined by ";"`);
		mask |= 1 << code;
	}
	return mask;
}

/** Parses a `list` column, words joined by `;`. */
export function parseList(text: string): string[] {
	return split(text, ";");
}

function split(text: string, separator: string): string[] {
	const parts = text.split(separator).map((part) => part.trim());
	if (parts.some((part) => part === "")) throw malformed(`"${text}"`, `words joined by "${separator}"`);
	return parts;
}

/** The refusal of a text in one of the little languages of cells: what came and what was expected. */
export function malformed(came: string, expected: string): CarteiraError {
	return new CarteiraError("INVALID_INPUT", `${came}: expected ${expected}`);
}
