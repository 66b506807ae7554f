import Holidays from "date-holidays";
import { CarteiraError } from "../errors.ts";
import { type Day, parseDay } from "../units.ts";

/** A yearly public holiday that the library leaves out. */
interface Correction {
	readonly country: string;
	/** null: the whole country. */
	readonly region: string | null;
	readonly monthDay: string;
	readonly fromYear: number;
}

const CORRECTIONS: readonly Correction[] = [
	// Consciência Negra: national by Lei 14.759/2023; the library drops it in SP, RJ, AM and MT, whose own laws ended there.
	{ country: "BR", region: null, monthDay: "11-20", fromYear: 2024 },
];

/** Public holidays, or the weaker days on which many firms close all the same. */
export type HolidayKind = "public" | "optional";

const TYPES = { public: ["public" as const], optional: ["bank" as const, "optional" as const] };

/**
 * Answers whether a day is a holiday of a country or of one of its regions (state codes), from the library date-holidays and the
 * corrections above. Half days are none. In most of Brazil Carnival and Corpus Christi are optional days, not public holidays.
 * Years are worked out when first asked for. Throws INVALID_POLICY for a country that the library does not know.
 */
export function createHolidayLookup(country: string, kind: HolidayKind): (day: Day, region: string | null) => boolean {
	const library = new Holidays();
	if (!(country in library.getCountries())) {
		throw new CarteiraError("INVALID_POLICY", `country ${country}: no holidays are known for it; expected an ISO 3166 code such as BR`);
	}
	const states = library.getStates(country) ?? {};
	const daysOf = new Map<string, ReadonlySet<Day>>();
	return (day, region) => {
		if (region !== null && !(region in states)) return false;
		const year = new Date(day * 86_400_000).getUTCFullYear();
		const key = `${year} ${region ?? ""}`;
		let days = daysOf.get(key);
		if (!days) daysOf.set(key, (days = holidaysOfYear(country, region, year, kind)));
		return days.has(day);
	};
}

function holidaysOfYear(country: string, region: string | null, year: number, kind: HolidayKind): ReadonlySet<Day> {
	const options = { types: TYPES[kind] };
	const library = region === null ? new Holidays(country, options) : new Holidays(country, region, options);
	const whole = library.getHolidays(year).filter(({ date }) => date.slice(11, 19) === "00:00:00");
	const days = new Set(whole.map(({ date }) => parseDay(date.slice(0, 10))));
	for (const fix of kind === "public" ? CORRECTIONS : []) {
		const applies = fix.country === country && (fix.region === null || fix.region === region) && year >= fix.fromYear;
		if (applies) days.add(parseDay(`${year}-${fix.monthDay}`));
	}
	return days;
}
