import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVoice } from "../../engine/agenda/messages.ts";
import type { Entry, RepPlan } from "../../engine/index.ts";
import { createDesk } from "../../engine/replan/desk.ts";
import { suppose } from "../../engine/replan/overlay.ts";
import { openScope, situationOf } from "../../engine/replan/rep.ts";
import { orderOf } from "../../engine/replan/order.ts";
import { carriedOver } from "../../engine/replan/carried-over.ts";
import { readReplanRequest } from "../../engine/replan/request.ts";
import { solve } from "../../engine/solver/solve.ts";
import { suggest } from "../../engine/replan/suggest.ts";
import { supposedPortfolio, whatIf, type WhatIfOrder } from "../../engine/replan/what-if.ts";
import { openRoom, type Room } from "./room.ts";

const ITERATIONS = 400;

let room: Room;
beforeAll(async () => {
	room = await openRoom({ customers: 240, reps: 2, seed: 12, iterations: 1500 });
});
afterAll(() => room?.close());

describe("a question to a plan", () => {
	let rep: RepPlan;
	let someone: Entry;
	let leftOut: string;
	beforeAll(() => {
		rep = room.plan.reps.find(({ rep_id }) => rep_id.startsWith("R")) ?? room.plan.reps[0];
		someone = rep.days.flatMap(({ entries }) => entries).find(({ kind }) => kind !== "appointment") ?? rep.days[0].entries[0];
		const open = room.plan.unplanned.filter(({ rep_id, reasons }) => rep_id === rep.rep_id && reasons.every(({ proven }) => !proven));
		leftOut = open.find(({ customer_id }) => suggest(room.desk, room.plan, { customer_id }).suggestions.length > 0)?.customer_id ?? "";
	});

	const ask = (question: WhatIfOrder) => whatIf(room.desk, room.plan, { iterations: ITERATIONS, ...question });
	const violations = (question: WhatIfOrder, plan: unknown) => room.engine.check(supposedPortfolio(room.desk, question), plan);

	it("never finds that a wider limit costs, and its gain stands in a plan that check accepts", async () => {
		for (const question of [
			{ relax: [{ rep_id: rep.rep_id, extra_minutes: 60 }] },
			{ relax: [{ customer_id: someone.customer_id, visit_hours: "Mo-Fr 07:00-20:00" }] },
			// Those who call contact customers whom others visit, and whose visits are then worth less.
			...room.plan.reps.map(({ rep_id }) => ({ relax: [{ rep_id, extra_calls: 5 }] })),
		]) {
			const answer = ask(question);
			expect(answer.difference_cents).toBeGreaterThanOrEqual(0);
			expect(answer.value_with_cents).toBe(answer.plan.reps.reduce((sum, { value_cents }) => sum + value_cents, 0));
			expect(answer.upper_bound_cents).toBeGreaterThanOrEqual(answer.value_with_cents);
			expect(await violations(question, answer.plan)).toEqual([]);
		}
	});

	it("takes no gain of more search for the answer: a limit that does not bind brings nothing", () => {
		// The customer is planned within its hours already; the same hours again bind nobody.
		const hours = room.portfolio.tables.customers.texts.visit_hours.at(room.desk.customerRows.get(someone.customer_id) ?? 0);
		expect(ask({ relax: [{ customer_id: someone.customer_id, visit_hours: hours ?? "Mo-Su 00:00-24:00" }] }).difference_cents).toBe(0);
	});

	it("calls nobody proven to be left out whom the limit that is asked about would let in", async () => {
		const mine = new Set(rep.days.flatMap(({ entries }) => entries.map(({ customer_id }) => customer_id)));
		const texts = { visit_hours: "Sa 05:00-05:10", channels: "visit" };
		const rows = [...mine].map((id) => ({ table: "customers" as const, row: room.desk.customerRows.get(id) ?? -1, texts }));
		const closed = suppose(room.portfolio, rows);
		const plan = await room.engine.plan(closed, { asOf: room.desk.context.asOf, iterations: 50 });
		const shut = plan.unplanned.find(({ customer_id, reasons }) => mine.has(customer_id) && reasons.every(({ proven }) => proven));
		expect(shut?.reasons.map(({ code }) => code)).toContain("NO_WINDOW");
		const relax = [{ customer_id: shut?.customer_id ?? "", visit_hours: "Mo-Fr 08:00-18:00" }];
		const answer = whatIf(await room.engine.desk(closed, plan), plan, { relax, iterations: 0 });
		const row = answer.plan.unplanned.find(({ customer_id }) => customer_id === shut?.customer_id);
		expect(row?.reasons.map(({ proven }) => proven)).toEqual([false]);
	});

	it("forces a contact, says what it costs and whom it displaces", async () => {
		const question = { force: [{ customer_id: leftOut }] };
		const answer = ask(question);
		expect(answer.is_met).toBe(true);
		const planned = answer.plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries.map(({ customer_id }) => customer_id)));
		expect(planned).toContain(leftOut);
		expect(answer.displaced).not.toContain(leftOut);
		expect(await violations(question, answer.plan)).toEqual([]);
	});

	it("forbids a customer, and never finds that this brings anything", async () => {
		const question = { forbid: [{ customer_id: someone.customer_id }] };
		const answer = ask(question);
		expect(answer.difference_cents).toBeLessThanOrEqual(0);
		expect(answer.displaced).toContain(someone.customer_id);
		const planned = answer.plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries.map(({ customer_id }) => customer_id)));
		expect(planned).not.toContain(someone.customer_id);
		expect(await violations(question, answer.plan)).toEqual([]);
	});

	it("equals a solve from scratch under the same constraint within the stated gap", () => {
		const question = { relax: [{ rep_id: rep.rep_id, extra_minutes: 60 }] };
		const answer = ask(question);
		const { desk } = room;
		const supposed = createDesk({ ...desk.context, portfolio: supposedPortfolio(desk, question) });
		const plan = supposed.read(room.plan);
		const request = readReplanRequest({ now: `${plan.as_of}T00:00`, max_changes: 100_000 });
		const order = orderOf(supposed, plan, rep.rep_id, request, carriedOver(plan, request), 100_000);
		const { facts, planned, present } = situationOf(supposed, order);
		const { remaining } = openScope(supposed, order, facts, planned, present, () => true, planned, 100_000);
		const scratch = solve(remaining.problem, { seed: 3, iterations: 5000, boundWork: 1 }).value;
		const mine = answer.plan.reps.find(({ rep_id }) => rep_id === rep.rep_id) ?? rep;
		const gap = mine.gap ?? 0;
		expect(scratch).toBeLessThanOrEqual(mine.upper_bound_cents);
		expect(Math.abs(scratch - mine.value_cents)).toBeLessThanOrEqual(Math.max(gap, 0.03) * mine.upper_bound_cents);
	});

	it("names the place of what it does not know", () => {
		expect(() => ask({ force: [{ customer_id: leftOut, rep_id: "nobody" }] })).toThrow(/nobody is no rep of the plan/);
		expect(() => ask({ force: [{ customer_id: "nobody" }] })).toThrow("/force/0/customer_id: nobody is no customer of the portfolio");
		expect(() => ask({ force: [{ customer_id: leftOut }, { customer_id: leftOut }] })).toThrow(/force: a customer may be forced once/);
		expect(() => ask({})).toThrow(/expected force, forbid or relax/);
		expect(() => ask({ relax: [{ customer_id: leftOut, visit_hours: "always" }] })).toThrow(/always/);
		expect(() => whatIf(room.desk, { plan_id: "x" }, {})).toThrow(/not a plan.json/);
	});
});

describe("a suggestion", () => {
	it("offers ranked days and times with detour, value change and who is displaced, and a plan can hold it for what it says", async () => {
		const left = room.plan.unplanned.filter(({ reasons }) => reasons.every(({ proven }) => !proven)).slice(0, 12);
		let numChecked = 0;
		for (const { customer_id } of left) {
			const { suggestions } = suggest(room.desk, room.plan, { customer_id });
			const values = suggestions.map(({ value_change_cents }) => value_change_cents);
			expect(values).toEqual([...values].sort((a, b) => b - a));
			const [best] = suggestions;
			if (!best || numChecked === 2) continue;
			numChecked++;
			const { rep_id, date, channel } = best;
			const answer = whatIf(room.desk, room.plan, { force: [{ customer_id, rep_id, date, channel: channel as "visit" }], iterations: 0 });
			expect(answer.is_met).toBe(true);
			expect(answer.value_with_cents - answer.value_now_cents).toBeLessThanOrEqual(best.value_change_cents);
			expect(await room.engine.check(room.portfolio, answer.plan)).toEqual([]);
		}
		expect(numChecked).toBe(2);
	});

	it("says in the policy's language why there is none", () => {
		const shut = room.plan.unplanned.find(({ customer_id }) => suggest(room.desk, room.plan, { customer_id }).suggestions.length === 0);
		const customer_id = shut?.customer_id ?? "";
		const said = suggest(room.desk, room.plan, { customer_id }).detail ?? "";
		const english = suggest({ ...room.desk, voice: createVoice("en", "BRL") }, room.plan, { customer_id }).detail ?? "";
		const codes = (text: string) => text.split("; ").map((part) => part.split(": ")[0]);
		expect(codes(said)).toEqual([...new Set(shut?.reasons.map(({ code }) => code))]);
		expect(codes(english)).toEqual(codes(said));
		const words = (text: string) => text.split("; ").map((part) => part.split(": ")[1]);
		for (const [i, told] of words(said).entries()) expect(told).not.toBe(words(english)[i]);
		// A customer of the plan has no reason on record: beyond the horizon there is no day for it.
		const [planned] = room.plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries));
		const beyond = { customer_id: planned.customer_id, from: "2027-11-26" };
		expect(suggest(room.desk, room.plan, beyond).detail).toBe("Nenhum dia, horário ou canal cabe nas regras");
	});

	it("names the place of a rep and of days that make no sense", () => {
		const ask = (asked: object) => suggest(room.desk, room.plan, { customer_id: room.plan.unplanned[0].customer_id, ...asked });
		expect(() => ask({ rep_id: "nobody" })).toThrow("/rep_id: nobody is no rep of the plan");
		expect(() => ask({ from: "2026-11-26", to: "2026-11-25" })).toThrow("/to: 2026-11-25 is before 2026-11-26 (from)");
	});

	it("says why there is none", () => {
		const proven = room.plan.unplanned.find(({ reasons }) => reasons.every(({ proven }) => proven));
		const { suggestions, detail } = suggest(room.desk, room.plan, { customer_id: proven?.customer_id ?? "" });
		expect(suggestions).toEqual([]);
		expect(detail).toContain(proven?.reasons[0].code);
	});
});
