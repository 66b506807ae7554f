import fc from "fast-check";
import OpeningHours from "opening_hours";
import { describe, expect, it } from "vitest";
import { intervalsOn, parseHours } from "../../../engine/portfolio/calendar/calendar.ts";
import { parseDay } from "../../../engine/units.ts";

const h = (hours: number, minutes = 0): number => hours * 3600 + minutes * 60;
const CLOSED: never[] = [];
const everyDay = <T>(day: T): T[] => Array.from({ length: 7 }, () => day);

describe("hours", () => {
	it("read lists of spans for a range of weekdays", () => {
		const { weekdays } = parseHours("Mo-Fr 08:00-12:00,13:30-18:00");
		const day = [
			[h(8), h(12)],
			[h(13, 30), h(18)],
		];
		expect(weekdays).toEqual([day, day, day, day, day, CLOSED, CLOSED]);
	});

	it("let a later rule replace the weekday's earlier hours", () => {
		const { weekdays } = parseHours("Mo-Fr 08:00-18:00; We 09:00-11:00; Fr off");
		expect(weekdays[2]).toEqual([[h(9), h(11)]]);
		expect(weekdays[4]).toEqual(CLOSED);
		expect(weekdays[3]).toEqual([[h(8), h(18)]]);
	});

	it("let a rule after a comma add to them", () => {
		const { weekdays } = parseHours("Mo-Fr 08:00-12:00, We 14:00-16:00");
		expect(weekdays[2]).toEqual([
			[h(8), h(12)],
			[h(14), h(16)],
		]);
		expect(weekdays[1]).toEqual([[h(8), h(12)]]);
	});

	it("close on holidays unless PH says otherwise", () => {
		const monday = parseDay("2026-11-23");
		expect(intervalsOn(parseHours("Mo-Fr 08:00-18:00"), monday, true)).toEqual(CLOSED);
		expect(intervalsOn(parseHours("24/7"), monday, true)).toEqual(CLOSED);
		expect(intervalsOn(parseHours("Mo-Fr 08:00-18:00; PH off"), monday, true)).toEqual(CLOSED);
		expect(intervalsOn(parseHours("Mo-Fr 08:00-18:00; PH 09:00-12:00"), monday, true)).toEqual([[h(9), h(12)]]);
		expect(intervalsOn(parseHours("Mo-Fr 08:00-18:00, PH 09:00-12:00"), monday, true)).toEqual([[h(9), h(12)]]);
		expect(intervalsOn(parseHours("Mo-Fr,PH 08:00-18:00"), monday, true)).toEqual([[h(8), h(18)]]);
		expect(intervalsOn(parseHours("Mo-Fr 08:00-18:00; PH 09:00-12:00"), monday, false)).toEqual([[h(8), h(18)]]);
	});

	it("know a day that never closes, wrapped weekday ranges and rules for every day", () => {
		expect(parseHours("24/7").weekdays).toEqual(everyDay([[0, h(24)]]));
		expect(parseHours("24/7; Su off").weekdays[6]).toEqual(CLOSED);
		expect(parseHours("Fr-Mo 10:00-12:00").weekdays.map((day) => day.length)).toEqual([1, 0, 0, 0, 1, 1, 1]);
		expect(parseHours("08:00-24:00").weekdays).toEqual(everyDay([[h(8), h(24)]]));
		expect(parseHours("PH off").weekdays).toEqual(everyDay(CLOSED));
	});

	it("join spans that touch or overlap", () => {
		expect(parseHours("Mo 08:00-12:00,12:00-14:00").weekdays[0]).toEqual([[h(8), h(14)]]);
		expect(parseHours("Mo 10:00-14:00,08:00-12:00").weekdays[0]).toEqual([[h(8), h(14)]]);
	});

	it.each([
		["", "rules such as"],
		["Mo-Fr", "rules such as"],
		["Mo-Fr 8-18", "rules such as"],
		["Mo-Fr 22:00-02:00", "past midnight"],
		["Mo-Fr 08:00-08:00", "past midnight"],
		["Mo-Fr 08:00-25:00", "times from"],
		["Mo-Fr 08:70-09:00", "times from"],
		["Segunda 08:00-12:00", "rules such as"],
		["Mo-Fr 08:00-12:00; nonsense", "rules such as"],
		["Mo-Fr 08:00-12:00 || 14:00-16:00", "rules joined"],
		["Jan-Mar Mo 08:00-12:00", "rules such as"],
		["24/7, 08:00-10:00", "a weekday or PH"],
		['Mo 08:00-12:00 "by appointment"', "rules joined"],
		["x".repeat(501), "at most 500"],
	])("refuse %j and say what is wrong", (text, expected) => {
		expect(() => parseHours(text)).toThrow(
			expect.objectContaining({ name: "CarteiraError", code: "INVALID_INPUT", message: expect.stringContaining(expected) }),
		);
	});

	it("mean what the reference implementation of the syntax says, on a week without holidays", () => {
		const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
		const span = fc
			.tuple(fc.nat(46), fc.nat(46))
			.filter(([a, b]) => a !== b)
			.map((pair) =>
				pair
					.sort((a, b) => a - b)
					.map((n) => `${String(n >> 1).padStart(2, "0")}:${n % 2 ? "30" : "00"}`)
					.join("-"),
			);
		const days = fc.oneof(
			fc.constantFrom(...DAYS),
			fc.tuple(fc.constantFrom(...DAYS), fc.constantFrom(...DAYS)).map((pair) => pair.join("-")),
		);
		const rule = fc
			.tuple(
				days,
				fc.oneof(
					{ weight: 4, arbitrary: fc.array(span, { minLength: 1, maxLength: 3 }).map((spans) => spans.join(",")) },
					{ weight: 1, arbitrary: fc.constant("off") },
				),
			)
			.map((parts) => parts.join(" "));
		const text = fc
			.tuple(rule, fc.array(fc.tuple(fc.constantFrom("; ", ", "), rule), { maxLength: 3 }))
			.map(([first, more]) => first + more.flat().join(""));
		fc.assert(
			fc.property(text, (hours) => {
				const oracle = new OpeningHours(hours, null);
				const { weekdays } = parseHours(hours);
				for (let day = 0; day < 7; day++) {
					for (let quarter = 0; quarter < 96; quarter++) {
						const isOpen = weekdays[day].some(([open, close]) => quarter * 900 + 60 >= open && quarter * 900 + 60 < close);
						expect(isOpen).toBe(oracle.getState(new Date(2025, 2, 3 + day, 0, quarter * 15 + 1)));
					}
				}
			}),
			{ seed: 11, numRuns: 40 },
		);
	});

	it("mean what a slow twin makes of them quarter by quarter, on weekdays and on holidays", () => {
		const NAMES = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
		const clock = (quarter: number): string => `${String(quarter >> 2).padStart(2, "0")}:${String((quarter & 3) * 15).padStart(2, "0")}`;
		const span = fc
			.tuple(fc.nat(95), fc.integer({ min: 1, max: 40 }))
			.map(([from, length]) => [from, Math.min(96, from + length)] as const);
		const rule = fc.record({
			joint: fc.constantFrom("; ", ", "),
			days: fc.subarray([...NAMES, "PH"], { minLength: 1 }),
			spans: fc.oneof(
				{ weight: 5, arbitrary: fc.array(span, { minLength: 1, maxLength: 3 }) },
				{ weight: 1, arbitrary: fc.constant<(readonly [number, number])[]>([]) },
			),
		});
		fc.assert(
			fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), fc.constantFrom(...NAMES, "PH"), (drawn, name) => {
				// A rule that closes replaces; added to others it would say nothing.
				const rules = drawn.map((one, i) => ({ ...one, joint: i === 0 || one.spans.length === 0 ? "; " : one.joint }));
				const text = rules.map(({ joint, days, spans }, i) => {
					const hours = spans.length === 0 ? "off" : spans.map(([from, to]) => `${clock(from)}-${clock(to)}`).join(",");
					return `${i === 0 ? "" : joint}${days.join(",")} ${hours}`;
				});
				let open = new Set<number>();
				for (const { joint, days, spans } of rules) {
					if (!days.includes(name)) continue;
					if (joint === "; ") open = new Set();
					for (const [from, to] of spans) for (let quarter = from; quarter < to; quarter++) open.add(quarter);
				}
				const day = parseDay("2026-11-23") + Math.max(0, NAMES.indexOf(name)); // a Monday
				const intervals = intervalsOn(parseHours(text.join("")), day, name === "PH");
				const found = Array.from({ length: 96 }, (_, quarter) => quarter).filter((quarter) =>
					intervals.some(([from, to]) => from <= quarter * 900 && quarter * 900 < to),
				);
				expect(found).toEqual([...open].sort((a, b) => a - b));
				expect(intervals.every(([from], i) => i === 0 || intervals[i - 1][1] < from)).toBe(true);
			}),
			{ seed: 29, numRuns: 300 },
		);
	});
});
