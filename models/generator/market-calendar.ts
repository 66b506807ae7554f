import { createHolidayLookup } from "../../engine/portfolio/calendar/holidays.ts";
import type { Day } from "../../engine/units.ts";
import { formatDay, isoWeekOf, parseDay, weekdayOf } from "../../engine/units.ts";

/** Days of history that a generated portfolio has. */
export const HISTORY_DAYS = 730;

export interface Holiday {
	readonly day: Day;
	/** State code; null: everywhere. */
	readonly region: string | null;
	/** Many firms close, many do not. */
	readonly optional: boolean;
}

/** The days that the generator walks through, as arrays over days `from` … `from + length - 1`. */
export interface MarketCalendar {
	readonly asOf: Day;
	readonly from: Day;
	/** How much of an ordinary working day's trade takes place: 0 on Sundays and holidays, a fraction on Saturdays and bridge days. */
	readonly openness: Float64Array;
	/** Demand against the yearly mean. */
	readonly season: Float64Array;
	/** 0 = Monday. */
	readonly weekday: Uint8Array;
	readonly isoWeek: Uint8Array;
	/** Of the country and the state. */
	readonly holidays: readonly Holiday[];
	/** The first ten working days from asOf. */
	readonly horizon: readonly Day[];
}

// Demand of a drinks and food distributor by month: hot months and December are high, the rainy end of summer and winter are low.
const MONTH_DEMAND = [1.06, 1.02, 0.97, 0.98, 0.94, 0.92, 0.94, 0.96, 1.0, 1.03, 1.07, 1.14];

/** Trade days around a date: history before it and the months after it. */
export function buildMarketCalendar(asOf: Day): MarketCalendar {
	const from = asOf - HISTORY_DAYS;
	const length = HISTORY_DAYS + 120;
	const holidays = holidaysAround(asOf);
	const closed = new Set(holidays.filter(({ optional }) => !optional).map(({ day }) => day));
	const quiet = new Set(holidays.filter(({ optional }) => optional).map(({ day }) => day));
	const days = Array.from({ length }, (_, i) => from + i);
	return {
		asOf,
		from,
		openness: Float64Array.from(days, (day) => (closed.has(day) ? 0 : opennessOf(day) * (quiet.has(day) ? 0.25 : 1))),
		season: Float64Array.from(days, (day) => MONTH_DEMAND[Number(formatDay(day).slice(5, 7)) - 1]),
		weekday: Uint8Array.from(days, weekdayOf),
		isoWeek: Uint8Array.from(days, isoWeekOf),
		holidays,
		horizon: days.filter((day) => day >= asOf && weekdayOf(day) < 5 && !closed.has(day)).slice(0, 10),
	};
}

function opennessOf(day: Day): number {
	const weekday = weekdayOf(day);
	if (weekday === 6) return 0;
	const date = formatDay(day).slice(5);
	return (weekday === 5 ? 0.25 : 1) * (date >= "12-26" || date <= "01-02" ? 0.45 : 1);
}

/** Holidays of the country and the state, and the optional ones, from two years before to two years after a date. */
function holidaysAround(asOf: Day): Holiday[] {
	const isPublic = createHolidayLookup("BR", "public");
	const isOptional = createHolidayLookup("BR", "optional");
	const year = Number(formatDay(asOf).slice(0, 4));
	const holidays: Holiday[] = [];
	for (let day = parseDay(`${year - 2}-01-01`); day <= parseDay(`${year + 2}-12-31`); day++) {
		if (isPublic(day, null)) holidays.push({ day, region: null, optional: false });
		else if (isPublic(day, "SP")) holidays.push({ day, region: "SP", optional: false });
		else if (isOptional(day, null)) holidays.push({ day, region: null, optional: true });
	}
	return holidays;
}
