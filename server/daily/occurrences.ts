import { Temporal } from "temporal-polyfill";
import { type Weekday, WEEKDAYS } from "../planning-days.ts";

/** When a portfolio is planned. Times are `HH:MM` in the zone; a time later than `ready_by` is the evening before the day planned. */
export interface Timetable {
	readonly time: string;
	readonly ready_by: string;
	readonly time_zone: string;
	readonly days: readonly Weekday[];
}

/** The moments of one day's run, in milliseconds since 1970. */
export interface Occurrence {
	/** The day planned. */
	readonly date: string;
	readonly startAt: number;
	readonly readyBy: number;
	/** Midnight after the day. */
	readonly endsAt: number;
}

/** Dates looked at for the next run: a year holds every weekday and every holiday. */
const MOST_DATES = 400;

/** A moment of a zone's clock; one that a change of the clock skips is as much later, of one that comes twice it is the first. */
function momentOf(date: Temporal.PlainDate, time: string, zone: string): number {
	return date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
}

function occurrenceOn({ time, ready_by, time_zone }: Timetable, date: Temporal.PlainDate): Occurrence {
	return {
		date: date.toString(),
		startAt: momentOf(time > ready_by ? date.subtract({ days: 1 }) : date, time, time_zone),
		readyBy: momentOf(date, ready_by, time_zone),
		endsAt: momentOf(date.add({ days: 1 }), "00:00", time_zone),
	};
}

/** Is a date planned: a day of the timetable and no holiday? */
export type IsHoliday = (date: string) => boolean;

function isPlanned({ days }: Timetable, date: Temporal.PlainDate, isHoliday: IsHoliday): boolean {
	return days.includes(WEEKDAYS[date.dayOfWeek - 1]) && !isHoliday(date.toString());
}

/** Today's date in a zone. */
export function dateAt(now: number, zone: string): string {
	return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** The latest run that has begun and whose day is not over, not before the date `from`; null for none. Earlier ones no longer matter. */
export function currentOccurrence(timetable: Timetable, from: string, now: number, isHoliday: IsHoliday): Occurrence | null {
	const today = Temporal.PlainDate.from(dateAt(now, timetable.time_zone));
	for (const date of [today.add({ days: 1 }), today]) {
		if (date.toString() < from || !isPlanned(timetable, date, isHoliday)) continue;
		const occurrence = occurrenceOn(timetable, date);
		if (occurrence.startAt <= now) return occurrence;
	}
	return null;
}

/** The first run that begins after `now`; null where the timetable has none within a year. */
export function nextOccurrence(timetable: Timetable, now: number, isHoliday: IsHoliday): Occurrence | null {
	let date = Temporal.PlainDate.from(dateAt(now, timetable.time_zone));
	for (let step = 0; step < MOST_DATES; step++, date = date.add({ days: 1 })) {
		if (!isPlanned(timetable, date, isHoliday)) continue;
		const occurrence = occurrenceOn(timetable, date);
		if (occurrence.startAt > now) return occurrence;
	}
	return null;
}
