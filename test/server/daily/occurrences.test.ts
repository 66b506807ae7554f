import { expect, test } from "vitest";
import { type Timetable, currentOccurrence, dateAt, nextOccurrence } from "../../../server/daily/occurrences.ts";
import { WEEKDAYS } from "../../../server/planning-days.ts";

const weekdays: Timetable = { time: "04:30", ready_by: "07:00", time_zone: "America/Sao_Paulo", days: ["mon", "tue", "wed", "thu", "fri"] };
const noHoliday = (): boolean => false;
const at = (text: string): number => Date.parse(text);
const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

test("the next run is the next day of the timetable that is no holiday, at the zone's time", () => {
	// São Paulo is three hours behind UTC: 04:30 there is 07:30Z.
	expect(nextOccurrence(weekdays, at("2026-11-19T07:29:59Z"), noHoliday)).toEqual({
		date: "2026-11-19",
		startAt: at("2026-11-19T07:30:00Z"),
		readyBy: at("2026-11-19T10:00:00Z"),
		endsAt: at("2026-11-20T03:00:00Z"),
	});
	expect(nextOccurrence(weekdays, at("2026-11-19T07:30:00Z"), noHoliday)?.date).toBe("2026-11-20");
	const isHoliday = (date: string): boolean => date === "2026-11-20"; // then comes a weekend
	expect(nextOccurrence(weekdays, at("2026-11-19T07:30:00Z"), isHoliday)?.date).toBe("2026-11-23");
	expect(nextOccurrence(weekdays, at("2026-11-19T07:30:00Z"), () => true)).toBeNull();
});

test("a time later than ready_by is the evening before", () => {
	const evening = { ...weekdays, time: "22:00" };
	const next = nextOccurrence(evening, at("2026-11-22T12:00:00Z"), noHoliday); // a Sunday
	expect([next?.date, iso(next?.startAt)]).toEqual(["2026-11-23", "2026-11-23T01:00:00.000Z"]);
	expect(currentOccurrence(evening, "2026-11-23", at("2026-11-23T01:00:00Z"), noHoliday)?.date).toBe("2026-11-23");
});

test("of runs that were missed only the day that is not over matters", () => {
	const current = (now: string): string | undefined => currentOccurrence(weekdays, "2026-11-16", at(now), noHoliday)?.date;
	expect(current("2026-11-18T13:00:00Z")).toBe("2026-11-18"); // Monday's and Tuesday's are past
	expect(current("2026-11-18T07:29:00Z")).toBeUndefined(); // Wednesday's has not begun, Tuesday is over
	expect(current("2026-11-21T13:00:00Z")).toBeUndefined(); // a Saturday
	expect(currentOccurrence(weekdays, "2026-11-19", at("2026-11-18T13:00:00Z"), noHoliday)).toBeNull(); // done already
});

test("where the clock is changed each day still has one run: at a time that is skipped later, at one that comes twice the first", () => {
	const newYork: Timetable = { time: "02:30", ready_by: "07:00", time_zone: "America/New_York", days: WEEKDAYS };
	const spring = nextOccurrence(newYork, at("2026-03-08T00:00:00Z"), noHoliday);
	expect([spring?.date, iso(spring?.startAt)]).toEqual(["2026-03-08", "2026-03-08T07:30:00.000Z"]); // 03:30 summer time
	const autumn = nextOccurrence({ ...newYork, time: "01:30" }, at("2026-11-01T00:00:00Z"), noHoliday);
	expect([autumn?.date, iso(autumn?.startAt)]).toEqual(["2026-11-01", "2026-11-01T05:30:00.000Z"]); // still summer time
	for (const time of ["01:30", "02:30"]) {
		const dates: string[] = [];
		let now = at("2026-10-20T00:00:00Z");
		for (let run = nextOccurrence({ ...newYork, time }, now, noHoliday); run && dates.length < 200; ) {
			dates.push(run.date);
			expect(run.endsAt - run.readyBy).toBe(17 * 3_600_000); // the clock changes before 07:00
			now = run.startAt;
			run = nextOccurrence({ ...newYork, time }, now, noHoliday);
		}
		expect(new Set(dates).size).toBe(200);
		expect(Date.parse(dates[199]) - Date.parse(dates[0])).toBe(199 * 86_400_000);
	}
});

test("today is the zone's", () => {
	expect(dateAt(at("2026-11-24T01:00:00Z"), "America/Sao_Paulo")).toBe("2026-11-23");
	expect(dateAt(at("2026-11-24T01:00:00Z"), "Asia/Tokyo")).toBe("2026-11-24");
});
