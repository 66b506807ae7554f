import { kpisOf } from "../agenda/kpis.ts";
import type { ContactRule, PlanDocument, RepPlan, RevisionRecord, Unplanned, UnmetRequired } from "../agenda/plan-document.ts";
import { planIdOf } from "../agenda/receipt.ts";
import { CarteiraError } from "../errors.ts";
import { readRollout } from "../policy/rollout.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { type Day, formatDay, parseDay } from "../units.ts";
import { type Desk, repPlanIn } from "./desk.ts";
import { diffPlans, type PlanDiff } from "./diff.ts";
import { absentDates } from "./present.ts";
import { type RepOrder, type RepOutcome, replanRep } from "./rep.ts";
import { revalued } from "./revalue.ts";
import { leftOut } from "./left-out.ts";
import { FREEZES, momentOf, readReplanRequest, type ReplanEvent, type ReplanRequest } from "./request.ts";

/** A revised plan, and how it differs from the one before. */
export interface Revision {
	readonly plan: PlanDocument;
	readonly diff: PlanDiff;
	/** Customers asked for that could not be fitted in, by rep. */
	readonly unmet_wishes: readonly { readonly rep_id: string; readonly customer_id: string; readonly detail: string }[];
}

/**
 * Replans during the plan's days. What is done, under way, promised or pinned stays; at most `max_changes` contacts are dropped, added or moved
 * beyond what the events themselves take out or push back. Only reps that events or their consequences name are touched. Without events nothing
 * changes. The answer depends on the arguments alone. INVALID_INPUT names what does not fit the plan.
 */
export function replan(desk: Desk, document: unknown, order: unknown): Revision {
	const plan = desk.read(document);
	const request = readReplanRequest(order);
	validateAgainst(desk, plan, request);
	const carried = carriedOver(plan, request);
	if (request.events.length === 0) return { plan, diff: diffPlans(desk, plan, plan, []), unmet_wishes: [] };
	return revise(desk, plan, request, carried, inOrder(desk, new Set(request.events.map(({ rep_id }) => rep_id))));
}

/** Replans some reps of a plan, in the order given; `adjust` has the last word on each rep's order. */
export function revise(
	desk: Desk,
	plan: PlanDocument,
	request: ReplanRequest,
	carried: Carried,
	concerned: readonly string[],
	adjust: (order: RepOrder) => RepOrder = (order) => order,
): Revision {
	const outcomes = new Map<string, RepOutcome>();
	let working = plan;
	let left = request.max_changes;
	for (const repId of concerned) {
		const outcome = replanRep(desk, adjust(orderOf(desk, working, repId, request, carried, left)));
		outcomes.set(repId, outcome);
		left -= outcome.numChanges;
		working = { ...working, reps: working.reps.map((rep) => (rep.rep_id === repId ? outcome.plan : rep)) };
	}
	const reps = working.reps.map((rep) => (outcomes.has(rep.rep_id) ? rep : revalued(desk, plan, working, rep, request.now.slice(0, 10))));
	const revised = documentOf(desk, plan, reps, request, carried, outcomes);
	desk.keep(revised);
	return {
		plan: revised,
		diff: diffPlans(desk, plan, revised, revised.receipt.revision?.forced ?? []),
		unmet_wishes: [...outcomes].flatMap(([rep_id, { unmetWishes }]) =>
			unmetWishes.map((customer) => ({
				rep_id,
				customer_id: desk.context.portfolio.tables.customers.texts.customer_id.at(customer) ?? "",
				detail: "no day, time or channel within the hard rules, the freeze and max_changes holds it",
			})),
		),
	};
}

/** Lists that revisions hand on, with what the present events add. */
export type Carried = Pick<RevisionRecord, "resumptions" | "rules" | "urgent" | "absences">;

export function carriedOver(plan: PlanDocument, { events, now }: ReplanRequest): Carried {
	const before = plan.receipt.revision;
	const today = now.slice(0, 10);
	const rules = events.flatMap((event): ContactRule[] => {
		if (event.type === "cancelled") return [ruleOf(event, event.date ?? today, event.date ?? today, event.reason ?? "cancelled")];
		if (event.type === "refuse") return [ruleOf(event, event.date, event.until ?? event.date, event.reason ?? "refused")];
		if (event.type === "swap") return [ruleOf(event, event.date, event.date, event.reason ?? "swapped")];
		return [];
	});
	const urgent = events.flatMap((event) => {
		if (event.type === "urgent") return [{ rep_id: event.rep_id, customer_id: event.customer_id, by: event.by ?? today }];
		return event.type === "swap" ? [{ rep_id: event.rep_id, customer_id: event.with, by: event.date }] : [];
	});
	const absences = events.flatMap((event) =>
		event.type === "absent" ? [{ rep_id: event.rep_id, from: now, until: event.until ?? today }] : [],
	);
	return {
		resumptions: before?.resumptions ?? [],
		rules: [...(before?.rules ?? []), ...rules],
		urgent: [...(before?.urgent ?? []), ...urgent],
		absences: [...(before?.absences ?? []), ...absences],
	};
}

function ruleOf(
	{ rep_id, customer_id }: { rep_id: string; customer_id: string },
	from: string,
	until: string,
	reason: string,
): ContactRule {
	return { rep_id, customer_id, from, until, reason };
}

/** Everything that the request names must be there. */
export function validateAgainst(desk: Desk, plan: PlanDocument, request: ReplanRequest): void {
	const { day } = momentOf(request);
	const [from, to] = [parseDay(plan.horizon.from), parseDay(plan.horizon.to)];
	if (day < from || day > to)
		throw new CarteiraError(
			"INVALID_INPUT",
			`/now: ${request.now} is outside of the plan's horizon ${plan.horizon.from} to ${plan.horizon.to}`,
		);
	const before = plan.receipt.revision?.now;
	if (before !== undefined && request.now < before)
		throw new CarteiraError("INVALID_INPUT", `/now: ${request.now} is before ${before}, when the plan was last revised`);
	for (const [at, event] of request.events.entries()) validateEvent(desk, plan, request, event, `/events/${at}`);
	for (const [at, pin] of request.pins.entries()) {
		if (!hasContact(plan, pin))
			throw new CarteiraError("INVALID_INPUT", `/pins/${at}: ${pin.rep_id} has no contact with ${pin.customer_id} on ${pin.date}`);
	}
}

function validateEvent(desk: Desk, plan: PlanDocument, { now }: ReplanRequest, event: ReplanEvent, at: string): void {
	repPlanIn(plan, event.rep_id, `${at}/rep_id`);
	const known = (id: string, member: string): void => {
		if (!desk.customerRows.has(id)) throw new CarteiraError("INVALID_INPUT", `${at}/${member}: ${id} is no customer of the portfolio`);
	};
	if ("customer_id" in event) known(event.customer_id, "customer_id");
	if (event.type === "swap") known(event.with, "with");
	if ((event.type === "refuse" || event.type === "swap") && event.reason === undefined && !isAdvice(desk, event.rep_id))
		throw new CarteiraError(
			"INVALID_INPUT",
			`${at}/reason: none; expected words, because ${event.rep_id}'s agendas are the plan, not advice`,
		);
	const date = "date" in event ? (event.date ?? now.slice(0, 10)) : now.slice(0, 10);
	const member = event.type === "urgent" ? "by" : "until";
	const last = event.type === "urgent" ? event.by : "until" in event ? event.until : undefined;
	if (last !== undefined && last < date)
		throw new CarteiraError("INVALID_INPUT", `${at}/${member}: ${last} is before ${date}; expected that day or later`);
	if (event.type === "swap" && event.with === event.customer_id)
		throw new CarteiraError("INVALID_INPUT", `${at}/with: ${event.with} is the customer itself; expected another`);
	const mustBePlanned = ["done", "not_reached", "cancelled", "accept", "refuse", "swap"].includes(event.type);
	if (mustBePlanned && "customer_id" in event && !hasContact(plan, { ...event, date }))
		throw new CarteiraError(
			"INVALID_INPUT",
			`${at}: ${event.rep_id} has no contact with ${event.customer_id} on ${date}; expected one of the plan's`,
		);
}

/** Is the rep's team not yet as far that its agendas are the plan? */
function isAdvice({ context: { portfolio, policy }, repRows }: Desk, repId: string): boolean {
	return readRollout(portfolio, policy)(repRows.get(repId) ?? -1) !== undefined;
}

function hasContact(plan: PlanDocument, { rep_id, customer_id, date }: { rep_id: string; customer_id: string; date: string }): boolean {
	const days = plan.reps.find((rep) => rep.rep_id === rep_id)?.days ?? [];
	return days.some((day) => day.date === date && day.entries.some((entry) => entry.customer_id === customer_id));
}

/** Reps in the order in which plans are made. */
export function inOrder({ order, context }: Desk, named: ReadonlySet<string>): string[] {
	const { rep_id: ids } = context.portfolio.tables.reps.texts;
	return order.map((rep) => ids.at(rep) ?? "").filter((repId) => named.has(repId));
}

/** The order to replan one rep of a plan. */
export function orderOf(
	desk: Desk,
	plan: PlanDocument,
	repId: string,
	request: ReplanRequest,
	carried: Carried,
	maxChanges: number,
): RepOrder {
	const rep = desk.repRows.get(repId) ?? -1;
	const { events, pins, freeze, tolerance_minutes, seed, iterations } = request;
	const moment = momentOf(request);
	const idOf = (customer: number): string => desk.context.portfolio.tables.customers.texts.customer_id.at(customer) ?? "";
	const mine = carried.urgent.filter(({ rep_id }) => rep_id === repId);
	const eager = new Set(mine.flatMap(({ customer_id }) => desk.customerRows.get(customer_id) ?? []));
	const base = desk.caseOf(plan, rep, eager);
	const barred = barredDays(desk, carried.rules, repId);
	const pinned = new Set(
		[...pins, ...events.flatMap((event) => (event.type === "accept" ? [event] : []))]
			.filter(({ rep_id }) => rep_id === repId)
			.map(({ customer_id, date }) => `${customer_id} ${date}`),
	);
	const frozenUntil = frozenDay(base.days, moment.day, freeze);
	const elsewhere = contactsElsewhere(desk, plan, repId);
	return {
		repId,
		rep,
		plan: repPlanIn(plan, repId, "/events"),
		base,
		moment,
		events,
		before: carried.resumptions.find(({ rep_id, date }) => rep_id === repId && date === formatDay(moment.day)),
		absent: absentDates(repId, carried.absences, base.days),
		isBarred: (customer, date) => barred.get(customer)?.some(({ from, until }) => from <= date && date <= until) ?? false,
		isPinned: (customer, date) => date <= frozenUntil || pinned.has(`${idOf(customer)} ${formatDay(date)}`),
		elsewhere: (customer) => elsewhere.get(customer) ?? [],
		wishes: wishesOf(desk, events, repId, moment.day),
		maxChanges,
		tolerance: tolerance_minutes * 60,
		seed,
		iterations,
		changePrice: isAdvice(desk, repId) ? 0 : Math.round(100 * desk.context.policy.stability.change_cost),
		isQuestion: false,
		boundWork: 0,
	};
}

/** When rules keep a rep from its customers. */
function barredDays(desk: Desk, rules: readonly ContactRule[], repId: string): Map<number, { from: Day; until: Day }[]> {
	const barred = new Map<number, { from: Day; until: Day }[]>();
	for (const { rep_id, customer_id, from, until } of rules) {
		const customer = desk.customerRows.get(customer_id);
		if (rep_id !== repId || customer === undefined) continue;
		barred.set(customer, [...(barred.get(customer) ?? []), { from: parseDay(from), until: parseDay(until) }]);
	}
	return barred;
}

/** Last day whose contacts stay. */
function frozenDay(days: readonly Day[], today: Day, freeze: (typeof FREEZES)[number]): Day {
	if (freeze === "none") return today - 1;
	if (freeze === "today") return today;
	return freeze === "tomorrow" ? (days.find((day) => day > today) ?? today) : Number.POSITIVE_INFINITY;
}

function contactsElsewhere(desk: Desk, plan: PlanDocument, repId: string): Map<number, Day[]> {
	const dates = new Map<number, Day[]>();
	for (const rep of plan.reps) {
		if (rep.rep_id === repId) continue;
		for (const { customer, date, entry } of desk.heldBy(rep))
			if (customer >= 0 && entry.status !== "not_reached") dates.set(customer, [...(dates.get(customer) ?? []), date]);
	}
	return dates;
}

function wishesOf(desk: Desk, events: readonly ReplanEvent[], repId: string, today: Day): RepOrder["wishes"] {
	const wishes = new Map<number, { from: Day; by: Day; channel: number }>();
	for (const event of events) {
		if (event.rep_id !== repId || (event.type !== "urgent" && event.type !== "swap")) continue;
		const isSwap = event.type === "swap";
		const by = isSwap ? parseDay(event.date) : event.by === undefined ? today : parseDay(event.by);
		const customer = desk.customerRows.get(isSwap ? event.with : event.customer_id) ?? -1;
		const channel = !isSwap && event.channel !== undefined ? CHANNELS.indexOf(event.channel) : -1;
		wishes.set(customer, { from: isSwap ? by : today, by, channel });
	}
	return wishes;
}

/** What a receipt says of a population that was measured on earlier inputs. */
function populationIn({ context: { population, portfolio } }: Desk): Pick<PlanDocument["receipt"], "population"> {
	return population && population.of.inputs !== portfolio.digest ? { population: population.of.inputs } : {};
}

function documentOf(
	desk: Desk,
	plan: PlanDocument,
	reps: readonly RepPlan[],
	request: ReplanRequest,
	carried: Carried,
	outcomes: ReadonlyMap<string, RepOutcome>,
): PlanDocument {
	const { portfolio } = desk.context;
	const resumptions = [...outcomes.values()].flatMap(({ resumption }) => resumption ?? []);
	const isNew = ({ rep_id, date }: { rep_id: string; date: string }): boolean =>
		resumptions.some((row) => row.rep_id === rep_id && row.date === date);
	const { now, freeze, pins, max_changes, tolerance_minutes, seed, iterations, events } = request;
	const revision: RevisionRecord = {
		of: plan.plan_id,
		number: (plan.receipt.revision?.number ?? 0) + 1,
		now,
		freeze,
		max_changes,
		tolerance_minutes,
		seed,
		iterations,
		pins,
		events,
		forced: [...outcomes].flatMap(([rep_id, { forced }]) =>
			forced.map(({ held, cause }) => ({ rep_id, customer_id: held.entry.customer_id, date: formatDay(held.date), cause })),
		),
		...carried,
		resumptions: [...carried.resumptions.filter((row) => !isNew(row)), ...resumptions],
	};
	const receipt = { ...plan.receipt, inputs_digest: portfolio.digest, ...populationIn(desk), revision };
	const unmet: UnmetRequired[] = [
		...plan.unmet_required.filter(({ rep_id, on }) => !outcomes.has(rep_id) || on < now.slice(0, 10)),
		...[...outcomes.values()].flatMap((outcome) => outcome.unmet),
	];
	const known = new Set(unmet.map(({ customer_id, on }) => `${customer_id} ${on}`));
	const still = plan.unmet_required.filter(
		({ rep_id, customer_id, on }) => outcomes.has(rep_id) && on >= now.slice(0, 10) && !known.has(`${customer_id} ${on}`),
	);
	const unmetRows = [...unmet, ...still];
	const unplanned: Unplanned[] = leftOut(plan, reps, unmetRows, outcomes, now.slice(0, 10));
	return { ...plan, plan_id: planIdOf(receipt), receipt, reps, unplanned, unmet_required: unmetRows, kpis: kpisOf(reps, unplanned) };
}
