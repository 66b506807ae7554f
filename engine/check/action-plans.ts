import type { ActionPlan, Policy } from "../policy/policy.ts";
import type { Table } from "../portfolio/portfolio.ts";
import { ASSIGNMENT_ROLES, OUTCOMES, REP_KINDS } from "../portfolio/schema.ts";
import { type Day, NULL_DAY } from "../units.ts";
import type { CheckContext } from "./context.ts";
import type { ContactView } from "./views.ts";
import { isAbsent } from "./work-day.ts";

/** Code of the role in `assignments`. */
export const OWNER = ASSIGNMENT_ROLES.indexOf("owner");
const COVER = ASSIGNMENT_ROLES.indexOf("cover");
const TELESALES = ASSIGNMENT_ROLES.indexOf("telesales");

type RepKind = (typeof REP_KINDS)[number];

/** Phase, class and potential, as an entry shows them. */
export interface Standing {
	readonly phase: string;
	readonly class: string;
	readonly potential: string;
}

/** The action plan that matches most specifically; null where none matches. */
export function matchActionPlan({ action_plans: plans }: Policy, standing: Standing, kind: RepKind): ActionPlan | null {
	const asked: readonly (readonly [keyof ActionPlan, string])[] = [
		["phase", standing.phase],
		["class", standing.class],
		["potential", standing.potential],
		["rep_kind", kind],
	];
	let best: ActionPlan | null = null;
	let most = -1;
	for (const plan of plans) {
		if (!asked.every(([member, word]) => plan[member] === null || plan[member] === word)) continue;
		const specific = asked.filter(([member]) => plan[member] !== null).length;
		if (specific > most) [best, most] = [plan, specific];
	}
	return best;
}

/** Action plans that may rule a contact: matched by the rep who makes it and, for an escalation, by the owner it comes from. */
export function actionPlansOf(context: CheckContext, contact: ContactView): ActionPlan[] {
	const reps = contact.entry.kind === "escalation" ? [contact.rep, ...ownersOf(context, contact.customer, contact.day)] : [contact.rep];
	return reps.flatMap((rep) => matchActionPlan(context.policy, contact.entry, kindOf(context, rep)) ?? []);
}

/** Kind of a row of reps. */
export function kindOf({ portfolio }: CheckContext, rep: number): RepKind {
	return REP_KINDS[portfolio.tables.reps.codes.kind[rep]];
}

/** Has a rep escalations and appointments only? */
export function isManager(context: CheckContext, rep: number): boolean {
	return ["supervisor", "director"].includes(kindOf(context, rep));
}

/** Rows of `assignments` of a customer that are valid on a day. */
export function assignmentsOn({ portfolio, assignments }: CheckContext, customer: number, day: Day): number[] {
	const { refs, days } = portfolio.tables.assignments;
	const { valid_from: from, valid_to: to } = days;
	const isRep = (row: number): boolean => refs.rep_id[row] < portfolio.tables.reps.numRows;
	return (assignments.get(customer) ?? []).filter(
		(row) => isRep(row) && (from[row] === NULL_DAY || from[row] <= day) && (to[row] === NULL_DAY || to[row] >= day),
	);
}

/** Reps that may contact a customer on a day: any role of its assignments and, where they name no owner, the customer's own rep. */
export function repsOf(context: CheckContext, customer: number, day: Day): number[] {
	const { assignments, customers, reps } = context.portfolio.tables;
	const rows = assignmentsOn(context, customer, day);
	const assigned = rows.map((row) => assignments.refs.rep_id[row]);
	const own = customers.refs.rep_id[customer];
	const isOwned = rows.some((row) => assignments.codes.role[row] === OWNER);
	return isOwned || own < 0 || own >= reps.numRows ? assigned : [...assigned, own];
}

/** Owners of a customer on a day; where no assignment says `owner`, whoever serves it. */
export function ownersOf(context: CheckContext, customer: number, day: Day): number[] {
	const { refs, codes } = context.portfolio.tables.assignments;
	const owners = assignmentsOn(context, customer, day).filter((row) => codes.role[row] === OWNER);
	return owners.length > 0 ? owners.map((row) => refs.rep_id[row]) : repsOf(context, customer, day);
}

/**
 * Reps of whom one plans for a customer on a day, whether it is absent or not: the owners, else telesales, else the customer's own rep;
 * empty where nobody does.
 */
export function plannersOf(context: CheckContext, customer: number, day: Day): number[] {
	const { customers, reps } = context.portfolio.tables;
	const own = customers.refs.rep_id[customer];
	const ofRole = (role: number): number[] => repsOfRole(context, customer, day, role);
	const named = [ofRole(OWNER), ofRole(TELESALES)].find((rows) => rows.length > 0);
	return named ?? (own >= 0 && own < reps.numRows ? [own] : []);
}

/**
 * The rep who serves a customer on a day: who plans for it, and who stands in while that rep is absent, cover before telesales; -1
 * where there is none, or the rules leave open which of several it is.
 */
export function serverOn(context: CheckContext, customer: number, day: Day): number {
	const isPresent = (rep: number): boolean => !isAbsent(context, rep, day);
	const planners = plannersOf(context, customer, day);
	if (planners.some(isPresent)) return onlyOf(planners);
	const standIns = [COVER, TELESALES].map((role) => repsOfRole(context, customer, day, role).filter(isPresent));
	return onlyOf(standIns.find((reps) => reps.length > 0) ?? []);
}

function repsOfRole(context: CheckContext, customer: number, day: Day, role: number): number[] {
	const { codes, refs } = context.portfolio.tables.assignments;
	return assignmentsOn(context, customer, day)
		.filter((row) => codes.role[row] === role)
		.map((row) => refs.rep_id[row]);
}

function onlyOf(reps: readonly number[]): number {
	return new Set(reps).size === 1 ? reps[0] : -1;
}

/**
 * The one rep, no manager, who owns a customer over the whole horizon: by its assignments as an owner or, where it has none at all, by
 * its own row; -1 where the tables leave it open.
 */
export function soleOwner(context: CheckContext, customer: number): number {
	const { assignments } = context.portfolio.tables;
	const last = assignmentsOn(context, customer, context.lastDay);
	const rows = assignmentsOn(context, customer, context.asOf).filter((row) => last.includes(row) && assignments.codes.role[row] === OWNER);
	const owners = context.assignments.has(customer)
		? rows.map((row) => assignments.refs.rep_id[row])
		: repsOf(context, customer, context.asOf);
	return owners.length === 1 && !isManager(context, owners[0]) ? owners[0] : -1;
}

/** Reps to whom a customer of this standing may be escalated: the first of the kind called in up the managers of an owner in the horizon. */
export function escalationReps(context: CheckContext, customer: number, standing: Standing): number[] {
	const days = Array.from({ length: context.lastDay - context.asOf + 1 }, (_, after) => context.asOf + after);
	const owners = new Set(days.flatMap((day) => ownersOf(context, customer, day)));
	const asked = objectionsOf(context, customer).map((objection) => objection.escalate_to);
	return [...owners].flatMap((owner) => {
		const called = matchActionPlan(context.policy, standing, kindOf(context, owner))?.escalate_to ?? null;
		return [called, ...asked].flatMap((kind) => (kind === null ? [] : firstManager(context, owner, kind)));
	});
}

const MISSED: readonly string[] = ["not_reached", "cancelled"];

/** Did a contact of the history reach its customer? */
export function hasReached({ codes }: Table, row: number): boolean {
	return !MISSED.includes(OUTCOMES[codes.outcome[row]]);
}

/** What the policy says of the objections that a customer made in the history. */
export function objectionsOf(
	{ policy, portfolio, history }: Pick<CheckContext, "policy" | "portfolio" | "history">,
	customer: number,
): Policy["objections"][number][] {
	const { contacts } = portfolio.tables;
	const codes = new Set<string | null>();
	for (let at = history.contactStart[customer]; at < history.contactStart[customer + 1]; at++) {
		if (hasReached(contacts, history.contact[at])) codes.add(contacts.texts.objection.at(history.contact[at]));
	}
	return policy.objections.filter(({ code }) => codes.has(code));
}

function firstManager(context: CheckContext, owner: number, kind: RepKind): number[] {
	const { manager_id: managers } = context.portfolio.tables.reps.refs;
	const seen = new Set<number>();
	for (let rep = managers[owner]; rep >= 0 && !seen.has(rep); rep = managers[rep]) {
		if (kindOf(context, rep) === kind) return [rep];
		seen.add(rep); // managers who manage each other
	}
	return [];
}
