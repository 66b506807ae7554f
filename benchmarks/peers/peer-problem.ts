import type { ProblemSpec, RouteSlotSpec } from "../../engine/solver/problem.ts";
import { findDeskTime } from "./desk-time.ts";

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
	/** Whether every customer may have one task only, on one day: nothing of the problem had to be bent for the peers. */
	readonly isExact: boolean;
}

export interface PeerSlot {
	readonly day: number;
	readonly open: number;
	readonly close: number;
	readonly start: number;
	readonly end: number;
	readonly breaks: readonly (readonly [earliest: number, latest: number, duration: number])[];
	/** Time kept free for remote contacts. */
	readonly desk: number;
	/** null: no limit. */
	readonly maxVisits: number | null;
	readonly maxTravel: number | null;
}

/** A visit that may be made on one of several days. */
export interface PeerTask {
	readonly place: number;
	/** -1: a promise that stands alone and must be kept. */
	readonly group: number;
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
/** With travel free of charge, prizes outweigh it by this factor, so that it only breaks ties. */
const PRIZE_OF_FREE_TRAVEL = 300;

/**
 * The best that a user of a routing library would make of a spec. A customer's options become one task a period of its minimum gap, with the
 * windows and prizes of each day; the tasks of a period exclude each other. A visit's prize is what it brings more than calling the customer would,
 * and each day keeps the time free that a fluid plan spends on calls (see `findDeskTime`).
 */
export function peerProblemOf(spec: ProblemSpec): PeerProblem {
	if (spec.dayCombinations?.some((sets) => sets !== null)) throw new Error("peers are not given problems with day combinations");
	if (spec.resources.length > 0) throw new Error("peers are not given problems with resources");
	const isFree = spec.travelCost.every((cost) => cost === 0);
	const desk = findDeskTime(spec);
	const { tasks, groups } = tasksOf(spec, isFree ? PRIZE_OF_FREE_TRAVEL : 1, desk.callWorth);
	return {
		places: spec.numPlaces + 1,
		time: widen(spec.travelTime, spec.numPlaces),
		cost: widen(isFree ? spec.travelTime : spec.travelCost, spec.numPlaces),
		slots: spec.slots.map((slot) => slotOf(slot, spec.numPlaces, desk.share)),
		tasks,
		groups,
		isExact: spec.days.length === 1 && spec.options.every(({ channel }) => channel === 0),
	};
}

/** Options by slot of a peer's plan, given as indices of tasks in order; -1 where a task is not offered that day. */
export function routesOf(problem: PeerProblem, routes: readonly (readonly number[])[]): number[][] {
	return routes.map((route, slot) =>
		route.map((task) => problem.tasks[task]?.days.find(({ day }) => day === problem.slots[slot].day)?.option ?? -1),
	);
}

function widen(matrix: Int32Array, size: number): number[] {
	const wide = new Array<number>((size + 1) ** 2).fill(0);
	for (let from = 0; from < size; from++) for (let to = 0; to < size; to++) wide[from * (size + 1) + to] = matrix[from * size + to];
	return wide;
}

function slotOf(slot: RouteSlotSpec, nowhere: number, deskShare: number): PeerSlot {
	const busy = slot.breaks.reduce((sum, { duration }) => sum + duration, 0);
	return {
		day: slot.day,
		open: slot.open,
		close: slot.close,
		start: slot.start < 0 ? nowhere : slot.start,
		end: slot.end < 0 ? nowhere : slot.end,
		breaks: slot.breaks.map(({ earliest, latest, duration }) => [earliest, latest, duration] as const),
		desk: Math.floor(deskShare * (slot.close - slot.open - busy)),
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

function tasksOf(spec: ProblemSpec, scale: number, callWorth: Float64Array): { tasks: PeerTask[]; groups: number } {
	const promised = new Set(spec.options.flatMap(({ customer, day, required }) => (required ? [`${customer}:${day}`] : [])));
	const tasks = new Map<string, { place: number; group: number; duration: number; days: PeerDay[] }>();
	const groups = new Map<string, number>();
	const seen = new Map<string, number>();
	spec.options.forEach(({ customer, day, channel, required, duration, windows }, option) => {
		if (channel !== 0 || (!required && promised.has(`${customer}:${day}`))) return;
		const prize = scale * Math.round(expectedPrize(spec, option) - (required ? 0 : callWorth[customer]));
		if (prize <= 0 && !required) return;
		const variant = seen.get(`${customer}:${day}`) ?? 0;
		seen.set(`${customer}:${day}`, variant + 1);
		const period = `${customer}:${periodOf(spec, customer, day)}`;
		const group = required ? -1 : (groups.get(period) ?? groups.size);
		if (!required) groups.set(period, group);
		const key = required ? `promise ${option}` : `${period}:${variant}:${duration}`;
		const task = tasks.get(key) ?? { place: customer, group, duration, days: [] };
		tasks.set(key, task);
		task.days.push({ day, option, prize: Math.max(0, prize), windows });
	});
	return { tasks: [...tasks.values()], groups: groups.size };
}
