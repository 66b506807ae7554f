import { describe, expect, it } from "vitest";
import { FIGURES, GROUPINGS } from "../../engine/monitor/figures.ts";
import { openMonitor } from "../../engine/monitor/monitor.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { buildCalendar } from "../../engine/portfolio/calendar/calendar.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { type Day, formatDay, parseDay, SECONDS_PER_DAY } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";
import { dayOf, isReachedRow, ownerOf, slowWorld, type SlowRow, type SlowWorld, windowOf } from "./slow-figures.ts";
import { monitorWorld } from "./worlds.ts";

const AS_OF = parseDay("2026-11-23");
const NOVEMBER = parseDay("2026-11-01");
const worlds = [1, 2, 3].map((seed) => {
	const portfolio = monitorWorld(seed, AS_OF);
	return { monitor: openMonitor(portfolio, { asOf: AS_OF }), slow: slowWorld(portfolio, AS_OF) };
});
const everybody = { limit: 1000 };
const lastOf = (days: readonly Day[]): string | null => (days.length > 0 ? formatDay(Math.max(...days)) : null);
const isSale = (row: SlowRow): boolean =>
	Number(row.quantity) > 0 && row.status !== "cancelled" && (row.kind === "sale" || row.kind === null);

/** The keys of the groups that a customer is in, row by row. */
function keysOf(world: SlowWorld, c: number): Record<string, (string | null)[]> {
	const { customers, reps, lines, products } = world;
	const owner = ownerOf(world, c);
	const text = (value: SlowRow[string] | undefined): string | null => (value === null || value === undefined ? null : String(value));
	const recent = lines.filter((row) => row.customer_id === c && row.status !== "cancelled" && Number(row.ordered_on) >= AS_OF - 90);
	return {
		rep: [owner < 0 ? null : text(reps[owner].rep_id)],
		team: [owner < 0 ? null : text(reps[owner].team_id)],
		segment: [text(customers[c].segment)],
		city: [text(customers[c].city_code)],
		line: [...new Set(recent.map((row) => text(row.line ?? products[Number(row.product_id)].line)))],
	};
}

describe("the groups of the monitor", () => {
	it.each(GROUPINGS)("by %s hold whom the rows say, most customers first", (by) => {
		for (const { monitor, slow } of worlds) {
			const members = new Map<string | null, string[]>();
			for (const c of slow.ids) for (const key of keysOf(slow, c)[by]) members.set(key, [...(members.get(key) ?? []), `C${c}`]);
			const { groups } = monitor.document({ by });
			expect(new Map(groups.map((group) => [group.key, group.num_customers]))).toEqual(
				new Map([...members].map(([key, own]) => [key, own.length])),
			);
			const sizes = groups.map((group) => group.num_customers);
			expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
			for (const { key } of groups) {
				if (key === null) continue;
				const found = monitor.customers("customers", { ...everybody, only: { by, key } }).customers;
				expect(found.map((row) => row.customer_id).sort()).toEqual(members.get(key)?.toSorted());
			}
		}
	});
});

describe("the customers behind a figure", () => {
	it("are told with their rep, phase, class, and the date that the figure turns on", () => {
		for (const { monitor, slow } of worlds) {
			const ofCustomer = (rows: readonly SlowRow[], c: number): SlowRow[] => rows.filter((row) => row.customer_id === c);
			const lastOrder = (c: number): string | null =>
				lastOf(
					ofCustomer(slow.lines, c)
						.filter(isSale)
						.map((row) => Number(row.ordered_on)),
				);
			const lastContact = (c: number, isMeant: (row: SlowRow) => boolean): string | null =>
				lastOf(ofCustomer(slow.contacts, c).filter(isMeant).map(dayOf));
			const expected: Readonly<Record<string, (c: number, cell: Readonly<Record<string, string>>) => string | null>> = {
				customers: lastOrder,
				flows: lastOrder,
				positivation: lastOrder,
				revenue_at_risk: lastOrder,
				coverage: (c) => lastContact(c, isReachedRow),
				objections: (c, { objection }) => lastContact(c, (row) => isReachedRow(row) && row.objection === objection),
				productivity: (c, { channel }) => lastContact(c, (row) => row.outcome !== "cancelled" && row.channel === channel),
				collections: (c) => formatDay(AS_OF - Number(slow.customers[c].overdue_days)),
			};
			for (const [figure, on] of Object.entries(expected)) {
				const { customers } = monitor.customers(figure as keyof typeof FIGURES, everybody);
				for (const row of customers) {
					const c = Number(row.customer_id.slice(1));
					const owner = ownerOf(slow, c);
					expect([row.on, row.rep_id, row.phase, row.class], `${figure} ${row.customer_id}`).toEqual([
						on(c, row.cell),
						owner < 0 ? null : slow.reps[owner].rep_id,
						slow.phaseOf(c),
						slow.classOf(c),
					]);
				}
				expect(customers.length).toBeGreaterThan(0);
			}
		}
	});

	it("who will breach their gap are told with the sales of the ABC window", () => {
		for (const { monitor, slow } of worlds)
			for (const { customer_id: id, measures } of monitor.customers("cadence_debt", everybody).customers)
				expect(measures.revenue_cents).toBe(windowOf(slow, Number(id.slice(1))).value);
	});
});

/** Some customers bought for the first time this month, some again after half a year; the targets count both. */
function comebacks(seed: number): Portfolio {
	const portfolio = monitorWorld(seed, AS_OF);
	const { orders } = portfolio.tables;
	const before = (row: number, day: Day): boolean => orders.days.ordered_on[row] < day;
	const customer_id = orders.refs.customer_id.map((customer, row) => {
		if (customer % 5 === 1 && before(row, AS_OF - 15)) return -1;
		// Some came back in October already and bought nothing since: that was last month's.
		if (customer % 5 === 2 && (!before(row, NOVEMBER) || (before(row, NOVEMBER - 7) && !before(row, AS_OF - 200)))) return -1;
		return customer % 5 === 0 && !before(row, AS_OF - 200) && before(row, AS_OF - 15) ? -1 : customer;
	});
	const reps = ["S1", "R1", "R2", "R3"].map((rep_id) => ({ rep_id, kind: "inside" }));
	const rows = ["new", "recovered"].flatMap((metric): Row[] => [
		{ period: "2026-11", rep_id: "R1", metric, target: 9, bonus_value: 300 },
		{ period: "2026-11", team_id: "T1", metric, target: 9 },
	]);
	const { targets } = portfolioOf({ reps, targets: rows }).tables;
	const tables = { ...portfolio.tables, targets, orders: { ...orders, refs: { ...orders.refs, customer_id } } };
	return { ...portfolio, tables };
}

describe("targets of new and recovered customers", () => {
	const calendar = buildCalendar(null, validatePolicy({}));
	const workingDays = (from: Day, to: Day): number =>
		Array.from({ length: to - from }, (_, i) => from + i).filter((day) => calendar.isWorkingDay(day)).length;

	it("count who bought first, or again after a long silence, this month, and go on at its pace", () => {
		const counted = { new: 0, recovered: 0 };
		for (const seed of [1, 2, 3]) {
			const portfolio = comebacks(seed);
			const slow = slowWorld(portfolio, AS_OF);
			const { floor_days: floor, ceiling_days: ceiling, ratio } = slow.policy.phases.inactivating;
			const daysOf = (c: number): Day[] =>
				[...new Set(slow.lines.filter((row) => row.customer_id === c && isSale(row)).map((row) => Number(row.ordered_on)))].sort(
					(a, b) => a - b,
				);
			const isNew = (c: number): boolean => slow.phaseOf(c) === "new" && daysOf(c)[0] >= NOVEMBER;
			const isRecovered = (c: number): boolean => {
				const days = daysOf(c);
				const silence = Math.min(ceiling, Math.max(floor, ratio * slow.rhythm.expectedInterval[c]));
				const isEnd = (day: Day, i: number): boolean =>
					i > 0 && AS_OF - day < slow.policy.phases.recovered_days && day - days[i - 1] >= silence;
				return days.some(isEnd) && days[days.length - 1] >= NOVEMBER && slow.phaseOf(c) !== "ex_customer";
			};
			const { targets, month } = openMonitor(portfolio, { asOf: AS_OF }).document();
			expect(targets).toHaveLength(4);
			for (const target of targets) {
				const isMember = (rep: number): boolean =>
					rep >= 0 && (target.rep_id === null ? slow.reps[rep].team_id === target.team_id : slow.reps[rep].rep_id === target.rep_id);
				const own = slow.ids.filter((c) => isMember(ownerOf(slow, c)) && (target.metric === "new" ? isNew(c) : isRecovered(c)));
				counted[target.metric === "new" ? "new" : "recovered"] += own.length;
				expect(target).toMatchObject({
					reached: own.length,
					missing: Math.max(0, 9 - own.length),
					working_days_left: workingDays(AS_OF, NOVEMBER + 30),
					bonus_cents: target.rep_id === "R1" ? 30_000 : null,
				});
				const usual = (own.length * workingDays(NOVEMBER, NOVEMBER + 30)) / workingDays(NOVEMBER, AS_OF);
				expect(target.expected_with_usual).toBeCloseTo(usual, 1);
			}
			expect([month.from, month.to, month.period]).toEqual(["2026-11-01", "2026-11-30", "2026-11"]);
		}
		expect(Math.min(counted.new, counted.recovered)).toBeGreaterThan(3);
	});
});

describe("what limits a look", () => {
	it("is that there are no contacts before its day, whatever is dated later", () => {
		const portfolio = monitorWorld(1, AS_OF);
		const { contacts } = portfolio.tables;
		const lookAt = (isKept: (at: number) => boolean) => {
			const customer_id = contacts.refs.customer_id.map((customer, row) => (isKept(contacts.numbers.contacted_at[row]) ? customer : -1));
			const contacted_at = contacts.numbers.contacted_at.map((at) => (isKept(at) ? at : AS_OF * SECONDS_PER_DAY));
			const tables = {
				...portfolio.tables,
				contacts: { ...contacts, refs: { ...contacts.refs, customer_id }, numbers: { ...contacts.numbers, contacted_at } },
			};
			return openMonitor({ ...portfolio, tables }, { asOf: AS_OF }).document();
		};
		const codes = ({ notes }: ReturnType<typeof lookAt>): string[] => notes.map(({ code }) => code);
		expect(codes(lookAt((at) => at >= AS_OF * SECONDS_PER_DAY))).toContain("NO_CONTACTS");
		expect(codes(lookAt(() => true))).not.toContain("NO_CONTACTS");
	});

	it("looks ten working days ahead for load and ten days for cadence", () => {
		const { horizon, debt } = worlds[0].monitor.document();
		expect(horizon).toEqual({ from: "2026-11-23", to: "2026-12-04" });
		expect(debt).toEqual({ from: "2026-11-24", to: "2026-12-03" });
	});
});
