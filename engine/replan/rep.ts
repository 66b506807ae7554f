import type { RepPlan, Resumption, UnmetRequired, Unplanned } from "../agenda/plan-document.ts";
import { unplannedOf } from "../agenda/unplanned.ts";
import type { ContactOption } from "../policy/case.ts";
import { beginMove, createJournal, rollBack } from "../solver/journal.ts";
import { findUpperBound } from "../solver/bound/bound.ts";
import { REQUIRED } from "../solver/problem.ts";
import { resume } from "../solver/resume.ts";
import { unmetOptions } from "../solver/report.ts";
import type { WorkingSolution } from "../solver/working-solution.ts";
import { type Day, formatDay, formatTime, parseTime } from "../units.ts";
import { carryOn, type Carried } from "./carry.ts";
import { createChangeCount, type Standing, startOf } from "./changes.ts";
import { type Desk, type Held } from "./desk.ts";
import type { RepOrder } from "./order.ts";
import { presentOf, type Present } from "./present.ts";
import { type Limits, type Remaining, remainingOf } from "./remaining.ts";
import { composeRep, type Scope, solutionOf } from "./compose.ts";
import { makeRoom } from "./room.ts";

/** A rep's part of a revision. */
export interface RepOutcome {
	readonly plan: RepPlan;
	readonly resumption: Resumption | null;
	/** Contacts that fell out, or were pushed beyond the tolerance, before anything was replanned. */
	readonly forced: readonly { readonly held: Held; readonly cause: string }[];
	/** Changes made beyond those. */
	readonly numChanges: number;
	/** Wished-for customers that could not be fitted in. */
	readonly unmetWishes: readonly number[];
	readonly unplanned: readonly Unplanned[];
	readonly unmet: readonly UnmetRequired[];
	/** Were the day in hand and those after it decided one after the other? What the first gained, the others may have lost. */
	readonly isSplit: boolean;
}

/** How a rep's horizon stands at the moment. */
export interface Situation {
	/** Contacts that happened, or are under way. */
	readonly facts: readonly Held[];
	readonly planned: readonly Held[];
	/** Null: the rep does not work on the day in hand. */
	readonly present: Present | null;
}

/** What of a rep's agendas happened, and what is still planned. */
export function situationOf(desk: Desk, { plan, moment, repId, events, before }: RepOrder): Situation {
	const held = desk.heldBy(plan);
	const dayInHand = plan.days.find(({ date }) => date === formatDay(moment.day));
	const breaks = (dayInHand?.breaks ?? []).map(({ start, end }) => ({ start: parseTime(start), end: parseTime(end) }));
	const present = dayInHand ? presentOf(held, breaks, repId, events, moment, before) : null;
	return {
		facts: [...held.filter(({ date }) => date < moment.day), ...(present?.facts ?? [])],
		planned: [...(present?.rest ?? []), ...held.filter(({ date }) => date > moment.day)],
		present,
	};
}

/** Replans what is left of one rep's horizon from how it stands now. */
export function replanRep(desk: Desk, order: RepOrder): RepOutcome {
	const { facts, planned, present } = situationOf(desk, order);
	const later = planned.filter(({ date }) => date > order.moment.day);
	const isSplit = present !== null && present.factor !== 1 && !present.isAbsent && later.length + present.rest.length > 0;
	const scopes = isSplit
		? splitScopes(desk, order, facts, planned, present)
		: [solveScope(desk, order, facts, planned, present, () => true, planned, order.maxChanges)];
	return outcomeOf(desk, order, present, scopes);
}

/** A day on a slower road is decided first, by itself: the solver knows one road for all days. The others follow, beside what it came to. */
function splitScopes(desk: Desk, order: RepOrder, facts: readonly Held[], planned: readonly Held[], present: Present): Solved[] {
	const { day } = order.moment;
	const onDay = planned.filter(({ date }) => date === day);
	const later = planned.filter(({ date }) => date > day);
	const first = solveScope(desk, order, [...facts, ...later], onDay, present, (date) => date === day, planned, order.maxChanges);
	const done = heldOf(desk, first, order);
	const left = Math.max(0, order.maxChanges - first.numChanges);
	const second = solveScope(desk, order, [...facts, ...done], later, null, (date) => date > day, planned, left);
	return [first, second];
}

interface Solved extends OpenScope {
	readonly numChanges: number;
	/** Null: none was asked for. */
	readonly bound: number | null;
	readonly unmetWishes: readonly number[];
}

/** What is left to be decided, with the plan carried into it. */
export interface OpenScope extends Scope {
	readonly carried: Carried;
	readonly planned: readonly Held[];
	/** Changed contacts of a solution, against the plan carried on. */
	readonly count: (solution: WorkingSolution) => number;
	/** What a solution's changes cost in cents; Infinity: more than are allowed. */
	readonly toll: (solution: WorkingSolution) => number;
	/** Mean value of a planned contact in cents. */
	readonly scale: number;
	readonly wanted: Limits["wanted"];
	/** The solver's indices of the customers wished for. */
	readonly free: ReadonlySet<number>;
	/** Options that must stay. */
	readonly kept: ReadonlySet<number>;
}

/** Opens what is left of a rep's horizon, as it goes on by itself. */
export function openScope(
	desk: Desk,
	order: RepOrder,
	settled: readonly Held[],
	planned: readonly Held[],
	present: Present | null,
	isInScope: (date: Day) => boolean,
	all: readonly Held[],
	maxChanges: number,
): OpenScope {
	const scale = Math.max(1, all.reduce((sum, { entry }) => sum + Math.max(0, entry.value_cents), 0) / Math.max(1, all.length));
	const bonus = Math.ceil(scale * (all.length + 10) * 20);
	const wanted = new Map([...order.wishes].map(([customer, wish]) => [customer, { ...wish, bonus }]));
	const remaining = remainingOf(desk, order.base, limitsOf(order, settled, planned, present, isInScope, wanted));
	const carried = carryOn(remaining, planned, order.plan.days);
	const standing = standingOf(order, remaining, carried, planned);
	const free = new Set([...wanted.keys()].flatMap((customer) => indexIn(remaining, customer)));
	const count = createChangeCount(remaining.problem, standing, order.tolerance, free);
	return {
		remaining,
		solution: carried.solution,
		carried,
		planned,
		count,
		toll(solution) {
			const changes = count(solution);
			return changes > maxChanges ? Infinity : changes * order.changePrice;
		},
		scale,
		wanted,
		free,
		kept: new Set(standing.filter(({ isFrozen }) => isFrozen).map(({ option }) => option)),
	};
}

function solveScope(desk: Desk, order: RepOrder, ...rest: ScopeParts): Solved {
	const scope = openScope(desk, order, ...rest);
	const { remaining, solution, carried, planned, toll, scale, wanted, free, kept, count } = scope;
	const { problem } = remaining;
	const isMoved = planned.some((held, nth) => carried.starts[nth] !== held.start);
	const unmetWishes = fulfil(remaining, solution, wanted, toll, kept);
	const isFreed = order.events.some(({ type }) => type !== "accept" && type !== "done" && type !== "delayed" && type !== "road");
	const isAsked = isMoved || isFreed || order.isQuestion;
	if (isAsked && problem.numSlots > 0 && order.iterations > 0)
		resume(problem, solution, { seed: order.seed, iterations: order.iterations, toll, scale, wanted: [...free] });
	return { ...scope, numChanges: count(solution), unmetWishes, bound: order.boundWork > 0 ? boundOf(scope, order.boundWork) : null };
}

/** Upper bound on what a scope can come to with its wishes met, in cents. */
function boundOf(scope: OpenScope, work: number): number {
	const { problem, anchor } = scope.remaining;
	const unmet = unmetOptions(problem, scope.solution).filter((option) => option !== anchor);
	const { value } = solutionOf(scope);
	const bonuses = scope.solution.value - value;
	return Math.max(value, findUpperBound(problem, scope.solution.value, unmet, true, work).bound - bonuses);
}

type ScopeParts = Parameters<typeof openScope> extends [unknown, unknown, ...infer Rest] ? Rest : never;

function limitsOf(
	order: RepOrder,
	settled: readonly Held[],
	planned: readonly Held[],
	present: Present | null,
	isInScope: (date: Day) => boolean,
	wanted: Limits["wanted"],
): Limits {
	const { moment } = order;
	const reached = new Map<number, Day[]>();
	const tried = new Set<string>();
	for (const { customer, date, entry } of settled) {
		if (entry.status === "not_reached") tried.add(`${customer} ${date}`);
		else reached.set(customer, [...(reached.get(customer) ?? []), date]);
	}
	for (const dates of reached.values()) dates.sort((a, b) => a - b);
	const isPlanned = new Set(planned.map(({ customer, date }) => `${customer} ${date}`));
	return {
		present,
		today: moment.day,
		isOpen: (date) => date >= moment.day && isInScope(date) && !order.absent.has(date),
		isBarred: (option: ContactOption, date) =>
			order.isBarred(option.customer, date) ||
			tried.has(`${option.customer} ${date}`) ||
			(!option.required &&
				!isPlanned.has(`${option.customer} ${date}`) &&
				order.elsewhere(option.customer).some((other) => Math.abs(other - date) < Math.max(1, option.minGapDays))),
		fixedDates: (customer) => reached.get(customer) ?? [],
		settled,
		wanted,
	};
}

/** What stands once the plan is carried on, with what of it must stay. */
function standingOf(
	order: RepOrder,
	{ problem, repCase, anchor }: Remaining,
	{ options, starts, solution }: Carried,
	planned: readonly Held[],
): Standing[] {
	const standing = planned.flatMap(({ customer, date, start }, nth): Standing[] => {
		const option = options[nth];
		if (option < 0) return [];
		const isPromised = (problem.optionFlags[option] & REQUIRED) !== 0;
		return [
			{
				option,
				// Against what people know: the plan's time, or where the day pushed it.
				start: Math.abs(starts[nth] - start) > order.tolerance ? starts[nth] : start,
				isFrozen: isPromised || order.isPinned(repCase.options[option].customer, date) || order.isPinned(customer, date),
			},
		];
	});
	return anchor >= 0 && solution.slotOf[anchor] >= 0
		? [...standing, { option: anchor, start: startOf(solution, anchor), isFrozen: true }]
		: standing;
}

/** The solver's index of a customer; none where it has no option. */
function indexIn({ repCase, problem }: Remaining, customer: number): number[] {
	const option = repCase.options.findIndex((candidate) => candidate.customer === customer);
	return option < 0 ? [] : [problem.optionCustomer[option]];
}

/** Puts every wished-for contact in where it costs least; customers for which that cannot be. */
function fulfil(
	{ problem, repCase, bonus }: Remaining,
	solution: WorkingSolution,
	wanted: Limits["wanted"],
	toll: (solution: WorkingSolution) => number,
	kept: ReadonlySet<number>,
): number[] {
	const journal = createJournal(problem, solution);
	const unmet: number[] = [];
	for (const customer of wanted.keys()) {
		const mine = repCase.options.flatMap((option, index) => (option.customer === customer && bonus[index] > 0 ? [index] : []));
		if (mine.some((option) => solution.slotOf[option] >= 0)) continue;
		let best = -1;
		let most = -Infinity;
		for (const option of mine) {
			const room = makeRoom(problem, solution, journal, option, toll, kept);
			if (!room) continue;
			rollBack(problem, solution, journal);
			if (room.net > most) [best, most] = [option, room.net];
		}
		if (best < 0) unmet.push(customer);
		else makeRoom(problem, solution, journal, best, toll, kept);
		beginMove(journal, solution);
	}
	return unmet;
}

/** Contacts that a scope came to, as if they were held. */
function heldOf(desk: Desk, { remaining, solution }: Solved, order: RepOrder): Held[] {
	const { repCase, problem, anchor } = remaining;
	const known = desk.heldBy(order.plan);
	const placed: Held[] = [];
	for (let option = 0; option < problem.numOptions; option++) {
		if (solution.slotOf[option] < 0 || option === anchor) continue;
		const { customer, day, channel, duration } = repCase.options[option];
		const start = startOf(solution, option);
		const like = known.find((held) => held.customer === customer) ?? known[0];
		const { status: _, ...entry } = like.entry;
		placed.push({ entry, date: repCase.days[day], customer, channel, arrive: start, start, end: start + duration });
	}
	return placed;
}

function outcomeOf(desk: Desk, order: RepOrder, present: Present | null, scopes: readonly Solved[]): RepOutcome {
	const { moment, repId } = order;
	const resumption: Resumption | null = present && {
		rep_id: repId,
		date: formatDay(moment.day),
		at: formatTime(present.at),
		from_customer_id: present.placeId,
		travel_factor: present.factor,
		closed: present.isAbsent,
	};
	const { plan: composed, unmet } = composeRep(desk, order, present, scopes);
	const plan = withBound(composed, scopes);
	const isBarredOn = (date: Day) => (other: Held) => other.date === date && order.isBarred(other.customer, date);
	const forced = scopes.flatMap(({ carried, planned }) =>
		planned.flatMap((held, nth) => {
			const option = carried.options[nth];
			const isPushed = option >= 0 && Math.abs(carried.starts[nth] - held.start) > order.tolerance;
			const isFreed = isPushed && held.date > moment.day && planned.some(isBarredOn(held.date));
			return option < 0 || isPushed ? [{ held, cause: isFreed ? "replanned" : causeOf(order, held, present) }] : [];
		}),
	);
	const last = scopes[scopes.length - 1];
	const rows = unplannedOf(desk.context, last.remaining.repCase, solutionOf(last));
	return {
		plan,
		resumption,
		forced,
		numChanges: scopes.reduce((sum, { numChanges }) => sum + numChanges, 0),
		unmetWishes: scopes.map(({ unmetWishes }) => unmetWishes).reduce((both, one) => both.filter((customer) => one.includes(customer))),
		unplanned: rows,
		unmet,
		isSplit: scopes.length > 1,
	};
}

/** With the bound that was asked for: that of what was open, and what is settled beside it. */
function withBound(plan: RepPlan, scopes: readonly Solved[]): RepPlan {
	const [scope, ...others] = scopes;
	if (others.length > 0 || scope.bound === null) return plan;
	const bound = scope.bound + plan.value_cents - solutionOf(scope).value;
	return { ...plan, upper_bound_cents: bound, gap: bound > 0 ? (bound - plan.value_cents) / bound : null };
}

function causeOf(order: RepOrder, { customer, date }: Held, present: Present | null): string {
	if (order.isBarred(customer, date)) return "cancelled";
	if (order.absent.has(date) || (date === order.moment.day && present?.isAbsent)) return "absent";
	if (date === order.moment.day) return present && present.factor !== 1 ? "road" : "delayed";
	return "rules";
}
