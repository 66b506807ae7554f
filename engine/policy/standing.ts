import { isVisitDay, parseChannels, parseVisitDays, type VisitDay } from "../portfolio/calendar/calendar.ts";
import { CHANNELS, CUSTOMER_STATUS, REP_KINDS, VISIT_DAY_RULES } from "../portfolio/schema.ts";
import { type Day, formatDay, NULL_DAY, type Seconds } from "../units.ts";
import { type Cadence, cadenceOf } from "./action-plan.ts";
import type { Kind, UnplannedCode } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import { COLLECT_ONLY, COLLECTIONS_TEAM } from "./credit.ts";
import { type DeliveryRule, deliveryRuleOf } from "./delivery.ts";
import { liveObjectionOf } from "./objections.ts";
import { PRE_INACTIVE, PROSPECT } from "./phase.ts";
import type { ActionPlan } from "./policy.ts";
import type { Worth } from "./worth.ts";

export const VISIT = CHANNELS.indexOf("visit");
const INSIDE = REP_KINDS.indexOf("inside");
const HARD = VISIT_DAY_RULES.indexOf("hard");
const FREE = VISIT_DAY_RULES.indexOf("free");
const DO_NOT_CONTACT = CUSTOMER_STATUS.indexOf("do_not_contact");
const CLOSED = CUSTOMER_STATUS.indexOf("closed");
/** Kinds that end in an order to be delivered. */
const SELLING: readonly Kind[] = ["sell", "retain", "prospect"];

/** A rule that keeps a customer out, with what it is in words. */
export interface Refusal {
	readonly code: UnplannedCode;
	readonly detail: string;
}

/** Fixed days on which a customer is visited. */
export interface VisitRule {
	readonly days: readonly VisitDay[];
	/** No visit on other days, whatever the routing mode. */
	readonly isHard: boolean;
	/** Visits on other days pay the price of a change. */
	readonly isPreferred: boolean;
}

/** All that decides when and how one rep may contact one customer; the same on every day. */
export interface Standing {
	readonly customer: number;
	readonly rep: number;
	/** What a contact other than an appointment is. */
	readonly kind: Kind;
	readonly plan: ActionPlan;
	readonly cadence: Cadence;
	readonly worth: Worth;
	/** Why no contact but an appointment is allowed at all; null: it is. */
	readonly refusal: Refusal | null;
	/** Allowed channels with their service times, by channel code; `preference` counts from 0 in the action plan's order. */
	readonly channels: readonly { readonly channel: number; readonly duration: Seconds; readonly preference: number }[];
	/** Null: no fixed days. */
	visitRuleOn(date: Day): VisitRule | null;
	/** First date that keeps the minimum gap to the history. */
	readonly gapFrom: Day;
	/** First date on which a contact is due, or no longer deferred by an objection. */
	readonly dueFrom: Day;
	/** Null: the contact's kind needs no delivery. */
	readonly delivery: DeliveryRule | null;
}

const TALKS: readonly string[] = ["visit", "phone"];

/** How a rep stands to a customer, as its own or as an escalation. */
export function standingOf(context: CaseContext, rep: number, customer: number, isEscalation: boolean): Standing {
	const { portfolio, classification, plans, ownership } = context;
	const { customers, reps, assignments } = portfolio.tables;
	const { phase, class: cls, potential, lastContactDay } = classification;
	const plan = plans.planOf(phase[customer], cls[customer], potential[customer], reps.codes.kind[rep]);
	const row = ownership.assignmentOn(customer, context.asOf);
	const cadence = cadenceOf(plan, customers, customer, row < 0 ? Number.NaN : assignments.numbers.interval_days[row]);
	const worth = context.worthOf(customer);
	const kind = kindOf(context, customer, isEscalation);
	const last = lastContactDay[customer];
	const gapFrom = last === NULL_DAY ? context.asOf : last + Math.max(1, cadence.minGap);
	const objection = liveObjectionOf(context, customer);
	return {
		customer,
		rep,
		kind,
		plan,
		cadence,
		worth,
		refusal: refusalOf(context, customer, kind, worth),
		channels: preferred(spoken(channelsOf(context, rep, customer, plan), kind), objection?.rule.channel ?? null),
		visitRuleOn: (date) => visitRuleOn(context, customer, date),
		gapFrom,
		dueFrom: Math.max(
			dueFrom(last, kind, cadence, gapFrom, context.policy.value.due_from_share),
			(objection?.on ?? 0) + (objection?.rule.defer_days ?? 0),
		),
		delivery: SELLING.includes(kind) ? deliveryRuleOf(portfolio, customer) : null,
	};
}

/** The first kind that applies, appointments apart. */
export function kindOf({ classification, hasOpenComplaint }: CaseContext, customer: number, isEscalation: boolean): Kind {
	if (isEscalation) return "escalation";
	if (classification.credit[customer] === COLLECT_ONLY) return "collect";
	if (hasOpenComplaint(customer)) return "resolve";
	const phase = classification.phase[customer];
	if (phase === PROSPECT) return "prospect";
	return phase >= PRE_INACTIVE ? "retain" : "sell";
}

/**
 * A contact is due from the policy's share of its interval after the last one on: sooner, little is left of its worth. Collections,
 * complaints and escalations do not wait for the interval.
 */
function dueFrom(last: Day, kind: Kind, { interval }: Cadence, gapFrom: Day, share: number): Day {
	return last === NULL_DAY || !SELLING.includes(kind) ? gapFrom : Math.max(gapFrom, last + Math.ceil(share * interval));
}

function refusalOf({ portfolio, classification }: CaseContext, customer: number, kind: Kind, worth: Worth): Refusal | null {
	const { blocked, status } = portfolio.tables.customers.codes;
	if (blocked[customer] === 1) return { code: "BLOCKED", detail: "the customer is blocked" };
	if (status[customer] === CLOSED) return { code: "BLOCKED", detail: "the customer is closed" };
	if (status[customer] === DO_NOT_CONTACT) return { code: "BLOCKED", detail: "the customer asked not to be contacted" };
	if (classification.credit[customer] === COLLECTIONS_TEAM)
		return { code: "CREDIT_BLOCKED", detail: "the collections team has the customer" };
	if (SELLING.includes(kind) && !worth.canSell) {
		const headroom = Math.floor(classification.headroom[customer]);
		return { code: "CREDIT_BLOCKED", detail: `a headroom of ${headroom} cents has no room for an order` };
	}
	return null;
}

/** Channels that the action plan uses, the customer agreed to, and the rep and the map allow; by channel code. */
export function channelsOf(
	{ portfolio }: Pick<CaseContext, "portfolio">,
	rep: number,
	customer: number,
	plan: ActionPlan,
): Standing["channels"] {
	const { customers, reps } = portfolio.tables;
	const agreed = customers.texts.channels.at(customer);
	const mask = agreed === null ? -1 : parseChannels(agreed);
	const canVisit = reps.codes.kind[rep] !== INSIDE && hasPlace(portfolio.tables.customers.numbers, customer);
	return plan.channels
		.map(({ channel, minutes }) => ({ channel: CHANNELS.indexOf(channel), minutes }))
		.filter(({ channel }) => ((mask >> channel) & 1) === 1 && (channel !== VISIT || canVisit))
		.map(({ channel, minutes }, preference) => ({
			channel,
			duration: serviceSeconds(customers.numbers.service_minutes[customer], channel, minutes),
			preference,
		}))
		.sort((a, b) => a.channel - b.channel);
}

/** Whole seconds of a contact: the customer's own minutes for a visit (NaN: none), else the plan's. */
export function serviceSeconds(own: number, channel: number, planned: number): Seconds {
	return Math.round(60 * (channel === VISIT && !Number.isNaN(own) ? own : planned));
}

/** Has the customer coordinates to drive to? */
export function hasPlace({ lat, lon }: Readonly<Record<string, Float64Array>>, customer: number): boolean {
	return !Number.isNaN(lat[customer]) && !Number.isNaN(lon[customer]);
}

/** Money owed, complaints and escalations are talked about where that is possible, not written about. */
function spoken(channels: Standing["channels"], kind: Kind): Standing["channels"] {
	const talks = SELLING.includes(kind) ? [] : channels.filter(({ channel }) => TALKS.includes(CHANNELS[channel]));
	return talks.length > 0 ? talks : channels;
}

/** Only the channel that an objection asks for, where it is there. */
function preferred(channels: Standing["channels"], name: (typeof CHANNELS)[number] | null): Standing["channels"] {
	const only = name === null ? [] : channels.filter(({ channel }) => CHANNELS[channel] === name);
	return only.length > 0 ? only : channels;
}

/** The visit days of the owner's assignment, which hold for whoever stands in for it. A row that states no rule prefers its days. */
function visitRuleOn({ portfolio, ownership }: CaseContext, customer: number, date: Day): VisitRule | null {
	const { assignments } = portfolio.tables;
	const row = ownership.assignmentOn(customer, date);
	const text = row < 0 ? null : assignments.texts.visit_days.at(row);
	if (text === null) return null;
	const rule = assignments.codes.visit_day_rule[row];
	return { days: parseVisitDays(text), isHard: rule === HARD, isPreferred: rule !== FREE && rule !== HARD };
}

/** What a visit on a date means for the customer's fixed days. */
export function visitDayOn(
	rule: VisitRule | null,
	date: Day,
	mode: "fixed" | "guided" | "free",
): { readonly refusal: Refusal | null; readonly isSwap: boolean; readonly isOff: boolean } {
	const isOff = rule !== null && !isVisitDay(rule.days, date);
	const isForbidden = mode === "fixed" ? rule === null || isOff : isOff && rule.isHard;
	const refusal: Refusal | null = isForbidden ? { code: "NO_WINDOW", detail: `${formatDay(date)} is no visit day of the customer` } : null;
	return { refusal, isSwap: isOff && mode === "guided", isOff: isOff && rule.isPreferred };
}
