import type { ContactOptionSpec, ProblemSpec, RouteSlotSpec } from "../../engine/solver/problem-spec.ts";

/** A set of options that a slot can serve, and the least travel cost and cut-off losses over all orders and places of the breaks. */
export interface SlotSet {
	readonly options: readonly number[];
	readonly cost: number;
}

/** A way to serve a set: where it ends, what it has taken so far. */
interface Label {
	readonly place: number;
	readonly breaksTaken: number;
	readonly time: number;
	readonly travel: number;
	readonly cost: number;
}

/** Options of a set and all its ways that no other beats. */
interface Reached {
	readonly options: readonly number[];
	readonly labels: Label[];
}

/** More labels than this in a slot, and the exact twin refuses. */
export const MOST_LABELS = 400_000;

/**
 * Every set of options that a slot can serve, with its cheapest cost: dynamic programming over sets, from one size to the next, that
 * keeps for each last place and number of breaks the ways not beaten in time, travel time and cost at once. Starting a contact as early
 * as can be never hurts: times only matter as limits, and losses grow with them.
 */
export function enumerateSlotSets(spec: ProblemSpec, slot: RouteSlotSpec): SlotSet[] {
	const candidates = spec.options.flatMap((option, o) => (option.day === slot.day ? [o] : []));
	const found: SlotSet[] = [];
	let numLabels = 0;
	const start: Reached = { options: [], labels: [] };
	addLabel(slot, start.labels, { place: slot.start, breaksTaken: 0, time: slot.open, travel: 0, cost: 0 });
	let layer = [start];
	while (layer.length > 0) {
		const next = new Map<string, Reached>();
		for (const reached of layer) {
			const cost = completedCost(spec, slot, reached);
			if (cost < Infinity) found.push({ options: reached.options, cost });
			numLabels += reached.labels.length;
			if (numLabels > MOST_LABELS) throw new RangeError(`too large for the exact twin: a slot has more than ${MOST_LABELS} labels`);
			for (const o of candidates) extend(spec, slot, reached, o, next);
		}
		layer = [...next.values()];
	}
	return found;
}

/** Adds a label, and what follows when the next breaks are taken right away, unless another is at least as good. */
function addLabel(slot: RouteSlotSpec, labels: Label[], label: Label): void {
	if (label.time > slot.close || label.travel > slot.maxTravelTime) return;
	// Travel time is part of the time gone: a limit beyond the shift decides nothing.
	const isTravelLimited = slot.maxTravelTime < slot.close - slot.open;
	const beats = (a: Label, b: Label): boolean =>
		a.place === b.place &&
		a.breaksTaken === b.breaksTaken &&
		a.time <= b.time &&
		a.cost <= b.cost &&
		(a.travel <= b.travel || !isTravelLimited);
	if (labels.some((other) => beats(other, label))) return;
	for (let i = labels.length - 1; i >= 0; i--) if (beats(label, labels[i])) labels.splice(i, 1);
	labels.push(label);
	if (label.breaksTaken === slot.breaks.length) return;
	const { earliest, latest, duration } = slot.breaks[label.breaksTaken];
	const begin = Math.max(label.time, earliest);
	if (begin <= latest) addLabel(slot, labels, { ...label, breaksTaken: label.breaksTaken + 1, time: begin + duration });
}

/** Enters the set with one option more, reached by serving that option last. */
function extend(spec: ProblemSpec, slot: RouteSlotSpec, { options, labels }: Reached, o: number, next: Map<string, Reached>): void {
	if (options.some((other) => spec.options[other].customer === spec.options[o].customer)) return;
	const grown = [...options, o].sort((a, b) => a - b);
	if (!keepsLimits(spec, slot, grown)) return;
	const key = grown.join();
	const reached = next.get(key) ?? { options: grown, labels: [] };
	for (const label of labels) {
		const after = serve(spec, label, spec.options[o]);
		if (after) addLabel(slot, reached.labels, after);
	}
	if (reached.labels.length > 0) next.set(key, reached);
}

function keepsLimits(spec: ProblemSpec, slot: RouteSlotSpec, options: readonly number[]): boolean {
	const contacts = options.map((o) => spec.options[o]);
	const visits = contacts.filter(({ channel }) => channel === 0).length;
	return (
		visits <= slot.maxVisits &&
		contacts.length - visits <= slot.maxCalls &&
		contacts.filter(({ isSwap }) => isSwap).length <= slot.maxSwaps &&
		spec.resources.every(
			({ scope, cap }, r) => scope === "horizon" || contacts.reduce((sum, { demand }) => sum + (demand?.[r] ?? 0), 0) <= cap,
		)
	);
}

/** The label after one more contact; null where no window is left. */
function serve(spec: ProblemSpec, label: Label, option: ContactOptionSpec): Label | null {
	const isVisit = option.channel === 0;
	const leg = isVisit ? legOf(spec, label.place, option.customer) : NO_LEG;
	const arrive = label.time + leg.time;
	for (const [from, to] of option.windows) {
		if (to < arrive) continue;
		const start = Math.max(from, arrive);
		return {
			place: isVisit ? option.customer : label.place,
			breaksTaken: label.breaksTaken,
			time: start + option.duration,
			travel: label.travel + leg.time,
			cost: label.cost + leg.cost + (start > option.cutoff ? option.cutoffLoss : 0),
		};
	}
	return null;
}

const NO_LEG = { time: 0, cost: 0 };

function legOf(spec: ProblemSpec, from: number, to: number): { readonly time: number; readonly cost: number } {
	if (from < 0 || to < 0) return NO_LEG;
	const cell = from * spec.numPlaces + to;
	return { time: spec.travelTime[cell], cost: spec.travelCost[cell] };
}

/** Cheapest cost with all breaks taken and the way home in time; Infinity where no label gets there. */
function completedCost(spec: ProblemSpec, slot: RouteSlotSpec, { options, labels }: Reached): number {
	const isOut = options.some((o) => spec.options[o].channel === 0);
	return labels.reduce((least, label) => {
		const home = isOut ? legOf(spec, label.place, slot.end) : NO_LEG;
		const isHome =
			label.breaksTaken === slot.breaks.length && label.time + home.time <= slot.close && label.travel + home.time <= slot.maxTravelTime;
		return isHome ? Math.min(least, label.cost + home.cost) : least;
	}, Infinity);
}
