import { describe, expect, it } from "vitest";
import { workDayOf } from "../../engine/policy/work-days.ts";
import { parseBreaks } from "../../engine/portfolio/calendar/calendar.ts";
import { formatTime, parseTime } from "../../engine/units.ts";

const span = (text: string): [number, number] => {
	const [from, to] = text.split("-").map(parseTime);
	return [from, to];
};
const clock = (seconds: number) => formatTime(seconds).slice(0, 5);

/** `08:00-18:00 break 12:00-13:00 …` of a day; flexible breaks as `60min 11:30-14:00`. */
function day(shift: string, breaks = ""): string | null {
	const work = workDayOf(shift === "" ? [] : shift.split(",").map(span), breaks === "" ? [] : parseBreaks(breaks));
	if (!work) return null;
	const texts = work.breaks.map(({ earliest, latest, duration }) =>
		earliest === latest
			? `${clock(earliest)}-${clock(earliest + duration)}`
			: `${duration / 60}min ${clock(earliest)}-${clock(latest + duration)}`,
	);
	return [`${clock(work.open)}-${clock(work.close)}`, ...texts, `${work.workSeconds / 3600}h`].join(" ");
}

describe("a working day", () => {
	it("is the shift with its breaks", () => {
		expect(day("08:00-18:00", "12:00-13:00")).toBe("08:00-18:00 12:00-13:00 9h");
		expect(day("08:00-18:00", "60min 11:30-14:00")).toBe("08:00-18:00 60min 11:30-14:00 9h");
	});

	it("is none without a shift", () => {
		expect(day("")).toBe(null);
	});

	it("takes the pause of a split shift for a break", () => {
		expect(day("08:00-12:00,14:00-18:00")).toBe("08:00-18:00 12:00-14:00 8h");
	});

	it("takes no break for which the others leave no room", () => {
		// It would have to start by 09:00 and lasts until 10:00 at the earliest, across the pause.
		expect(day("08:00-09:00,09:30-18:00", "90min 08:30-10:30")).toBe("08:00-18:00 09:00-09:30 9.5h");
	});

	it("takes no break that the pause already holds", () => {
		expect(day("08:00-12:00,14:00-18:00", "12:30-13:30")).toBe("08:00-18:00 12:00-14:00 8h");
		expect(day("08:00-12:00,14:00-18:00", "60min 11:30-14:00")).toBe("08:00-18:00 12:00-14:00 8h");
	});

	it("joins breaks that overlap", () => {
		expect(day("08:00-12:00,14:00-18:00", "11:30-12:30")).toBe("08:00-18:00 11:30-14:00 7.5h");
	});

	it("is none where a break, or all breaks together, leave nothing of the shift", () => {
		expect(day("12:00-13:00", "12:00-13:00")).toBe(null);
		expect(day("12:00-13:00", "60min 12:00-13:00")).toBe(null);
		expect(day("11:00-12:00,12:30-13:00", "11:00-12:00;12:30-13:00")).toBe(null);
	});

	it("takes no break outside the shift", () => {
		expect(day("08:00-12:00", "12:00-13:00")).toBe("08:00-12:00 4h");
		expect(day("08:00-12:00", "60min 11:30-14:00")).toBe("08:00-12:00 4h");
	});

	it("is shorter where a break begins before the shift or ends after it", () => {
		expect(day("08:00-12:30", "12:00-13:00")).toBe("08:00-12:00 4h");
		expect(day("08:30-12:30", "08:00-09:00")).toBe("09:00-12:30 3.5h");
	});
});
