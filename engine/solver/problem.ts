import type { Seconds } from "../units.ts";
import type { ContactOptionSpec, ProblemSpec } from "./problem-spec.ts";
import { validateSpec } from "./validate-spec.ts";

/** Bits of `optionFlags`. */
export const REQUIRED = 1;
export const GAP_EXEMPT = 2;
export const IS_SWAP = 4;

/** Lengths that fix the layout, in the order of the buffer's header. */
interface Counts {
	readonly numCustomers: number;
	readonly numDays: number;
	/** Row length of the matrices: the spec's places and, last, `nowhere` (the spec's -1), which is zero from and to every place. */
	readonly numPlaces: number;
	readonly numSlots: number;
	readonly numOptions: number;
	/** Items are the options (index of the spec), then the breaks in order of slots. */
	readonly numItems: number;
	readonly numWindows: number;
	readonly numResources: number;
	readonly numFloors: number;
	readonly numFloorMembers: number;
	readonly numCombinations: number;
	/** 1 where some option loses value at a time of day. */
	readonly hasCutoffs: number;
}

/**
 * Every array of a problem, by its length. `xFirstY` arrays have one more entry than x: the ys of x lie in [first[x], first[x + 1]).
 * The Float64Arrays come first, so that all are aligned.
 */
const layViews = (n: Counts, floats: (length: number) => Float64Array, ints: (length: number) => Int32Array) => ({
	optionCutoffLoss: floats(n.numOptions),
	/** [option × (numDays + 1) + previous]. */
	prize: floats(n.numOptions * (n.numDays + 1)),
	/** [option × numResources + resource]. */
	demand: floats(n.numOptions * n.numResources),
	resourceCap: floats(n.numResources),
	floorAtLeast: floats(n.numFloors),
	floorCost: floats(n.numFloors),
	days: ints(n.numDays),
	travelTime: ints(n.numPlaces * n.numPlaces),
	travelDistance: ints(n.numPlaces * n.numPlaces),
	travelCost: ints(n.numPlaces * n.numPlaces),
	minGap: ints(n.numCustomers),
	slotDay: ints(n.numSlots),
	slotOpen: ints(n.numSlots),
	slotClose: ints(n.numSlots),
	slotStart: ints(n.numSlots),
	slotEnd: ints(n.numSlots),
	slotMaxVisits: ints(n.numSlots),
	slotMaxCalls: ints(n.numSlots),
	slotMaxTravel: ints(n.numSlots),
	slotMaxSwaps: ints(n.numSlots),
	/** Item indices. */
	slotFirstBreak: ints(n.numSlots + 1),
	dayFirstSlot: ints(n.numDays + 1),
	daySlots: ints(n.numSlots),
	/** Place of a visit; -1 for remote contacts and breaks, which happen where the rep is. */
	itemPlace: ints(n.numItems),
	itemDuration: ints(n.numItems),
	/** First and last allowed start over all windows. */
	itemOpen: ints(n.numItems),
	itemClose: ints(n.numItems),
	itemFirstWindow: ints(n.numItems + 1),
	windowFrom: ints(n.numWindows),
	windowTo: ints(n.numWindows),
	optionCustomer: ints(n.numOptions),
	optionDay: ints(n.numOptions),
	optionChannel: ints(n.numOptions),
	optionFlags: ints(n.numOptions),
	optionCutoff: ints(n.numOptions),
	customerFirstOption: ints(n.numCustomers + 1),
	/** 1: the cap holds over the horizon, 0: over each slot. */
	resourceIsHorizon: ints(n.numResources),
	/** 1: seconds, 0: contacts. */
	floorIsSeconds: ints(n.numFloors),
	customerFirstFloor: ints(n.numCustomers + 1),
	customerFloors: ints(n.numFloorMembers),
	customerFirstCombination: ints(n.numCustomers + 1),
	combinations: ints(n.numCombinations),
});

type Views = Readonly<ReturnType<typeof layViews>>;

/** A spec laid into one SharedArrayBuffer with typed views over it: a thread gets it for a pointer. */
export interface Problem extends Counts, Views {
	readonly buffer: SharedArrayBuffer;
}

/** Validates a spec and lays it out. Throws INVALID_INPUT that says what is wrong and where. */
export function buildProblem(spec: ProblemSpec): Problem {
	validateSpec(spec);
	const counts = countsOf(spec);
	let bytes = HEADER_BYTES;
	const empty = { floats: new Float64Array(0), ints: new Int32Array(0) };
	layViews(
		counts,
		(length) => {
			bytes += 8 * length;
			return empty.floats;
		},
		(length) => {
			bytes += 4 * length;
			return empty.ints;
		},
	);
	const buffer = new SharedArrayBuffer(bytes);
	writeCounts(counts, new Int32Array(buffer, 0, HEADER_BYTES / 4));
	const problem = openProblem(buffer);
	fillDays(problem, spec);
	fillTravel(problem, spec);
	fillItems(problem, spec);
	fillCustomers(problem, spec);
	return problem;
}

const HEADER_BYTES = 48;

/** The problem that lies in a buffer made by `buildProblem`, without copying. */
export function openProblem(buffer: SharedArrayBuffer): Problem {
	const counts = readCounts(new Int32Array(buffer, 0, HEADER_BYTES / 4));
	let at = HEADER_BYTES;
	const take = (bytes: number): number => {
		at += bytes;
		return at - bytes;
	};
	const views = layViews(
		counts,
		(length) => new Float64Array(buffer, take(8 * length), length),
		(length) => new Int32Array(buffer, take(4 * length), length),
	);
	return { buffer, ...counts, ...views };
}

function writeCounts(n: Counts, header: Int32Array): void {
	const { numCustomers, numDays, numPlaces, numSlots, numOptions, numItems } = n;
	header.set([numCustomers, numDays, numPlaces, numSlots, numOptions, numItems]);
	header.set([n.numWindows, n.numResources, n.numFloors, n.numFloorMembers, n.numCombinations, n.hasCutoffs], 6);
}

function readCounts(header: Int32Array): Counts {
	const [numCustomers, numDays, numPlaces, numSlots, numOptions, numItems] = header;
	const [numWindows, numResources, numFloors, numFloorMembers, numCombinations, hasCutoffs] = header.subarray(6);
	return {
		numCustomers,
		numDays,
		numPlaces,
		numSlots,
		numOptions,
		numItems,
		numWindows,
		numResources,
		numFloors,
		numFloorMembers,
		numCombinations,
		hasCutoffs,
	};
}

function countsOf(spec: ProblemSpec): Counts {
	const sum = (lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0);
	const numBreaks = sum(spec.slots.map((slot) => slot.breaks.length));
	return {
		numCustomers: spec.numCustomers,
		numDays: spec.days.length,
		numPlaces: spec.numPlaces + 1,
		numSlots: spec.slots.length,
		numOptions: spec.options.length,
		numItems: spec.options.length + numBreaks,
		numWindows: sum(spec.options.map((option) => option.windows.length)) + numBreaks,
		numResources: spec.resources.length,
		numFloors: spec.floors.length,
		numFloorMembers: sum(spec.floors.map((floor) => floor.customers.length)),
		numCombinations: sum((spec.dayCombinations ?? []).map((sets) => sets?.length ?? 0)),
		hasCutoffs: spec.options.some((option) => option.cutoffLoss > 0) ? 1 : 0,
	};
}

function fillDays(problem: Problem, spec: ProblemSpec): void {
	const nowhere = problem.numPlaces - 1;
	problem.days.set(spec.days);
	spec.slots.forEach((slot, s) => {
		problem.slotDay[s] = slot.day;
		problem.slotOpen[s] = slot.open;
		problem.slotClose[s] = slot.close;
		problem.slotStart[s] = slot.start < 0 ? nowhere : slot.start;
		problem.slotEnd[s] = slot.end < 0 ? nowhere : slot.end;
		problem.slotMaxVisits[s] = slot.maxVisits;
		problem.slotMaxCalls[s] = slot.maxCalls;
		problem.slotMaxTravel[s] = slot.maxTravelTime;
		problem.slotMaxSwaps[s] = slot.maxSwaps;
	});
	const slotsByDay = spec.days.map((_, day) => spec.slots.flatMap((slot, s) => (slot.day === day ? [s] : [])));
	fillGroups(problem.dayFirstSlot, problem.daySlots, slotsByDay);
	spec.resources.forEach((resource, r) => {
		problem.resourceIsHorizon[r] = resource.scope === "horizon" ? 1 : 0;
		problem.resourceCap[r] = resource.cap;
	});
}

/** Lists of whole numbers laid end to end, with where each begins. */
function fillGroups(first: Int32Array, members: Int32Array, groups: readonly ArrayLike<number>[]): void {
	let at = 0;
	groups.forEach((group, g) => {
		first[g] = at;
		members.set(group, at);
		at += group.length;
	});
	first[groups.length] = at;
}

function fillTravel(problem: Problem, spec: ProblemSpec): void {
	for (let from = 0; from < spec.numPlaces; from++) {
		const row = from * spec.numPlaces;
		const at = from * problem.numPlaces;
		problem.travelTime.set(spec.travelTime.subarray(row, row + spec.numPlaces), at);
		problem.travelDistance.set(spec.travelDistance.subarray(row, row + spec.numPlaces), at);
		problem.travelCost.set(spec.travelCost.subarray(row, row + spec.numPlaces), at);
	}
}

function fillItems(problem: Problem, spec: ProblemSpec): void {
	let window = 0;
	const fillItem = (item: number, place: number, duration: Seconds, windows: ContactOptionSpec["windows"]): void => {
		problem.itemPlace[item] = place;
		problem.itemDuration[item] = duration;
		problem.itemOpen[item] = windows[0][0];
		problem.itemClose[item] = windows[windows.length - 1][1];
		problem.itemFirstWindow[item] = window;
		for (const [from, to] of windows) {
			problem.windowFrom[window] = from;
			problem.windowTo[window++] = to;
		}
	};
	spec.options.forEach((option, o) => {
		fillItem(o, option.channel === 0 ? option.customer : -1, option.duration, option.windows);
		fillOption(problem, option, o);
	});
	let item = spec.options.length;
	spec.slots.forEach((slot, s) => {
		problem.slotFirstBreak[s] = item;
		for (const { earliest, latest, duration } of slot.breaks) fillItem(item++, -1, duration, [[earliest, latest]]);
	});
	problem.slotFirstBreak[spec.slots.length] = item;
	problem.itemFirstWindow[item] = window;
}

function fillOption(problem: Problem, option: ContactOptionSpec, o: number): void {
	problem.optionCustomer[o] = option.customer;
	problem.optionDay[o] = option.day;
	problem.optionChannel[o] = option.channel;
	problem.optionFlags[o] = (option.required ? REQUIRED : 0) | (option.gapExempt ? GAP_EXEMPT : 0) | (option.isSwap ? IS_SWAP : 0);
	problem.optionCutoff[o] = option.cutoff;
	problem.optionCutoffLoss[o] = option.cutoffLoss;
	// Entries after the option's own day have no meaning and may be anything in the spec.
	for (let previous = 0; previous <= option.day; previous++) problem.prize[o * (problem.numDays + 1) + previous] = option.prize[previous];
	if (option.demand) problem.demand.set(Array.from(option.demand), o * problem.numResources);
}

function fillCustomers(problem: Problem, spec: ProblemSpec): void {
	problem.minGap.set(spec.minGap);
	let option = 0;
	for (let customer = 0; customer < spec.numCustomers; customer++) {
		problem.customerFirstOption[customer] = option;
		while (option < spec.options.length && spec.options[option].customer === customer) option++;
	}
	problem.customerFirstOption[spec.numCustomers] = option;
	const floorsOf: number[][] = Array.from({ length: spec.numCustomers }, () => []);
	spec.floors.forEach((floor, f) => {
		problem.floorIsSeconds[f] = floor.unit === "seconds" ? 1 : 0;
		problem.floorAtLeast[f] = floor.atLeast;
		problem.floorCost[f] = floor.cost;
		for (const customer of floor.customers) floorsOf[customer].push(f);
	});
	fillGroups(problem.customerFirstFloor, problem.customerFloors, floorsOf);
	const combinations = floorsOf.map((_, customer) => spec.dayCombinations?.[customer] ?? []);
	fillGroups(problem.customerFirstCombination, problem.combinations, combinations);
}
