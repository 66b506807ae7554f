import type { ContactRule, PlanDocument, RepPlan, Resumption } from "../agenda/plan-document.ts";
import type { RepCase } from "../policy/case.ts";
import { readRollout } from "../policy/rollout.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { type Day, formatDay, parseDay, type Seconds } from "../units.ts";
import { type Desk, repPlanIn } from "./desk.ts";
import { absentDates } from "./present.ts";
import type { Wish } from "./remaining.ts";
import type { CarriedOver } from "./carried-over.ts";
import { type FREEZES, type Moment, momentOf, type ReplanEvent, type ReplanRequest } from "./request.ts";

/** What one rep's replanning is to heed. */
export interface RepOrder {
	readonly repId: string;
	readonly rep: number;
	readonly plan: RepPlan;
	/** The case beside the other agendas. */
	readonly base: RepCase;
	readonly moment: Moment;
	readonly events: readonly ReplanEvent[];
	readonly before: Resumption | undefined;
	/** Dates on which the rep is away, today apart. */
	readonly absent: ReadonlySet<Day>;
	/** May the customer not be contacted on the date, by rules of earlier or present events? */
	isBarred(customer: number, date: Day): boolean;
	/** Must the contact stay? */
	isPinned(customer: number, date: Day): boolean;
	/** Dates on which other agendas contact the customer. */
	elsewhere(customer: number): readonly Day[];
	readonly wishes: ReadonlyMap<number, Omit<Wish, "bonus">>;
	readonly maxChanges: number;
	readonly tolerance: Seconds;
	readonly seed: number;
	readonly iterations: number;
	/** Cents that a change must bring. */
	readonly changePrice: number;
	/** Search though nothing happened. */
	readonly isQuestion: boolean;
	/** Work of an upper bound on what could be reached, see `findUpperBound`; 0: the plan's own is kept. */
	readonly boundWork: number;
}

/** The order to replan one rep of a plan. */
export function orderOf(
	desk: Desk,
	plan: PlanDocument,
	repId: string,
	request: ReplanRequest,
	carried: CarriedOver,
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
	const elsewhere = contactsElsewhere(desk, plan, repId, new Set(base.customers));
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

/** Dates on which other agendas contact a rep's customers. */
function contactsElsewhere(desk: Desk, plan: PlanDocument, repId: string, customers: ReadonlySet<number>): Map<number, Day[]> {
	const dates = new Map<number, Day[]>();
	for (const rep of plan.reps) {
		if (rep.rep_id === repId) continue;
		for (const [customer, date] of desk.contactsOf(rep))
			if (customers.has(customer)) dates.set(customer, [...(dates.get(customer) ?? []), date]);
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

/** Is the rep's team not yet as far that its agendas are the plan? */
export function isAdvice({ context: { portfolio, policy }, repRows }: Desk, repId: string): boolean {
	return readRollout(portfolio, policy)(repRows.get(repId) ?? -1) !== undefined;
}

/** Reps in the order in which plans are made. */
export function inOrder({ order, context }: Desk, named: ReadonlySet<string>): string[] {
	const { rep_id: ids } = context.portfolio.tables.reps.texts;
	return order.map((rep) => ids.at(rep) ?? "").filter((repId) => named.has(repId));
}
