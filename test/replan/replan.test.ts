import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entry, PlanDocument, RepPlan } from "../../engine/index.ts";
import { replan } from "../../engine/replan/replan.ts";
import type { ReplanOrder } from "../../engine/replan/request.ts";
import { formatTime, parseTime } from "../../engine/units.ts";
import { openRoom, type Room } from "./room.ts";

describe("a plan revised during its days", () => {
	let room: Room;
	let rep: RepPlan;
	let date: string;
	let today: readonly Entry[];
	beforeAll(async () => {
		room = await openRoom({ customers: 240, reps: 2, seed: 13, iterations: 1500 });
		rep = room.plan.reps.find(({ rep_id, days }) => rep_id.startsWith("R") && days[0].entries.length > 6) ?? room.plan.reps[0];
		[{ date, entries: today }] = rep.days;
	});
	afterAll(() => room.close());

	const revise = (order: Omit<ReplanOrder, "now"> & { now?: string }, plan: PlanDocument = room.plan) =>
		replan(room.desk, plan, { now: `${date}T${today[Math.floor(today.length / 2)].start.slice(0, 5)}`, ...order });
	const rulesOf = async (plan: unknown, before: unknown = room.plan) =>
		new Set((await room.engine.check(room.portfolio, plan, undefined, before)).map(({ rule }) => rule));
	const mine = (plan: PlanDocument) => plan.reps.find(({ rep_id }) => rep_id === rep.rep_id) ?? plan.reps[0];
	const entriesOn = (plan: PlanDocument, on: string) => mine(plan).days.find((day) => day.date === on)?.entries ?? [];
	const delayed = (): NonNullable<ReplanOrder["events"]> => [{ type: "delayed", rep_id: rep.rep_id, minutes: 45 }];

	it("changes nothing where nothing happened, and the same twice", () => {
		const same = revise({ events: [] });
		expect(same.plan).toBe(room.desk.read(room.plan));
		expect(same.diff.changes).toEqual([]);
		expect(JSON.stringify(revise({ events: delayed(), seed: 5 }))).toBe(JSON.stringify(revise({ events: delayed(), seed: 5 })));
		const asPlanned = revise({ events: [{ type: "done", rep_id: rep.rep_id, customer_id: today[0].customer_id }] });
		expect(asPlanned.diff.changes).toEqual([]);
	});

	it("replanned again without news stays what it is", () => {
		const { plan } = revise({ events: delayed() });
		expect(revise({ events: [] }, plan).plan.plan_id).toBe(plan.plan_id);
	});

	it("keeps what was told of a contact: it cannot be cancelled afterwards", () => {
		const [{ customer_id }] = today;
		const named = { rep_id: rep.rep_id, customer_id };
		const done = { type: "done", ...named } as const;
		const cancelled = { type: "cancelled", ...named } as const;
		const { plan } = revise({ events: [done] });
		const refused = `/events/0: what came of ${rep.rep_id}'s contact with ${customer_id} on ${date} was told; expected one still to come`;
		expect(() => revise({ events: [cancelled] }, plan)).toThrow(refused);
		expect(() => revise({ events: [cancelled, done] })).toThrow(refused);
	});

	it("passes the check at whatever times reps tell that they did things: before the shift, or two at once", async () => {
		const [one, two] = today.map(({ customer_id }) => ({ type: "done" as const, rep_id: rep.rep_id, customer_id }));
		const { plan } = revise({
			events: [
				{ ...one, start: "00:10", end: "00:30" },
				{ ...two, start: "00:20", end: "00:40" },
			],
		});
		expect(await rulesOf(plan)).toEqual(new Set());
	});

	it("cancels nothing on days that are over, where no outcome would come of it", () => {
		const cancelled = { type: "cancelled", rep_id: rep.rep_id, customer_id: today[0].customer_id, date } as const;
		const order = { now: `${rep.days[1].date}T10:00`, events: [cancelled] };
		expect(() => revise(order)).toThrow(`/events/0/date: ${date} is over on ${rep.days[1].date}; expected that day or later`);
	});

	it("loses to a day what is late beyond midnight, and can be replanned again", async () => {
		const { plan } = revise({ events: [{ type: "delayed", rep_id: rep.rep_id, minutes: 1440 }] });
		expect(plan.receipt.revision?.resumptions[0].at).toBe("24:00:00");
		expect(await rulesOf(plan)).toEqual(new Set());
		const read = JSON.parse(JSON.stringify(plan)) as PlanDocument;
		expect(revise({ now: `${date}T24:00`, events: delayed() }, read).plan.receipt.revision?.number).toBe(2);
	});

	it("brings forward what comes after a contact that is cancelled on a later day, and says no more than that", async () => {
		const later = rep.days.slice(1).find(({ entries }) => entries.length > 3) ?? rep.days[1];
		const [{ customer_id }] = later.entries;
		const cancelled = { type: "cancelled", rep_id: rep.rep_id, customer_id, date: later.date } as const;
		const { plan, diff } = revise({ tolerance_minutes: 5, events: [cancelled] });
		expect(plan.receipt.revision?.forced.length).toBeGreaterThan(1);
		expect(await rulesOf(plan)).toEqual(new Set());
		expect(diff.changes.filter(({ cause }) => cause === "rules")).toEqual([]);
	});

	it("refuses dates that no plan can hold", () => {
		const named = { rep_id: rep.rep_id, customer_id: today[0].customer_id };
		for (const event of [
			{ type: "urgent", ...named, by: "2999-01-01" },
			{ type: "absent", rep_id: rep.rep_id, until: "2999-01-01" },
		] as const)
			expect(() => revise({ events: [event] })).toThrow(/expected a date YYYY-MM-DD from 1970 to 2100/);
	});

	it("takes a moment without seconds for the one with none", () => {
		const { plan } = revise({ now: `${date}T10:00:00`, events: delayed() });
		expect(revise({ now: `${date}T10:00`, events: delayed() }, plan).plan.receipt.revision?.number).toBe(2);
		expect(() => revise({ now: `${date}T09:59:59`, events: delayed() }, plan)).toThrow(/is before .*T10:00:00, when the plan was last/);
	});

	it("cannot replan the past, nor what it does not know", () => {
		expect(() => revise({ now: "2026-01-05T10:00", events: [] })).toThrow(/outside of the plan's horizon/);
		expect(() => revise({ events: [{ type: "cancelled", rep_id: rep.rep_id, customer_id: "nobody" }] })).toThrow(
			/events\/0\/customer_id: nobody/,
		);
		expect(() => revise({ events: [{ type: "absent", rep_id: "nobody" }] })).toThrow(/nobody is no rep of the plan/);
		const ends = "2026-11-20";
		const [{ customer_id }] = today;
		for (const event of [
			{ type: "absent", rep_id: rep.rep_id, until: ends },
			{ type: "refuse", rep_id: rep.rep_id, customer_id, date, until: ends, reason: "closed" },
		] as const)
			expect(() => revise({ events: [event] })).toThrow(`/events/0/until: ${ends} is before ${date}; expected that day or later`);
		const named = { rep_id: rep.rep_id, customer_id };
		expect(() => revise({ events: [{ type: "urgent", ...named, by: ends }] })).toThrow(`/events/0/by: ${ends} is before ${date}`);
		const swap = { type: "swap", ...named, date, with: customer_id, reason: "none" } as const;
		expect(() => revise({ events: [swap] })).toThrow(`/events/0/with: ${customer_id} is the customer itself; expected another`);
		expect(() => revise({ max_changes: -1, events: [] })).toThrow(/max_changes/);
	});

	it("takes an absence from now on: nothing is planned until it ends", () => {
		const { plan } = revise({ events: [{ type: "absent", rep_id: rep.rep_id, until: rep.days[1].date }] });
		const now = today[Math.floor(today.length / 2)].start;
		expect(entriesOn(plan, date).every(({ start }) => start <= now)).toBe(true);
		expect(entriesOn(plan, rep.days[1].date)).toEqual([]);
	});

	it("brings an urgent customer in on the day, or says that it cannot", () => {
		const wanted = rep.days
			.flatMap((day) => (day.date > rep.days[2].date ? day.entries : []))
			.find(({ customer_id }) => !today.some((entry) => entry.customer_id === customer_id));
		const { plan, unmet_wishes } = revise({
			events: [{ type: "urgent", rep_id: rep.rep_id, customer_id: wanted?.customer_id ?? "" }],
			max_changes: 10,
		});
		const isIn = entriesOn(plan, date).some(({ customer_id }) => customer_id === wanted?.customer_id);
		expect(isIn || unmet_wishes.length === 1).toBe(true);
	});

	it("keeps to a refusal until it expires, in later revisions too", () => {
		const refused = today[today.length - 1].customer_id;
		const until = room.plan.horizon.to;
		const first = revise({
			events: [{ type: "refuse", rep_id: rep.rep_id, customer_id: refused, date, until, reason: "the owner is away" }],
		}).plan;
		const second = revise({ events: delayed() }, first).plan;
		for (const plan of [first, second])
			expect(mine(plan).days.flatMap(({ entries }) => entries.filter(({ customer_id }) => customer_id === refused))).toEqual([]);
		expect(second.receipt.revision?.rules).toMatchObject([{ customer_id: refused, until, reason: "the owner is away" }]);
	});

	it("names each change with its cause in one sentence", () => {
		const { diff } = revise({ events: [{ type: "cancelled", rep_id: rep.rep_id, customer_id: today[today.length - 1].customer_id }] });
		expect(diff.changes.find(({ cause }) => cause === "cancelled")?.reason).toMatch(/^O cliente cancelou/);
		for (const { reason } of diff.changes) expect(reason).toMatch(/\.$/);
	});

	it("is caught by check when it changes the past, moves a promise, breaks a rule or changes too much", async () => {
		const { plan } = revise({ events: delayed(), max_changes: 3 });
		expect(await rulesOf(plan)).toEqual(new Set());
		const mutant = (change: (copy: PlanDocument) => unknown): PlanDocument => {
			const copy = structuredClone(plan);
			change(copy);
			return copy;
		};
		const revisionOf = (copy: PlanDocument) => copy.receipt.revision as unknown as Record<string, unknown>;
		const dayOf = (copy: PlanDocument, nth: number) => mine(copy).days[nth] as unknown as { entries: Record<string, unknown>[] };
		expect(await rulesOf(mutant((copy) => dayOf(copy, 0).entries.shift()))).toContain("past-changed");
		expect(await rulesOf(mutant((copy) => Object.assign(dayOf(copy, 0).entries[0], { start: "07:00:01" })))).toContain("past-changed");
		expect(await rulesOf(mutant((copy) => dayOf(copy, 1).entries.splice(0, 5)))).toContain("max-changes");
		expect(await rulesOf(mutant((copy) => Object.assign(revisionOf(copy), { of: "another" })))).toContain("revision-of");
		const customer_id = mine(plan).days[2].entries[0].customer_id;
		const rule = { rep_id: rep.rep_id, customer_id, from: mine(plan).days[2].date, until: mine(plan).days[2].date, reason: "asked" };
		expect(await rulesOf(mutant((copy) => Object.assign(revisionOf(copy), { rules: [rule] })))).toContain("rule-broken");
		const pin = { rep_id: rep.rep_id, customer_id, date: mine(plan).days[2].date };
		expect(await rulesOf(mutant((copy) => [Object.assign(revisionOf(copy), { pins: [pin] }), dayOf(copy, 2).entries.shift()]))).toContain(
			"pin-moved",
		);
		const forced = [{ rep_id: rep.rep_id, customer_id, date: mine(plan).days[2].date, cause: "delayed" }];
		expect(await rulesOf(mutant((copy) => Object.assign(revisionOf(copy), { forced })))).toContain("forced-unknown");
		expect(await rulesOf(mutant((copy) => Object.assign(revisionOf(copy), { resumptions: [] })))).toContain("before-now");
		// What is called forced though nothing forced it does not hide a change, whatever cause is named.
		const hidden = dayOf(plan, 1).entries.map(({ customer_id }) => ({
			rep_id: rep.rep_id,
			customer_id,
			date: mine(plan).days[1].date,
			cause: "rules",
		}));
		const hiding = await rulesOf(
			mutant((copy) => [Object.assign(revisionOf(copy), { forced: hidden }), dayOf(copy, 1).entries.splice(0, 5)]),
		);
		expect(hiding).toContain("forced-unknown");
		expect(hiding).toContain("max-changes");
		const lazy = mutant((copy) => {
			for (const row of revisionOf(copy).resumptions as { at: string }[]) row.at = "17:45:00";
		});
		expect(await rulesOf(lazy)).toContain("resumed-late");
		const promised = room.plan.reps.flatMap(({ rep_id, days }) =>
			days.flatMap((day) => day.entries.filter(({ kind }) => kind === "appointment").map((entry) => ({ rep_id, day: day.date, entry }))),
		);
		expect(promised.length).toBeGreaterThan(0);
		const [promise] = promised.filter(({ day }) => day > date);
		const moved = mutant((copy) => {
			const days = copy.reps.find(({ rep_id }) => rep_id === promise.rep_id)?.days.find((day) => day.date === promise.day);
			Object.assign(days?.entries.find((entry) => entry.customer_id === promise.entry.customer_id) ?? {}, { start: "00:00:00" });
		});
		expect(await rulesOf(moved)).toContain("promise-moved");
	});

	it("is caught by check when it calls forced what follows a break at a fixed time that takes up the delay", async () => {
		const [{ start }] = mine(room.plan).days[0].breaks; // 12:00-13:00
		const events: ReplanOrder["events"] = [{ type: "delayed", rep_id: rep.rep_id, minutes: 20 }];
		const { plan } = revise({ now: `${date}T${formatTime(parseTime(start) - 60)}`, events });
		expect(plan.receipt.revision?.forced).toEqual([]);
		expect(await rulesOf(plan)).toEqual(new Set());
		const { customer_id } = today.find((entry) => entry.start > start) ?? expect.unreachable();
		const revision = { ...plan.receipt.revision, forced: [{ rep_id: rep.rep_id, customer_id, date, cause: "delayed" }] };
		expect(await rulesOf({ ...plan, receipt: { ...plan.receipt, revision } })).toContain("forced-unknown");
	});
});
