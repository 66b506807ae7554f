import { z } from "zod";
import type { PlanDocument } from "../agenda/plan-document.ts";
import { CarteiraError } from "../errors.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { parseHours } from "../portfolio/calendar/calendar.ts";
import { parseDay } from "../units.ts";
import { createDesk, type Desk, repPlanIn } from "./desk.ts";
import { diffPlans, type PlanDiff, valueOf } from "./diff.ts";
import { longerShifts, suppose, type Supposed } from "./overlay.ts";
import { inOrder, type RepOrder } from "./order.ts";
import { revise, type Revision, validateAgainst } from "./replan.ts";
import { type CarriedOver, carriedOver } from "./carried-over.ts";
import { date, readAs, readReplanRequest, type ReplanRequest } from "./request.ts";
import { repsFor } from "./suggest.ts";

const id = z.string().min(1).max(200);

/** Body of `POST …/what-if`. */
export const whatIfRequest = z.strictObject({
	/** Local date and time; default: before the plan's days begin, or when it was last revised. */
	now: z.string().optional(),
	/** Contacts that are to be had: on a date, by one, or at any time. */
	force: z
		.array(
			z.strictObject({
				customer_id: id,
				rep_id: id.optional(),
				date: date.optional(),
				by: date.optional(),
				channel: z.enum(CHANNELS).optional(),
			}),
		)
		.max(20)
		.refine((wishes) => new Set(wishes.map(({ customer_id }) => customer_id)).size === wishes.length, "a customer may be forced once")
		.default([]),
	/** Contacts that are not to be had: on a date, or at all. */
	forbid: z
		.array(z.strictObject({ customer_id: id, rep_id: id.optional(), date: date.optional() }))
		.max(100)
		.default([]),
	/** Limits that might be wider. */
	relax: z
		.array(
			z.union([
				z.strictObject({
					rep_id: id,
					extra_minutes: z.int().min(1).max(600).optional(),
					extra_visits: z.int().min(1).max(50).optional(),
					extra_calls: z.int().min(1).max(200).optional(),
				}),
				z.strictObject({ customer_id: id, visit_hours: z.string().min(1).max(500) }),
			]),
		)
		.max(20)
		.default([]),
	seed: z.int32().default(1),
	iterations: z.int().min(0).max(100_000).default(3000),
});
export type WhatIfOrder = z.input<typeof whatIfRequest>;
type WhatIf = z.output<typeof whatIfRequest>;

/** What would be otherwise. Cents. */
export interface WhatIfAnswer {
	/** Of the plan as it is. */
	readonly value_now_cents: number;
	/** Of the best plan found without the question, from the same plan with the same search. */
	readonly value_without_cents: number;
	readonly value_with_cents: number;
	/** With less without: what the question itself brings or costs. */
	readonly difference_cents: number;
	/** No plan under the question is worth more. */
	readonly upper_bound_cents: number;
	readonly gap: number | null;
	/** False: what is to be had cannot be, by the hard rules; the plan shown goes without it. */
	readonly is_met: boolean;
	readonly unmet_wishes: Revision["unmet_wishes"];
	/** Against the best plan found without the question. */
	readonly diff: PlanDiff;
	/** Customers with fewer contacts than without the question. */
	readonly displaced: readonly string[];
	readonly plan: PlanDocument;
}

/** Work of the bound: about a quarter of a CPU second a rep. */
const BOUND_WORK = 20e6;
const NO_LIMIT = 100_000;

/**
 * Answers a question by solving it anew from the plan: without it, then, from what that came to, with it, and from there without it again. So a
 * wider limit never seems to cost (but for floors that are a share of the shift, and grow with it), a narrower one never seems to bring anything,
 * and what more search brought is not taken for the answer.
 */
export function whatIf(desk: Desk, document: unknown, order: unknown): WhatIfAnswer {
	const plan = desk.read(document);
	const question = readAs(whatIfRequest, order, "what-if");
	const request = requestOf(plan, question);
	validateAgainst(desk, plan, request);
	validateCustomers(desk, question);
	const reps = inOrder(desk, repsOf(desk, plan, question));
	if (reps.length === 0)
		throw new CarteiraError("INVALID_INPUT", "what-if: nothing is forced, forbidden or relaxed; expected force, forbid or relax");
	const carried = carriedOver(plan, request);
	const asked = question.relax.length === 0 ? desk : supposedDesk(desk, question);
	const wishes = wishesOf(desk, plan, question);
	const asking: CarriedOver = withQuestion(desk, plan, carried, question);
	const without = (from: PlanDocument, iterations: number): PlanDocument =>
		revise(desk, from, { ...request, iterations }, { ...carried, urgent: asking.urgent }, reps, asQuestion).plan;
	const under = (from: PlanDocument, iterations: number): Revision =>
		revise(asked, from, { ...request, iterations }, asking, reps, (of) => ({
			...asQuestion(of),
			boundWork: BOUND_WORK,
			wishes: new Map(wishes.filter(({ repId }) => repId === of.repId).map(({ customer, wish }) => [customer, wish])),
		}));
	const { iterations } = request;
	let base = without(plan, iterations);
	let answer = under(base, iterations);
	// What only more search brought is no merit of the question: as far as the answer goes without it, it counts without it, too, and what that
	// comes to is open to the answer.
	for (let effort = iterations; ; effort = 0) {
		const bare = without(answer.plan, effort);
		if (valueOf(bare) > valueOf(base)) {
			base = bare;
			answer = better(answer, under(base, effort));
		} else if (effort === 0) break;
	}
	return answerOf(desk, plan, base, answer);
}

/** Whichever meets more wishes, or is worth more; else the first. */
function better(one: Revision, other: Revision): Revision {
	const fewer = one.unmet_wishes.length - other.unmet_wishes.length;
	return fewer > 0 || (fewer === 0 && valueOf(other.plan) > valueOf(one.plan)) ? other : one;
}

function asQuestion(order: RepOrder): RepOrder {
	return { ...order, isQuestion: true, changePrice: 0 };
}

function answerOf(desk: Desk, plan: PlanDocument, without: PlanDocument, { plan: answer, unmet_wishes }: Revision): WhatIfAnswer {
	const value = valueOf(answer);
	const bound = answer.reps.reduce((sum, { upper_bound_cents }) => sum + upper_bound_cents, 0);
	const diff = diffPlans(desk, without, answer);
	const counts = (of: PlanDocument): Map<string, number> => {
		const all = new Map<string, number>();
		for (const { days } of of.reps)
			for (const { entries } of days) for (const { customer_id } of entries) all.set(customer_id, (all.get(customer_id) ?? 0) + 1);
		return all;
	};
	const [was, is] = [counts(without), counts(answer)];
	return {
		value_now_cents: valueOf(plan),
		value_without_cents: valueOf(without),
		value_with_cents: value,
		difference_cents: value - valueOf(without),
		upper_bound_cents: bound,
		gap: bound > 0 ? (bound - value) / bound : null,
		is_met: unmet_wishes.length === 0,
		unmet_wishes,
		diff,
		displaced: [...was]
			.filter(([customer, count]) => (is.get(customer) ?? 0) < count)
			.map(([customer]) => customer)
			.sort(),
		plan: answer,
	};
}

function requestOf(plan: PlanDocument, { now, seed, iterations }: WhatIf): ReplanRequest {
	const start = plan.receipt.revision?.now ?? `${plan.as_of}T00:00`;
	return readReplanRequest({ now: now ?? start, seed, iterations, max_changes: NO_LIMIT });
}

/** Every customer that a question names must be there. */
function validateCustomers({ customerRows }: Desk, { force, forbid, relax }: WhatIf): void {
	for (const [member, named] of Object.entries({ force, forbid, relax }))
		for (const [at, one] of named.entries())
			if ("customer_id" in one && !customerRows.has(one.customer_id))
				throw new CarteiraError("INVALID_INPUT", `/${member}/${at}/customer_id: ${one.customer_id} is no customer of the portfolio`);
}

/** The reps that a question is about. */
function repsOf(desk: Desk, plan: PlanDocument, { force, forbid, relax }: WhatIf): ReadonlySet<string> {
	const named = new Set<string>();
	for (const wish of [...force, ...forbid]) for (const repId of repsNamed(desk, plan, wish)) named.add(repId);
	for (const wider of relax) {
		if ("rep_id" in wider) named.add(repPlanIn(plan, wider.rep_id, "/relax").rep_id);
		else for (const repId of repsNamed(desk, plan, wider)) named.add(repId);
	}
	return named;
}

function repsNamed(
	desk: Desk,
	plan: PlanDocument,
	{ customer_id, rep_id }: { customer_id: string; rep_id?: string | undefined },
): string[] {
	if (rep_id !== undefined) return [repPlanIn(plan, rep_id, "/rep_id").rep_id];
	return repsFor(desk, plan, customer_id);
}

function wishesOf(desk: Desk, plan: PlanDocument, { force, now }: WhatIf) {
	return force.map(({ customer_id, rep_id, date: on, by, channel }) => {
		const [repId] = repsNamed(desk, plan, { customer_id, rep_id });
		const from = parseDay(on ?? now?.slice(0, 10) ?? plan.as_of);
		const until = parseDay(on ?? by ?? plan.horizon.to);
		const wish = { from, by: until, channel: channel === undefined ? -1 : CHANNELS.indexOf(channel) };
		return { repId, customer: desk.customerRows.get(customer_id) ?? -1, wish };
	});
}

/** What the question rules out, and whom it wants though not due. */
function withQuestion(desk: Desk, plan: PlanDocument, carried: CarriedOver, question: WhatIf): CarriedOver {
	const rules = question.forbid.flatMap((ban) =>
		repsNamed(desk, plan, ban).map((rep_id) => ({
			rep_id,
			customer_id: ban.customer_id,
			from: ban.date ?? plan.horizon.from,
			until: ban.date ?? plan.horizon.to,
			reason: "what-if",
		})),
	);
	const urgent = question.force.map((wish) => ({
		rep_id: repsNamed(desk, plan, wish)[0],
		customer_id: wish.customer_id,
		by: wish.date ?? wish.by ?? plan.horizon.to,
	}));
	return { ...carried, rules: [...carried.rules, ...rules], urgent: [...carried.urgent, ...urgent] };
}

/** The inputs of a question as they might be; `check` judges its answer by them. */
export function supposedPortfolio(desk: Desk, order: unknown): Portfolio {
	const { portfolio } = desk.context;
	const { reps } = portfolio.tables;
	const changes = readAs(whatIfRequest, order, "what-if").relax.map((wider): Supposed => {
		if ("customer_id" in wider) {
			parseHours(wider.visit_hours);
			return { table: "customers", row: rowOf(desk.customerRows, wider.customer_id), texts: { visit_hours: wider.visit_hours } };
		}
		const row = rowOf(desk.repRows, wider.rep_id);
		const { extra_minutes: minutes = 0, extra_visits: visits = 0, extra_calls: calls = 0 } = wider;
		return {
			table: "reps",
			row,
			texts: minutes > 0 ? { shifts: longerShifts(reps.texts.shifts.at(row), minutes * 60) } : {},
			// No limit stays none: NaN plus anything is NaN.
			numbers: { max_visits: reps.numbers.max_visits[row] + visits, max_calls: reps.numbers.max_calls[row] + calls },
		};
	});
	return suppose(portfolio, changes);
}

function supposedDesk(desk: Desk, question: WhatIf): Desk {
	return createDesk({ ...desk.context, portfolio: supposedPortfolio(desk, question) }, desk.published);
}

function rowOf(rows: ReadonlyMap<string, number>, name: string): number {
	const row = rows.get(name);
	if (row === undefined) throw new CarteiraError("INVALID_INPUT", `relax: ${name} is not in the portfolio`);
	return row;
}
