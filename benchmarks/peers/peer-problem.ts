import type { ProblemSpec, RouteSlotSpec } from "../../engine/solver/problem.ts";
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
 * The best that a user of a routing library would make of a spec. A customer's options become one task a period of its minimum gap, with the
 * windows and prizes of each day; the tasks of a period exclude each other. A visit's prize is what it brings more than calling the customer would,
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

/** Period of a day for a customer: contacts of neighbouring periods are about a minimum gap apart. */
function periodOf(spec: ProblemSpec, customer: number, day: number): number {
	return Math.floor((spec.days[day] - spec.days[0]) / Math.max(1, spec.minGap[customer]));
}

/** Prize of an option where its customer's last contact was at some day of the period before, on average. */
function expectedPrize(spec: ProblemSpec, option: number): number {
	const { customer, day, prize } = spec.options[option];
	const period = periodOf(spec, customer, day);
	const earlier = spec.days
		.map((_, d) => d)
		.filter((d) => periodOf(spec, customer, d) === period - 1 && spec.days[day] - spec.days[d] >= spec.minGap[customer]);
	if (earlier.length === 0) return prize[0];
	return Math.round(earlier.reduce((sum, d) => sum + prize[d + 1], 0) / earlier.length);
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
	const promised = new Set(spec.options.flatMap(({ customer, day, required }) => (required ? [`${customer}:${day}`] : [])));
	const tasks = new Map<string, { place: number; group: number; duration: number; days: PeerDay[] }>();
	const groups = new Map<string, number>();
	const seen = new Map<string, number>();
	spec.options.forEach(({ customer, day, channel, required, duration, windows }, option) => {
		if (channel !== 0 || (!required && promised.has(`${customer}:${day}`)) || !isReachable(spec, option)) return;
		const prize = scale * Math.round(expectedPrize(spec, option) - (required ? 0 : desk.callWorth[customer]));
		if (prize <= 0 && !required) return;
		const variant = seen.get(`${customer}:${day}`) ?? 0;
		seen.set(`${customer}:${day}`, variant + 1);
		const period = `${customer}:${periodOf(spec, customer, day)}`;
		const group = required ? -1 : (groups.get(period) ?? groups.size);
		if (!required) groups.set(period, group);
		const key = required ? `promise ${option}` : `${period}:${variant}:${duration}`;
		const kept = required ? 0 : Math.round((desk.share / (1 - desk.share)) * (duration + desk.way[customer]));
		const task = tasks.get(key) ?? { place: customer, group, duration: duration + kept, days: [] };
		tasks.set(key, task);
		task.days.push({ day, option, prize: Math.max(0, prize), windows });
	});
	return { tasks: [...tasks.values()], groups: groups.size };
}
