import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entry, PlanDocument, RepPlan } from "../../engine/index.ts";
import { replan } from "../../engine/replan/replan.ts";
import { suggest } from "../../engine/replan/suggest.ts";
import { suppose } from "../../engine/replan/overlay.ts";
import { parseDay, weekdayOf } from "../../engine/units.ts";
import { openRoom, type Room } from "./room.ts";

/** What users of other planners complain about; each a test of that name. */
describe("complaints of other planners' users", () => {
	let room: Room;
	let plan: PlanDocument;
	let rep: RepPlan;
	beforeAll(async () => {
		room = await openRoom({ customers: 240, reps: 2, seed: 14, iterations: 1500 });
		({ plan } = room);
		rep = plan.reps.find(({ rep_id, days }) => rep_id.startsWith("R") && days[0].entries.length > 4) ?? plan.reps[0];
	});
	afterAll(() => room.close());

	/** Contacts by customer, promised ones apart, oldest first. */
	const contacts = (of: PlanDocument): Map<string, { day: number; entry: Entry }[]> => {
		const all = new Map<string, { day: number; entry: Entry }[]>();
		for (const { days } of of.reps) {
			for (const { date, entries } of days) {
				for (const entry of entries)
					if (entry.kind !== "appointment")
						all.set(entry.customer_id, [...(all.get(entry.customer_id) ?? []), { day: parseDay(date), entry }]);
			}
		}
		for (const list of all.values()) list.sort((a, b) => a.day - b.day);
		return all;
	};

	it("cool-down between visits to the same customer", () => {
		const last = room.desk.context.classification.lastContactDay;
		let numSeen = 0;
		for (const [id, list] of contacts(plan)) {
			const [{ day, entry }] = list;
			const before = last[room.desk.customerRows.get(id) ?? -1];
			if (before < 0) continue;
			numSeen++;
			expect(day - before, id).toBeGreaterThanOrEqual(entry.min_gap_days);
		}
		expect(numSeen).toBeGreaterThan(20);
	});

	it("recurring visits", () => {
		const repeated = [...contacts(plan).values()].filter((list) => list.length > 1);
		expect(repeated.length).toBeGreaterThan(0);
	});

	it("spacing", () => {
		for (const [id, list] of contacts(plan)) {
			for (const [at, { day, entry }] of list.entries())
				if (at > 0) expect(day - list[at - 1].day, id).toBeGreaterThanOrEqual(Math.max(1, entry.min_gap_days));
		}
	});

	it("day-dependent priority", () => {
		const rows = room.desk.repRows.get(rep.rep_id) ?? -1;
		const repCase = room.desk.caseOf({ ...plan, reps: [] }, rows, new Set());
		const terms = new Int32Array(16);
		const byCustomer = Map.groupBy([...repCase.options.entries()], ([, { customer, channel }]) => `${customer} ${channel}`);
		const depends = [...byCustomer.values()].filter(
			(list) => new Set(list.map(([index]) => repCase.termsInto(index, null, false, terms))).size > 1,
		);
		expect(depends.length).toBeGreaterThan(byCustomer.size / 4);
	});

	it("reason for every unplanned visit", () => {
		expect(plan.unplanned.length).toBeGreaterThan(0);
		const planned = contacts(plan);
		for (const { customer_id, reasons } of plan.unplanned) {
			expect(planned.has(customer_id)).toBe(false);
			expect(reasons.length, customer_id).toBeGreaterThan(0);
			for (const { code, detail } of reasons) expect(code.length * detail.length).toBeGreaterThan(0);
		}
	});

	it("slot proposal", () => {
		const open = plan.unplanned.filter(({ reasons }) => reasons.every(({ proven }) => !proven));
		const offered = open.map(({ customer_id }) => suggest(room.desk, plan, { customer_id, most: 3 }).suggestions);
		const some = offered.filter((list) => list.length > 0);
		expect(some.length).toBeGreaterThan(open.length / 2);
		for (const [{ start, end, date }] of some) {
			expect(start < end).toBe(true);
			expect(date >= plan.horizon.from && date <= plan.horizon.to).toBe(true);
		}
	});

	it("two updates in a row differ", () => {
		const [{ date, entries }] = rep.days;
		const order = { now: `${date}T${entries[2].start}`, events: [{ type: "delayed" as const, rep_id: rep.rep_id, minutes: 50 }] };
		const once = replan(room.desk, plan, order).plan;
		const twice = replan(room.desk, plan, order).plan;
		expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
		expect(replan(room.desk, once, { ...order, events: [] }).plan.plan_id).toBe(once.plan_id);
	});

	it("frequency not kept in holiday weeks", async () => {
		// A holiday more on the second day: who had contacts on it still is contacted as often as the days that are left allow, or has a reason.
		const { holidays } = room.portfolio.tables;
		const [, { date }] = rep.days;
		const row = 0;
		const changed = {
			...holidays,
			days: { ...holidays.days, date: holidays.days.date.map((day, at) => (at === row ? parseDay(date) : day)) },
		};
		const texts = {
			...holidays.texts,
			region: { length: holidays.length, at: (at: number) => (at === row ? null : holidays.texts.region.at(at)) },
		};
		const portfolio = { ...suppose(room.portfolio, []), tables: { ...room.portfolio.tables, holidays: { ...changed, texts } } };
		const shorter = await room.engine.plan(portfolio, { asOf: room.desk.context.asOf, iterations: 1500 });
		const entriesOn = shorter.reps.flatMap(({ days }) =>
			days.filter((day) => day.date === date && weekdayOf(parseDay(day.date)) < 5).flatMap(({ entries }) => entries),
		);
		expect(entriesOn).toEqual([]);
		const had = plan.reps.flatMap(({ days }) =>
			days.filter((day) => day.date === date).flatMap(({ entries }) => entries.filter(({ kind }) => kind !== "appointment")),
		);
		const still = contacts(shorter);
		const lost = had.filter(
			({ customer_id }) =>
				!still.has(customer_id) &&
				!shorter.unplanned.some((row) => row.customer_id === customer_id) &&
				!shorter.unmet_required.some((row) => row.customer_id === customer_id),
		);
		expect(had.length).toBeGreaterThan(0);
		expect(lost).toEqual([]);
		expect(had.filter(({ customer_id }) => still.has(customer_id)).length).toBeGreaterThan(had.length / 2);
		expect(await room.engine.check(portfolio, shorter)).toEqual([]);
	});

	it("a shift that already started cannot be replanned", async () => {
		const [{ date, entries }] = rep.days;
		const middle = entries[Math.floor(entries.length / 2)];
		const revised = replan(room.desk, plan, {
			now: `${date}T${middle.start}`,
			events: [{ type: "delayed", rep_id: rep.rep_id, minutes: 60 }],
		}).plan;
		const after = revised.reps.find(({ rep_id }) => rep_id === rep.rep_id)?.days[0].entries ?? [];
		const done = entries.filter(({ end }) => end <= middle.start);
		expect(after.slice(0, done.length).map(({ customer_id, start }) => [customer_id, start])).toEqual(
			done.map(({ customer_id, start }) => [customer_id, start]),
		);
		expect(after.map(({ start }) => start)).not.toEqual(entries.map(({ start }) => start));
		expect(await room.engine.check(room.portfolio, revised, undefined, plan)).toEqual([]);
	});
});
