import type { Solution } from "../../engine/solver/solution.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { floorCost } from "../../test/solver/brute-force.ts";
import { evaluate } from "../../test/solver/evaluate.ts";
import { type Item, placeBreaks, scheduleOf, timesOf, travelCostOf } from "./timetable.ts";

/** More than any plan is worth: what a promise counts when something must go. */
const PROMISE = 1e12;

/** What a plan is worth by the one count that serves every solver. */
export interface Recount {
	readonly value: number;
	readonly contacts: number;
	/** Contacts of the plan that had to go because the rest does not allow them. */
	readonly dropped: number;
	/** Required options that are not in the plan. */
	readonly unmet: number;
}

/** Options by slot in order, and how many were dropped to make every rule hold. */
export interface Mended {
	readonly routes: readonly (readonly number[])[];
	readonly dropped: number;
}

/**
 * Drops contacts one by one until the routes break no rule of the spec: first what breaks a rule by itself or together with contacts of
 * other slots, then in each slot the contact whose loss costs least among those that help.
 */
export function mendRoutes(spec: ProblemSpec, routes: readonly (readonly number[])[]): Mended {
	const before = routes.reduce((sum, route) => sum + route.length, 0);
	const possible = routes.map((route, slot) => route.filter((option) => spec.options[option]?.day === spec.slots[slot].day));
	const spaced = dropByValue(spec, possible, (all) => keepsCustomers(spec, all.flat()) && keepsHorizon(spec, all.flat()));
	const mended = spaced.map((route, slot) => dropFromSlot(spec, slot, route));
	return { routes: mended, dropped: before - mended.reduce((sum, route) => sum + route.length, 0) };
}

/** Value of feasible sequences by slot. Throws where the evaluator finds a fault: a mended plan has none. */
export function countItems(spec: ProblemSpec, items: readonly (readonly Item[])[]): Omit<Recount, "dropped"> {
	const schedules = items.map((sequence, slot) => scheduleOf(spec, slot, sequence));
	const chosen = new Set(schedules.flatMap(({ contacts }) => contacts.map(({ option }) => option)));
	const unmetRequired = spec.options.flatMap(({ required }, option) => (required && !chosen.has(option) ? [option] : []));
	const solution: Solution = {
		schedules,
		value: 0,
		floorCost: floorCost(spec, [...chosen]),
		upperBound: 0,
		boundMethod: "none",
		unmetRequired,
		iterations: 0,
		stopped: false,
	};
	const { value, faults } = evaluate(spec, solution);
	if (faults.length > 0) throw new Error(`a mended plan breaks rules: ${faults.slice(0, 3).join("; ")}`);
	return { value, contacts: chosen.size, unmet: unmetRequired.length };
}

/** The sequences of mended routes with their breaks. */
export function sequencesOf(spec: ProblemSpec, routes: readonly (readonly number[])[]): Item[][] {
	return routes.map((route, slot) => {
		const items = placeBreaks(spec, slot, route);
		if (!items) throw new Error(`slot ${slot} cannot hold its breaks`);
		return items;
	});
}

/** Mends a plan and counts it. */
export function recount(spec: ProblemSpec, routes: readonly (readonly number[])[]): Recount {
	const mended = mendRoutes(spec, routes);
	return { ...countItems(spec, sequencesOf(spec, mended.routes)), dropped: mended.dropped };
}

/** Prizes of a customer's options by its previous contacts. */
export function chainPrize(spec: ProblemSpec, options: readonly number[]): number {
	const own = options.map((o) => spec.options[o]).sort((a, b) => a.day - b.day);
	return own.reduce((sum, option, i) => sum + option.prize[i === 0 ? 0 : own[i - 1].day + 1], 0);
}

/** Whether these options of one customer keep its gaps and its one contact a day. */
export function keepsGaps(spec: ProblemSpec, options: readonly number[]): boolean {
	const own = options.map((o) => spec.options[o]).sort((a, b) => a.day - b.day);
	return own.every((option, i) =>
		own.slice(i + 1).every((later) => {
			const gap = spec.days[later.day] - spec.days[option.day];
			return gap > 0 && (gap >= spec.minGap[option.customer] || option.gapExempt || later.gapExempt);
		}),
	);
}

function keepsCustomers(spec: ProblemSpec, options: readonly number[]): boolean {
	return [...byCustomer(spec, options).values()].every((own) => keepsGaps(spec, own));
}

function byCustomer(spec: ProblemSpec, options: readonly number[]): Map<number, number[]> {
	const groups = new Map<number, number[]>();
	for (const option of options) {
		const { customer } = spec.options[option];
		groups.set(customer, [...(groups.get(customer) ?? []), option]);
	}
	return groups;
}

function keepsHorizon(spec: ProblemSpec, options: readonly number[]): boolean {
	return spec.resources.every(({ scope, cap }, r) => scope === "slot" || demandOf(spec, options, r) <= cap);
}

function demandOf(spec: ProblemSpec, options: readonly number[], resource: number): number {
	return options.reduce((sum, o) => sum + (spec.options[o].demand?.[resource] ?? 0), 0);
}

/** Drops of the contacts that stand in conflict the one of least prize, required ones last, until the rule holds. */
function dropByValue(
	spec: ProblemSpec,
	routes: readonly (readonly number[])[],
	holds: (routes: readonly (readonly number[])[]) => boolean,
): readonly (readonly number[])[] {
	let left = routes;
	while (!holds(left)) {
		const all = left.flat();
		const crowded = [...byCustomer(spec, all).values()].filter((own) => !keepsGaps(spec, own)).flat();
		const loser = leastOf(spec, crowded.length > 0 ? crowded : all);
		left = dropOnce(left, loser);
	}
	return left;
}

function dropOnce(routes: readonly (readonly number[])[], option: number): readonly (readonly number[])[] {
	const slot = routes.findIndex((route) => route.includes(option));
	return routes.with(slot, routes[slot].toSpliced(routes[slot].lastIndexOf(option), 1));
}

function worthOf(spec: ProblemSpec, option: number): number {
	const { prize, required } = spec.options[option];
	return prize[0] + (required ? PROMISE : 0);
}

function leastOf(spec: ProblemSpec, options: readonly number[]): number {
	return options.reduce((least, option) => (worthOf(spec, option) < worthOf(spec, least) ? option : least));
}

function dropFromSlot(spec: ProblemSpec, slot: number, route: readonly number[]): readonly number[] {
	let left = route;
	while (!fitsSlot(spec, slot, left)) {
		const shorter = left.map((_, k) => left.toSpliced(k, 1)).filter((rest) => fitsSlot(spec, slot, rest));
		if (shorter.length > 0) return shorter.reduce((best, rest) => (netOf(spec, slot, rest) > netOf(spec, slot, best) ? rest : best));
		left = left.toSpliced(left.indexOf(leastOf(spec, left)), 1);
	}
	return left;
}

function fitsSlot(spec: ProblemSpec, slot: number, route: readonly number[]): boolean {
	const { maxVisits, maxCalls, maxSwaps } = spec.slots[slot];
	const numVisits = route.filter((option) => spec.options[option].channel === 0).length;
	const numSwaps = route.filter((option) => spec.options[option].isSwap).length;
	if (numVisits > maxVisits || route.length - numVisits > maxCalls || numSwaps > maxSwaps) return false;
	if (spec.resources.some(({ scope, cap }, r) => scope === "slot" && demandOf(spec, route, r) > cap)) return false;
	return placeBreaks(spec, slot, route) !== null;
}

function netOf(spec: ProblemSpec, slot: number, route: readonly number[]): number {
	const items = placeBreaks(spec, slot, route) ?? [];
	const prizes = route.reduce((sum, option) => sum + worthOf(spec, option), 0);
	return prizes - travelCostOf(spec, slot, items) - (timesOf(spec, slot, items)?.loss ?? 0);
}
