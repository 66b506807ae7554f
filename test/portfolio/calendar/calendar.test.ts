import { describe, expect, it } from "vitest";
import { buildCalendar, horizonOf } from "../../../engine/portfolio/calendar/calendar.ts";
import { formatDay, parseDay } from "../../../engine/units.ts";
import { readInProcess } from "../reading/read-in-process.ts";
import { sampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";

const brazil = buildCalendar(null, { country: "BR", region: null });
const saoPaulo = buildCalendar(null, { country: "BR", region: "SP" });

/**
 * National holidays by law (Lei 662/1949 with 6.802/1980, 9.093/1995 and 14.759/2023) and Good Friday, two days before Easter:
 * 2024-03-31, 2025-04-20, 2026-04-05, 2027-03-28, 2028-04-16.
 */
const GOOD_FRIDAYS = ["2024-03-29", "2025-04-18", "2026-04-03", "2027-03-26", "2028-04-14"];
const FIXED = ["01-01", "04-21", "05-01", "09-07", "10-12", "11-02", "11-15", "11-20", "12-25"];
/** Points of leave that the law leaves to each employer: Carnival Monday and Tuesday (47 and 48 days before Easter), Corpus Christi (60 after). */
const OPTIONAL = [
	"2024-02-12",
	"2024-02-13",
	"2024-05-30",
	"2025-03-03",
	"2025-03-04",
	"2025-06-19",
	"2026-02-16",
	"2026-02-17",
	"2026-06-04",
	"2027-02-08",
	"2027-02-09",
	"2027-05-27",
	"2028-02-28",
	"2028-02-29",
	"2028-06-15",
];

/**
 * States' own holidays, as month and day, with the laws that public registers name for them (the list of the Portuguese Wikipedia, the
 * Python package "holidays"). What others take for holidays and the law does not is in NO_HOLIDAYS.
 */
const STATE_HOLIDAYS: Readonly<Record<string, readonly string[]>> = {
	AC: ["06-15"], // Lei 14/1964; the others move to Fridays
	AL: ["06-24", "06-29", "09-16"], // Lei 5.508/1993, 5.509/1993, Constitution
	AM: ["09-05"], // Lei 25/1977
	AP: ["03-19", "09-13"], // Lei 667/2002, Decreto-lei federal 5.812/1943
	BA: ["07-02"], // Constitution, art. 6
	CE: ["03-25"], // Constitutional amendment 73/2011
	DF: ["11-30"], // Lei 963/1995
	ES: [], // Our Lady of Penha moves with Easter
	GO: [], // 26 July and 24 October are days off of the state's own servants
	MA: ["07-28"], // Lei 2.457/1964
	MG: ["04-21"], // Constitution, art. 256
	MS: ["10-11"], // Lei 10/1979
	MT: ["11-20"], // Lei 7.879/2002
	PA: ["08-15"], // Lei 5.999/1996
	PB: ["08-05"], // Lei 10.601/2015
	PE: ["03-06"], // Lei 16.059/2017
	PI: ["10-19"], // Lei 176/1937
	PR: [], // Lei 18.384/2014 ended 19 December
	RJ: ["04-23"], // Lei 5.198/2008
	RN: ["10-03"], // Lei 8.913/2006
	RO: ["01-04"], // Lei 2.291/2010
	RR: ["10-05"], // Constitution
	RS: ["09-20"], // Constitution, art. 6
	SC: [], // Lei 12.906/2004 moves both holidays to Sundays
	SE: ["07-08"], // Constitution
	SP: ["07-09"], // Lei 9.497/1997
	TO: ["03-18", "09-08", "10-05"], // Lei 960/1998, Lei 627/1993, Constitution
};

/** Of some states, that move: with Easter (Lei 5.243/2008 of RJ: Carnival; Lei 11.010/2019 of ES: eight days after), in AC to Friday, in AL to a long weekend. */
const MOVED_HOLIDAYS: Readonly<Record<string, readonly string[]>> = {
	RJ: ["2024-02-13", "2025-03-04", "2026-02-17", "2027-02-09", "2028-02-29"],
	ES: ["2024-04-08", "2025-04-28", "2026-04-13", "2027-04-05", "2028-04-24"],
	// 30 November (Lei 7.530/2013): Saturday, Sunday, Monday, Tuesday, Thursday.
	AL: ["2024-11-30", "2025-11-30", "2026-11-30", "2027-11-29", "2028-12-01"],
	// 23 January: Tuesday, Thursday, Friday, Saturday, Sunday. 8 March 2028 and 17 November 2025 and 2027: Wednesday, Monday, Wednesday.
	AC: ["2024-01-26", "2025-01-24", "2026-01-23", "2027-01-23", "2028-01-23", "2028-03-10", "2025-11-17", "2027-11-19"],
};
/** What the library has and the law has not. */
const NO_HOLIDAYS: readonly (readonly [state: string, day: string])[] = [
	["AC", "2026-01-12"],
	["AC", "2028-03-08"],
	["PR", "2025-12-19"],
	["PR", "2028-12-19"],
	["PE", "2026-03-01"],
	["SP", "2026-04-23"],
	["RJ", "2026-07-09"],
	["AL", "2027-11-30"], // a Tuesday: the Monday before is
	["AL", "2028-11-30"], // a Thursday: the Friday after is
	["AP", "2026-07-25"], // Lei 1.696/2012 was void from 2018 on
	["AP", "2026-10-05"],
	["CE", "2026-03-19"], // of Fortaleza and other cities, not of the state
	["CE", "2026-08-15"],
	["GO", "2026-10-24"], // of Goiânia
	["GO", "2027-07-26"],
	["PB", "2027-07-26"], // Lei 10.601/2015
	["RN", "2026-08-07"],
	["RO", "2026-06-18"], // ADI 3940
];
/** Days on which a state's own servants do not work, and others do. */
const STATE_LEAVE: readonly (readonly [state: string, day: string])[] = [
	["GO", "2027-07-26"],
	["GO", "2028-10-24"],
];
const YEARS = [2024, 2025, 2026, 2027, 2028];

/** Is it 23 January, 8 March, 5 September or 17 November, or the Friday of one that falls on a Tuesday, Wednesday or Thursday? */
function isMovedOfAcre(text: string): boolean {
	const day = parseDay(text);
	const dates = [0, 1, 2, 3].map((before) => formatDay(day - before).slice(5));
	const isOwn = (date: string): boolean => ["01-23", "03-08", "09-05", "11-17"].includes(date);
	return dates.some((date, before) => isOwn(date) && (before === 0 || new Date(day * 86_400_000).getUTCDay() === 5));
}

describe("the calendar of Brazil", () => {
	it.each(YEARS)("knows the national holidays of %i and no other weekday", (year) => {
		const expected = [...FIXED.map((monthDay) => `${year}-${monthDay}`), ...GOOD_FRIDAYS.filter((day) => day.startsWith(String(year)))];
		const found: string[] = [];
		for (let day = parseDay(`${year}-01-01`); day <= parseDay(`${year}-12-31`); day++)
			if (brazil.isHoliday(day)) found.push(formatDay(day));
		// Days of elections are holidays too, and always Sundays.
		const isSunday = (text: string): boolean => new Date(`${text}T00:00:00Z`).getUTCDay() === 0;
		expect(found.filter((day) => expected.includes(day) || !isSunday(day))).toEqual(expected.sort());
	});

	it.each(OPTIONAL)("takes %s for a working day on which many firms close", (text) => {
		expect(brazil.isHoliday(parseDay(text))).toBe(false);
		expect(brazil.isWorkingDay(parseDay(text))).toBe(true);
		expect(brazil.isOptionalDay(parseDay(text))).toBe(true);
	});

	it("has 20 November as a national holiday in every state from 2024 on", () => {
		for (const region of ["SP", "RJ", "AM", "MT", "BA", null]) {
			const calendar = buildCalendar(null, { country: "BR", region });
			for (const year of [2024, 2025, 2026]) expect(calendar.isHoliday(parseDay(`${year}-11-20`))).toBe(true);
		}
		expect(brazil.isHoliday(parseDay("2022-11-20"))).toBe(false);
	});

	it("adds the holidays of the policy's region, and of the regions asked for", () => {
		const saintGeorge = parseDay("2026-04-23"); // Rio de Janeiro
		const ninthOfJuly = parseDay("2026-07-09"); // São Paulo
		expect(saoPaulo.isHoliday(ninthOfJuly)).toBe(true);
		expect(brazil.isHoliday(ninthOfJuly)).toBe(false);
		expect(saoPaulo.isHoliday(saintGeorge)).toBe(false);
		expect(saoPaulo.isHoliday(saintGeorge, [null, "RJ", "3550308"])).toBe(true);
		expect(saoPaulo.isWorkingDay(saintGeorge)).toBe(true);
	});

	it.each(Object.keys(STATE_HOLIDAYS))("knows the holidays that the laws of %s add", (state) => {
		const days = YEARS.flatMap((year) => STATE_HOLIDAYS[state].map((monthDay) => `${year}-${monthDay}`));
		const calendar = buildCalendar(null, { country: "BR", region: state });
		expect([...days, ...(MOVED_HOLIDAYS[state] ?? [])].filter((day) => !calendar.isHoliday(parseDay(day)))).toEqual([]);
		// And of the national ones it lacks none.
		const national = YEARS.flatMap((year) => FIXED.map((monthDay) => `${year}-${monthDay}`));
		expect([...national, ...GOOD_FRIDAYS].filter((day) => !calendar.isHoliday(parseDay(day)))).toEqual([]);
	});

	it.each(NO_HOLIDAYS)("has no holiday in %s on %s", (state, day) => {
		expect(buildCalendar(null, { country: "BR", region: state }).isHoliday(parseDay(day))).toBe(false);
	});

	it.each(STATE_LEAVE)("has an optional day in %s on %s", (state, day) => {
		expect(buildCalendar(null, { country: "BR", region: state }).isOptionalDay(parseDay(day))).toBe(true);
		expect(brazil.isOptionalDay(parseDay(day))).toBe(false);
	});

	it("has state holidays only where a law names them: as many as the tables above list, and days that are Sundays anyway", () => {
		for (const [state, monthDays] of Object.entries(STATE_HOLIDAYS)) {
			const calendar = buildCalendar(null, { country: "BR", region: state });
			const listed = new Set([
				...YEARS.flatMap((year) => monthDays.map((monthDay) => `${year}-${monthDay}`)),
				...(MOVED_HOLIDAYS[state] ?? []),
			]);
			const found: string[] = [];
			for (let day = parseDay("2024-01-01"); day <= parseDay("2028-12-31"); day++)
				if (calendar.isHoliday(day) && !brazil.isHoliday(day) && new Date(day * 86_400_000).getUTCDay() !== 0) found.push(formatDay(day));
			// In AC the holidays of the table of moved ones are a sample; the others fall on Mondays, Fridays and Saturdays of their own date.
			const unlisted = found.filter((day) => !listed.has(day) && !(state === "AC" && isMovedOfAcre(day)));
			expect([state, unlisted]).toEqual([state, []]);
		}
	});

	it("knows all 27 states", () => {
		expect(Object.keys(STATE_HOLIDAYS)).toHaveLength(27);
	});

	it("takes the working day between a holiday and a weekend for an optional one", () => {
		expect(brazil.isOptionalDay(parseDay("2026-04-20"))).toBe(true); // Monday before Tiradentes on a Tuesday
		expect(brazil.isOptionalDay(parseDay("2026-04-22"))).toBe(false);
	});

	it("refuses a country that nobody knows", () => {
		expect(() => buildCalendar(null, { country: "ZZ", region: null })).toThrow(expect.objectContaining({ code: "INVALID_POLICY" }));
	});
});

describe("the horizon", () => {
	it("counts working days from as_of, as_of among them", () => {
		// Friday 2026-11-20 is a holiday; ten working days from Monday on end on Friday 2026-12-04.
		const days = horizonOf(saoPaulo, parseDay("2026-11-20"), 10).map(formatDay);
		expect(days).toHaveLength(10);
		expect(days[0]).toBe("2026-11-23");
		expect(days[9]).toBe("2026-12-04");
		expect(horizonOf(saoPaulo, parseDay("2026-11-23"), 1).map(formatDay)).toEqual(["2026-11-23"]);
		// 2100-12-31 is a Friday: one working day fits before the end of what can be planned, two do not.
		expect(horizonOf(saoPaulo, parseDay("2100-12-31"), 1).map(formatDay)).toEqual(["2100-12-31"]);
		expect(() => horizonOf(saoPaulo, parseDay("2100-12-31"), 2)).toThrow(/end after 2100-12-31/);
	});
});

describe("a table of holidays", () => {
	it("takes the place of the library", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, {
			...sampleTables(),
			holidays: [
				{ date: "2026-11-24", region: "", optional: "" },
				{ date: "2026-11-25", region: "RJ", optional: "false" },
				{ date: "2026-11-26", region: "", optional: "true" },
			],
		});
		const { holidays } = (await readInProcess(folder)).tables;
		const calendar = buildCalendar(holidays, { country: "BR", region: "SP" });
		expect(calendar.isHoliday(parseDay("2026-11-20"))).toBe(false);
		expect(calendar.isHoliday(parseDay("2026-11-24"))).toBe(true);
		expect(calendar.isHoliday(parseDay("2026-11-25"))).toBe(false);
		expect(calendar.isHoliday(parseDay("2026-11-25"), ["RJ"])).toBe(true);
		expect(calendar.isHoliday(parseDay("2026-11-26"))).toBe(false);
		expect(calendar.isOptionalDay(parseDay("2026-11-26"))).toBe(true);
	});

	it("leaves no horizon where it has every day", () => {
		const never = { isHoliday: () => true, isWorkingDay: () => false, isOptionalDay: () => false };
		expect(() => horizonOf(never, parseDay("2026-11-23"), 10)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
	});
});
