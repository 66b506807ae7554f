import { describe, expect, it } from "vitest";
import { prepareCases } from "../../engine/policy/cases.ts";
import { formatDay, formatTime, parseDay } from "../../engine/units.ts";
import { type Row, type Rows } from "../check/tables.ts";
import {
	ACTIVE,
	caseOf,
	inputsOf,
	oneCustomer,
	option,
	optionAt,
	ordersOn,
	PLACED,
	PRODUCTS,
	REP,
	rhythm,
	shown,
	termsOf,
} from "./small-case.ts";

const WEEKDAYS = ["23", "24", "25", "26", "27", "30"]
	.map((day) => `2026-11-${day}`)
	.concat(["01", "02", "03", "04"].map((day) => `2026-12-${day}`));
const contact = (at: string, more: Row = {}): Row => ({
	contact_id: at,
	customer_id: "C1",
	rep_id: "R1",
	contacted_at: `${at}T10:00`,
	channel: "visit",
	outcome: "no_order",
	...more,
});
const guessed = { guesses: ACTIVE };
const reasonsOf = (repCase: ReturnType<typeof caseOf>) =>
	repCase.exclusions.map(({ customer, reasons }) => [customer, ...reasons.map(({ code, proven }) => `${code}${proven ? "!" : ""}`)]);
const visits = (rows: Rows, policy: unknown = {}) =>
	shown(caseOf(rows, { guesses: ACTIVE, policy })).filter((text) => text.endsWith("visit"));
const windowsOf = (repCase: ReturnType<typeof caseOf>, date: string, channel = "visit") =>
	option(repCase, date, channel)?.windows.map(([from, to]) => `${formatTime(from).slice(0, 5)}-${formatTime(to).slice(0, 5)}`);

describe("a rep's case", () => {
	it("offers every channel on every day that the rep works", () => {
		const repCase = caseOf(oneCustomer(), guessed);
		expect(repCase.days.map(formatDay)).toEqual(WEEKDAYS);
		expect(shown(repCase)).toEqual(WEEKDAYS.flatMap((date) => [`${date} visit`, `${date} phone`, `${date} message`]));
		expect(repCase.exclusions).toEqual([]);
		expect(option(repCase, "2026-11-23")).toMatchObject({
			kind: "sell",
			objective: "replenish",
			duration: 1800,
			minGapDays: 3,
			required: false,
		});
	});

	it("leaves out days off, holidays and absences, and keeps worked Saturdays", () => {
		const repCase = caseOf(
			oneCustomer({}, { reps: [{ ...REP, shifts: "Mo-Th 08:00-18:00; Sa 08:00-12:00", absences: "2026-11-24/2026-11-25" }] }),
			guessed,
		);
		expect(repCase.days.map(formatDay)).toEqual(["2026-11-23", "2026-11-26", "2026-11-28", "2026-11-30", ...WEEKDAYS.slice(6, 9)]);
		const holiday = caseOf(oneCustomer(), { ...guessed, asOf: parseDay("2026-11-20"), policy: { horizon_days: 2 } });
		expect(holiday.days.map(formatDay)).toEqual(["2026-11-23", "2026-11-24"]);
	});

	it("has the rep's shift, breaks, places and limits", () => {
		const { slots, places } = caseOf(
			oneCustomer({}, { reps: [{ ...REP, break: "12:00-13:00", max_visits: 9, max_calls: 5, max_travel_minutes: 90 }] }),
			guessed,
		);
		expect(slots[0]).toEqual({
			day: 0,
			open: 28_800,
			close: 64_800,
			start: 0,
			end: -1,
			breaks: [{ earliest: 43_200, latest: 43_200, duration: 3600 }],
			maxVisits: 9,
			maxCalls: 5,
			maxTravelTime: 5400,
			maxSwaps: 2 ** 31 - 1,
		});
		expect(places).toEqual({ start: { lat: -23.5, lon: -46.6 }, end: null });
	});

	it("lets a visit lie inside one interval of the customer's hours, a call anywhere in the shift", () => {
		const repCase = caseOf(oneCustomer({ visit_hours: "Mo-Fr 07:00-11:00,14:00-16:00; Tu off" }), guessed);
		expect(windowsOf(repCase, "2026-11-23")).toEqual(["08:00-10:30", "14:00-15:30"]);
		expect(windowsOf(repCase, "2026-11-23", "phone")).toEqual(["08:00-17:50"]);
		expect(optionAt(repCase, "2026-11-24")).toBe(-1);
		expect(optionAt(repCase, "2026-11-24", "phone")).not.toBe(-1);
	});

	it("does not visit on a holiday of the customer's city", () => {
		const holidays = [{ date: "2026-11-24", region: "3550308" }];
		expect(visits(oneCustomer({ city_code: "3550308" }, { holidays }))).not.toContain("2026-11-24 visit");
		expect(visits(oneCustomer({ city_code: "3550308", visit_hours: "24/7; PH 09:00-12:00" }, { holidays }))).toContain("2026-11-24 visit");
	});

	it("takes the customer's own minutes for a visit, not for a call", () => {
		const repCase = caseOf(oneCustomer({ service_minutes: 17 }), guessed);
		expect([option(repCase, "2026-11-23").duration, option(repCase, "2026-11-23", "phone").duration]).toEqual([1020, 600]);
	});

	it("reaches customers only by channels that they agreed to, and without coordinates only remotely", () => {
		expect(shown(caseOf(oneCustomer({ channels: "phone;email" }), guessed))).toEqual(WEEKDAYS.map((date) => `${date} phone`));
		expect(visits({ ...oneCustomer(), customers: [{ customer_id: "C1", rep_id: "R1" }] })).toEqual([]);
		expect(visits(oneCustomer({}, { reps: [{ ...REP, kind: "inside" }] }))).toEqual([]);
	});

	it("proves that a customer without any channel cannot be planned", () => {
		expect(reasonsOf(caseOf(oneCustomer({ channels: "email" }), guessed))).toEqual([[0, "NO_CHANNEL!"]]);
	});
});

describe("gaps", () => {
	it("keep the minimum gap to the last contact that reached the customer", () => {
		// Plan of an active A customer: minimum gap 3, interval 7, hence due 4 days after the last contact.
		const repCase = caseOf(
			oneCustomer({}, { contacts: [contact("2026-11-21"), contact("2026-11-22", { outcome: "not_reached" })] }),
			guessed,
		);
		expect(shown(repCase)[0]).toBe("2026-11-25 visit");
	});

	it("are the customer's own before the action plan's", () => {
		const repCase = caseOf(oneCustomer({ min_gap_days: 6 }, { contacts: [contact("2026-11-20")] }), guessed);
		expect(shown(repCase)[0]).toBe("2026-11-26 visit");
		expect(repCase.options[0].minGapDays).toBe(6);
	});

	it("prove that a customer cannot be planned when they outlast the horizon", () => {
		expect(reasonsOf(caseOf(oneCustomer({ min_gap_days: 30 }, { contacts: [contact("2026-11-20")] }), guessed))).toEqual([[0, "MIN_GAP!"]]);
	});

	it("leave out a customer that is not due, which is no proof", () => {
		expect(reasonsOf(caseOf(oneCustomer({ visit_interval_days: 60 }, { contacts: [contact("2026-11-20")] }), guessed))).toEqual([
			[0, "NOT_DUE"],
		]);
	});

	it("make a contact due after the policy's share of the interval", () => {
		// The last contact on the 20th, interval 7, minimum gap 3: due on the 23rd, after 4 days by default, on the 27th.
		const first = (policy: unknown) => visits(oneCustomer({}, { contacts: [contact("2026-11-20")] }), policy)[0];
		expect(first({ value: { due_from_share: 0 } })).toBe("2026-11-23 visit");
		expect(first({})).toBe("2026-11-24 visit");
		expect(first({ value: { due_from_share: 1 } })).toBe("2026-11-27 visit");
	});

	it("are kept to the contacts of other agendas, which have their day to themselves", () => {
		const taken = new Map([[0, [parseDay("2026-11-25")]]]);
		// Minimum gap 3 around 25 November: from the 23rd to the 27th nothing.
		const dates = new Set(shown(caseOf(oneCustomer(), guessed, 0, taken)).map((text) => text.slice(0, 10)));
		expect([...dates]).toEqual(WEEKDAYS.slice(5));
	});
});

describe("who may not be contacted", () => {
	it.each([
		[{ blocked: true }, "BLOCKED!"],
		[{ status: "closed" }, "BLOCKED!"],
		[{ status: "do_not_contact" }, "BLOCKED!"],
		[{ credit_status: "collections_team" }, "CREDIT_BLOCKED!"],
		[{ credit_limit: 100, open_balance: 100 }, "CREDIT_BLOCKED!"],
		[{ credit_limit: 100, min_order_value: 150 }, "CREDIT_BLOCKED!"],
	])("is a customer with %j", (customer, reason) => {
		expect(reasonsOf(caseOf(oneCustomer(customer), guessed))).toEqual([[0, reason]]);
	});

	it("is not a customer without headroom that pays cash or complained", () => {
		const full = { credit_limit: 100, open_balance: 100 };
		expect(option(caseOf(oneCustomer({ ...full, credit_status: "collect_and_sell_cash" }), guessed), "2026-11-23").kind).toBe("sell");
		const events = [{ event_id: "E1", customer_id: "C1", at: "2026-11-20T10:00", kind: "complaint" }];
		expect(option(caseOf(oneCustomer(full, { service_events: events }), guessed), "2026-11-23").kind).toBe("resolve");
	});
});

describe("the kind of a contact", () => {
	const kindOf = (rows: Rows) => option(caseOf(rows, guessed), "2026-11-23")?.kind;

	it("is the first that applies", () => {
		const complaint = { service_events: [{ event_id: "E1", customer_id: "C1", at: "2026-11-20T10:00", kind: "complaint" }] };
		expect(kindOf(oneCustomer({ credit_status: "collect_only" }, complaint))).toBe("collect");
		expect(kindOf(oneCustomer({}, complaint))).toBe("resolve");
		expect(kindOf(oneCustomer({}, { orders: [] }))).toBe("prospect");
		expect(kindOf(oneCustomer({}, { orders: ordersOn("C1", rhythm(14, 20, 25)) }))).toBe("retain");
		expect(kindOf(oneCustomer())).toBe("sell");
	});

	it("forgets complaints that were resolved before as_of", () => {
		const event = { event_id: "E1", customer_id: "C1", at: "2026-11-18T10:00", kind: "complaint" };
		expect(kindOf(oneCustomer({}, { service_events: [{ ...event, resolved_at: "2026-11-20T10:00" }] }))).toBe("sell");
		expect(kindOf(oneCustomer({}, { service_events: [{ ...event, resolved_at: "2026-11-23T10:00" }] }))).toBe("resolve");
	});
});

describe("delivery", () => {
	const route = (more: Row) => ({ delivery_routes: [{ route_id: "V1", days: "Mo-Fr", ...more }] });

	it("allows only days whose order is delivered in time", () => {
		// Delivered on Mondays within 5 days: Wednesday to Monday. On Tuesdays the wait would be 6.
		expect(visits(oneCustomer({ route_id: "V1" }, route({ days: "Mo" }))).map((text) => text.slice(0, 10))).toEqual(
			WEEKDAYS.filter((date) => !["2026-11-24", "2026-12-01"].includes(date)),
		);
	});

	it("does not bind a contact that collects", () => {
		expect(visits(oneCustomer({ route_id: "V1", credit_status: "collect_only" }, route({ days: "Mo" })))).toHaveLength(10);
	});

	it("proves that a customer cannot be planned when no day leads to a delivery", () => {
		const policy = { delivery: { max_wait_days: 0 }, horizon_days: 3 };
		expect(reasonsOf(caseOf(oneCustomer({ delivery_days: "Sa" }), { ...guessed, policy }))).toEqual([[0, "DELIVERY_DAY!"]]);
	});

	it("ends the windows at the cut-off when a later order would come too late", () => {
		const repCase = caseOf(oneCustomer({ route_id: "V1" }, route({ days: "Mo", cutoff_time: "15:00" })), {
			...guessed,
			policy: { delivery: { max_wait_days: 4 } },
		});
		// Monday's order up to 15:00 is delivered at once; after it, it is Tuesday's and waits 6 days.
		expect(windowsOf(repCase, "2026-11-23")).toEqual(["08:00-15:00"]);
		expect(option(repCase, "2026-11-23").delivery).toEqual({
			orderBy: 54_000,
			deliversOn: parseDay("2026-11-23"),
			deliversOnAfterCutoff: parseDay("2026-11-23"), // no start of the option is after it
		});
	});

	it("makes the time after the cut-off an option of its own where its order waits less", () => {
		const repCase = caseOf(oneCustomer({ route_id: "V1" }, route({ days: "Mo,We,Fr", cutoff_time: "15:00", lead_days: 1 })), guessed);
		const monday = repCase.options.flatMap((option, at) =>
			repCase.days[option.day] === parseDay("2026-11-23") && option.channel === 0 ? [at] : [],
		);
		// Monday's order is loaded on Tuesday and waits a day for Wednesday; after 15:00 it is Tuesday's, loaded on Wednesday itself.
		expect(monday.map((at) => repCase.options[at].windows.map(([open]) => open))).toEqual([[expect.any(Number)], [54_001]]);
		expect(monday.map((at) => termsOf(repCase, at).delivery_wait < 0)).toEqual([true, false]);
		expect(monday.map((at) => repCase.options[at].delivery?.deliversOn)).toEqual([parseDay("2026-11-25"), parseDay("2026-11-25")]);
	});

	it("begins the windows after the cut-off when only the next day's order waits short enough", () => {
		const repCase = caseOf(oneCustomer({ route_id: "V1" }, route({ days: "Mo", cutoff_time: "15:00" })), {
			...guessed,
			policy: { delivery: { max_wait_days: 4 } },
		});
		// Wednesday waits 5 days until Monday, Thursday 4.
		expect(option(repCase, "2026-11-25").windows).toEqual([[54_001, 63_000]]);
		expect(option(repCase, "2026-11-25").delivery).toMatchObject({ orderBy: 54_000, deliversOn: parseDay("2026-11-30") });
	});

	it("charges the wait, and more of it after the cut-off", () => {
		const repCase = caseOf(oneCustomer({ route_id: "V1" }, route({ days: "Tu,Th", cutoff_time: "15:00" })), guessed);
		const tuesday = optionAt(repCase, "2026-11-24");
		expect(repCase.options[tuesday].cutoff).toBe(54_000);
		expect(termsOf(repCase, tuesday).delivery_wait).toBe(0);
		// Order margin 500.00 × 0.25; P(order within 7 days) 0.5 with odds times e^0.8: 0.68997; one day at 2 %: 1.72.
		expect(termsOf(repCase, tuesday, null, true).delivery_wait).toBe(-172);
	});

	it("never charges a later start less, though its loading day is nearer to the same delivery", () => {
		const repCase = caseOf(oneCustomer({ route_id: "V1" }, route({ days: "Fr", cutoff_time: "15:00" })), guessed);
		const monday = optionAt(repCase, "2026-11-23");
		expect(termsOf(repCase, monday).delivery_wait).toBeLessThan(0);
		expect(termsOf(repCase, monday, null, true).delivery_wait).toBe(termsOf(repCase, monday).delivery_wait);
	});
});

describe("visit days", () => {
	const assigned = (more: Row) => ({ assignments: [{ customer_id: "C1", rep_id: "R1", role: "owner", visit_days: "Tu,Th/2:B", ...more }] });
	// Week 48 is even, so B: Tuesdays 24 November and 1 December, Thursday 26 November only.
	const fixedDays = ["2026-11-24 visit", "2026-11-26 visit", "2026-12-01 visit"];

	it("are the only ones with fixed routing, for visits alone", () => {
		expect(visits(oneCustomer({}, assigned({})), { routing_mode: "fixed" })).toEqual(fixedDays);
		const repCase = caseOf(oneCustomer({}, assigned({})), { ...guessed, policy: { routing_mode: "fixed" } });
		expect(optionAt(repCase, "2026-11-23", "phone")).not.toBe(-1);
	});

	it("leave a customer without any to remote contacts with fixed routing", () => {
		expect(visits(oneCustomer(), { routing_mode: "fixed" })).toEqual([]);
	});

	it("make other days swaps with guided routing, of which a day holds so many", () => {
		const repCase = caseOf(oneCustomer({}, assigned({ visit_day_rule: "free" })), {
			...guessed,
			policy: { routing_mode: "guided", stability: { max_swaps_per_day: 2 } },
		});
		const swaps = repCase.options.filter(({ channel, isSwap }) => channel === 0 && isSwap);
		expect(swaps).toHaveLength(7);
		expect(repCase.options.some(({ channel, isSwap }) => channel > 0 && isSwap)).toBe(false);
		expect(repCase.slots.map(({ maxSwaps }) => maxSwaps)).toEqual(Array.from({ length: 10 }, () => 2));
	});

	it("bind in every mode where they are hard", () => {
		expect(visits(oneCustomer({}, assigned({ visit_day_rule: "hard" })))).toEqual(fixedDays);
		expect(visits(oneCustomer({}, assigned({ visit_day_rule: "hard" })), { routing_mode: "guided" })).toEqual(fixedDays);
	});

	it("cost a change to leave where they are preferred, nothing where they are free", () => {
		const priceOf = (rule: string, date: string) => {
			const repCase = caseOf(oneCustomer({}, assigned({ visit_day_rule: rule })), guessed);
			return termsOf(repCase, optionAt(repCase, date)).route_day;
		};
		expect([priceOf("preferred", "2026-11-23"), priceOf("preferred", "2026-11-24"), priceOf("free", "2026-11-23")]).toEqual([-300, 0, 0]);
	});
});

describe("objections", () => {
	const objected = (code: string, on = "2026-11-19") => ({ contacts: [contact(on, { objection: code })] });

	it("defer the next contact", () => {
		expect(shown(caseOf(oneCustomer({}, objected("overstocked")), guessed))[0]).toBe("2026-11-30 visit"); // 19 + 10 days is Sunday the 29th
	});

	it("turn to another channel", () => {
		const policy = { objections: [{ code: "hurry", channel: "message" }] };
		const repCase = caseOf(oneCustomer({}, objected("hurry")), { ...guessed, policy });
		expect(new Set(repCase.options.map(({ channel }) => channel))).toEqual(new Set([2]));
	});

	it("are live for as long as the policy says", () => {
		const policy = { objections: [{ code: "hurry", channel: "message" }] };
		const older = oneCustomer({}, objected("hurry", "2026-11-02")); // 21 days before as_of
		expect(visits(older, policy)).not.toEqual([]);
		expect(visits(older, { ...policy, objection_days: 21 })).toEqual([]);
	});

	it("are forgotten with time, and with the next contact that reached the customer", () => {
		const policy = { objections: [{ code: "hurry", channel: "message" }] };
		expect(visits(oneCustomer({}, objected("hurry", "2026-11-02")), policy)).not.toEqual([]);
		const later = { contacts: [...objected("hurry", "2026-11-12").contacts, contact("2026-11-16")] };
		expect(visits(oneCustomer({}, later), policy)).not.toEqual([]);
	});
});

describe("appointments", () => {
	const promised = (more: Row = {}, customer: Row = {}) =>
		oneCustomer(customer, { appointments: [{ customer_id: "C1", rep_id: "R1", on: "2026-11-25", ...more }] });

	it("are required, at their time and for their minutes, and have the customer's day to themselves", () => {
		const repCase = caseOf(promised({ at: "10:30", minutes: 45 }), guessed);
		expect(shown(repCase).filter((text) => text.startsWith("2026-11-25"))).toEqual(["2026-11-25 visit"]);
		expect(option(repCase, "2026-11-25")).toMatchObject({
			kind: "appointment",
			required: true,
			gapExempt: true,
			duration: 2700,
			windows: [[37_800, 37_800]],
			delivery: null,
		});
	});

	it("may start at any time of the shift where none is stated", () => {
		expect(windowsOf(caseOf(promised(), guessed), "2026-11-25")).toEqual(["08:00-17:30"]);
	});

	it("are exempt from gaps, credit, blocks, visit hours, delivery and visit days", () => {
		const customer = {
			blocked: true,
			credit_status: "collections_team",
			visit_hours: "Mo 08:00-09:00",
			min_gap_days: 30,
			delivery_days: "Mo",
		};
		expect(shown(caseOf(promised({}, customer), { ...guessed, policy: { routing_mode: "fixed" } }))).toEqual(["2026-11-25 visit"]);
	});

	it("are by their channel, else a visit where one can be made, else a call", () => {
		expect(shown(caseOf(promised({ channel: "email" }, { blocked: true }), guessed))).toEqual(["2026-11-25 email"]);
		const rows = promised({}, { blocked: true });
		expect(shown(caseOf({ ...rows, customers: [{ customer_id: "C1", rep_id: "R1", blocked: true }] }, guessed))).toEqual([
			"2026-11-25 phone",
		]);
	});

	it("stand in the agenda of their rep, whoever owns the customer, and nobody else contacts it on the day", () => {
		const rows = promised({ rep_id: "R2" });
		const both = { ...rows, reps: [REP, { ...REP, rep_id: "R2" }] };
		expect(shown(caseOf(both, guessed, 1))).toEqual(["2026-11-25 visit"]);
		expect(shown(caseOf(both, guessed, 0)).some((text) => text.startsWith("2026-11-25"))).toBe(false);
	});

	it("are unmet where no option can express them", () => {
		const unmet = (rows: Rows, rep = 0) => caseOf(rows, guessed, rep).unmet.map(({ on, detail }) => [formatDay(on), detail]);
		expect(unmet(promised({ on: "2026-11-28" }))).toEqual([["2026-11-28", "the rep does not work on the day"]]);
		expect(unmet(promised({ at: "17:45" }))).toEqual([["2026-11-25", "it does not fit in the shift 08:00:00-18:00:00"]]);
		const twice = { ...promised(), reps: [REP, { ...REP, rep_id: "R2" }] };
		const second = { customer_id: "C1", rep_id: "R2", on: "2026-11-25" };
		expect(unmet({ ...twice, appointments: [...(twice.appointments ?? []), second] }, 1)).toEqual([
			["2026-11-25", "another appointment has the customer on the day"],
		]);
	});

	it("outside the horizon are not its business", () => {
		expect(caseOf(promised({ on: "2026-12-30" }), guessed).options.some(({ required }) => required)).toBe(false);
	});
});

describe("escalations", () => {
	const S1 = { rep_id: "S1", kind: "supervisor", start_lat: -23.5, start_lon: -46.6 };
	const rows = (more: Rows = {}) =>
		oneCustomer({}, { reps: [{ ...REP, manager_id: "S1" }, S1], orders: ordersOn("C1", rhythm(14, 20, 40)), ...more });

	it("stand in the agenda of the first manager of the kind, who comes first", () => {
		// 40 days of silence ≥ 2.5 × 14: inactivating, class A: the supervisor is called in.
		const cases = prepareCases(inputsOf(rows(), guessed));
		expect(cases.waves).toEqual([[1], [0]]);
		expect(cases.order).toEqual([1, 0]);
		expect(cases.build(1, new Map()).options.every(({ kind, objective }) => kind === "escalation" && objective === "retain")).toBe(true);
	});

	it("replace the owner's contacts within the minimum gap, and not otherwise", () => {
		const taken = caseOf(rows(), guessed, 0, new Map([[0, [parseDay("2026-11-24")]]]));
		const { minGapDays } = taken.options[0];
		expect(minGapDays).toBeGreaterThan(0);
		expect(taken.options.filter(({ day }) => Math.abs(taken.days[day] - parseDay("2026-11-24")) < minGapDays)).toEqual([]);
		expect(new Set(caseOf(rows(), guessed).options.map(({ kind }) => kind))).toEqual(new Set(["retain"]));
	});

	it("come from objections too", () => {
		const objected = { orders: ordersOn("C1", rhythm(14, 20, 10)), contacts: [contact("2026-11-16", { objection: "price" })] };
		const repCase = caseOf(rows(objected), guessed, 1);
		expect(new Set(repCase.options.map(({ kind, channel }) => `${kind} ${channel}`))).toEqual(new Set(["escalation 1"]));
	});

	it("do not happen without such a manager", () => {
		const cases = prepareCases(inputsOf(rows({ reps: [REP, S1] }), guessed));
		expect(cases.waves).toEqual([[0, 1]]);
		expect(cases.build(1, new Map()).options).toEqual([]);
	});

	it("are all that a manager does besides appointments", () => {
		const owned = oneCustomer({ rep_id: "S1" }, { reps: [S1] });
		const cases = prepareCases(inputsOf(owned, guessed));
		expect(cases.build(0, new Map()).customers).toHaveLength(0);
		expect(cases.orphans).toMatchObject([{ customer: 0, reasons: [{ code: "NO_REP" }] }]);
	});
});

describe("customers of several reps", () => {
	const reps = [
		{ ...REP, absences: "2026-11-25/2026-11-26" },
		{ ...REP, rep_id: "R2" },
		{ ...REP, rep_id: "R3" },
	];
	const assignments = [
		{ customer_id: "C1", rep_id: "R1", role: "owner", valid_from: "2020-01-01" },
		{ customer_id: "C1", rep_id: "R2", role: "cover", valid_from: "2020-01-01" },
	];

	it("are each one's on its own days, and the reps follow each other", () => {
		const cases = prepareCases(inputsOf(oneCustomer({}, { reps, assignments }), guessed));
		expect(cases.waves).toEqual([[0, 2], [1]]);
		expect(new Set(shown(cases.build(1, new Map())).map((text) => text.slice(0, 10)))).toEqual(new Set(["2026-11-25", "2026-11-26"]));
		expect(shown(cases.build(0, new Map())).some((text) => text.startsWith("2026-11-25"))).toBe(false);
	});

	it("are nobody's without a rep, which is said", () => {
		const cases = prepareCases(inputsOf({ ...oneCustomer(), customers: [{ customer_id: "C1" }] }, guessed));
		expect(cases.orphans).toEqual([{ customer: 0, reasons: [{ code: "NO_REP", proven: true, detail: "no rep is assigned" }] }]);
	});

	it("stay with an absent owner for whom nobody stands in, which is a proof", () => {
		const away = oneCustomer({}, { reps: [{ ...REP, absences: "2026-11-01/2026-12-31" }] });
		expect(reasonsOf(caseOf(away, guessed))).toEqual([[0, "ABSENCE!"]]);
	});
});

describe("floors", () => {
	const rows: Rows = {
		...oneCustomer(),
		customers: [
			{ customer_id: "C0", ...PLACED },
			{ customer_id: "C1", ...PLACED },
		],
	};
	const floors = [
		{ phase: "prospect", min_share_of_time: 0.05, cost_per_hour_short: 60 },
		{ phase: "active", class: "A", min_contacts: 3 },
		{ phase: "inactive", min_contacts: 3 },
	];

	it("hold for the customers that they mean, and for reps without any too", () => {
		const repCase = caseOf({ ...rows, reps: [{ ...REP, break: "12:00-13:00" }] }, { ...guessed, policy: { floors } });
		// 10 days of 9 hours: 5 % are 4.5 hours.
		expect(repCase.floors.map(({ unit, atLeast, cost, customers, label }) => [unit, atLeast, cost, [...customers], label])).toEqual([
			["seconds", 16_200, 60, [0], "prospect all classes"],
			["contacts", 3, 10, [1], "active A"],
			["contacts", 3, 10, [], "inactive all classes"],
		]);
	});
});

describe("products to offer", () => {
	const suggestions = (rows: Rows, products = ["P1", "P2", "P3"]) => {
		const guesses = {
			C1: { products: products.map((id, i) => ({ id, propensity: 0.5 - i / 10, value: 10_000, reason: i === 0 ? 0 : 2 })) },
		};
		const repCase = caseOf(rows, { guesses });
		return repCase
			.productsOf(optionAt(repCase, "2026-11-24"))
			.map(({ product, expectedCents, reason }) => [PRODUCTS[product].product_id, expectedCents, reason]);
	};

	it("are the models' with what they bring", () => {
		expect(suggestions(oneCustomer())).toEqual([
			["P1", 5000, "repeat"],
			["P2", 4000, "cross_sell"],
			["P3", 3000, "cross_sell"],
		]);
	});

	it("are active, in stock, and in the customer's price table on the day", () => {
		const products = [{ ...PRODUCTS[0], active: false }, { ...PRODUCTS[1], stock_quantity: 0 }, PRODUCTS[2]];
		expect(suggestions(oneCustomer({}, { products })).map(([id]) => id)).toEqual(["P3"]);
		const price = (product: string, from: string, to?: string) => ({
			price_table: "T1",
			product_id: product,
			price: 10,
			valid_from: from,
			...(to && { valid_to: to }),
		});
		const prices = [price("P1", "2026-01-01", "2026-11-23"), price("P2", "2026-11-24"), price("P3", "2026-11-25")];
		expect(suggestions(oneCustomer({ price_table: "T1" }, { prices })).map(([id]) => id)).toEqual(["P2"]);
	});

	it("say when a campaign is the reason, until the customer has bought from it", () => {
		const campaigns = [{ campaign_id: "K1", starts_on: "2026-11-01", ends_on: "2026-11-30", product_ids: "P2", value_per_conversion: 10 }];
		expect(suggestions(oneCustomer({}, { campaigns }))[1]).toEqual(["P2", 4000, "campaign"]);
		const bought = [...ordersOn("C1", rhythm(14, 20, 10)), ...ordersOn("C1", ["2026-11-13"], 50, { order_id: "K", product_id: "P2" })];
		expect(suggestions(oneCustomer({}, { campaigns, orders: bought }))[1]).toEqual(["P2", 4000, "cross_sell"]);
	});

	it("are none when the contact collects", () => {
		expect(suggestions(oneCustomer({ credit_status: "collect_only" }))).toEqual([]);
	});
});
