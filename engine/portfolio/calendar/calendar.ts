import { CarteiraError } from "../../errors.ts";
import { type Day, formatDay, weekdayOf } from "../../units.ts";
import { createHolidayLookup } from "./holidays.ts";
import { LAST_DAY } from "../cells/parse-cell.ts";
import type { Table } from "../portfolio.ts";

export { intervalsOn, parseHours, type WeeklyHours } from "./hours.ts";
export {
	type Break,
	isVisitDay,
	parseAbsences,
	parseBreaks,
	parseChannels,
	parseList,
	parseVisitDays,
	parseWeekdays,
	type VisitDay,
} from "./day-words.ts";

/** Working days and holidays of a place. */
export interface Calendar {
	/** Is the day a holiday everywhere, in the policy's region, or in one of `regions` (state or city codes)? Optional holidays are not. */
	isHoliday(day: Day, regions?: readonly (string | null)[]): boolean;
	/** Monday to Friday and no holiday of the policy's region. */
	isWorkingDay(day: Day): boolean;
	/** No holiday, but a day on which many firms close: an optional or bank day such as Carnival, or a bridge from one to a weekend. */
	isOptionalDay(day: Day): boolean;
}

/** Calendar of a country and region (state code) by library, corrected; a `holidays` table with rows replaces it. */
export function buildCalendar(holidays: Table | null, where: { country: string; region: string | null }): Calendar {
	const table = holidays && holidays.numRows > 0 ? holidays : null;
	const isPublic = table ? lookupOf(table, false) : createHolidayLookup(where.country, "public");
	const isOptional = table ? lookupOf(table, true) : createHolidayLookup(where.country, "optional");
	const isListed = (list: HolidayLookup, day: Day): boolean => list(day, null) || (where.region !== null && list(day, where.region));
	const isHoliday = (day: Day, regions: readonly (string | null)[] = []): boolean => {
		if (isListed(isPublic, day)) return true;
		for (const region of regions) if (region !== null && isPublic(day, region)) return true;
		return false;
	};
	const isClosed = (day: Day): boolean => isHoliday(day) || isListed(isOptional, day);
	const isBridge = (day: Day): boolean => (weekdayOf(day) === 4 && isClosed(day - 1)) || (weekdayOf(day) === 0 && isClosed(day + 1));
	return {
		isHoliday,
		isWorkingDay: (day) => weekdayOf(day) < 5 && !isHoliday(day),
		isOptionalDay: (day) => !isHoliday(day) && (isListed(isOptional, day) || isBridge(day)),
	};
}

type HolidayLookup = (day: Day, region: string | null) => boolean;

function lookupOf(holidays: Table, optional: boolean): HolidayLookup {
	const daysOf = new Map<string | null, Set<Day>>();
	for (let row = 0; row < holidays.numRows; row++) {
		if ((holidays.codes.optional[row] === 1) !== optional) continue;
		const region = holidays.texts.region.at(row);
		const days = daysOf.get(region);
		if (days) days.add(holidays.days.date[row]);
		else daysOf.set(region, new Set([holidays.days.date[row]]));
	}
	return (day, region) => daysOf.get(region)?.has(day) ?? false;
}

/** The first `numDays` working days from as_of, as_of counted. Throws INVALID_INPUT where they end after the last date that a plan can have. */
export function horizonOf(calendar: Calendar, asOf: Day, numDays: number): Day[] {
	const days: Day[] = [];
	for (let day = asOf; days.length < numDays; day++) {
		if (calendar.isWorkingDay(day)) days.push(day);
		if (day > LAST_DAY)
			throw new CarteiraError(
				"INVALID_INPUT",
				`as_of ${formatDay(asOf)}: ${numDays} working days from it end after ${formatDay(LAST_DAY)}`,
			);
		if (day - asOf > 20 * numDays + 400) throw new CarteiraError("INVALID_INPUT", "holidays: they leave no working days to plan");
	}
	return days;
}
