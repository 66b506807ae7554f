import { legCost, legBetween, type Point } from "../agenda/travel.ts";
import { pointOf, problemOf } from "../agenda/problem-of.ts";
import type { ContactOption, RepCase } from "../policy/case.ts";
import { buildProblem, type Problem } from "../solver/problem.ts";
import type { ContactOptionSpec, ProblemSpec, RouteSlotSpec } from "../solver/problem-spec.ts";
import type { Day, Seconds } from "../units.ts";
import type { Desk, Held } from "./desk.ts";
import type { Present } from "./present.ts";

/** What is left of a rep's horizon to be decided. */
export interface Remaining {
	/** The rep's case with the days still open, their options, and values that know what was done. */
	readonly repCase: RepCase;
	readonly problem: Problem;
	/** Stands for where the rep is: an option at the place of the last visit; -1 where the day begins at home. */
	readonly anchor: number;
	/** Index of `repCase.days` of the day in hand; -1: it is not among those open. */
	readonly today: number;
	/** Cents by which the prize of an option as its customer's first contact is above its value. */
	readonly bonus: Float64Array;
}

/** What decides which contacts are left. */
export interface Limits {
	/** Null: the day in hand has not begun. */
	readonly present: Present | null;
	readonly today: Day;
	/** Dates that are decided here. */
	isOpen(date: Day): boolean;
	/** Is a contact of the customer on the date ruled out, by rules, absences or other agendas? */
	isBarred(option: ContactOption, date: Day): boolean;
	/** Dates, ascending, on which the customer was reached, or is contacted outside of what is open. */
	fixedDates(customer: number): readonly Day[];
	/** Contacts that count towards floors, though they are not decided here. */
	readonly settled: readonly Held[];
	/** By customer. */
	readonly wanted: ReadonlyMap<number, Wish>;
}

/** A contact that is to be had from one date to another, by a channel; -1: any. `bonus` is above all else in cents. */
export interface Wish {
	readonly from: Day;
	readonly by: Day;
	readonly channel: number;
	readonly bonus: number;
}

/** Lays out the rest of a horizon as a problem of the solver. */
export function remainingOf(desk: Desk, base: RepCase, limits: Limits): Remaining {
	const { present, today } = limits;
	const slots = base.slots.filter(({ day }) => limits.isOpen(base.days[day]) && !isOver(desk, base, base.days[day], limits));
	const open = new Set(slots.map(({ day }) => day));
	const kept: { readonly index: number; readonly option: ContactOption }[] = [];
	for (const [index, option] of base.options.entries()) {
		const date = base.days[option.day];
		if (!open.has(option.day) || limits.isBarred(option, date) || breaksGap(option, date, limits.fixedDates(option.customer))) continue;
		const now = present !== null && date === today ? present.at : 0;
		const windows = option.windows.flatMap(([from, to]) => (to < now ? [] : [[Math.max(from, now), to] as const]));
		if (windows.length > 0) kept.push({ index, option: now === 0 ? option : { ...option, windows } });
	}
	const origin = Int32Array.from(kept, ({ index }) => index);
	const lastBefore = (customer: number, date: Day): Day | null => limits.fixedDates(customer).findLast((fixed) => fixed < date) ?? null;
	const repCase: RepCase = {
		...base,
		slots: slots.map((slot) => (present && base.days[slot.day] === today ? resumeSlot(base, slot, present) : slot)),
		options: kept.map(({ option }) => option),
		floors: base.floors.map((floor) => ({ ...floor, atLeast: Math.max(0, floor.atLeast - settledOf(floor, base, limits.settled)) })),
		termsInto: (option, previous, afterCutoff, out) => {
			const { customer, day } = kept[option].option;
			const before = lastBefore(customer, base.days[day]);
			return base.termsInto(
				origin[option],
				before !== null && (previous === null || before > previous) ? before : previous,
				afterCutoff,
				out,
			);
		},
		productsOf: (option) => base.productsOf(origin[option]),
	};
	const bonus = bonusesOf(repCase, limits);
	const spec = withBonus(problemOf(repCase, desk.context.portfolio, desk.context.policy), bonus);
	const dayInHand = base.days.indexOf(today);
	const isOut = present !== null && present.place >= 0 && open.has(dayInHand);
	const whole = isOut ? withAnchor(desk, spec, repCase, present, dayInHand) : spec;
	const factor = present !== null && slots.length === 1 && base.days[slots[0].day] === today ? present.factor : 1;
	return {
		repCase,
		problem: buildProblem(factor === 1 ? whole : slowedDown(desk, whole, factor)),
		anchor: isOut ? whole.options.length - 1 : -1,
		today: open.has(dayInHand) ? dayInHand : -1,
		bonus,
	};
}

/** Is nothing more to be done on the day in hand: absence, or no time but for the way home? */
export function isOver(desk: Desk, base: RepCase, date: Day, { present, today }: Pick<Limits, "present" | "today">): boolean {
	if (!present || date !== today) return false;
	const slot = base.slots.find(({ day }) => base.days[day] === date);
	return present.isAbsent || !slot || present.at + wayHome(desk, base, present) >= slot.close;
}

/** Seconds from where the rep is to the end place. */
export function wayHome(desk: Desk, base: RepCase, present: Present): Seconds {
	const from = present.place < 0 ? null : pointOf(desk.context.portfolio, present.place);
	const { end } = base.places;
	return from && end ? Math.round(legBetween(desk.context.policy.travel, from, end).seconds * present.factor) : 0;
}

function breaksGap(option: ContactOption, date: Day, fixed: readonly Day[]): boolean {
	return fixed.some((other) => other === date || (!option.gapExempt && Math.abs(date - other) < option.minGapDays));
}

/** The slot from the present on: breaks that were taken are gone, one that should have begun begins at once. */
function resumeSlot(base: RepCase, slot: RouteSlotSpec, { at, facts, place, taken }: Present): RouteSlotSpec {
	const left = [...slot.breaks];
	for (const { start, end } of taken) {
		const isIt = ({ earliest, latest, duration }: (typeof left)[number]): boolean =>
			earliest <= start && start <= latest && duration === end - start;
		const found = left.findIndex(isIt);
		left.splice(found >= 0 ? found : left.findIndex(({ duration }) => duration === end - start), 1);
	}
	let time = Math.max(at, slot.open);
	const breaks: { earliest: number; latest: number; duration: number }[] = [];
	for (const { earliest, latest, duration } of left) {
		const from = Math.max(earliest, time);
		const length = earliest === latest ? earliest + duration - from : duration;
		if (length <= 0) continue;
		breaks.push({ earliest: from, latest: Math.max(latest, from), duration: length });
		time = from + length;
	}
	const visits = facts.filter(({ channel }) => channel === 0).length;
	const isSwap = ({ customer, channel }: Held): boolean =>
		base.options.some((option) => option.customer === customer && option.day === slot.day && option.channel === channel && option.isSwap);
	return {
		...slot,
		open: Math.min(Math.max(at, slot.open), slot.close),
		breaks: time > slot.close ? [] : breaks,
		maxVisits: less(slot.maxVisits, visits - (place >= 0 ? 1 : 0)),
		maxCalls: less(slot.maxCalls, facts.length - visits),
		maxTravelTime: less(
			slot.maxTravelTime,
			facts.reduce((sum, { entry }) => sum + entry.travel_seconds, 0),
		),
		maxSwaps: less(slot.maxSwaps, slot.maxSwaps < UNLIMITED ? facts.filter(isSwap).length : 0),
	};
}

const UNLIMITED = 2 ** 31 - 1;

function less(limit: number, used: number): number {
	return limit >= UNLIMITED ? limit : Math.max(0, limit - used);
}

function settledOf(floor: RepCase["floors"][number], base: RepCase, settled: readonly Held[]): number {
	const members = new Set([...floor.customers].map((position) => base.customers[position]));
	const mine = settled.filter(({ customer }) => members.has(customer));
	return floor.unit === "contacts" ? mine.length : mine.reduce((sum, { start, end }) => sum + end - start, 0);
}

function bonusesOf({ options, days }: RepCase, { wanted }: Limits): Float64Array {
	return Float64Array.from(options, ({ customer, day, channel }) => {
		const wish = wanted.get(customer);
		return wish && days[day] >= wish.from && days[day] <= wish.by && (wish.channel < 0 || wish.channel === channel) ? wish.bonus : 0;
	});
}

function withBonus(spec: ProblemSpec, bonus: Float64Array): ProblemSpec {
	if (bonus.every((cents) => cents === 0)) return spec;
	const options = spec.options.map((option, index): ContactOptionSpec => {
		if (bonus[index] === 0) return option;
		const prize = Float64Array.from(option.prize);
		prize[0] += bonus[index];
		return { ...option, prize };
	});
	return { ...spec, options };
}

/**
 * Adds the present as a customer at the place of the last visit, with a contact of no length that must be had at once: so the first leg
 * begins there, and the way home is made whatever comes.
 */
function withAnchor(desk: Desk, spec: ProblemSpec, repCase: RepCase, { at, place }: Present, today: number): ProblemSpec {
	const { numCustomers: n, numPlaces } = spec;
	const offered = [...new Set(repCase.options.map(({ customer }) => customer))];
	const { portfolio, policy } = desk.context;
	const points: (Point | null)[] = [...offered.map((customer) => pointOf(portfolio, customer)), repCase.places.start, repCase.places.end];
	const here = pointOf(portfolio, place);
	const wider = numPlaces + 1;
	const grow = (matrix: Int32Array, of: (leg: ReturnType<typeof legBetween>) => number): Int32Array => {
		const grown = new Int32Array(wider * wider);
		for (let from = 0; from < numPlaces; from++) {
			const row = (from < n ? from : from + 1) * wider;
			grown.set(matrix.subarray(from * numPlaces, from * numPlaces + n), row);
			grown.set(matrix.subarray(from * numPlaces + n, (from + 1) * numPlaces), row + n + 1);
			const point = points[from];
			const cell = point && here ? of(legBetween(policy.travel, here, point)) : FAR;
			grown[row + n] = cell;
			grown[n * wider + (from < n ? from : from + 1)] = cell;
		}
		return grown;
	};
	const anchor: ContactOptionSpec = {
		customer: n,
		day: today,
		channel: 0,
		duration: 0,
		windows: [[at, at]],
		cutoff: UNLIMITED,
		cutoffLoss: 0,
		prize: new Int32Array(repCase.days.length + 1),
		required: true,
		gapExempt: true,
		isSwap: false,
	};
	const shifted = (to: number): number => (to < n ? to : to + 1);
	return {
		...spec,
		numCustomers: n + 1,
		numPlaces: wider,
		travelTime: grow(spec.travelTime, ({ seconds }) => seconds),
		travelDistance: grow(spec.travelDistance, ({ metres }) => metres),
		travelCost: grow(spec.travelCost, ({ cost }) => cost),
		minGap: Int32Array.from([...spec.minGap, 1]),
		slots: spec.slots.map((slot) => ({
			...slot,
			start: slot.day === today ? -1 : shifted(slot.start),
			end: slot.end < 0 ? -1 : shifted(slot.end),
		})),
		options: [...spec.options, anchor],
	};
}

const FAR = 100_000_000;

/** The same places on a slower road: times by a factor, and costs by the times. */
function slowedDown(desk: Desk, spec: ProblemSpec, factor: number): ProblemSpec {
	const travelTime = spec.travelTime.map((seconds) => (seconds >= FAR ? seconds : Math.round(seconds * factor)));
	const travelCost = spec.travelCost.map((cost, cell) =>
		cost >= FAR ? cost : legCost(desk.context.policy.travel, spec.travelDistance[cell], travelTime[cell]),
	);
	return { ...spec, travelTime, travelCost };
}
