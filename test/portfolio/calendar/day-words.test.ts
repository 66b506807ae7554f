import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	isVisitDay,
	parseAbsences,
	parseBreaks,
	parseChannels,
	parseList,
	parseVisitDays,
	parseWeekdays,
} from "../../../engine/portfolio/calendar/calendar.ts";
import { formatDay, parseDay } from "../../../engine/units.ts";
import { weekdayName, weekParity } from "./slow-calendar.ts";

const h = (hours: number, minutes = 0): number => hours * 3600 + minutes * 60;

describe("breaks", () => {
	it("are fixed where only a window is given", () => {
		expect(parseBreaks("12:00-13:00")).toEqual([{ earliest: h(12), latest: h(12), duration: h(1) }]);
	});

	it("float inside the window where a length is given, and come in order", () => {
		// 60 min between 11:30 and 14:00 starts at 13:00 at the latest.
		expect(parseBreaks("60min 11:30-14:00; 10:00-10:15")).toEqual([
			{ earliest: h(10), latest: h(10), duration: 900 },
			{ earliest: h(11, 30), latest: h(13), duration: h(1) },
		]);
	});

	it.each(["", "12:00", "13:00-12:00", "90min 12:00-13:00", "0min 12:00-13:00", "12:00-13:00;12:30-14:00", "12:00-13:00;", "noon"])(
		"refuse %j",
		(text) => {
			expect(() => parseBreaks(text)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
		},
	);
});

describe("weekdays", () => {
	it("become a bit mask, Monday first, ranges may wrap", () => {
		expect(parseWeekdays("Mo,We")).toBe(0b101);
		expect(parseWeekdays("Mo-Fr")).toBe(0b11111);
		expect(parseWeekdays("Sa-Mo, We")).toBe(0b1100101);
	});

	it.each(["", "Mo;We", "Monday", "Mo-We-Fr", "mo", "PH"])("refuse %j", (text) => {
		expect(() => parseWeekdays(text)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
	});
});

describe("visit days", () => {
	it("may be every second week, A odd and B even by ISO week", () => {
		const days = parseVisitDays("Tu/2:A,Fr");
		expect(days).toEqual([
			{ weekday: 1, parity: "A" },
			{ weekday: 4, parity: null },
		]);
		// 2026-11-24 is a Tuesday of ISO week 48 (2026-01-01 is a Thursday, so week 1 starts on 2025-12-29; 330 days on is week 48).
		expect(isVisitDay(days, parseDay("2026-11-24"))).toBe(false);
		expect(isVisitDay(days, parseDay("2026-12-01"))).toBe(true);
		expect(isVisitDay(days, parseDay("2026-11-27"))).toBe(true);
		expect(isVisitDay(days, parseDay("2026-11-25"))).toBe(false);
		expect(isVisitDay(parseVisitDays("Tu/2:B"), parseDay("2026-11-24"))).toBe(true);
	});

	it.each(["", "Tu/3:A", "Tu/2:C", "Tu;Th", "tu"])("refuse %j", (text) => {
		expect(() => parseVisitDays(text)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
	});
});

describe("absences", () => {
	it("are closed ranges and single days", () => {
		const [from, to, eve] = ["2026-12-01", "2026-12-05", "2026-12-24"].map(parseDay);
		expect(parseAbsences("2026-12-01/2026-12-05; 2026-12-24")).toEqual([
			[from, to],
			[eve, eve],
		]);
	});

	it.each(["", "2026-12-05/2026-12-01", "2026-02-30", "01/12/2026", "2026-12-01/2026-12-02/2026-12-03"])("refuse %j", (text) => {
		expect(() => parseAbsences(text)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
	});
});

describe("channels and lists", () => {
	it("become a mask over the channels, and words", () => {
		expect(parseChannels("visit;email")).toBe(0b1001);
		expect(parseList("p1; p2")).toEqual(["p1", "p2"]);
	});

	it("refuse words that are no channel and empty words", () => {
		expect(() => parseChannels("visit;fax")).toThrow(/"fax".*visit, phone, message, email/);
		expect(() => parseList("p1;;p2")).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
	});
});

describe("words of days and their slow twins", () => {
	const WORDS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
	const word = fc.constantFrom(...WORDS);
	const day = fc.integer({ min: parseDay("2023-12-20"), max: parseDay("2029-01-15") });

	it("agree on visit days of every second week, over ends of years and years of 53 weeks", () => {
		const visit = fc.tuple(word, fc.constantFrom("", "/2:A", "/2:B")).map((parts) => parts.join(""));
		fc.assert(
			fc.property(fc.array(visit, { minLength: 1, maxLength: 3 }), day, (visits, at) => {
				const date = formatDay(at);
				const slow = visits.some((text) => text.startsWith(weekdayName(date)) && (text.length === 2 || text.endsWith(weekParity(date))));
				expect(isVisitDay(parseVisitDays(visits.join(", ")), at)).toBe(slow);
			}),
			{ seed: 17, numRuns: 400 },
		);
	});

	it("agree on lists and ranges of weekdays, those over the weekend included", () => {
		const part = fc.oneof(
			word,
			fc.tuple(word, word).map((ends) => ends.join("-")),
		);
		fc.assert(
			fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
				const mask = parseWeekdays(parts.join(","));
				const isIn = (name: string): boolean =>
					parts.some((text) => {
						const [first, last = first] = text.split("-");
						const turned = [...WORDS.slice(WORDS.indexOf(first)), ...WORDS.slice(0, WORDS.indexOf(first))];
						return turned.slice(0, turned.indexOf(last) + 1).includes(name);
					});
				expect(WORDS.filter((_, i) => (mask >> i) & 1)).toEqual(WORDS.filter(isIn));
			}),
			{ seed: 18, numRuns: 300 },
		);
	});

	it("agree on absences", () => {
		const range = fc
			.tuple(day, fc.nat(20))
			.map(([from, length]) => (length === 0 ? formatDay(from) : `${formatDay(from)}/${formatDay(from + length)}`));
		fc.assert(
			fc.property(fc.array(range, { minLength: 1, maxLength: 4 }), fc.nat(2), fc.integer({ min: -3, max: 23 }), (ranges, which, shift) => {
				const at = parseDay(ranges[which % ranges.length].slice(0, 10)) + shift; // near an end, where mistakes are
				const slow = ranges.some((text) => text.slice(0, 10) <= formatDay(at) && formatDay(at) <= text.slice(-10));
				expect(parseAbsences(ranges.join(";")).some(([from, to]) => from <= at && at <= to)).toBe(slow);
			}),
			{ seed: 19, numRuns: 300 },
		);
	});
});
