import { describe, expect, it } from "vitest";
import { canonicalJson, digestOf, planIdOf } from "../../engine/agenda/receipt.ts";
import { checkPlan } from "../../engine/check/check-plan.ts";
import type { Rule } from "../../engine/check/rules.ts";
import { RULES } from "../../engine/check/rules.ts";
import { POLICY, ROWS, type SmallPlan, smallPlan } from "./small-plan.ts";
import { portfolioOf, type Row, type Rows } from "./tables.ts";

type Entry = SmallPlan["reps"][number]["days"][number]["entries"][number];

const portfolio = portfolioOf(ROWS, POLICY);

/** The entry of a customer on a day of November. */
function entry(plan: SmallPlan, customer: string, date: number): Entry {
	const found = plan.reps
		.flatMap(({ days }) => days)
		.filter((day) => day.date === `2026-11-${date}`)
		.flatMap(({ entries }) => entries)
		.find(({ customer_id }) => customer_id === customer);
	if (!found) throw new Error(`no ${customer} on ${date}`);
	return found;
}

function day(plan: SmallPlan, rep: number, date: number): SmallPlan["reps"][number]["days"][number] {
	const found = plan.reps[rep].days.find((one) => one.date === `2026-11-${date}`);
	if (!found) throw new Error(`no day ${date}`);
	return found;
}

/** Makes the receipt agree with the plan again, as somebody who hides a change would. */
function sign(plan: SmallPlan): void {
	const receipt = { ...plan.receipt, policy_digest: digestOf(canonicalJson(plan.policy)) };
	Object.assign(plan, { receipt, plan_id: planIdOf(receipt) });
}

function move(one: Entry, start: string, end: string): void {
	Object.assign(one, { arrive: start, start, end });
}

/** A way to break a plan: what it is, the rule that must catch it, the change. */
type Mutation = readonly [what: string, rule: Rule, change: (plan: SmallPlan) => void];

const MUTATIONS: readonly Mutation[] = [
	["a time that is none", "shape", (plan) => Object.assign(entry(plan, "C01", 23), { start: "9:00" })],
	["a rep without days", "shape", (plan) => Reflect.deleteProperty(plan.reps[0], "days")],
	["an invalid policy", "policy", (plan) => Object.assign(plan.policy, { horizon_days: 0 })],
	["half a cent", "whole-numbers", (plan) => void (entry(plan, "C01", 23).terms[0].cents += 0.5)],
	["another id", "plan-id", (plan) => Object.assign(plan, { plan_id: "0" })],
	["another seed in the receipt", "plan-id", (plan) => Object.assign(plan.receipt, { seed: 2 })],
	["a policy changed afterwards", "policy-digest", (plan) => Object.assign(plan.policy, { language: "en" })],
	["other inputs", "inputs-digest", (plan) => Object.assign(plan.receipt, { inputs_digest: "f" })],
	["orders that reach further", "data-through", (plan) => Object.assign(plan.receipt.data_through, { orders: "2026-11-22" })],
	["a table without dates in data_through", "data-through", (plan) => Object.assign(plan.receipt.data_through, { prices: "2026-11-22" })],
	["iterations of nobody", "receipt", (plan) => Object.assign(plan.receipt.iterations, { R9: 10 })],
	["effects that are called measured and are not", "receipt", (plan) => Object.assign(plan.receipt, { effects: "measured 2026-11-23" })],
	["another currency", "currency", (plan) => Object.assign(plan, { currency: "USD" })],
	["a horizon that starts later", "horizon", (plan) => Object.assign(plan.horizon, { from: "2026-11-24" })],
	["a horizon that counts the holiday", "horizon", (plan) => Object.assign(plan.horizon, { to: "2026-11-27" })],
	["an unknown customer", "unknown-id", (plan) => Object.assign(entry(plan, "C02", 24), { customer_id: "C99" })],
	["an unknown rep", "unknown-id", (plan) => Object.assign(plan.reps[2], { rep_id: "R9" })],
	["an unplanned customer that is not there", "unknown-id", (plan) => Object.assign(plan.unplanned[0], { customer_id: "C99" })],
	["an entry id twice", "entry-id", (plan) => Object.assign(entry(plan, "C03", 23), { entry_id: entry(plan, "C01", 23).entry_id })],
	["a rep left out", "rep-missing", (plan) => plan.reps.pop()],
	["a rep twice", "rep-repeated", (plan) => plan.reps.push(structuredClone(plan.reps[2]))],
	["a worked day left out", "day-missing", (plan) => plan.reps[1].days.pop()],
	["a day of absence", "day-unexpected", (plan) => plan.reps[0].days.splice(3, 0, { ...structuredClone(day(plan, 2, 27)) })],
	["a holiday", "day-unexpected", (plan) => plan.reps[2].days.splice(3, 0, { ...structuredClone(day(plan, 2, 27)), date: "2026-11-26" })],
	[
		"a day after the horizon",
		"day-unexpected",
		(plan) => plan.reps[2].days.push({ ...structuredClone(day(plan, 2, 27)), date: "2026-12-01" }),
	],
	["days out of order", "day-order", (plan) => plan.reps[2].days.reverse()],
	["a gap in the sequence", "sequence", (plan) => Object.assign(entry(plan, "C03", 23), { sequence: 3 })],
	["an end before the start", "time-order", (plan) => Object.assign(entry(plan, "C01", 23), { end: "08:59:00" })],
	["a service before the arrival", "time-order", (plan) => Object.assign(entry(plan, "C01", 23), { arrive: "09:01:00" })],
	["two entries at once", "time-order", (plan) => move(entry(plan, "C10", 23), "08:35:00", "08:45:00")],
	["a call before the shift", "outside-shift", (plan) => move(entry(plan, "C05", 23), "07:45:00", "07:55:00")],
	["a call after the shift", "outside-shift", (plan) => move(entry(plan, "C16", 25), "16:55:00", "17:05:00")],
	["leaving before the shift", "outside-shift", (plan) => move(entry(plan, "C01", 23), "08:01:00", "08:31:00")],
	["being back after the shift", "outside-shift", (plan) => Object.assign(day(plan, 0, 23), { end: "18:00:01" })],
	["a fixed break left out", "break-missing", (plan) => day(plan, 0, 23).breaks.pop()],
	["the pause of a split shift left out", "break-missing", (plan) => day(plan, 1, 23).breaks.pop()],
	[
		"a break outside its window",
		"break-missing",
		(plan) => Object.assign(day(plan, 1, 23).breaks[0], { start: "11:00:00", end: "11:15:00" }),
	],
	["a break of another length", "break-unknown", (plan) => Object.assign(day(plan, 1, 23).breaks[0], { end: "10:20:00" })],
	["a fixed break that lasts longer", "break-unknown", (plan) => Object.assign(day(plan, 0, 23).breaks[0], { end: "13:01:00" })],
	["a break that the rep does not have", "break-unknown", (plan) => day(plan, 0, 23).breaks.push({ start: "16:00:00", end: "16:15:00" })],
	["a break during a break", "break-overlap", (plan) => day(plan, 1, 23).breaks.push({ start: "10:05:00", end: "11:05:00" })],
	["a call in a break", "contact-in-break", (plan) => move(entry(plan, "C16", 25), "12:45:00", "12:55:00")],
	["a call in a break of the rep's choice", "contact-in-break", (plan) => move(entry(plan, "C10", 23), "09:55:00", "10:05:00")],
	["travel in a break", "travel-in-break", (plan) => move(entry(plan, "C09", 23), "13:00:00", "13:20:00")],
	["a visit at noon", "visit-hours", (plan) => move(entry(plan, "C01", 23), "11:45:00", "12:15:00")],
	["a visit that starts before the customer opens", "visit-hours", (plan) => move(entry(plan, "C01", 30), "08:59:00", "09:29:00")],
	["a short visit", "duration", (plan) => Object.assign(entry(plan, "C03", 23), { end: "10:29:00" })],
	["a short appointment", "duration", (plan) => Object.assign(entry(plan, "C09", 23), { end: "15:19:00" })],
	["a day that starts on its way", "day-start", (plan) => Object.assign(day(plan, 0, 23), { start: "08:58:00" })],
	["a day that starts before it leaves", "day-start", (plan) => Object.assign(day(plan, 0, 23), { start: "08:00:00" })],
	["a day that ends before coming back", "day-end", (plan) => Object.assign(day(plan, 0, 23), { end: "15:21:00" })],
	["a day that ends long after coming back", "day-end", (plan) => Object.assign(day(plan, 0, 23), { end: "17:00:00" })],
	["a day of calls that ends late", "day-end", (plan) => Object.assign(day(plan, 1, 23), { end: "10:00:00" })],
	["travel to a call", "remote-travel", (plan) => Object.assign(entry(plan, "C05", 23), { travel_seconds: 60 })],
	["a shorter leg", "leg-metres", (plan) => void (entry(plan, "C03", 23).travel_metres -= 1)],
	["a faster leg", "leg-seconds", (plan) => void (entry(plan, "C03", 23).travel_seconds -= 1)],
	["a leg from no start place", "leg-seconds", (plan) => Object.assign(entry(plan, "C04", 24), { travel_seconds: 60 })],
	["no time for the way", "travel-time", (plan) => move(entry(plan, "C03", 23), "09:31:00", "10:01:00")],
	["a day of other metres", "day-travel-metres", (plan) => void (day(plan, 0, 23).travel_metres += 2)],
	["a day without the way back", "day-travel-seconds", (plan) => void (day(plan, 0, 24).travel_seconds -= 300)],
	["a day with a way back to nowhere", "day-travel-seconds", (plan) => void (day(plan, 2, 24).travel_seconds += 300)],
	["another travel cost", "day-travel-cost", (plan) => void (day(plan, 0, 23).travel_cost_cents -= 3)],
	["a fourth visit", "max-visits", (plan) => day(plan, 0, 23).entries.push(structuredClone(entry(plan, "C02", 24)))],
	["too many calls", "max-calls", (plan) => day(plan, 0, 24).entries.push(...[1, 2].map(() => structuredClone(entry(plan, "C17", 24))))],
	["an hour on the road and more", "max-travel", (plan) => Object.assign(day(plan, 0, 23), { travel_seconds: 3601 })],
	["a channel that nobody has", "channel", (plan) => Object.assign(entry(plan, "C16", 25), { channel: "fax" })],
	["a channel that the customer did not agree to", "channel", (plan) => Object.assign(entry(plan, "C01", 25), { channel: "message" })],
	["a channel outside the action plan", "channel", (plan) => Object.assign(entry(plan, "C16", 25), { channel: "email" })],
	["a visit to nowhere", "visit-without-place", (plan) => Object.assign(entry(plan, "C10", 23), { channel: "visit" })],
	["a customer of another rep", "assigned-rep", (plan) => Object.assign(entry(plan, "C16", 25), { customer_id: "C17" })],
	[
		"a customer twice a day",
		"one-contact-a-day",
		(plan) => day(plan, 0, 25).entries.push({ ...structuredClone(entry(plan, "C01", 25)), sequence: 2 }),
	],
	["a gap of a day", "min-gap", (plan) => day(plan, 0, 24).entries.push(structuredClone(entry(plan, "C01", 25)))],
	["a gap to the history", "min-gap-history", (plan) => Object.assign(entry(plan, "C17", 24), { customer_id: "C13" })],
	["another minimum gap", "min-gap-shown", (plan) => Object.assign(entry(plan, "C01", 23), { min_gap_days: 1 })],
	["a blocked customer", "blocked", (plan) => Object.assign(entry(plan, "C16", 25), { customer_id: "C08" })],
	["a closed customer", "blocked", (plan) => Object.assign(entry(plan, "C16", 25), { customer_id: "C12" })],
	["a customer of the collections team", "collections-team", (plan) => Object.assign(entry(plan, "C16", 25), { customer_id: "C07" })],
	["selling to a customer to collect from", "collect-only", (plan) => Object.assign(entry(plan, "C06", 24), { kind: "sell" })],
	["a sale with a customer to collect from", "sale-terms", (plan) => Object.assign(entry(plan, "C06", 24).terms[0], { name: "sale" })],
	["selling without headroom", "headroom", (plan) => Object.assign(entry(plan, "C16", 25), { customer_id: "C11" })],
	["another delivery day", "delivers-on", (plan) => Object.assign(entry(plan, "C01", 23), { delivers_on: "2026-11-24" })],
	["no delivery day", "delivers-on", (plan) => Reflect.deleteProperty(entry(plan, "C02", 24), "delivers_on")],
	["the delivery day of an earlier hour", "delivers-on", (plan) => move(entry(plan, "C01", 25), "16:00:01", "16:10:01")],
	["another cut-off", "order-by", (plan) => Object.assign(entry(plan, "C01", 23), { order_by: "17:00:00" })],
	["an appointment of another kind", "kind", (plan) => Object.assign(entry(plan, "C09", 23), { kind: "sell" })],
	["an appointment that nobody made", "kind", (plan) => Object.assign(entry(plan, "C01", 23), { kind: "appointment" })],
	["selling before resolving", "kind", (plan) => Object.assign(entry(plan, "C10", 23), { kind: "sell" })],
	["selling where retaining is due", "kind", (plan) => Object.assign(entry(plan, "C17", 24), { kind: "sell" })],
	["collecting from who owes nothing", "kind", (plan) => Object.assign(entry(plan, "C16", 25), { kind: "collect" })],
	["an earlier phase", "phase", (plan) => Object.assign(entry(plan, "C17", 24), { phase: "active" })],
	["a deeper phase", "phase", (plan) => Object.assign(entry(plan, "C04", 24), { phase: "inactive" })],
	["a customer with orders as a prospect", "phase", (plan) => Object.assign(entry(plan, "C02", 24), { phase: "prospect" })],
	["a better class", "class", (plan) => Object.assign(entry(plan, "C16", 25), { class: "A" })],
	["a class of a prospect that is not its potential's", "class", (plan) => Object.assign(entry(plan, "C03", 23), { class: "A" })],
	["a potential that is none", "potential", (plan) => Object.assign(entry(plan, "C16", 25), { potential: "huge" })],
	["a potential above that of a better customer", "potential", (plan) => Object.assign(entry(plan, "C16", 25), { potential: "high" })],
	["two potentials of a customer", "classification", (plan) => Object.assign(entry(plan, "C01", 30), { potential: "medium" })],
	["another objective", "objective", (plan) => Object.assign(entry(plan, "C01", 23), { objective: "win_back" })],
	["an objective from nowhere", "objective", (plan) => Object.assign(entry(plan, "C05", 23), { objective: "chat" })],
	["a risk above 1", "churn-risk", (plan) => Object.assign(entry(plan, "C01", 23), { churn_risk: 1.01 })],
	["a term of another name", "term-name", (plan) => Object.assign(entry(plan, "C01", 23).terms[0], { name: "travel" })],
	["a term twice", "term-repeated", (plan) => entry(plan, "C01", 23).terms.push({ name: "sale", cents: 0 })],
	["a cost that is a gain", "term-sign", (plan) => entry(plan, "C01", 23).terms.push({ name: "route_day", cents: 300 })],
	["a cheaper visit", "term-channel-cost", (plan) => Object.assign(entry(plan, "C01", 23).terms[1], { cents: -500 })],
	["more than is overdue", "term-collection", (plan) => Object.assign(entry(plan, "C06", 24).terms[0], { cents: 30_001 })],
	["a sale above the headroom", "term-sale", (plan) => Object.assign(entry(plan, "C01", 23).terms[0], { cents: 50_001 })],
	["a value above its terms", "terms-sum", (plan) => void (entry(plan, "C01", 23).value_cents += 1)],
	["a rep's value above its entries", "rep-value", (plan) => void (plan.reps[0].value_cents += 1)],
	["a cheaper floor", "floor", (plan) => Object.assign(plan.reps[0], { floor_cents: 6799, value_cents: plan.reps[0].value_cents + 1 })],
	["a floor by number forgiven", "floor", (plan) => Object.assign(plan.reps[0], { floor_cents: 5800 })],
	["a bound below the value", "upper-bound", (plan) => Object.assign(plan.reps[0], { upper_bound_cents: plan.reps[0].value_cents - 1 })],
	["a smaller gap", "gap", (plan) => Object.assign(plan.reps[0], { gap: 0 })],
	["a gap of a bound that is not positive", "gap", (plan) => Object.assign(plan.reps[1], { upper_bound_cents: 0 })],
	["another number of contacts", "kpi", (plan) => void (plan.kpis.contacts += 1)],
	["another total value", "kpi", (plan) => void (plan.kpis.value_cents += 1)],
	["an appointment dropped", "appointment-missing", (plan) => plan.unmet_required.pop()],
	["an appointment moved", "appointment-time", (plan) => move(entry(plan, "C09", 23), "15:30:00", "15:50:00")],
	["an appointment by phone", "appointment-channel", (plan) => Object.assign(entry(plan, "C09", 23), { channel: "phone" })],
	["an unmet appointment that nobody made", "unmet-unknown", (plan) => Object.assign(plan.unmet_required[0], { on: "2026-11-25" })],
	[
		"an appointment both kept and unmet",
		"unmet-planned",
		(plan) => Object.assign(plan.unmet_required[0], { customer_id: "C09", on: "2026-11-23" }),
	],
	[
		"an appointment given up without need",
		"unmet-feasible",
		(plan) => {
			day(plan, 2, 27).entries.pop();
			Object.assign(plan.unmet_required[0], { customer_id: "C14", rep_id: "S1" });
		},
	],
	[
		"a visit given up that has its way and its time",
		"unmet-feasible",
		(plan) => {
			day(plan, 0, 23).entries.pop();
			Object.assign(plan.unmet_required[0], { customer_id: "C09", on: "2026-11-23" });
		},
	],
	["a customer forgotten", "customer-missing", (plan) => plan.unplanned.pop()],
	["a customer unplanned twice", "customer-repeated", (plan) => plan.unplanned.push(plan.unplanned[0])],
	["a planned customer unplanned", "planned-and-unplanned", (plan) => plan.unplanned.push({ ...plan.unplanned[0], customer_id: "C01" })],
	["an unplanned customer with another's rep", "unplanned-rep", (plan) => Object.assign(plan.unplanned[0], { rep_id: "R1" })],
	["a next day that nobody works", "next-best-day", (plan) => Object.assign(plan.unplanned[0], { next_best_day: "2026-11-26" })],
	["no reason", "reason-missing", (plan) => Object.assign(plan.unplanned[0], { reasons: [] })],
	["a reason of another name", "reason-code", (plan) => Object.assign(plan.unplanned[0].reasons[0], { code: "TIRED" })],
	[
		"a block that is none",
		"reason-proven",
		(plan) => Object.assign(plan.unplanned[0], { customer_id: "C08", reasons: [{ code: "CREDIT_BLOCKED", proven: true, detail: "" }] }),
	],
	["not being due as a proof", "reason-proven", (plan) => Object.assign(plan.unplanned[4].reasons[0], { code: "NOT_DUE" })],
	["delivery days that are none", "reason-proven", (plan) => Object.assign(plan.unplanned[4].reasons[0], { code: "DELIVERY_DAY" })],
	["being outbid as a proof", "reason-proven", (plan) => Object.assign(plan.unplanned[4].reasons[0], { code: "LOWER_VALUE" })],
	["a gap to a contact that was none", "reason-proven", (plan) => Object.assign(plan.unplanned[0].reasons[0], { code: "MIN_GAP" })],
	["an absence of who is there", "reason-proven", (plan) => Object.assign(plan.unplanned[0].reasons[0], { code: "ABSENCE" })],
	["a missing rep who is there", "reason-proven", (plan) => Object.assign(plan.unplanned[0].reasons[0], { code: "NO_REP" })],
	["a hard visit day left", "hard-visit-day", (plan) => day(plan, 0, 30).entries.push(structuredClone(entry(plan, "C02", 24)))],
	["an escalation to nobody's manager", "escalation", (plan) => Object.assign(entry(plan, "C16", 25), { kind: "escalation" })],
	["an escalation that no action plan asks for", "escalation", (plan) => Object.assign(entry(plan, "C04", 24), { class: "B" })],
	["a supervisor who sells", "manager-contact", (plan) => Object.assign(entry(plan, "C04", 24), { kind: "retain" })],
	["a product that is not there", "product-unknown", (plan) => Object.assign(entry(plan, "C01", 23).products[0], { product_id: "P9" })],
	["a product twice", "product-repeated", (plan) => entry(plan, "C01", 23).products.push(entry(plan, "C01", 23).products[0])],
	[
		"a product that is not sold any more",
		"product-inactive",
		(plan) => Object.assign(entry(plan, "C01", 23).products[0], { product_id: "P2" }),
	],
	["a product out of stock", "product-stock", (plan) => Object.assign(entry(plan, "C01", 23).products[0], { product_id: "P3" })],
	["a suggestion for no reason", "product-reason", (plan) => Object.assign(entry(plan, "C01", 23).products[0], { reason: "whim" })],
	["a propensity below 0", "propensity", (plan) => Object.assign(entry(plan, "C01", 23).products[0], { propensity: -0.1 })],
	[
		"the objective of a cause that the brief does not name",
		"objective",
		(plan) => Object.assign(entry(plan, "C04", 24), { objective: "confirm_stock" }),
	],
	[
		"another objective than that of the cause",
		"objective",
		(plan) => Object.assign(entry(plan, "C04", 24).brief, { recovery: { cause: "stock_out", objective: "confirm_stock" } }),
	],
	[
		"a cause for which an active customer stopped",
		"objective",
		(plan) =>
			Object.assign(entry(plan, "C01", 23), {
				objective: "confirm_stock",
				brief: { recovery: { cause: "stock_out", objective: "confirm_stock" } },
			}),
	],
	["another last order", "brief", (plan) => Object.assign(entry(plan, "C01", 23).brief, { last_order_on: "2026-11-17" })],
	["another name", "brief", (plan) => Object.assign(entry(plan, "C01", 23).brief, { customer_name: "Ana" })],
	["another credit", "brief", (plan) => Object.assign(entry(plan, "C01", 23).brief, { credit: "collect_only" })],
];

describe("a small valid plan", () => {
	it("breaks no rule", () => {
		expect(checkPlan(portfolio, smallPlan())).toEqual([]);
	});

	it("may aim a contact at the cause for which its customer stopped", () => {
		const plan = smallPlan();
		const recovery = { cause: "stock_out", objective: "confirm_stock" };
		Object.assign(entry(plan, "C04", 24), { objective: "confirm_stock", brief: { recovery } });
		expect(checkPlan(portfolio, plan)).toEqual([]);
	});

	it.each(MUTATIONS)("is caught with %s", (_what, rule, change) => {
		const plan = smallPlan();
		change(plan);
		expect(checkPlan(portfolio, plan).map((violation) => violation.rule)).toContain(rule);
	});
});

describe("a small plan under another policy", () => {
	const broken = (over: Readonly<Record<string, unknown>>): string[] => checkPlan(portfolio, smallPlan(over)).map(({ rule }) => rule);

	it("breaks fixed routing by visits to customers without visit days", () => {
		expect(new Set(broken({ routing_mode: "fixed" }))).toEqual(new Set(["fixed-day"]));
	});

	it("keeps guided routing while swaps are few", () => {
		expect(broken({ routing_mode: "guided" })).toEqual([]);
	});

	it("breaks the longest wait for a delivery", () => {
		// Wednesday's order is loaded on Friday, Monday's on Tuesday, a day before the truck.
		expect(broken({ delivery: { max_wait_days: 0 } })).toEqual(["delivery-day", "delivery-day"]);
	});

	it("breaks a longer horizon", () => {
		expect(new Set(broken({ horizon_days: 6 }))).toEqual(new Set(["horizon", "day-missing"]));
	});
});

describe("a small plan of other inputs", () => {
	const over = (table: keyof Rows, row: number, cells: Row): string[] => {
		const rows = (ROWS[table] ?? []).map((old, at) => (at === row ? { ...old, ...cells } : old));
		return checkPlan(portfolioOf({ ...ROWS, [table]: rows }, POLICY), smallPlan()).map(({ rule }) => rule);
	};

	it("breaks visit days that are preferred, when swaps are limited", () => {
		const assignments = ["C01", "C02", "C03"].map((customer_id): Row => ({ customer_id, rep_id: "R1", role: "owner", visit_days: "We" }));
		const rules = checkPlan(portfolioOf({ ...ROWS, assignments }, POLICY), smallPlan({ routing_mode: "guided" })).map(({ rule }) => rule);
		// Two visits on Monday 23, one on the others.
		expect(rules).toEqual(["swap-limit"]);
	});

	it("breaks an absence", () => {
		// Two days less of shift also make the floor by share of time smaller.
		expect(over("reps", 2, { absences: "2026-11-24/2026-11-25" })).toEqual(["day-unexpected", "day-unexpected", "floor"]);
	});

	it("breaks a longer service", () => {
		expect(over("customers", 1, { service_minutes: 45 })).toEqual(["duration"]);
	});

	it("breaks a minimum gap of the customer's own", () => {
		const rules = new Set(over("customers", 0, { min_gap_days: 6 }));
		expect(rules).toEqual(new Set(["min-gap", "min-gap-shown"]));
	});

	it("breaks a gap to a contact that reached the customer after all", () => {
		expect(over("contacts", 1, { outcome: "no_order" })).toEqual(["min-gap-history"]);
	});

	it("breaks a credit status from the ERP", () => {
		expect(new Set(over("customers", 15, { credit_status: "collections_team" }))).toContain("collections-team");
	});

	it("breaks a minimum order above the headroom", () => {
		expect(new Set(over("customers", 0, { min_order_value: 501 }))).toEqual(new Set(["headroom"]));
	});

	it("is of other figures when a complaint is resolved", () => {
		expect(over("service_events", 0, { resolved_at: "2026-11-19T09:00" })).toEqual(["kind"]);
	});
});

it("catches the routing mode that a plan hides behind a new receipt", () => {
	const plan = smallPlan();
	Object.assign(plan.policy, { routing_mode: "fixed" });
	sign(plan);
	expect(new Set(checkPlan(portfolio, plan).map(({ rule }) => rule))).toEqual(new Set(["fixed-day"]));
});

it("catches a contact with a customer that an experiment holds out", () => {
	const plan = smallPlan();
	const holdOut = { experiment: "autumn", from: "2026-11-25", to: "2026-11-25", customers: ["C16"] };
	Object.assign(plan.policy, { hold_outs: [holdOut] });
	sign(plan);
	expect(new Set(checkPlan(portfolio, plan).map(({ rule }) => rule))).toEqual(new Set(["held-out"]));
});

it("catches a contact that a rule keeps the rep from", () => {
	const plan = smallPlan();
	const rule = { customer_id: "C16", rep_id: null, from: "2026-11-25", until: "2026-11-25", reason: "renovating" };
	Object.assign(plan.policy, { contact_rules: [rule] });
	sign(plan);
	expect(new Set(checkPlan(portfolio, plan).map(({ rule: broken }) => broken))).toEqual(new Set(["contact-rule"]));
	Object.assign(plan.policy, {
		contact_rules: [
			{ ...rule, rep_id: "somebody else" },
			{ ...rule, until: "2026-11-24", from: "2026-11-01" },
		],
	});
	sign(plan);
	expect(checkPlan(portfolio, plan)).toEqual([]);
});

it("has a mutation for every rule that needs no options", () => {
	// Those of revisions have theirs in test/replan/replan.test.ts.
	const ofRevisions = [
		"revision-of",
		"past-changed",
		"promise-moved",
		"pin-moved",
		"max-changes",
		"forced-unknown",
		"resumed-late",
		"rule-broken",
		"before-now",
	];
	const covered = new Set<string>([
		...MUTATIONS.map(([, rule]) => rule),
		...ofRevisions,
		"fixed-day",
		"held-out",
		"contact-rule",
		"swap-limit",
		"delivery-day",
		"term-value",
	]);
	expect(Object.keys(RULES).filter((rule) => !covered.has(rule))).toEqual([]);
});
