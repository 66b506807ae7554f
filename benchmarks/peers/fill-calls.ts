import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { floorCost } from "../../test/solver/brute-force.ts";
import { chainPrize, keepsGaps } from "./recount.ts";
import { HOME, type Item, itemOf, timesOf } from "./timetable.ts";

/** Where a call goes into a slot, and how much it pushes what follows. */
interface Gap {
	readonly at: number;
	readonly push: number;
}

/** A call that fits and pays. */
interface Candidate {
	readonly option: number;
	readonly slot: number;
	readonly at: number;
	readonly gain: number;
}

/**
 * Remote contacts for a plan of visits, which no routing library can place: again and again the call that brings most value a minute goes into the
 * time that the visits leave, with its own windows, gaps and limits. Returns the sequences with the calls.
 */
export function fillCalls(spec: ProblemSpec, visits: readonly (readonly Item[])[]): Item[][] {
	const plan = visits.map((items) => [...items]);
	const refused = new Set<string>();
	for (let next = findBest(spec, plan, refused); next; next = findBest(spec, plan, refused)) {
		const { option, slot, at, gain } = next;
		const longer = plan[slot].toSpliced(at, 0, itemOf(spec, option));
		const lost = (timesOf(spec, slot, longer)?.loss ?? Infinity) - (timesOf(spec, slot, plan[slot])?.loss ?? 0);
		if (gain - lost > 0) plan[slot] = longer;
		else refused.add(`${option}:${slot}`);
	}
	return plan;
}

function findBest(spec: ProblemSpec, plan: readonly Item[][], refused: ReadonlySet<string>): Candidate | null {
	const chosen = plan.flat().flatMap(({ option }) => (option >= 0 ? [option] : []));
	const isIn = new Set(chosen);
	const own = ownContacts(spec, chosen);
	const rooms = plan.map((items, slot) => roomsOf(spec, slot, items));
	const before = floorCost(spec, chosen);
	const floored = new Set(spec.floors.flatMap(({ customers }) => [...customers]));
	let best: Candidate | null = null;
	let most = 0;
	spec.options.forEach((option, o) => {
		if (option.channel === 0 || isIn.has(o)) return;
		const others = own.get(option.customer) ?? [];
		let gain = chainPrize(spec, [...others, o]) - chainPrize(spec, others);
		const rate = (): number => gain / Math.max(1, option.duration);
		const hasFloor = before > 0 && floored.has(option.customer);
		if ((rate() <= most && !hasFloor) || !keepsGaps(spec, [...others, o])) return;
		if (hasFloor) gain += before - floorCost(spec, [...chosen, o]);
		if (gain <= 0 || rate() <= most) return;
		plan.forEach((items, slot) => {
			if (spec.slots[slot].day !== option.day || rate() <= most || refused.has(`${o}:${slot}`)) return;
			const gap = numCalls(spec, items) < spec.slots[slot].maxCalls ? findGap(items, rooms[slot], itemOf(spec, o)) : null;
			if (!gap) return;
			best = { option: o, slot, at: gap.at, gain };
			most = rate();
		});
	});
	return best;
}

function ownContacts(spec: ProblemSpec, chosen: readonly number[]): Map<number, number[]> {
	const own = new Map<number, number[]>();
	for (const option of chosen) {
		const { customer } = spec.options[option];
		own.set(customer, [...(own.get(customer) ?? []), option]);
	}
	return own;
}

function numCalls(spec: ProblemSpec, items: readonly Item[]): number {
	return items.filter(({ option }) => option >= 0 && spec.options[option].channel !== 0).length;
}

/** Before each item: when the rep is free, how long the way to it takes, when it starts, when the rep must leave for it; last: the shift's end. */
interface Room {
	readonly free: number;
	readonly leg: number;
	readonly start: number;
	readonly latest: number;
}

function roomsOf(spec: ProblemSpec, slot: number, items: readonly Item[]): Room[] {
	const { open, close } = spec.slots[slot];
	const times = timesOf(spec, slot, items);
	if (!times) return [];
	const rooms: Room[] = [{ free: times.end.at(-1) ?? open, leg: 0, start: close, latest: close }];
	let latest = close;
	for (let k = items.length - 1; k >= 0; k--) {
		const { windows, duration } = items[k];
		const bound = latest - duration;
		const window = windows.findLast(([from]) => from <= bound) ?? [0, 0];
		latest = Math.min(bound, window[1]) - times.leg[k];
		rooms.unshift({ free: k === 0 ? open : times.end[k - 1], leg: times.leg[k], start: times.start[k], latest });
	}
	return rooms;
}

/** The place in the sequence that pushes the rest least; the call must not come after the way home. */
function findGap(items: readonly Item[], rooms: readonly Room[], call: Item): Gap | null {
	let best: Gap | null = null;
	const last = items.findIndex(({ option }) => option === HOME);
	for (let at = 0; at <= (last < 0 ? rooms.length - 1 : last); at++) {
		const { free, leg, start, latest } = rooms[at];
		const window = call.windows.find(([, to]) => to >= free);
		if (!window) break;
		const end = Math.max(free, window[0]) + call.duration;
		if (end > latest) continue;
		const push = Math.max(0, end + leg - start);
		if (!best || push < best.push) best = { at, push };
		if (push === 0) break;
	}
	return best;
}
