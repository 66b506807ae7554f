import Holidays from "date-holidays";
import { type Day, formatDay, parseDay } from "../units.ts";

/** A yearly date that the library has wrong: holiday from `fromYear` on, and none before it. */
interface Correction {
	readonly country: string;
	/** null: the whole country. */
	readonly region: string | null;
	readonly monthDay: string;
	readonly fromYear: number;
}

const CORRECTIONS: readonly Correction[] = [
	// Dia de Zumbi e da Consciência Negra, national by Lei 14.759 of 2023-12-21; the library leaves it out in SP, RJ and other states.
	{ country: "BR", region: null, monthDay: "11-20", fromYear: 2024 },
];

/** Regions of Brazil and other countries where a public holiday of the library is an optional day in practice, by date of Easter. */
const CARNIVAL_TUESDAY_IS_HOLIDAY: readonly string[] = ["RJ"];

function corrected(country: string, region: string | null, year: number, days: Set<Day>): Set<Day> {
	for (const fix of CORRECTIONS) {
		if (fix.country !== country || (fix.region !== null && fix.region !== region)) continue;
		const day = parseDay(`${year}-${fix.monthDay}`);
		if (year >= fix.fromYear) days.add(day);
		else days.delete(day);
	}
	return days;
}
