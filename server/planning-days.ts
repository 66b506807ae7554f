import { parseDay } from "../engine/index.ts";

/** First and last day that can be asked for: a date beyond them is a slip, and calendars are worked out year by year. */
const FIRST = "1970-01-01";
const LAST = "2100-12-31";

/** What is expected of a day that is asked for. */
export const EXPECTED_DAY = `expected a date YYYY-MM-DD from ${FIRST} to ${LAST}`;

/** A day that can be asked for, as the engine counts days; NaN for any other text. */
export function parsePlanningDay(text: string): number {
	const day = parseDay(text);
	return day >= parseDay(FIRST) && day <= parseDay(LAST) ? day : Number.NaN;
}

/** Days of the week, Monday first as ISO numbers them. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
