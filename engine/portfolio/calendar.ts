import type { Day, Seconds } from "../units.ts";
import type { Table } from "./portfolio.ts";

/** Working days and holidays of a place. */
export interface Calendar {
	/** Is the day a holiday everywhere, in the policy's region, or in one of `regions` (state or city codes)? Optional holidays are not. */
	isHoliday(day: Day, regions?: readonly (string | null)[]): boolean;
	/** Monday to Friday and no holiday of the policy's region. */
	isWorkingDay(day: Day): boolean;
}

/** Opening hours of a week, parsed once. Intervals are [open, close] seconds from midnight, ascending, disjoint. */
export interface WeeklyHours {
	/** By weekday, 0 = Monday. */
	readonly weekdays: readonly (readonly (readonly [Seconds, Seconds])[])[];
	/** On holidays; empty unless the text has a PH rule. */
	readonly holiday: readonly (readonly [Seconds, Seconds])[];
}

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

/** Calendar of a country and region (state code) by library, corrected; a `holidays` table with rows replaces it. */
export declare function buildCalendar(holidays: Table | null, where: { country: string; region: string | null }): Calendar;
/** The first `numDays` working days from as_of, as_of counted. */
export declare function horizonOf(calendar: Calendar, asOf: Day, numDays: number): Day[];
/** Parses the hours syntax; throws CarteiraError INVALID_INPUT that says what is wrong with the text. */
export declare function parseHours(text: string): WeeklyHours;
/** Intervals of a day. */
export declare function intervalsOn(hours: WeeklyHours, day: Day, isHoliday: boolean): readonly (readonly [Seconds, Seconds])[];
/** Parses `12:00-13:00`, `60min 11:30-14:00`, several with `;`. */
export declare function parseBreaks(text: string): Break[];
/** Parses `Mo,We` or `Mo-Fr` to a bit mask, bit 0 = Monday. */
export declare function parseWeekdays(text: string): number;
/** Parses `Tu`, `Tu/2:A`, several with `,`. */
export declare function parseVisitDays(text: string): VisitDay[];
export declare function isVisitDay(visitDays: readonly VisitDay[], day: Day): boolean;
/** Parses `2026-12-01/2026-12-05;2026-12-24` to closed ranges of days. */
export declare function parseAbsences(text: string): (readonly [Day, Day])[];
/** Parses `visit;phone` to a bit mask over CHANNELS. */
export declare function parseChannels(text: string): number;
