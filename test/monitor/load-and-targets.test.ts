import { describe, expect, it } from "vitest";
import type { PlanDocument } from "../../engine/agenda/plan-document.ts";
import { openMonitor } from "../../engine/monitor/monitor.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { buildCalendar, horizonOf } from "../../engine/portfolio/calendar/calendar.ts";
import { formatDay, parseDay, weekdayOf } from "../../engine/units.ts";
import {
	actionPlan,
	dayOf,
	isReachedRow,
	monthOf,
	monthStart,
	ownerOf,
	plainRows,
	purchases,
	serviceOf,
	slowWorld,
	type SlowWorld,
} from "./slow-figures.ts";
import { monitorWorld } from "./worlds.ts";

const AS_OF = parseDay("2026-11-23");
const NOVEMBER = parseDay("2026-11-01");
const calendar = buildCalendar(null, validatePolicy({}));
const worlds = [1, 2, 3].map((seed) => {
	const portfolio = monitorWorld(seed, AS_OF);
	return { portfolio, slow: slowWorld(portfolio, AS_OF), planned: planOf(seed) };
});
const workingDays = (from: number, to: number): number =>
	Array.from({ length: to - from }, (_, i) => from + i).filter((day) => calendar.isWorkingDay(day)).length;

/** A plan in which R1 sees three customers a day and R3 calls two. */
function planOf(seed: number): PlanDocument {
	const days = horizonOf(calendar, AS_OF, 10);
	const entry = (id: number, nth: number, channel: string) => ({
		customer_id: `C${(id * 7 + seed) % 40}`,
		channel,
		start: `${10 + nth}:00:00`,
		end: `${10 + nth}:20:00`,
	});
	const rep = (rep_id: string, perDay: number, channel: string) => ({
		rep_id,
		days: days.map((day, d) => ({
			date: formatDay(day),
			travel_seconds: channel === "visit" ? 4000 : 0,
			entries: Array.from({ length: perDay }, (_, nth) => entry(d * perDay + nth, nth, channel)),
		})),
	});
	const plan: unknown = {
		plan_id: "made-in-a-test",
		receipt: {},
		horizon: { from: formatDay(AS_OF), to: formatDay(days[9]) },
		reps: [rep("R1", 3, "visit"), rep("R3", 2, "phone")],
	};
	return plan as PlanDocument;
}

/** Service time by the first of the action plan's channels that is open: inside reps do not visit. */
function serviceSeconds(world: SlowWorld, c: number): number {
	const kind = world.reps[ownerOf(world, c)].kind;
	const open = actionPlan(world, c).channels.filter(({ channel }) => channel !== "visit" || kind !== "inside");
	return 60 * open[0].minutes;
}

describe("loads", () => {
	it("are the service that intervals ask for over the hours of the shifts", () => {
		// From Monday 23 November the tenth working day is 4 December: twelve days. R1 is away from Wednesday to Friday of the first week.
		const days = Array.from({ length: 12 }, (_, i) => AS_OF + i);
		const hours: Record<string, (day: number) => number> = {
			S1: (day) => (weekdayOf(day) < 5 ? 10 : 0),
			R1: (day) => (weekdayOf(day) < 5 && (day < AS_OF + 2 || day > AS_OF + 4) ? 10 : 0),
			R2: (day) => (weekdayOf(day) < 5 ? 9 : 0),
			R3: (day) => (weekdayOf(day) < 5 ? 8 : weekdayOf(day) === 5 ? 3 : 0),
		};
		for (const { portfolio, slow, planned } of worlds) {
			const { reps } = openMonitor(portfolio, { asOf: AS_OF, plan: planned }).document();
			expect(reps.map((row) => row.rep_id)).toEqual(["S1", "R1", "R2", "R3"]);
			for (const [rep, row] of reps.entries()) {
				const own = slow.ids.filter((c) => ownerOf(slow, c) === rep && serviceOf(slow, c).state !== "not_served");
				const due = own.reduce((sum, c) => sum + (serviceSeconds(slow, c) * 12) / actionPlan(slow, c).interval_days, 0);
				const shift = 3600 * days.reduce((sum, day) => sum + hours[row.rep_id](day), 0);
				const travel = row.rep_id === "R1" ? 40_000 : 0;
				expect(row).toMatchObject({
					num_customers: own.length,
					due_seconds: Math.round(due),
					shift_seconds: shift,
					is_overloaded: due + travel > shift,
					planned_seconds: { S1: 0, R1: 36_000, R2: 0, R3: 24_000 }[row.rep_id],
					planned_travel_seconds: travel,
				});
				expect(row.load).toBeCloseTo(due / shift, 3);
				const made = slow.contacts.filter(
					(contact) => contact.rep_id === rep && dayOf(contact) >= AS_OF - 28 && contact.outcome !== "cancelled",
				);
				expect(row.contacts).toBe(made.length);
				expect(row.reached).toBe(made.filter(isReachedRow).length);
				const won = made.filter((contact) => contact.outcome === "order");
				expect(row.orders).toBe(won.length);
				// What a customer bought on a day counts for whoever made the last of the day's contacts that ended in an order.
				const isLast = (contact: (typeof won)[number]): boolean =>
					!slow.contacts.some(
						(other) =>
							other.customer_id === contact.customer_id &&
							other.outcome === "order" &&
							dayOf(other) === dayOf(contact) &&
							Number(other.contacted_at) > Number(contact.contacted_at),
					);
				const value = won
					.filter(isLast)
					.map((contact) => purchases(slow, Number(contact.customer_id), dayOf(contact), dayOf(contact) + 1).value);
				expect(row.value_cents).toBe(value.reduce((sum, cents) => sum + cents, 0));
			}
		}
	});
});

describe("the days that a look rests on", () => {
	it("are the last ones on record before it, and those that are left of the month", () => {
		for (const { portfolio, slow } of worlds) {
			const { receipt, month } = openMonitor(portfolio, { asOf: AS_OF }).document();
			expect(receipt.data_through.orders).toBe(formatDay(Math.max(...slow.lines.map((row) => Number(row.ordered_on)))));
			expect(receipt.data_through.contacts).toBe(formatDay(Math.max(...slow.contacts.map(dayOf))));
			expect([month.working_days, month.working_days_left]).toEqual([
				workingDays(NOVEMBER, NOVEMBER + 30),
				workingDays(AS_OF, NOVEMBER + 30),
			]);
		}
	});
});

describe("targets", () => {
	it("are as far as their customers' sales, and get as far as the last month and the plan say", () => {
		const lastMonth = monthStart(NOVEMBER - 1);
		// Six working days are left from 23 November on: in October the same distance is the 23rd, a Friday.
		const cut = parseDay("2026-10-23");
		expect([workingDays(AS_OF, NOVEMBER + 30), workingDays(cut, NOVEMBER)]).toEqual([6, 6]);
		for (const { portfolio, slow, planned } of worlds) {
			const without = openMonitor(portfolio, { asOf: AS_OF }).document().targets;
			const { targets } = openMonitor(portfolio, { asOf: AS_OF, plan: planned }).document();
			const rows = plainRows(portfolio.tables.targets).filter((row) => row.period === "2026-11");
			expect(targets).toHaveLength(rows.length);
			for (const [i, row] of rows.entries()) {
				const line = row.line === null ? null : String(row.line);
				const unitsOf = (c: number, from: number, to: number, metric = row.metric): number => {
					const { value, margin, products } = monthOf(slow, c, from, to, line);
					if (metric === "revenue") return value / 100;
					if (metric === "margin") return margin / 100;
					const isPositivated = value >= 20_000 && products >= 2;
					return metric === "mix" ? Number(isPositivated) * products : Number(isPositivated);
				};
				const isMember = (rep: number): boolean =>
					Number(row.rep_id) >= 0 ? rep === row.rep_id : rep >= 0 && slow.reps[rep].team_id === row.team_id;
				const own = slow.ids.filter((c) => isMember(ownerOf(slow, c)));
				const sum = (customers: readonly number[], from: number, to: number, metric = row.metric): number =>
					customers.reduce((total, c) => total + unitsOf(c, from, to, metric), 0);
				const atEnd = (metric = row.metric): number =>
					sum(own, NOVEMBER, AS_OF, metric) + sum(own, lastMonth, NOVEMBER, metric) - sum(own, lastMonth, cut, metric);
				const units = sum(own, NOVEMBER, AS_OF);
				const usualUnits = atEnd();
				// A mix is products of positivated customers over those customers, now and at the end.
				const isMix = row.metric === "mix";
				const buyers = isMix ? sum(own, NOVEMBER, AS_OF, "positivation") : 1;
				const usualBuyers = isMix ? atEnd("positivation") : 1;
				const over = (all: number, count: number): number => (count > 0 ? all / count : 0);
				const reached = over(units, buyers);
				const usual = over(usualUnits, usualBuyers);
				const recent = slow.contacts.filter(
					(contact) => own.includes(Number(contact.customer_id)) && dayOf(contact) >= AS_OF - 28 && contact.outcome !== "cancelled",
				);
				const wonDays = new Map(recent.filter((contact) => contact.outcome === "order").map((c) => [`${c.customer_id} ${dayOf(c)}`, c]));
				const won = [...wonDays.values()].reduce(
					(total, c) => total + purchases(slow, Number(c.customer_id), dayOf(c), dayOf(c) + 1).value,
					0,
				);
				const bought = own.reduce((total, c) => total + purchases(slow, c, AS_OF - 28, AS_OF).value, 0);
				const share = bought > 0 ? Math.min(1, won / bought) : 0;
				const usualContacts = (recent.length / workingDays(AS_OF - 28, AS_OF)) * 6;
				const plannedContacts = planned.reps
					.filter(({ rep_id }) => isMember(slow.reps.findIndex((rep) => rep.rep_id === rep_id)))
					.reduce(
						(total, { days }) => total + days.filter(({ date }) => date < "2026-12").reduce((n, { entries }) => n + entries.length, 0),
						0,
					);
				const more = usualContacts > 0 ? 1 + share * (plannedContacts / usualContacts - 1) : 1;
				const buyersWithPlan = buyers + (usualBuyers - buyers) * more;
				const withPlan = over(units + (usualUnits - units) * more, buyersWithPlan);
				const found = targets[i];
				expect(found.reached).toBeCloseTo(reached, 1);
				expect(found.missing).toBeCloseTo(Math.max(0, Number(row.target) - reached), 1);
				if (isMix) expect(found.needed_a_day).toBeNull();
				else expect(found.needed_a_day).toBeCloseTo(Math.max(0, Number(row.target) - reached) / 6, 1);
				expect(found.expected_with_usual).toBeCloseTo(usual, 1);
				expect(found.expected_with_plan).toBeCloseTo(withPlan, 1);
				expect(without[i]).toMatchObject({ expected_with_plan: null, missing_with_plan: null, reached: found.reached });
				const left = Math.max(0, Number(row.target) - withPlan);
				expect(found.missing_with_plan).toBeCloseTo(left, 1);
				const hours = recent.reduce((total, contact) => total + Number(contact.minutes ?? 0), 0) / 60 / workingDays(AS_OF - 28, AS_OF);
				const perHour = (((usualUnits - units) / 6) * share) / hours;
				if (left > 0 && perHour > 0) {
					expect(found.hours_missing).toBeCloseTo((left * buyersWithPlan) / perHour, 1);
					expect(found.cost_missing_cents).toBeCloseTo((3500 * left * buyersWithPlan) / perHour, -1);
				}
				const gap = Number(row.target) - reached;
				const pressure = Math.min(2, gap / Number(row.target) / (6 / 19));
				if (row.bonus_value === null || gap <= 0) expect(found.price_cents).toBeNull();
				else {
					const numBuyers = isMix ? Math.max(1, buyers, sum(own, lastMonth, NOVEMBER, "positivation")) : 1;
					expect(found.price_cents).toBeCloseTo((Number(row.bonus_value) / (gap * numBuyers)) * pressure, 1);
				}
			}
		}
	});
});

describe("targets on the first day of a month", () => {
	it("expect of revenue what as many working days of last month brought, not nothing", () => {
		// November has nineteen working days, October twenty-one: the last nineteen begin on Monday the 5th.
		const cut = parseDay("2026-10-05");
		expect([workingDays(NOVEMBER, NOVEMBER + 30), workingDays(cut, NOVEMBER)]).toEqual([19, 19]);
		let numRows = 0;
		for (const { portfolio } of worlds) {
			const slow = slowWorld(portfolio, NOVEMBER);
			const { targets } = openMonitor(portfolio, { asOf: NOVEMBER }).document();
			const rows = plainRows(portfolio.tables.targets).filter((row) => row.period === "2026-11");
			expect(targets).toHaveLength(rows.length);
			for (const [i, row] of rows.entries()) {
				if (row.metric !== "revenue") continue;
				const line = row.line === null ? null : String(row.line);
				const isMember = (rep: number): boolean =>
					Number(row.rep_id) >= 0 ? rep === row.rep_id : rep >= 0 && slow.reps[rep].team_id === row.team_id;
				const brought = slow.ids
					.filter((c) => isMember(ownerOf(slow, c)))
					.reduce((total, c) => total + monthOf(slow, c, cut, NOVEMBER, line).value / 100, 0);
				expect(targets[i].reached).toBe(0);
				expect(targets[i].expected_with_usual).toBeCloseTo(brought, 1);
				if (brought > 0) numRows++;
			}
		}
		expect(numRows).toBeGreaterThan(0);
	});
});

describe("cadence debt", () => {
	it("holds who runs out of its maximum gap in ten days, what avoids it, and what the plan leaves", () => {
		for (const { portfolio, slow, planned } of worlds) {
			const found = openMonitor(portfolio, { asOf: AS_OF, plan: planned }).customers("cadence_debt", { limit: 1000 }).customers;
			const expected = slow.ids.flatMap((c) => {
				const { state, last } = serviceOf(slow, c);
				const on = (last ?? 0) + actionPlan(slow, c).max_gap_days + 1;
				if ((state !== "on_time" && state !== "due") || on > AS_OF + 10) return [];
				const isPlanned = planned.reps.some(({ days }) =>
					days.some(({ date, entries }) => parseDay(date) < on && entries.some((entry) => entry.customer_id === `C${c}`)),
				);
				return [[`C${c}`, [formatDay(on), serviceSeconds(slow, c), isPlanned ? 0 : 1]] as const];
			});
			expect(
				new Map(found.map((row) => [row.customer_id, [row.on, row.measures.service_seconds, row.measures.breaches_with_plan]])),
			).toEqual(new Map(expected));
			expect(expected.length).toBeGreaterThan(2);
		}
	});

	it("leaves reps that the plan was not made for to usual service, in their loads and targets too", () => {
		let numOthers = 0;
		for (const { portfolio, slow, planned } of worlds) {
			const partial = { ...planned, receipt: { ...planned.receipt, reps: ["R1", "R3"] } };
			const [monitor, whole] = [partial, planned].map((plan) => openMonitor(portfolio, { asOf: AS_OF, plan }));
			const breachesOf = (of: typeof monitor) =>
				new Map(of.customers("cadence_debt", { limit: 1000 }).customers.map((row) => [row.customer_id, row.measures]));
			for (const [id, measures] of breachesOf(monitor)) {
				const isOthers = slow.reps[ownerOf(slow, Number(id.slice(1)))].rep_id === "R2";
				const before = breachesOf(whole).get(id);
				const isPlanned = before?.breaches_with_plan === 0;
				expect(measures.breaches_with_plan).toBe(isOthers && !isPlanned ? measures.expected_breaches : before?.breaches_with_plan);
				numOthers += Number(isOthers && !isPlanned);
			}
			const { reps, targets } = monitor.document();
			expect(reps.map((row) => [row.rep_id, row.planned_seconds, row.planned_travel_seconds])).toEqual([
				["S1", null, null],
				["R1", 36_000, 40_000],
				["R2", null, null],
				["R3", 24_000, 0],
			]);
			for (const target of targets.filter(({ rep_id }) => rep_id === "R2"))
				expect(target.expected_with_plan).toBe(target.expected_with_usual);
		}
		expect(numOthers).toBeGreaterThan(0);
	});

	it("expects a breach as often as gaps at risk in the last eight weeks went on", () => {
		for (const { portfolio, slow } of worlds) {
			const found = openMonitor(portfolio, { asOf: AS_OF }).customers("cadence_debt", { limit: 1000 }).customers;
			for (const { customer_id: id, measures } of found) {
				const c = Number(id.slice(1));
				const { last } = serviceOf(slow, c);
				expect(measures.expected_breaches).toBeCloseTo(slowMissChance(slow, c, AS_OF - (last ?? 0), actionPlan(slow, c).max_gap_days), 2);
			}
		}
	});
});

/** Steps of the customer's habit: the median of its gaps, where there are three, else its interval. */
function gapsOf(world: SlowWorld, c: number): { days: number[]; stepOf: (days: number) => number } {
	const reached = world.contacts.filter((row) => row.customer_id === c && isReachedRow(row)).map(dayOf);
	const days = [...new Set(reached)].filter((day) => day >= AS_OF - 365).sort((a, b) => a - b);
	const gaps = days
		.slice(1)
		.map((day, i) => day - days[i])
		.sort((a, b) => a - b);
	const median = (gaps[(gaps.length - 1) >> 1] + gaps[gaps.length >> 1]) / 2;
	const habit = gaps.length >= 3 ? Math.max(1, median) : actionPlan(world, c).interval_days;
	return { days, stepOf: (n) => Math.min(112, Math.round((n * 14) / habit)) };
}

function stateOf(world: SlowWorld, c: number): number {
	if (world.phaseOf(c) === "prospect") return 0;
	return world.phaseOf(c) === "new" || world.phaseOf(c) === "active" ? 1 : 2;
}

/** Day by day: of the gaps that were as old on some day of the window, the share that no contact ended, step after step. */
function slowMissChance(world: SlowWorld, c: number, since: number, until: number): number {
	const own = gapsOf(world, c);
	let chance = 1;
	for (let step = own.stepOf(since - 1) + 1; step <= own.stepOf(until); step++) {
		let [atRisk, ended] = [0, 0];
		for (const other of world.ids) {
			if (stateOf(world, other) !== stateOf(world, c) || serviceOf(world, other).state === "not_served") continue;
			const { days, stepOf } = gapsOf(world, other);
			for (const [i, begin] of days.entries()) {
				const end = days[i + 1] ?? null;
				const first = Math.max(1, AS_OF - 56 - begin);
				const last = end === null ? AS_OF - begin - 1 : end - begin;
				if (last < first || stepOf(first) > step || stepOf(last) < step) continue;
				atRisk++;
				if (end !== null && stepOf(last) === step) ended++;
			}
		}
		if (atRisk > 0) chance *= 1 - ended / atRisk;
	}
	return chance;
}
