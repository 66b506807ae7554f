import type { PlacedContact, SlotSchedule } from "../../engine/solver/solution.ts";
import type { ContactOptionSpec, ProblemSpec } from "../../engine/solver/problem-spec.ts";

/** A contact, a break or the way home in the order of a slot. */
export interface Item {
	/** Index of the option; BREAK or HOME. */
	readonly option: number;
	/** Where the rep must be; -1 for where the rep is. */
	readonly place: number;
	readonly duration: number;
	readonly windows: ContactOptionSpec["windows"];
}

export const BREAK = -1;
export const HOME = -2;

/** Times of a sequence, by item; starts as early as can be. */
export interface Timing {
	readonly leg: readonly number[];
	readonly start: readonly number[];
	readonly end: readonly number[];
	/** What starts after their cut-off lose. */
	readonly loss: number;
}

/** The items of a slot without its breaks; the way home is one of them where there is a visit. */
export function itemsOf(spec: ProblemSpec, slot: number, options: readonly number[]): Item[] {
	const items = options.map((option) => itemOf(spec, option));
	if (items.every(({ place }) => place < 0)) return items;
	return [...items, { option: HOME, place: spec.slots[slot].end, duration: 0, windows: [[0, Infinity]] }];
}

export function itemOf(spec: ProblemSpec, option: number): Item {
	const { channel, customer, duration, windows } = spec.options[option];
	return { option, place: channel === 0 ? customer : -1, duration, windows };
}

/** Legs, starts and ends of a sequence; null where a window, the shift or the limit of travel does not hold. */
export function timesOf(spec: ProblemSpec, slot: number, items: readonly Item[]): Timing | null {
	const { open, close, start: from, maxTravelTime } = spec.slots[slot];
	const [leg, start, end]: number[][] = [[], [], []];
	let here = from;
	let time = open;
	let travel = 0;
	let loss = 0;
	for (const item of items) {
		const way = travelBetween(spec, spec.travelTime, here, item.place);
		const begin = firstStart(item.windows, time + way);
		if (begin === null) return null;
		if (item.option >= 0 && begin > spec.options[item.option].cutoff) loss += spec.options[item.option].cutoffLoss;
		if (item.place >= 0) here = item.place;
		time = begin + item.duration;
		travel += way;
		leg.push(way);
		start.push(begin);
		end.push(time);
	}
	return time <= close && travel <= maxTravelTime ? { leg, start, end, loss } : null;
}

/** An entry of a matrix; 0 where a place is none. */
export function travelBetween(spec: ProblemSpec, matrix: Int32Array, from: number, to: number): number {
	return from < 0 || to < 0 ? 0 : matrix[from * spec.numPlaces + to];
}

function firstStart(windows: Item["windows"], arrive: number): number | null {
	const window = windows.find(([, to]) => to >= arrive);
	return window ? Math.max(arrive, window[0]) : null;
}

/** The sequence with the slot's breaks where they cost least: by losses, then by when the day ends. Null where they fit nowhere. */
export function placeBreaks(spec: ProblemSpec, slot: number, options: readonly number[]): Item[] | null {
	const breaks = spec.slots[slot].breaks.map(({ earliest, latest, duration }) => ({
		option: BREAK,
		place: -1,
		duration,
		windows: [[earliest, latest]] as const,
	}));
	let best: { readonly items: Item[]; readonly loss: number; readonly ends: number } | null = null;
	const insert = (items: Item[], next: number, from: number): void => {
		if (next === breaks.length) {
			const times = timesOf(spec, slot, items);
			const ends = times?.end.at(-1) ?? 0;
			if (times && (!best || times.loss < best.loss || (times.loss === best.loss && ends < best.ends)))
				best = { items, loss: times.loss, ends };
			return;
		}
		for (let at = from; at <= items.length; at++) insert(items.toSpliced(at, 0, breaks[next]), next + 1, at + 1);
	};
	insert(itemsOf(spec, slot, options), 0, 0);
	return (best as { readonly items: Item[] } | null)?.items ?? null;
}

/** Cents of a sequence's legs. */
export function travelCostOf(spec: ProblemSpec, slot: number, items: readonly Item[]): number {
	let here = spec.slots[slot].start;
	let cost = 0;
	for (const { place } of items) {
		cost += travelBetween(spec, spec.travelCost, here, place);
		if (place >= 0) here = place;
	}
	return cost;
}

/** A feasible sequence as the solver would report it. */
export function scheduleOf(spec: ProblemSpec, slot: number, items: readonly Item[]): SlotSchedule {
	const times = timesOf(spec, slot, items);
	if (!times) throw new Error(`the sequence of slot ${slot} is not feasible`);
	const contacts: PlacedContact[] = [];
	const breaks: { start: number; end: number }[] = [];
	let leave = spec.slots[slot].open;
	let finish = leave;
	let here = spec.slots[slot].start;
	let distance = 0;
	let isOut = false;
	items.forEach(({ option, place }, k) => {
		const [leg, start, end] = [times.leg[k], times.start[k], times.end[k]];
		const travelled = travelBetween(spec, spec.travelDistance, here, place);
		distance += travelled;
		if (place >= 0) here = place;
		if (option === BREAK) breaks.push({ start, end });
		else if (option === HOME) finish = end;
		else {
			if (place >= 0 && !isOut) leave = start - leg;
			isOut ||= place >= 0;
			contacts.push({ option, slot, arrive: start, start, end, travelTime: leg, travelDistance: travelled });
			finish = end;
		}
	});
	const travelTime = times.leg.reduce((sum, leg) => sum + leg, 0);
	return { slot, contacts, leave, finish, breaks, travelTime, travelDistance: distance, travelCost: travelCostOf(spec, slot, items) };
}
