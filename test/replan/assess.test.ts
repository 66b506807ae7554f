import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRoom, type Room } from "./room.ts";

describe("a plan made by people", () => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 120, reps: 1, seed: 17, iterations: 600 });
	});
	afterAll(() => room.close());

	/** The agendas of a rep as people would hand them in, but for every third contact. */
	const thinned = () => {
		const { plan } = room;
		const rep = plan.reps.find(({ days }) => days[0].entries.length > 4) ?? plan.reps[0];
		const agendas = rep.days.map(({ date, entries }) => ({
			rep_id: rep.rep_id,
			date,
			contacts: entries
				.filter(({ kind }, at) => kind === "appointment" || at % 3 !== 0)
				.map(({ customer_id, channel, start }) => ({ customer_id, channel: channel as "visit", start })),
		}));
		return { rep, agendas };
	};

	it("is worth what its entries and ways come to, and shows what the optimiser would change first, for more", async () => {
		const { agendas } = thinned();
		const order = { as_of: room.plan.as_of, agendas, most: 3, iterations: 400 };
		const { value_cents, value_changed_cents, changes, refused, plan } = await room.engine.assess(room.portfolio, order);
		expect(refused).toEqual([]);
		expect(plan.reps[0].days.map(({ entries }) => entries.map(({ customer_id }) => customer_id))).toEqual(
			agendas.map(({ contacts }) => contacts.map(({ customer_id }) => customer_id)),
		);
		const [{ days, floor_cents, gap }] = plan.reps;
		// Nobody looked how much better it could be: a gap of nought would call it the best there is.
		expect([gap, plan.kpis.mean_gap]).toEqual([null, null]);
		expect((await room.engine.check(room.portfolio, plan)).filter(({ rule }) => rule === "gap")).toEqual([]);
		const entries = days.flatMap((day) => day.entries).reduce((sum, entry) => sum + entry.value_cents, 0);
		const ways = days.reduce((sum, { travel_cost_cents }) => sum + travel_cost_cents, 0);
		expect(value_cents).toBe(entries - ways - floor_cents);
		expect(changes.length).toBeGreaterThan(0);
		expect(changes.length).toBeLessThanOrEqual(3);
		expect(value_changed_cents).toBeGreaterThan(value_cents);
	});

	it("may be far too full, or begin before it can: its day ends at midnight, and what it breaks is told all the same", async () => {
		const { agendas, rep } = thinned();
		const [{ date }] = agendas;
		const ids = [...new Set(rep.days.flatMap(({ entries }) => entries.map(({ customer_id }) => customer_id)))];
		const visits = ids.map((customer_id) => ({ customer_id, channel: "visit" as const }));
		const early = visits.map((visit, at) => (at === 0 ? { ...visit, start: "00:00" } : at === 1 ? { ...visit, start: "23:50" } : visit));
		for (const contacts of [early, visits.map((visit) => ({ ...visit, start: "23:30" }))]) {
			const order = { as_of: room.plan.as_of, agendas: [{ rep_id: rep.rep_id, date, contacts }], iterations: 0 };
			const { violations, refused, value_changed_cents } = await room.engine.assess(room.portfolio, order);
			const rules = new Set(violations.map(({ rule }) => rule));
			expect(rules).toContain("outside-shift");
			expect(rules).not.toContain("shape");
			expect(value_changed_cents).not.toBeNaN();
			if (contacts === early)
				expect(refused.flatMap(({ reasons }) => reasons.map(({ detail }) => detail))).toContain("it would end after midnight");
		}
	});

	it("is told what it breaks in the words of check, and what no rule allows is refused with its reason", async () => {
		const { agendas, rep } = thinned();
		const [day] = agendas;
		const [first, second] = day.contacts.filter(({ channel }) => channel === "visit");
		const clashing = {
			...day,
			contacts: day.contacts.map((contact) => (contact === second ? { ...contact, start: first.start } : contact)),
		};
		const { violations } = await room.engine.assess(room.portfolio, { as_of: room.plan.as_of, agendas: [clashing], iterations: 0 });
		expect(violations.length).toBeGreaterThan(0);
		const proven = room.plan.unplanned.find(({ rep_id, reasons }) => rep_id === rep.rep_id && reasons.every((reason) => reason.proven));
		const customer_id = proven?.customer_id ?? "";
		const blocked = { rep_id: rep.rep_id, date: day.date, contacts: [{ customer_id, channel: "visit" as const }] };
		const late = { as_of: room.plan.as_of, agendas: [{ ...blocked, date: "2027-03-01" }], iterations: 0 };
		await expect(room.engine.assess(room.portfolio, late)).rejects.toThrow(
			"/agendas/0/date: 2027-03-01 is outside of the horizon 2026-11-23",
		);
		const { refused } = await room.engine.assess(room.portfolio, { as_of: room.plan.as_of, agendas: [blocked], iterations: 0 });
		expect(refused.map((row) => row.customer_id)).toEqual([customer_id]);
		expect(refused[0].reasons[0].detail.length).toBeGreaterThan(0);
	});
});
