import type { DayPlan, Entry, RepPlan, UnmetRequired } from "../agenda/plan-document.ts";
import { repPlanOf } from "../agenda/rep-plan.ts";
import { legBetween, legCost } from "../agenda/travel.ts";
import { pointOf } from "../agenda/problem-of.ts";
import { unmetOf } from "../agenda/unplanned.ts";
import type { RepCase } from "../policy/case.ts";
import type { Solution, SlotSchedule } from "../solver/solution.ts";
import { scheduleSlots, totalFloorCost, unmetOptions } from "../solver/report.ts";
import type { WorkingSolution } from "../solver/working-solution.ts";
import { formatDay, formatTime, parseTime } from "../units.ts";
import type { Desk, Held } from "./desk.ts";
import type { Present } from "./present.ts";
import type { Remaining } from "./remaining.ts";
import type { RepOrder } from "./order.ts";

/** A part of a horizon as it was decided. */
export interface Scope {
	readonly remaining: Remaining;
	readonly solution: WorkingSolution;
}

/** A scope as the solver would have answered, without where the rep is and what wishes are worth. */
export function solutionOf({ remaining, solution }: Scope): Solution {
	const { problem, anchor, bonus, repCase } = remaining;
	const schedules = scheduleSlots(problem, solution).map(
		(schedule): SlotSchedule => ({ ...schedule, contacts: schedule.contacts.filter(({ option }) => option !== anchor) }),
	);
	let value = solution.value;
	const seen = new Set<number>();
	for (const { contacts } of schedules) {
		for (const { option } of contacts) {
			const { customer } = repCase.options[option];
			if (!seen.has(customer)) value -= bonus[option];
			seen.add(customer);
		}
	}
	return {
		schedules,
		value,
		floorCost: totalFloorCost(problem, solution),
		upperBound: value,
		boundMethod: "none",
		unmetRequired: unmetOptions(problem, solution).filter((option) => option !== anchor),
		iterations: 0,
		stopped: false,
	};
}

/** The rep's part of the plan with what was decided in place of what was planned; what happened stays as it is. */
export function composeRep(
	desk: Desk,
	order: RepOrder,
	present: Present | null,
	scopes: readonly Scope[],
): { readonly plan: RepPlan; readonly unmet: readonly UnmetRequired[] } {
	const { context, brief, voice } = desk;
	const decided = new Map<string, DayPlan>();
	const ends = new Map<string, number>();
	const unmet: UnmetRequired[] = [];
	let floorCents = 0;
	for (const scope of scopes) {
		const solution = solutionOf(scope);
		const part = repPlanOf(context, scope.remaining.repCase, solution, brief, voice);
		for (const [at, day] of part.days.entries()) {
			decided.set(day.date, day);
			ends.set(day.date, solution.schedules[at].finish);
		}
		floorCents = solution.floorCost; // the last scope counts what the others came to
		unmet.push(...unmetOf(context, { ...scope.remaining.repCase, unmet: [] }, solution));
	}
	const today = formatDay(order.moment.day);
	const days = order.plan.days.map((day) => {
		if (day.date < today) return day;
		const fresh = decided.get(day.date);
		if (day.date === today && present) return mergeDay(desk, order.base, day, present, fresh, ends.get(today) ?? 0);
		return fresh ?? idleDay(order.base, day);
	});
	const entries = days.reduce((sum, { entries: all }) => sum + all.reduce((cents, entry) => cents + entry.value_cents, 0), 0);
	const value = entries - days.reduce((sum, day) => sum + day.travel_cost_cents, 0) - floorCents;
	// Wishes bring contacts that the bound did not know: what they are worth at most is added to it.
	const more = scopes.reduce((sum, { remaining }) => sum + wishedFor(remaining), 0);
	const bound = Math.max(value, order.plan.upper_bound_cents + more);
	return {
		plan: {
			...order.plan,
			value_cents: value,
			upper_bound_cents: bound,
			gap: bound > 0 ? (bound - value) / bound : null,
			bound_method: revisedMethod(order.plan.bound_method),
			floor_cents: floorCents,
			work_seconds: workSecondsOf(order.base),
			days,
		},
		unmet: [...unmet, ...lostPromises(order, days, unmet)],
	};
}

function workSecondsOf({ slots }: RepCase): number {
	return slots.reduce(
		(sum, { open, close, breaks }) => sum + close - open - breaks.reduce((pauses, { duration }) => pauses + duration, 0),
		0,
	);
}

const REVISED = "of the plan before its days began: ";

function revisedMethod(method: string | undefined): string {
	return method?.startsWith(REVISED) ? method : `${REVISED}${method ?? "unknown"}`;
}

function wishedFor({ repCase, bonus }: Remaining): number {
	const terms = new Int32Array(16);
	const best = new Map<number, number>();
	for (const [index, { customer }] of repCase.options.entries()) {
		if (bonus[index] > 0) best.set(customer, Math.max(best.get(customer) ?? 0, repCase.termsInto(index, null, false, terms)));
	}
	return [...best.values()].reduce((sum, cents) => sum + cents, 0);
}

/** A day on which nothing is done any more. */
function idleDay(base: RepCase, day: DayPlan): DayPlan {
	const slot = base.slots.find(({ day: index }) => formatDay(base.days[index]) === day.date);
	const start = slot ? formatTime(slot.open) : day.start;
	return { ...day, start, end: start, breaks: [], travel_seconds: 0, travel_metres: 0, travel_cost_cents: 0, entries: [] };
}

/** The day in hand: what happened, then what was decided, with the way home in one of them. */
function mergeDay(desk: Desk, base: RepCase, day: DayPlan, present: Present, fresh: DayPlan | undefined, finish: number): DayPlan {
	const { facts, taken, at, place } = present;
	const isOut = place >= 0;
	const coming = fresh?.entries ?? [];
	const back = !fresh && isOut ? backHome(desk, base, present) : null;
	const entries = [...facts.map(({ entry }) => entry), ...coming].map((entry, nth): Entry => ({ ...entry, sequence: nth + 1 }));
	const ways = facts.filter(({ channel }) => channel === 0).map(({ entry }) => entry);
	const driven = { seconds: sum(ways, (entry) => entry.travel_seconds), metres: sum(ways, (entry) => entry.travel_metres) };
	const cost = ways.reduce((cents, entry) => cents + legCost(desk.context.policy.travel, entry.travel_metres, entry.travel_seconds), 0);
	const last = Math.max(0, ...entries.map(({ end }) => parseTime(end)));
	const isDriving = isOut || coming.some(({ channel }) => channel === "visit");
	const home = back ? at + back.seconds : isDriving ? finish : 0;
	return {
		...day,
		start: facts.length > 0 ? startOfDay(day, facts) : (fresh?.start ?? day.start),
		end: entries.length === 0 ? (fresh?.end ?? day.start) : formatTime(Math.min(Math.max(last, home), 86_400)),
		breaks: [...taken.map(({ start, end }) => ({ start: formatTime(start), end: formatTime(end) })), ...(fresh?.breaks ?? [])],
		travel_seconds: driven.seconds + (fresh?.travel_seconds ?? back?.seconds ?? 0),
		travel_metres: driven.metres + (fresh?.travel_metres ?? back?.metres ?? 0),
		travel_cost_cents: cost + (fresh?.travel_cost_cents ?? back?.cost ?? 0),
		entries,
	};
}

function startOfDay(day: DayPlan, facts: readonly Held[]): string {
	const first = Math.min(...facts.map(({ start }) => start));
	return parseTime(day.start) <= first ? day.start : formatTime(first);
}

function backHome({ context }: Desk, base: RepCase, { place, factor }: Present): { seconds: number; metres: number; cost: number } {
	const [from, to] = [pointOf(context.portfolio, place), base.places.end];
	if (!from || !to) return { seconds: 0, metres: 0, cost: 0 };
	const { seconds: usual, metres } = legBetween(context.policy.travel, from, to);
	const seconds = Math.round(usual * factor);
	return { seconds, metres, cost: legCost(context.policy.travel, metres, seconds) };
}

/** Promises of the plan that are on no agenda of the days to come, and that no option stands for any more. */
function lostPromises(order: RepOrder, days: readonly DayPlan[], known: readonly UnmetRequired[]): UnmetRequired[] {
	const today = formatDay(order.moment.day);
	const lost: UnmetRequired[] = [];
	for (const { date, entries } of order.plan.days.filter((day) => day.date >= today)) {
		const now = days.find((day) => day.date === date)?.entries ?? [];
		for (const { kind, customer_id } of entries) {
			if (kind !== "appointment" || now.some((entry) => entry.customer_id === customer_id)) continue;
			if (known.some((row) => row.customer_id === customer_id && row.on === date)) continue;
			lost.push({
				customer_id,
				rep_id: order.repId,
				on: date,
				code: "REQUIRED_INFEASIBLE",
				detail: "the events of the day left no room for it",
			});
		}
	}
	return lost;
}

function sum(entries: readonly Entry[], of: (entry: Entry) => number): number {
	return entries.reduce((total, entry) => total + of(entry), 0);
}
