import { z } from "zod";
import type { PlanDocument } from "../agenda/plan-document.ts";
import { CarteiraError } from "../errors.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { createJournal, type Journal, rollBack } from "../solver/journal.ts";
import { createChainScratch, insertChain } from "../solver/operators/recreate.ts";
import type { WorkingSolution } from "../solver/working-solution.ts";
import { formatDay, formatTime } from "../units.ts";
import { startOf } from "./changes.ts";
import { type Desk, repPlanIn } from "./desk.ts";
import { type OpenScope, openScope, situationOf } from "./rep.ts";
import { orderOf } from "./order.ts";
import { validateAgainst } from "./replan.ts";
import { carriedOver } from "./carried-over.ts";
import { date, readAs, readReplanRequest, type ReplanRequest } from "./request.ts";
import { makeRoom } from "./room.ts";
import { sayDecision, sayLeftOut } from "./words.ts";

const id = z.string().min(1).max(200);

/** Body of `POST …/suggestions`. */
export const suggestRequest = z.strictObject({
	customer_id: id,
	/** Default: whoever may contact the customer. */
	rep_id: id.optional(),
	/** Local date and time; default: before the plan's days begin, or when it was last revised. */
	now: z.string().optional(),
	from: date.optional(),
	to: date.optional(),
	channel: z.enum(CHANNELS).optional(),
	most: z.int().min(1).max(100).default(10),
});
export type SuggestOrder = z.input<typeof suggestRequest>;

/** A day and time at which a customer could be contacted. */
export interface Suggestion {
	readonly rep_id: string;
	readonly date: string;
	readonly channel: string;
	readonly start: string;
	readonly end: string;
	/** More seconds of travel on that day. */
	readonly detour_seconds: number;
	/** Of the rep's plan, travel and who is displaced included. */
	readonly value_change_cents: number;
	/** Contacts that must go for it; `to`: where they go, null: nowhere. */
	readonly displaced: readonly {
		readonly customer_id: string;
		readonly date: string;
		readonly to: { readonly date: string; readonly start: string } | null;
	}[];
}

/** What a plan offers one customer, the most valuable first. */
export interface Suggestions {
	readonly customer_id: string;
	readonly suggestions: readonly Suggestion[];
	/** Why there is none, where there is none, in the policy's language. */
	readonly detail: string | null;
}

/** Ranks the days and times at which a plan could hold one contact more with a customer. Nothing is promised by it. */
export function suggest(desk: Desk, document: unknown, order: unknown): Suggestions {
	const plan = desk.read(document);
	const asked = readAs(suggestRequest, order, "suggestions");
	if (!desk.customerRows.has(asked.customer_id))
		throw new CarteiraError("INVALID_INPUT", `/customer_id: ${asked.customer_id} is no customer of the portfolio`);
	const request = requestAt(plan, asked.now);
	validateAgainst(desk, plan, request);
	if (asked.rep_id !== undefined) repPlanIn(plan, asked.rep_id, "/rep_id");
	if (asked.from !== undefined && asked.to !== undefined && asked.to < asked.from)
		throw new CarteiraError("INVALID_INPUT", `/to: ${asked.to} is before ${asked.from} (from); expected that day or later`);
	const reps = asked.rep_id === undefined ? repsFor(desk, plan, asked.customer_id) : [asked.rep_id];
	const found = reps.flatMap((repId) => suggestionsOf(desk, plan, repId, asked, request));
	found.sort((a, b) => b.value_change_cents - a.value_change_cents || (keyOf(a) < keyOf(b) ? -1 : 1));
	const row = plan.unplanned.find(({ customer_id }) => customer_id === asked.customer_id);
	const codes = row?.reasons.map(({ code }) => code) ?? [];
	return {
		customer_id: asked.customer_id,
		suggestions: found.slice(0, asked.most),
		detail: found.length > 0 ? null : codes.length > 0 ? sayLeftOut(desk.voice, codes) : sayDecision(desk.voice, "noPlace"),
	};
}

const keyOf = ({ rep_id, date: on, start, channel }: Suggestion): string => `${on} ${start} ${rep_id} ${channel}`;

/** Reps whose agendas hold the customer, are said to leave it out, or that serve it. */
export function repsFor(desk: Desk, plan: PlanDocument, customerId: string): string[] {
	const customer = desk.customerRows.get(customerId);
	if (customer === undefined) throw new CarteiraError("INVALID_INPUT", `/customer_id: ${customerId} is no customer of the portfolio`);
	const { rep_id: ids } = desk.context.portfolio.tables.reps.texts;
	const named = new Set(desk.repsOf(customer).map((rep) => ids.at(rep) ?? ""));
	const left = plan.unplanned.find(({ customer_id }) => customer_id === customerId)?.rep_id;
	if (left != null) named.add(left);
	for (const { rep_id, days } of plan.reps)
		if (days.some(({ entries }) => entries.some(({ customer_id }) => customer_id === customerId))) named.add(rep_id);
	return plan.reps.map(({ rep_id }) => rep_id).filter((repId) => named.has(repId));
}

type Asked = z.output<typeof suggestRequest>;

/** What is left of a rep's horizon at a moment, with a customer's options as if it were due and changes free of charge. */
export function openQuestion(
	desk: Desk,
	plan: PlanDocument,
	repId: string,
	customerId: string,
	request: ReplanRequest = requestAt(plan, undefined),
): OpenScope {
	const carried = carriedOver(plan, request);
	const urgent = [...carried.urgent, { rep_id: repId, customer_id: customerId, by: plan.horizon.to }];
	const order = orderOf(desk, plan, repId, request, { ...carried, urgent }, Number.POSITIVE_INFINITY);
	const { facts, planned, present } = situationOf(desk, order);
	return openScope(desk, { ...order, changePrice: 0 }, facts, planned, present, () => true, planned, Number.POSITIVE_INFINITY);
}

function requestAt(plan: PlanDocument, now: string | undefined): ReplanRequest {
	return readReplanRequest({ now: now ?? plan.receipt.revision?.now ?? `${plan.as_of}T00:00`, max_changes: 100_000 });
}

function suggestionsOf(desk: Desk, plan: PlanDocument, repId: string, asked: Asked, request: ReplanRequest): Suggestion[] {
	const scope = openQuestion(desk, plan, repId, asked.customer_id, request);
	const { repCase, problem } = scope.remaining;
	const customer = desk.customerRows.get(asked.customer_id) ?? -1;
	const isAsked = (index: number): boolean => {
		const option = repCase.options[index];
		if (option.customer !== customer) return false;
		const on = formatDay(repCase.days[option.day]);
		const isWithin = (asked.from === undefined || on >= asked.from) && (asked.to === undefined || on <= asked.to);
		const hasChannel = asked.channel === undefined || CHANNELS[option.channel] === asked.channel;
		return isWithin && hasChannel && scope.solution.contactOn[problem.optionCustomer[index] * problem.numDays + option.day] < 0;
	};
	const options = [...repCase.options.keys()].filter(isAsked);
	const journal = createJournal(problem, scope.solution);
	return options.flatMap((option) => suggestionOf(desk, repId, scope, journal, option) ?? []);
}

/** The contact put where it costs least, and those displaced where they fit then; the solution is as before afterwards. */
function suggestionOf(
	desk: Desk,
	repId: string,
	{ remaining, solution, carried, toll, kept }: OpenScope,
	journal: Journal,
	option: number,
): Suggestion | null {
	const { problem, repCase } = remaining;
	const before = solution.value;
	const wasIn = new Set(carried.options);
	const travelOf = (working: WorkingSolution): number => {
		let seconds = 0;
		for (let slot = 0; slot < problem.numSlots; slot++)
			if (problem.slotDay[slot] === problem.optionDay[option]) seconds += working.travel[slot];
		return seconds;
	};
	const travelled = travelOf(solution);
	const room = makeRoom(problem, solution, journal, option, toll, kept);
	if (!room) return null;
	const free = new Float64Array(problem.numDays);
	const prices = { time: free, visit: free, call: free, push: 0, blink: 0, subsidy: 0 };
	const recreation = { problem, solution, journal, prices, scratch: createChainScratch(problem, 0) };
	const everyDay = new Uint8Array(problem.numDays).fill(1);
	for (const gone of room.displaced) insertChain(recreation, problem.optionCustomer[gone], everyDay, true);
	const start = startOf(solution, option);
	const found: Suggestion = {
		rep_id: repId,
		date: formatDay(repCase.days[problem.optionDay[option]]),
		channel: CHANNELS[problem.optionChannel[option]],
		start: formatTime(start),
		end: formatTime(start + problem.itemDuration[option]),
		detour_seconds: travelOf(solution) - travelled,
		value_change_cents: solution.value - before,
		displaced: room.displaced
			.filter((gone) => solution.slotOf[gone] < 0)
			.map((gone) => displacedAs(desk, remaining, solution, gone, wasIn)),
	};
	rollBack(problem, solution, journal);
	return found;
}

function displacedAs(
	desk: Desk,
	{ problem, repCase }: OpenScope["remaining"],
	solution: WorkingSolution,
	gone: number,
	wasIn: ReadonlySet<number>,
): Suggestion["displaced"][number] {
	const customer = problem.optionCustomer[gone];
	const other = Array.from(solution.contactOn.subarray(customer * problem.numDays, (customer + 1) * problem.numDays)).find(
		(contact) => contact >= 0 && !wasIn.has(contact),
	);
	return {
		customer_id: desk.context.portfolio.tables.customers.texts.customer_id.at(repCase.options[gone].customer) ?? "",
		date: formatDay(repCase.days[problem.optionDay[gone]]),
		to:
			other === undefined ? null : { date: formatDay(repCase.days[problem.optionDay[other]]), start: formatTime(startOf(solution, other)) },
	};
}
