import { describe, expect, it } from "vitest";
import { buildCalendar } from "../../engine/portfolio/calendar/calendar.ts";
import { examineFeed } from "../../engine/portfolio/feed.ts";
import type { FeedHealth, Portfolio, Table } from "../../engine/portfolio/portfolio.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import { type Day, formatDay, parseDay, weekdayOf } from "../../engine/units.ts";

const calendar = buildCalendar(null, { country: "BR", region: "SP" });

/** A portfolio in which `numOn(day)` customers buy on each day of [from, to). */
function portfolioOf(from: string, to: string, numOn: (day: Day) => number): Portfolio {
	const day: number[] = [];
	const customer: number[] = [];
	for (let d = parseDay(from); d < parseDay(to); d++) {
		for (let i = 0; i < numOn(d); i++) {
			day.push(d);
			customer.push(i);
		}
	}
	const numRows = day.length;
	const orders = {
		numRows,
		days: { ordered_on: Int32Array.from(day) },
		refs: { customer_id: Int32Array.from(customer), product_id: new Int32Array(numRows) },
		numbers: {
			quantity: new Float64Array(numRows).fill(1),
			net_value: new Float64Array(numRows).fill(1000),
			margin: new Float64Array(numRows),
		},
		codes: { status: new Uint8Array(numRows).fill(255), kind: new Uint8Array(numRows).fill(255) },
	};
	const contacts = { numRows: 0, refs: { customer_id: new Int32Array(0) }, numbers: { contacted_at: new Float64Array(0) } };
	const tables = { orders, contacts, customers: { length: 1000 } as Table, products: { numbers: { margin_rate: new Float64Array(1) } } };
	return { tables } as unknown as Portfolio;
}

/** About `mean` purchases a working day, none at weekends and on holidays. */
function usual(mean: number, random: Random = createRandom(3)): (day: Day) => number {
	return (day) => (calendar.isWorkingDay(day) ? Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal())) : 0);
}

function told({ silenceFrom, staleDays, missingDays, thinDays }: FeedHealth) {
	return { silenceFrom: formatDay(silenceFrom), staleDays, missing: missingDays.map(formatDay), thin: thinDays.map(formatDay) };
}

function healthOn(asOf: string, portfolio: Portfolio) {
	return told(examineFeed(portfolio, parseDay(asOf), calendar));
}

const HEALTHY = { staleDays: 0, missing: [], thin: [] };

describe("examineFeed", () => {
	it("trusts silence up to as_of where the feed is up to date", () => {
		const portfolio = portfolioOf("2026-06-01", "2026-11-24", usual(100));
		expect(healthOn("2026-11-24", portfolio)).toEqual({ silenceFrom: "2026-11-24", ...HEALTHY });
	});

	it("finds the days since the feed stopped, weekends and holidays not counted", () => {
		// Orders up to Wednesday the 18th; Friday the 20th is a holiday, then a weekend.
		const portfolio = portfolioOf("2026-06-01", "2026-11-19", usual(100));
		expect(healthOn("2026-11-24", portfolio)).toEqual({
			silenceFrom: "2026-11-19",
			staleDays: 2,
			missing: ["2026-11-19", "2026-11-23"],
			thin: [],
		});
	});

	it("finds a last day that holds a part only", () => {
		const numOn = usual(100);
		const portfolio = portfolioOf("2026-06-01", "2026-11-24", (day) => (day === parseDay("2026-11-23") ? 12 : numOn(day)));
		expect(healthOn("2026-11-24", portfolio)).toEqual({ silenceFrom: "2026-11-23", staleDays: 1, missing: [], thin: ["2026-11-23"] });
	});

	it("lists a hole in the past without doubting what came after it", () => {
		const numOn = usual(100);
		const hole = ["2026-10-14", "2026-10-15"].map(parseDay);
		const portfolio = portfolioOf("2026-06-01", "2026-11-24", (day) => (hole.includes(day) ? 0 : numOn(day)));
		expect(healthOn("2026-11-24", portfolio)).toEqual({
			silenceFrom: "2026-11-24",
			staleDays: 0,
			missing: ["2026-10-14", "2026-10-15"],
			thin: [],
		});
	});

	it("compares a day with its own weekday", () => {
		// Mondays bring 10, other days 100: a Monday of 10 is no thin day.
		const numOn = usual(100);
		const portfolio = portfolioOf("2026-06-01", "2026-11-24", (day) =>
			weekdayOf(day) === 0 && calendar.isWorkingDay(day) ? 10 : numOn(day),
		);
		expect(healthOn("2026-11-24", portfolio)).toMatchObject(HEALTHY);
	});

	it.each([
		["Carnival", "2026-02-18", ["2026-02-16", "2026-02-17"]],
		["Corpus Christi with its bridge", "2026-06-08", ["2026-06-04", "2026-06-05"]],
		[
			"the collective closure at Christmas",
			"2027-01-04",
			["2026-12-23", "2026-12-24", "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"],
		],
		["a long weekend", "2026-11-23", ["2026-11-20"]],
	])("does not blame the feed for %s", (_, asOf, closed) => {
		const numOn = usual(100);
		const days = closed.map(parseDay);
		const from = formatDay(parseDay(asOf) - 250);
		const portfolio = portfolioOf(from, asOf, (day) => (days.includes(day) ? 0 : numOn(day)));
		expect(healthOn(asOf, portfolio)).toEqual({ silenceFrom: asOf, ...HEALTHY });
	});

	it("never blames a small portfolio for quiet days", () => {
		// Half a purchase a day over a year, by chance; asked on every working day of the last 100.
		const random = createRandom(17);
		const portfolio = portfolioOf("2025-11-01", "2026-11-24", (day) => (calendar.isWorkingDay(day) && random.next() < 0.4 ? 1 : 0));
		for (let asOf = parseDay("2026-08-15"); asOf < parseDay("2026-11-24"); asOf++) {
			expect(told(examineFeed(portfolio, asOf, calendar))).toEqual({ silenceFrom: formatDay(asOf), ...HEALTHY });
		}
	});

	it("notices in the end that a small portfolio's feed stopped", () => {
		// Two a day: after four working days eight purchases are missing.
		const portfolio = portfolioOf("2026-06-01", "2026-11-10", usual(2));
		const { staleDays, silenceFrom } = healthOn("2026-11-23", portfolio);
		expect(silenceFrom).toBe("2026-11-10");
		expect(staleDays).toBe(8); // the 10th to the 19th are 8 working days; the 20th is a holiday
	});

	it("finds a feed that stopped long ago", () => {
		const portfolio = portfolioOf("2025-01-01", "2026-02-03", usual(50));
		expect(healthOn("2026-11-23", portfolio).silenceFrom).toBe("2026-02-03");
	});

	it("says a bounded amount, of years worked out once, of a feed that stopped decades ago", () => {
		const portfolio = portfolioOf("2026-06-01", "2026-11-24", usual(50));
		const years = new Set<string>();
		const watched = {
			...calendar,
			isWorkingDay: (day: Day) => {
				years.add(formatDay(day).slice(0, 4));
				return calendar.isWorkingDay(day);
			},
		};
		const health = told(examineFeed(portfolio, parseDay("2100-12-31"), watched));
		expect(health).toMatchObject({ silenceFrom: "2026-11-24", staleDays: 1000 });
		expect(health.missing).toHaveLength(30);
		expect(health.missing[0]).toBe("2026-11-24");
		expect([...years].sort().at(-1)).toBe("2030"); // 1,000 working days after November 2026
	});

	it("judges a silence of three years like one of thirty", () => {
		// One purchase a twelve weeks, on a Wednesday: the slowest feed whose end is noticed at all.
		const portfolio = portfolioOf("2025-10-01", "2026-11-19", (day) => ((parseDay("2026-11-18") - day) % 84 === 0 ? 1 : 0));
		for (const asOf of ["2029-11-19", "2056-11-20"]) expect(healthOn(asOf, portfolio).silenceFrom).toBe("2026-11-19");
	});

	it("has nothing to say of a portfolio without orders", () => {
		expect(
			healthOn(
				"2026-11-23",
				portfolioOf("2026-01-01", "2026-01-01", () => 0),
			),
		).toEqual({ silenceFrom: "2026-11-23", ...HEALTHY });
	});

	it("looks at nothing dated as_of or later", () => {
		const whole = portfolioOf("2026-06-01", "2026-11-28", usual(100));
		const cut = portfolioOf("2026-06-01", "2026-11-17", usual(100));
		expect(healthOn("2026-11-17", whole)).toEqual(healthOn("2026-11-17", cut));
	});
});
