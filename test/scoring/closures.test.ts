import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { findClosures, openDays } from "../../engine/scoring/closures.ts";
import { formatDay, parseDay, weekdayOf } from "../../engine/units.ts";
import { type LineSpec, portfolioOf } from "./synthetic-portfolio.ts";

const FROM = parseDay("2025-10-01");
const BEFORE = parseDay("2026-03-02");

/** `numCustomers` orders on every Monday to Friday of [FROM, BEFORE) that is not left out. */
function busyWeekdays(numCustomers: number, isLeftOut: (day: number) => boolean): LineSpec[] {
	const lines: LineSpec[] = [];
	for (let day = FROM; day < BEFORE; day++)
		if (weekdayOf(day) < 5 && !isLeftOut(day))
			for (let customer = 0; customer < numCustomers; customer++) lines.push({ customer, day, product: 0 });
	return lines;
}

const between = (from: string, to: string) => (day: number) => day >= parseDay(from) && day < parseDay(to);
const closuresOf = (lines: readonly LineSpec[]) => findClosures(buildHistory(portfolioOf(lines), BEFORE));

describe("findClosures", () => {
	it("finds the days on which everybody was silent, up to the next day with orders", () => {
		const { ranges } = closuresOf(busyWeekdays(20, between("2025-12-24", "2026-01-05")));
		expect(ranges.map((range) => range.map(formatDay))).toEqual([["2025-12-24", "2026-01-05"]]);
	});

	it("takes a day with a tenth of the usual orders for silent", () => {
		const lines = busyWeekdays(20, between("2025-12-24", "2026-01-05"));
		lines.push({ customer: 0, day: parseDay("2025-12-29"), product: 0 }, { customer: 1, day: parseDay("2025-12-29"), product: 0 });
		expect(closuresOf(lines).ranges).toHaveLength(1);
	});

	it("does not take four silent working days for a closure", () => {
		expect(closuresOf(busyWeekdays(20, between("2025-12-22", "2025-12-26"))).ranges).toEqual([]);
	});

	it("does not close a portfolio whose silence can be chance", () => {
		expect(closuresOf(busyWeekdays(2, between("2025-12-24", "2026-01-05"))).ranges).toEqual([]);
	});

	it("has none without orders", () => {
		expect(findClosures(buildHistory(portfolioOf([]), BEFORE)).ranges).toEqual([]);
	});
});

describe("openDays", () => {
	it("counts what a walk day by day counts", () => {
		const closures = closuresOf(
			busyWeekdays(20, (day) => between("2025-12-24", "2026-01-05")(day) || between("2026-02-09", "2026-02-19")(day)),
		);
		const isOpen = (day: number): boolean => !closures.ranges.some(([from, to]) => day >= from && day < to);
		const day = fc.integer({ min: FROM, max: BEFORE });
		fc.assert(
			fc.property(day, day, (a, b) => {
				const [from, to] = [Math.min(a, b), Math.max(a, b)];
				let walked = 0;
				for (let d = from; d < to; d++) if (isOpen(d)) walked++;
				expect(openDays(closures, from, to)).toBe(walked);
			}),
			{ seed: 1 },
		);
	});
});
