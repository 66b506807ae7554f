import { expect, it } from "vitest";
import { openMonitor } from "../../engine/monitor/monitor.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { buildCalendar } from "../../engine/portfolio/calendar/calendar.ts";
import { examineFeed } from "../../engine/portfolio/feed.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { type Day, formatDay, parseDay, weekdayOf } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";
import { slowFeed, slowNotes } from "./slow-feed.ts";
import { slowRevenueAtRisk, slowWorld, sumsOf } from "./slow-figures.ts";

const MOST_BUYERS = 80;
const calendar = buildCalendar(null, validatePolicy({}));

/**
 * A company's orders day by day, as usual on each weekday and then: going on to as_of, stopping some days before it, with thin last days, with
 * holes, or with lines that are no purchases. Some keep holidays of their own; some met nobody before as_of.
 */
function feedWorld(seed: number): { readonly portfolio: Portfolio; readonly asOf: Day } {
	const random = createRandom(seed, 5);
	const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
	const asOf = pick([parseDay("2026-11-24"), parseDay("2027-01-08"), parseDay("2026-06-09"), parseDay("2026-08-03") + random.below(40)]);
	const isThinning = seed % 4 === 0;
	const usual = isThinning ? 75 : pick([0.4, 1, 2, 4, 8, 20]);
	const shares = Array.from({ length: 7 }, (_, weekday) => (weekday > 4 ? pick([0, 0, 0.3]) : 0.5 + random.next()));
	const numWeeks = isThinning ? 1 : pick([1, 1, 2, 3]); // everybody buys in one week of so many
	const silence = isThinning ? random.below(2) : pick([0, 0, 0, 1, 2, 3, 5, 7, 9, 12, 15, 18, 22, 30, 40]);
	const numThin = isThinning ? 1 + random.below(3) : 0;
	const holes = new Set(Array.from({ length: pick([0, 2]) }, () => asOf - 1 - random.below(90)));
	const holidays = pick([true, false, false])
		? Array.from({ length: 4 }, () => ({ date: formatDay(asOf - 1 - random.below(isThinning ? 6 : 60)) }))
		: null;
	const odd = pick<Row>([{ status: "cancelled" }, { kind: "bonus" }, { kind: "return" }, { quantity: -1 }]);
	const orders: Row[] = [];
	const sell = (day: Day, buyer: number, more: Row = {}): void => {
		orders.push({
			order_id: `${day}-${buyer}`,
			customer_id: `C${buyer}`,
			ordered_on: formatDay(day),
			product_id: "P",
			quantity: 1,
			net_value: 100,
			...more,
		});
	};
	const last = asOf - silence;
	const isClosed = (day: Day): boolean => calendar.isHoliday(day) || (holidays?.some(({ date }) => date === formatDay(day)) ?? false);
	for (let day = asOf - 60 - random.below(120); day < asOf + 5; day++) {
		const isThin = day < last && day >= last - numThin;
		const isQuiet = Math.floor((asOf - day) / 7) % numWeeks > 0;
		const mean = isQuiet ? 0 : usual * shares[weekdayOf(day)] * (isThin ? 0.2 : 1);
		const count = Math.min(MOST_BUYERS, Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal())));
		const isSilent = holes.has(day) || isClosed(day) || (day >= last && day < asOf);
		for (let buyer = 0; buyer < count; buyer++) {
			if (!isSilent) sell(day, buyer);
			if (!isSilent && random.next() < 0.1) sell(day, buyer); // one purchase all the same
			if (isSilent && random.next() < 0.4) sell(day, buyer, odd);
		}
	}
	const metOn = pick([-3, 0]);
	const rows = {
		customers: Array.from({ length: MOST_BUYERS }, (_, i) => ({ customer_id: `C${i}`, rep_id: "R" })),
		reps: [{ rep_id: "R", kind: "field_employee" }],
		products: [{ product_id: "P" }],
		contacts: [{ contact_id: "K", customer_id: "C1", rep_id: "R", contacted_at: `${formatDay(asOf + metOn)}T00:00`, channel: "visit" }],
		orders,
		...(holidays && { holidays }),
	};
	return { portfolio: portfolioOf(rows), asOf };
}

it("what limits a look is what the rows show, of feeds that go on, stop, thin out and have holes", () => {
	const seen = { stale: 0, fresh: 0, quiet: 0, thin: 0, holes: 0, unmet: 0 };
	for (let seed = 1; seed <= 64; seed++) {
		const { portfolio, asOf } = feedWorld(seed);
		const slow = slowFeed(portfolio, asOf);
		const { notes, total } = openMonitor(portfolio, { asOf }).document();
		expect(notes, `seed ${seed}`).toEqual(slowNotes(portfolio, asOf, slow.silenceFrom));
		const own = buildCalendar(portfolio.given.has("holidays") ? portfolio.tables.holidays : null, validatePolicy({}));
		const { missingDays, thinDays, ...health } = examineFeed(portfolio, asOf, own);
		expect({ ...health, missing: missingDays, thin: thinDays }, `seed ${seed}`).toEqual({
			...slow,
			missing: slow.missing.slice(0, 30),
			thin: slow.thin.slice(0, 30),
		});
		const isStale = slow.silenceFrom < asOf;
		const isStaleByThin = slow.thin.includes(slow.silenceFrom);
		// What thin days hold is known of a customer, but says nothing of how often it buys.
		if (isStaleByThin)
			expect(sumsOf(total.figures, "revenue_at_risk")).toEqual(slowRevenueAtRisk(slowWorld(portfolio, asOf, slow.silenceFrom)));
		const days = portfolio.tables.orders.days.ordered_on.filter((day) => day < asOf);
		seen.stale += Number(isStale);
		seen.fresh += Number(!isStale);
		seen.quiet += Number(!isStale && Math.max(...days) < asOf - 4);
		seen.thin += Number(isStaleByThin);
		seen.holes += Number(slow.missing.some((day) => day < slow.silenceFrom));
		seen.unmet += Number(notes.some(({ code }) => code === "NO_CONTACTS"));
	}
	expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(2);
});
