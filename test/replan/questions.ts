import type { Entry, PlanDocument, RepPlan, Violation } from "../../engine/index.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import { createDesk, type Desk } from "../../engine/replan/desk.ts";
import { orderOf } from "../../engine/replan/order.ts";
import { carriedOver } from "../../engine/replan/carried-over.ts";
import { readReplanRequest } from "../../engine/replan/request.ts";
import { supposedPortfolio, whatIf, type WhatIfAnswer, type WhatIfOrder } from "../../engine/replan/what-if.ts";
import { parseDay } from "../../engine/units.ts";
import { type Loss, solvedAnew } from "./lost.ts";
import type { Room } from "./room.ts";

/** Kinds of questions; `both` narrows and widens at once. */
export const QUESTIONS = ["force", "forbid", "relax-shift", "relax-limits", "relax-hours", "both"] as const;
type Kind = (typeof QUESTIONS)[number];

/** A question about one rep. */
export interface Question {
	readonly kind: Kind;
	readonly rep: RepPlan;
	readonly order: WhatIfOrder;
}

/** A seeded question about some rep that has work. */
export function questionOf(plan: PlanDocument, seed: number): Question {
	const random = createRandom(seed);
	const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];
	const kind = QUESTIONS[seed % QUESTIONS.length];
	const rep = pick(plan.reps.filter(({ days }) => days.flatMap(({ entries }) => entries).length > 10));
	// A third of them is asked in the middle of some day.
	const now =
		random.next() < 0.33 ? { now: `${pick(rep.days.slice(0, -2)).date}T${8 + random.below(8)}:30`.replace(/T(\d):/, "T0$1:") } : {};
	return { kind, rep, order: { ...now, ...limitsOf(random, plan, rep, kind, now.now?.slice(0, 10) ?? rep.days[0].date) } };
}

function limitsOf(random: Random, plan: PlanDocument, rep: RepPlan, kind: Kind, today: string): WhatIfOrder {
	const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];
	const { rep_id } = rep;
	const days = rep.days.filter(({ date }) => date > today);
	const planned = days.flatMap(({ date, entries }) => entries.map((entry) => ({ entry, date })));
	const free = planned.filter(({ entry }) => entry.kind !== "appointment");
	const left = plan.unplanned.filter((row) => row.rep_id === rep_id);
	const someone = (): Entry => pick(planned.length > 0 ? planned : [{ entry: rep.days[0].entries[0], date: today }]).entry;
	const forbid = () =>
		Array.from({ length: 1 + random.below(3) }, () => pick(free.length > 0 ? free : planned)).map(({ entry, date }) => ({
			rep_id,
			customer_id: entry.customer_id,
			...(random.next() < 0.5 && { date }),
		}));
	switch (kind) {
		case "force": {
			const customer_id = left.length > 0 && random.next() < 0.8 ? pick(left).customer_id : someone().customer_id;
			const on = days.length > 0 && random.next() < 0.5 ? { date: pick(days).date } : {};
			return { force: [{ rep_id, customer_id, ...on, ...(random.next() < 0.3 && { channel: pick(CHANNELS) }) }] };
		}
		case "forbid":
			return { forbid: forbid() };
		case "relax-shift":
			return { relax: [{ rep_id, extra_minutes: 15 + random.below(120) }] };
		case "relax-limits":
			return { relax: [{ rep_id, extra_visits: 1 + random.below(5), extra_calls: 1 + random.below(5) }] };
		case "relax-hours":
			return { relax: [{ customer_id: someone().customer_id, visit_hours: pick(["Mo-Su 07:00-20:00", "Mo-Fr 06:00-22:00"]) }] };
		default:
			return { forbid: forbid(), relax: [{ rep_id, extra_minutes: 30 + random.below(90) }] };
	}
}

/** What a question came to, and what else says of it. */
export interface Answered {
	readonly answer: WhatIfAnswer;
	/** Of the answer's plan, beside the inputs as they were supposed. */
	readonly violations: readonly Violation[];
	/** The answer beside a solve from nothing under the same constraint; null: nothing of the rep's horizon was left. */
	readonly scratch: Loss | null;
	/** The plan as it was beside a solve from nothing without the question. */
	readonly before: Loss | null;
	/** The rep's part of the answer. */
	readonly part: RepPlan;
}

/** Asks a question, has the answer checked, and solves its constraint from nothing. */
export async function askAndSolve(
	{ desk, plan, engine }: Pick<Room, "desk" | "plan" | "engine">,
	{ rep, order }: Question,
	iterations: { readonly answer: number; readonly scratch: number },
): Promise<Answered> {
	const answer = whatIf(desk, plan, { iterations: iterations.answer, ...order });
	const supposed = supposedPortfolio(desk, order);
	const violations = await engine.check(supposed, answer.plan);
	const part = answer.plan.reps.find(({ rep_id }) => rep_id === rep.rep_id);
	if (!part) throw new Error(`${rep.rep_id} is gone`);
	const anew = (asked: WhatIfOrder, after: PlanDocument, times = 1) =>
		solveQuestion(desk, plan, rep, asked, after, times * iterations.scratch);
	const asIs = order.now === undefined ? {} : { now: order.now };
	let scratch = anew(order, answer.plan);
	// A solve from nothing that falls far behind the answer has only been too short.
	if (scratch && scratch.replanned - scratch.scratch > SEARCH * Math.abs(scratch.replanned)) scratch = anew(order, answer.plan, LONGER);
	return { answer, violations, part, scratch, before: anew(asIs, plan) };
}

/** Part of a bound by which a search from nothing may be apart from one from the plan, whatever gap is stated. */
const SEARCH = 0.03;
/** How many times as long a solve from nothing searches once more that is behind the answer by more than that. */
const LONGER = 4;

/** By how much a longer shift can make the floors dearer that are a share of it, in cents. */
function grownFloors({ order: { relax = [] }, rep }: Question, { policy }: PlanDocument): number {
	const { floors } = validatePolicy(policy);
	const minutes = relax.reduce((sum, wider) => sum + ("extra_minutes" in wider ? (wider.extra_minutes ?? 0) : 0), 0);
	const hours = (minutes / 60) * rep.days.length;
	return floors.reduce(
		(cents, { min_share_of_time: share, cost_per_hour_short: cost }) => cents + 100 * hours * (share ?? 0) * (cost ?? 0) + 1,
		0,
	);
}

/** What an answer says that is not so; empty for an honest one. */
export function faultsOf(question: Question, { answer, violations, scratch, before, part }: Answered): string[] {
	const { kind, order, rep } = question;
	const faults = violations.map(({ rule, pointer, message }) => `check: ${rule} ${pointer} ${message}`);
	const { value_with_cents: value, value_without_cents: without, value_now_cents: now, difference_cents: difference } = answer;
	const say = (isFault: boolean, words: string): void => void (isFault && faults.push(words));
	say(value !== answer.plan.reps.reduce((sum, { value_cents }) => sum + value_cents, 0), "the value is not that of the plan shown");
	say(difference !== value - without, "the difference is not that of the values");
	say(part.upper_bound_cents < part.value_cents, "the bound is below the value");
	say(kind.startsWith("relax") && difference < -grownFloors(question, answer.plan), `a wider limit costs ${-difference}`);
	say(kind === "forbid" && difference > 0, `a narrower limit brings ${difference}`);
	const contacts = part.days.flatMap(({ date, entries }) => entries.map((entry) => ({ ...entry, date })));
	const banned = contacts.filter((entry) =>
		(order.forbid ?? []).some(({ customer_id, date }) => entry.customer_id === customer_id && (date ?? entry.date) === entry.date),
	);
	// What happened before the question stays, and so does what is promised.
	const today = (order.now ?? "").slice(0, 10);
	say(
		banned.some(({ date, kind: what }) => date > today && what !== "appointment"),
		"what is forbidden is planned",
	);
	const isHad = (order.force ?? []).every(({ customer_id, date, channel }) =>
		contacts.some(
			(entry) => entry.customer_id === customer_id && (date ?? entry.date) === entry.date && (channel ?? entry.channel) === entry.channel,
		),
	);
	say(answer.is_met !== isHad && (order.force ?? []).length > 0, `is_met is ${answer.is_met}, the plan shown has it: ${isHad}`);
	if (scratch) {
		const bound = part.upper_bound_cents - (part.value_cents - scratch.replanned);
		const apart = scratch.scratch - scratch.replanned;
		const slack = SEARCH * Math.abs(bound); // floors can make what is left of a plan worth less than nothing
		const isComparable = answer.is_met && scratch.unmet.length === 0;
		say(!answer.is_met && scratch.unmet.length === 0, "what is said not to be had is had by a solve from nothing");
		say(isComparable && scratch.scratch > bound, `a solve from nothing finds ${scratch.scratch}, above the bound ${bound}`);
		say(
			isComparable && Math.abs(apart) > Math.max(slack, (part.gap ?? 0) * Math.abs(bound)),
			`a solve from nothing is ${apart} of ${bound} cents apart, stated is a gap of ${part.gap}`,
		);
		// The gain counts from what a search without the question reaches, not from less.
		const more = before ? before.scratch - before.replanned - (without - now) : 0;
		say(more > slack, `without the question a solve from nothing finds ${more} more than is told for ${rep.rep_id}`);
	}
	return faults;
}

/** The constraint of a question laid out by what revisions know alone: rules, customers asked for, wishes and wider inputs. */
function solveQuestion(
	desk: Desk,
	plan: PlanDocument,
	{ rep_id }: RepPlan,
	order: WhatIfOrder,
	after: PlanDocument,
	iterations: number,
): Loss | null {
	const { force = [], forbid = [], relax = [] } = order;
	const asked = relax.length === 0 ? desk : createDesk({ ...desk.context, portfolio: supposedPortfolio(desk, order) }, desk.published);
	const now = order.now ?? `${plan.as_of}T00:00`;
	const request = readReplanRequest({ now, max_changes: 100_000 });
	const { from, to } = plan.horizon;
	const carried = carriedOver(plan, request);
	const rules = forbid.map(({ customer_id, date }) => ({ rep_id, customer_id, from: date ?? from, until: date ?? to, reason: "asked" }));
	const urgent = force.map(({ customer_id, date }) => ({ rep_id, customer_id, by: date ?? to }));
	const wishes = new Map(
		force.map(({ customer_id, date, channel }) => [
			desk.customerRows.get(customer_id) ?? -1,
			{
				from: parseDay(date ?? now.slice(0, 10)),
				by: parseDay(date ?? to),
				channel: channel === undefined ? -1 : CHANNELS.indexOf(channel),
			},
		]),
	);
	const question = { ...carried, rules: [...carried.rules, ...rules], urgent: [...carried.urgent, ...urgent] };
	const base = orderOf(asked, plan, rep_id, request, question, Number.POSITIVE_INFINITY);
	return solvedAnew(asked, { ...base, wishes }, after, iterations);
}
