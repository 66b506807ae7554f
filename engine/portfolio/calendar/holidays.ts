import { createRequire } from "node:module";
import type Holidays from "date-holidays";
import { CarteiraError } from "../../errors.ts";
import { type Day, parseDay } from "../../units.ts";

const load = createRequire(import.meta.url);
/** The library, loaded where the first holiday is asked for: many a process ends sooner than that takes. */
const openLibrary = (): typeof Holidays => load("date-holidays") as typeof Holidays;

/** A law that the library does not know, from the first year whose days it holds for. */
interface Correction {
	readonly country: string;
	/** null: the whole country. */
	readonly region: string | null;
	readonly fromYear: number;
	/** Rules in the library's grammar that are public holidays, and rules of the library that are none. */
	readonly adds?: readonly string[];
	readonly drops?: readonly string[];
	/** Rules of the library that are days on which many close, and no public holidays. */
	readonly weakens?: readonly string[];
}

const toFriday = (monthDay: string): string => `${monthDay} if tuesday,wednesday,thursday then next friday`;

const CORRECTIONS: readonly Correction[] = [
	// Consciência Negra: national by Lei 14.759/2023; the library drops it in SP, RJ, AM and MT, whose own laws ended there.
	{ country: "BR", region: null, fromYear: 2024, adds: ["11-20"] },
	// Acre: Lei 1.538/2004 (23 January) and Lei 2.126/2009, by which state holidays in midweek are moved to the Friday.
	{
		country: "BR",
		region: "AC",
		fromYear: 2010,
		adds: ["01-23", "03-08", "09-05", "11-17"].map(toFriday),
		drops: ["01-12", "03-08", "09-05"],
	},
	// Alagoas: Lei 7.530/2013, in the state's own calendar from 2018 on (Decreto 56.880/2017); a Tuesday comes a day before, a Thursday a day after.
	{
		country: "BR",
		region: "AL",
		fromYear: 2018,
		adds: ["11-30 if tuesday then previous monday if thursday then next friday"],
	},
	// Goiás: days off of the state's own servants (Lei 20.756/2020); 24 October is a public holiday of Goiânia alone.
	{ country: "BR", region: "GO", fromYear: 1996, weakens: ["07-26", "10-24"] },
	// Paraíba: Lei 10.601/2015 ends 26 July and leaves 5 August.
	{ country: "BR", region: "PB", fromYear: 2016, drops: ["07-26"] },
	// Pernambuco: Lei 16.059/2017 fixes the first Sunday of March to the 6th.
	{ country: "BR", region: "PE", fromYear: 2018, adds: ["03-06"], drops: ["1st sunday in March"] },
	// Paraná: Lei 18.384/2014 ends the holiday of 19 December.
	{ country: "BR", region: "PR", fromYear: 2015, drops: ["12-19"] },
	// Rondônia: the Supreme Court (ADI 3940, 30 March 2020) voids Lei 1.026/2001 and with it 18 June.
	{ country: "BR", region: "RO", fromYear: 2020, drops: ["06-18"] },
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
	const Library = openLibrary();
	const library = new Library();
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
	const Library = openLibrary();
	const options = { types: TYPES[kind] };
	const library = region === null ? new Library(country, options) : new Library(country, region, options);
	const fixes = CORRECTIONS.filter(
		(fix) => fix.country === country && (fix.region === null || fix.region === region) && year >= fix.fromYear,
	);
	const isPublic = kind === "public";
	const adds = fixes.flatMap(({ adds = [], weakens = [] }) => (isPublic ? adds : weakens));
	for (const rule of adds) library.setHoliday(rule, { name: rule, type: isPublic ? "public" : "optional" });
	const drops = isPublic ? fixes.flatMap(({ drops = [], weakens = [] }) => [...drops, ...weakens]) : [];
	const held = library.getHolidays(year).filter(({ date, rule }) => date.slice(11, 19) === "00:00:00" && !drops.includes(rule));
	return new Set(held.map(({ date }) => parseDay(date.slice(0, 10))));
}
