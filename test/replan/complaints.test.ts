import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entry, PlanDocument, RepPlan } from "../../engine/index.ts";
import { replan } from "../../engine/replan/replan.ts";
import { suggest } from "../../engine/replan/suggest.ts";
import { suppose } from "../../engine/replan/overlay.ts";
import { whatIf } from "../../engine/replan/what-if.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
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
		// Who is due again within the horizon comes back: of the customers with the shortest gaps most do, though the days are full.
		const lists = [...contacts(plan).values()].filter(([{ day, entry }]) => day + 2 * entry.min_gap_days <= parseDay(plan.horizon.to));
		const often = lists.filter(([{ entry }]) => entry.min_gap_days <= 3 && entry.class === "A");
		const repeated = often.filter((list) => list.length > 1);
		expect(often.length).toBeGreaterThan(5);
		expect(repeated.length).toBeGreaterThan(often.length / 4);
		const ids = plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries.map(({ entry_id }) => entry_id)));
		expect(new Set(ids).size).toBe(ids.length); // each time is an entry of its own
	});

	it("spacing", () => {
		expect([...contacts(plan).values()].some((list) => list.length > 1)).toBe(true);
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
		// And the plan obeys it: its first contacts are worth more than those customers' days are on average.
		let [chosen, average, numSeen] = [0, 0, 0];
		for (const [id, [{ day, entry }]] of contacts({ ...plan, reps: [rep] })) {
			const list = byCustomer.get(`${room.desk.customerRows.get(id)} ${CHANNELS.findIndex((name) => name === entry.channel)}`) ?? [];
			const values = list.map(([index, option]) => ({
				day: repCase.days[option.day],
				cents: repCase.termsInto(index, null, false, terms),
			}));
			const own = values.find((value) => value.day === day);
			if (!own || new Set(values.map(({ cents }) => cents)).size < 2) continue;
			numSeen++;
			chosen += own.cents;
			average += values.reduce((sum, { cents }) => sum + cents, 0) / values.length;
		}
		expect(numSeen).toBeGreaterThan(10);
		expect(chosen).toBeGreaterThan(average);
	});

	it("reason for every unplanned visit", () => {
		expect(plan.unplanned.length).toBeGreaterThan(0);
		const planned = contacts(plan);
		const told = [...planned.keys(), ...[...plan.unplanned, ...plan.unmet_required].map(({ customer_id }) => customer_id)];
		const promised = plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries.map(({ customer_id }) => customer_id)));
		expect(new Set([...told, ...promised])).toEqual(new Set(room.desk.customerRows.keys())); // nobody is passed over in silence
		for (const { customer_id, reasons } of plan.unplanned) {
			expect(planned.has(customer_id)).toBe(false);
			expect(reasons.length, customer_id).toBeGreaterThan(0);
			for (const { code, detail } of reasons) expect(code.length * detail.length).toBeGreaterThan(0);
		}
	});

	it("slot proposal", async () => {
		const open = plan.unplanned.filter(({ reasons }) => reasons.every(({ proven }) => !proven));
		const offered = open.map(({ customer_id }) => suggest(room.desk, plan, { customer_id, most: 3 }).suggestions);
		const some = offered.filter((list) => list.length > 0);
		expect(some.length).toBeGreaterThan(open.length / 2);
		for (const [{ start, end, date }] of some) {
			expect(start < end).toBe(true);
			expect(date >= plan.horizon.from && date <= plan.horizon.to).toBe(true);
		}
		// What is offered can be had: on that day, in a plan that check accepts.
		const [first] = some;
		const asked = open[offered.indexOf(first)].customer_id;
		const { rep_id, date, channel } = first[0];
		const named = CHANNELS.find((name) => name === channel);
		const question = { force: [{ rep_id, customer_id: asked, date, ...(named && { channel: named }) }] };
		const answer = whatIf(room.desk, plan, { iterations: 200, ...question });
		expect(answer.is_met).toBe(true);
		const day = answer.plan.reps.find((one) => one.rep_id === rep_id)?.days.find((one) => one.date === date);
		expect(day?.entries.map(({ customer_id }) => customer_id)).toContain(asked);
		expect(await room.engine.check(room.portfolio, answer.plan)).toEqual([]);
	});

	it("two updates in a row differ", () => {
		const [{ date, entries }] = rep.days;
		const order = { now: `${date}T${entries[2].start}`, events: [{ type: "delayed" as const, rep_id: rep.rep_id, minutes: 50 }] };
		const once = replan(room.desk, plan, order).plan;
		const twice = replan(room.desk, plan, order).plan;
		expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
		expect(replan(room.desk, once, { ...order, events: [] }).plan.plan_id).toBe(once.plan_id);
		// An update that brings no news, a contact that its rep accepts, moves nothing.
		const [next] = once.reps.find(({ rep_id }) => rep_id === rep.rep_id)?.days[1].entries ?? [];
		const accept = { type: "accept" as const, rep_id: rep.rep_id, customer_id: next.customer_id, date: rep.days[1].date };
		expect(replan(room.desk, once, { ...order, events: [accept] }).diff.changes).toEqual([]);
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
		// They move to another day, and together are contacted as often as before.
		const kept = had.filter(({ customer_id }) => still.has(customer_id));
		expect(kept.length).toBeGreaterThanOrEqual(0.9 * had.length);
		const before = contacts(plan);
		const times = (of: typeof before): number => kept.reduce((sum, { customer_id }) => sum + (of.get(customer_id)?.length ?? 0), 0);
		expect(times(still)).toBeGreaterThanOrEqual(0.9 * times(before));
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
