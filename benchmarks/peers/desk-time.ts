import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";

/** What a user of a library that knows visits only would set aside for calls. */
export interface DeskTime {
	/** Of the working time. */
	readonly share: number;
	/** Seconds by customer of the mean way to its nearest neighbours. */
	readonly way: Float64Array;
	/** Cents by customer that calling it would bring over the price of the time. */
	readonly callWorth: Float64Array;
}

/** A way to spend time on a customer. */
interface Use {
	readonly value: number;
	readonly time: number;
}

interface Way {
	readonly time: number;
	readonly cost: number;
}

const NEIGHBOURS = 5;
const ROUNDS = 40;

/**
 * The fluid plan: every customer is visited, called or left, whichever brings most over the price of its time, and the price is such that the
 * working time is just used up. A visit takes its service and the mean way to its nearest neighbours.
 */
export function findDeskTime(spec: ProblemSpec): DeskTime {
	const ways = Array.from({ length: spec.numCustomers }, (_, customer) => wayTo(spec, customer));
	const way = Float64Array.from(ways, ({ time }) => time);
	const visits = bestUses(spec, true, ways);
	const calls = bestUses(spec, false, ways);
	const callWorthAt = (price: number): Float64Array => Float64Array.from(calls, (use) => Math.max(0, use.value - price * use.time));
	const capacity = spec.slots.reduce(
		(sum, slot) => sum + slot.close - slot.open - slot.breaks.reduce((busy, { duration }) => busy + duration, 0),
		0,
	);
	let [low, high] = [0, 10 * Math.max(1, ...visits.map(perSecond), ...calls.map(perSecond))];
	let used = spent(visits, calls, high);
	for (let round = 0; round < ROUNDS; round++) {
		const price = (low + high) / 2;
		used = spent(visits, calls, price);
		if (used.all > capacity) low = price;
		else high = price;
	}
	const share = Math.min(0.9, spent(visits, calls, high).desk / Math.max(1, capacity));
	return { share, callWorth: callWorthAt(high), way };
}

function perSecond({ value, time }: Use): number {
	return value / Math.max(1, time);
}

function spent(visits: readonly Use[], calls: readonly Use[], price: number): { all: number; desk: number } {
	let [all, desk] = [0, 0];
	visits.forEach((visit, customer) => {
		const call = calls[customer];
		const [byVisit, byCall] = [visit.value - price * visit.time, call.value - price * call.time];
		if (Math.max(byVisit, byCall) <= 0) return;
		all += byVisit >= byCall ? visit.time : call.time;
		if (byCall > byVisit) desk += call.time;
	});
	return { all, desk };
}

/** By customer the best option of its kind by value a second; nothing where it has none. */
function bestUses(spec: ProblemSpec, isVisit: boolean, ways: readonly Way[]): Use[] {
	const best = Array.from({ length: spec.numCustomers }, (): Use => ({ value: 0, time: 0 }));
	for (const { customer, channel, duration, prize } of spec.options) {
		if ((channel === 0) !== isVisit) continue;
		const { time, cost } = isVisit ? ways[customer] : { time: 0, cost: 0 };
		const use = { value: prize[0] - cost, time: duration + time };
		if (perSecond(use) > perSecond(best[customer])) best[customer] = use;
	}
	return best;
}

function wayTo(spec: ProblemSpec, customer: number): Way {
	const cells = Array.from({ length: spec.numCustomers }, (_, other) => other * spec.numPlaces + customer)
		.filter((_, other) => other !== customer)
		.sort((a, b) => spec.travelTime[a] - spec.travelTime[b])
		.slice(0, NEIGHBOURS);
	const mean = (matrix: Int32Array): number => cells.reduce((sum, cell) => sum + matrix[cell], 0) / Math.max(1, cells.length);
	return { time: mean(spec.travelTime), cost: mean(spec.travelCost) };
}
