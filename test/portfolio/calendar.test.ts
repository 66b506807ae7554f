import { describe, expect, it } from "vitest";
import { buildCalendar, horizonOf } from "../../engine/portfolio/calendar.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { readInProcess } from "./read-in-process.ts";
import { sampleTables, temporaryFolder, writeCsvFolder } from "./sample-folder.ts";

const brazil = buildCalendar(null, { country: "BR", region: null });
const saoPaulo = buildCalendar(null, { country: "BR", region: "SP" });

/**
 * National holidays by law (Lei 662/1949 with 6.802/1980, 9.093/1995 and 14.759/2023) and Good Friday, two days before Easter:
 * 2024-03-31, 2025-04-20, 2026-04-05, 2027-03-28.
 */
const GOOD_FRIDAYS = ["2024-03-29", "2025-04-18", "2026-04-03", "2027-03-26"];
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
];

describe("the calendar of Brazil", () => {
	it.each([2024, 2025, 2026, 2027])("knows the national holidays of %i and no other weekday", (year) => {
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
