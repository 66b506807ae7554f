import type { ProblemSpec, RouteSlotSpec } from "../../engine/solver/problem-spec.ts";
import { type DeskTime, findDeskTime } from "./desk-time.ts";
import { travelBetween } from "./timetable.ts";

/** A problem in terms that every routing library knows: vehicles, and tasks of which some exclude each other. It travels as JSON. */
export interface PeerProblem {
	/** Row length of the matrices, row-major; the last place is nowhere, zero from and to all others. */
	readonly places: number;
	readonly time: readonly number[];
	readonly cost: readonly number[];
	/** Vehicles, one a slot. */
	readonly slots: readonly PeerSlot[];
	readonly tasks: readonly PeerTask[];
	/** Number of groups; at most one task of a group is done. */
	readonly groups: number;
}

export interface PeerSlot {
	readonly day: number;
	readonly open: number;
	readonly close: number;
	readonly start: number;
	readonly end: number;
	readonly breaks: readonly (readonly [earliest: number, latest: number, duration: number])[];
	/** null: no limit. */
	readonly maxVisits: number | null;
	readonly maxTravel: number | null;
}

/** A visit that may be made on one of several days. */
export interface PeerTask {
	readonly place: number;
	/** -1: a promise that stands alone and must be kept. */
	readonly group: number;
	/** Service, and the time kept free for calls around it. */
	readonly duration: number;
	readonly days: readonly PeerDay[];
}

export interface PeerDay {
	readonly day: number;
	/** Index into the spec's options. */
	readonly option: number;
	readonly prize: number;
	/** Allowed starts of service. */
	readonly windows: readonly (readonly [number, number])[];
}

const UNLIMITED = 2147483647;
/** Longer ways stand for places that cannot be reached; larger numbers only spoil what peers derive from means. */
const FARTHEST = 500_000;
/** With travel free of charge, prizes outweigh it by this factor, so that it only breaks ties. */
const PRIZE_OF_FREE_TRAVEL = 300;

/**
 * The best that a user of a routing library would make of a spec. A customer's options become one task, or one a period of its minimum gap where
 * a second visit is worth much, with the windows and prizes of each day; the tasks of a period exclude each other. A visit's prize is what it brings more than calling the customer would,
 * and its service is lengthened so that the time stays free that a fluid plan spends on calls (see `findDeskTime`). Visits that no route can hold are
 * left out.
 */
export function peerProblemOf(spec: ProblemSpec): PeerProblem {
	if (spec.dayCombinations?.some((sets) => sets !== null)) throw new Error("peers are not given problems with day combinations");
	if (spec.resources.length > 0) throw new Error("peers are not given problems with resources");
	const isFree = spec.travelCost.every((cost) => cost === 0);
	const desk = findDeskTime(spec);
	const { tasks, groups } = tasksOf(spec, isFree ? PRIZE_OF_FREE_TRAVEL : 1, desk);
	return {
		places: spec.numPlaces + 1,
		time: widen(spec.travelTime, spec.numPlaces),
		cost: widen(isFree ? spec.travelTime : spec.travelCost, spec.numPlaces),
		slots: spec.slots.map((slot) => slotOf(slot, spec.numPlaces)),
		tasks,
		groups,
	};
}

/** Options by slot of a peer's plan, given as indices of tasks in order; -1 where a task is not offered that day. */
export function routesOf(problem: PeerProblem, routes: readonly (readonly number[])[]): number[][] {
	return routes.map((route, slot) =>
		route.map((task) => problem.tasks[task]?.days.find(({ day }) => day === problem.slots[slot].day)?.option ?? -1),
	);
}

function widen(matrix: Int32Array, size: number): number[] {
	const wide = Array.from({ length: (size + 1) ** 2 }, () => 0);
	for (let from = 0; from < size; from++)
		for (let to = 0; to < size; to++) wide[from * (size + 1) + to] = Math.min(matrix[from * size + to], FARTHEST);
	return wide;
}

function slotOf(slot: RouteSlotSpec, nowhere: number): PeerSlot {
	return {
		day: slot.day,
		open: slot.open,
		close: slot.close,
		start: slot.start < 0 ? nowhere : slot.start,
		end: slot.end < 0 ? nowhere : slot.end,
		breaks: slot.breaks.map(({ earliest, latest, duration }) => [earliest, latest, duration] as const),
		maxVisits: limitOf(slot.maxVisits),
		maxTravel: limitOf(slot.maxTravelTime),
	};
}

function limitOf(limit: number): number | null {
	return limit >= UNLIMITED ? null : limit;
}

/** How a customer's horizon is split: days of a period exclude each other, those of neighbouring periods are about a minimum gap apart. */
interface Periods {
	of(day: number): number;
	/** Prize of an option where the last contact was in the period before, on average over the days that are far enough away. */
	expectedPrize(option: number): number;
}

/** A second visit must be worth this share of the first for a split to pay: it ties the first one to fewer days. */
const WORTH_A_SPLIT = 0.5;

function periodsOf(spec: ProblemSpec, visits: readonly number[]): Periods {
	const { customer, day: firstDay } = spec.options[visits[0]];
	const gap = Math.max(1, spec.minGap[customer]);
	const split = (day: number): number => Math.floor((spec.days[day] - spec.days[firstDay]) / gap);
	const days = [...new Set(visits.map((option) => spec.options[option].day))];
	const expected = (option: number): number => {
		const { day, prize } = spec.options[option];
		const earlier = days.filter((d) => split(d) === split(day) - 1 && spec.days[day] - spec.days[d] >= gap);
		if (earlier.length === 0) return prize[0];
		return Math.round(earlier.reduce((sum, d) => sum + prize[d + 1], 0) / earlier.length);
	};
	const first = Math.max(...visits.map((option) => spec.options[option].prize[0]));
	const second = Math.max(0, ...visits.filter((option) => split(spec.options[option].day) > 0).map(expected));
	if (second >= WORTH_A_SPLIT * first) return { of: split, expectedPrize: expected };
	return { of: () => 0, expectedPrize: (option) => spec.options[option].prize[0] };
}

/** Indices of the visits that are free to choose, by customer. */
function freeVisits(spec: ProblemSpec): Map<number, number[]> {
	const visits = new Map<number, number[]>();
	spec.options.forEach(({ customer, channel, required }, option) => {
		if (channel !== 0 || required) return;
		const own = visits.get(customer) ?? [];
		own.push(option);
		visits.set(customer, own);
	});
	return visits;
}

/** Whether some slot of its day can hold the visit alone. */
function isReachable(spec: ProblemSpec, option: number): boolean {
	const { customer, day, duration } = spec.options[option];
	return spec.slots.some((slot) => {
		const there = travelBetween(spec, spec.travelTime, slot.start, customer);
		const back = travelBetween(spec, spec.travelTime, customer, slot.end);
		return slot.day === day && slot.open + there + duration + back <= slot.close;
	});
}

function tasksOf(spec: ProblemSpec, scale: number, desk: DeskTime): { tasks: PeerTask[]; groups: number } {
	const promises = spec.options.flatMap((option, o) => (option.required && option.channel === 0 && isReachable(spec, o) ? [o] : []));
	const promised = new Set(promises.map((option) => `${spec.options[option].customer}:${spec.options[option].day}`));
	const tasks: PeerTask[] = promises.map((option) => promiseOf(spec, option, scale));
	let groups = 0;
	for (const [customer, visits] of freeVisits(spec)) {
		const periods = periodsOf(spec, visits);
		const days = visits.flatMap((option) => {
			const { day, windows } = spec.options[option];
			const prize = scale * Math.round(periods.expectedPrize(option) - desk.callWorth[customer]);
			return prize > 0 && !promised.has(`${customer}:${day}`) && isReachable(spec, option) ? [{ day, option, prize, windows }] : [];
		});
		for (const own of Map.groupBy(days, ({ day }) => periods.of(day)).values()) tasks.push(...groupOf(spec, customer, own, groups++, desk));
	}
	return { tasks, groups };
}

function promiseOf(spec: ProblemSpec, option: number, scale: number): PeerTask {
	const { customer, day, duration, windows, prize } = spec.options[option];
	return { place: customer, group: -1, duration, days: [{ day, option, prize: Math.max(0, scale * prize[0]), windows }] };
}

/** The tasks of a customer's period: one, but for visits that take longer on some days, and for a day's second option. */
function groupOf(spec: ProblemSpec, customer: number, days: readonly PeerDay[], group: number, desk: DeskTime): PeerTask[] {
	const variantOf = (entry: PeerDay, at: number): string => {
		const variant = days.slice(0, at).filter(({ day }) => day === entry.day).length;
		return `${variant}:${spec.options[entry.option].duration}`;
	};
	return [...Map.groupBy(days, variantOf).values()].map((own) => {
		const { duration } = spec.options[own[0].option];
		const kept = Math.round((desk.share / (1 - desk.share)) * (duration + desk.way[customer]));
		return { place: customer, group, duration: duration + kept, days: own };
	});
}
