import { type ContactOptionSpec, type ProblemSpec, type RouteSlotSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";
import {
	decimalsOf,
	type FileLine,
	lineError,
	numberAt,
	readLines,
	requireFields,
	requireNoMorePoints,
	scaledAt,
	takeLines,
	wholeAt,
} from "./file-lines.ts";
import { requireCoordinates } from "./distance.ts";
import { type Instance, type PrintedRoute, tourSlot } from "./instance.ts";
import { nameOf, requireDistinct } from "./toptw.ts";

const POINT = "number, x, y, service duration, demand, frequency, a, a day combinations, perhaps a window";
/** Of a point without day combinations. */
const LEAST_FIELDS = 7;
/** The model's times and costs stay below this, so that sums over a route cannot overflow. */
const LARGEST_SUM = 2 ** 30;
const MOST_DIGITS = 4;
/** Share of a whole unit by which a time that is rounded up exceeds the real one at least. */
const MARGIN = 1e-3;

interface Head {
	readonly path: string;
	readonly numVehicles: number;
	readonly numCustomers: number;
	readonly numDays: number;
	/** A line a day: maximum duration, load. */
	readonly days: readonly FileLine[];
	/** Depot first. */
	readonly points: readonly FileLine[];
}

/** How real numbers become the solver's: rounding against the plan, or in its favour for a bound that holds for the real ones. */
type Rounding = (real: number) => number;

/**
 * Reads a periodic vehicle routing problem. A day has a slot a vehicle, every customer is served on exactly one of its day combinations, the
 * load is a resource of the slot, and the value is minus the travel cost. Costs are distances in units of 10^-digits rounded down, so that a
 * bound on them holds for the real ones; times are rounded up, so that the maximum duration is kept in doubles. `relaxed` rounds them down.
 */
export function readPvrp(path: string): Instance {
	const head = readHead(path);
	const { numDays, numVehicles, points } = head;
	const numberOf = points.slice(1).map((line) => wholeAt(line, 0, "number", 0));
	requireDistinct(points, [wholeAt(points[0], 0, "number", 0), ...numberOf]);
	const distances = distancesOf(points);
	const unit = 10 ** timeDigits(head, distances);
	const isTimed = head.days.some((_, day) => durationOf(head, day) > 0) || points.some(hasWindow);
	const spec = specOf(head, distances, unit, (real) => (Number.isInteger(real) ? real * unit : Math.floor(real * unit + MARGIN) + 1), "up");
	return {
		set: "pvrp",
		name: nameOf(path),
		path,
		m: numVehicles,
		spec,
		...(isTimed && { relaxed: specOf(head, distances, unit, (real) => Math.floor(real * unit), "down") }),
		numberOf,
		valueScale: unit,
		tours: Array.from({ length: numDays * numVehicles }, (_, slot) => ({
			day: Math.floor(slot / numVehicles) + 1,
			vehicle: (slot % numVehicles) + 1,
		})),
	};
}

/** Σ real distances of the routes of an instance read from this file, depot to depot. */
export function lengthOf(path: string, routes: readonly PrintedRoute[]): number {
	const { points } = readHead(path);
	const at = new Map(points.slice(1).map((line) => [wholeAt(line, 0, "number", 0), line]));
	let length = 0;
	for (const { customers } of routes) {
		let here = points[0];
		for (const next of [...customers.map((customer) => at.get(customer) ?? points[0]), points[0]]) {
			length += distanceOf(here, next);
			here = next;
		}
	}
	return length;
}

function readHead(path: string): Head {
	const lines = readLines(path).filter(({ fields }) => fields.length > 0);
	if (lines.length === 0) throw lineError({ path, number: 1 }, "is empty; expected type m n t");
	const [first] = lines;
	requireFields(first, 4, "type m n t");
	const type = wholeAt(first, 0, "type", 0);
	if (type !== 1 && type !== 5) throw lineError(first, `type is ${type}; expected 1, or 5 with windows: periodic vehicle routing`);
	const numVehicles = wholeAt(first, 1, "vehicles a day", 1, 1000);
	const numCustomers = wholeAt(first, 2, "number of customers", 1);
	const numDays = wholeAt(first, 3, "number of days", 1, 30);
	const days = takeLines(path, lines, 1, numDays, "days");
	for (const line of days) requireFields(line, 2, "maximum route duration, load");
	const points = takeLines(path, lines, 1 + numDays, numCustomers + 1, "points");
	requireNoMorePoints(lines, 1 + numDays + points.length, LEAST_FIELDS);
	points.forEach((line, i) => requirePoint(line, i > 0, numDays));
	return { path, numVehicles, numCustomers, numDays, days, points };
}

function requirePoint(line: FileLine, isCustomer: boolean, numDays: number): void {
	if (line.fields.length < LEAST_FIELDS)
		throw lineError(line, `has ${line.fields.length} fields, "${line.fields.join(" ")}"; expected ${POINT}`);
	requireCoordinates(line);
	numberAt(line, 4, "demand");
	wholeAt(line, 5, "visit frequency", 0);
	const numCombinations = wholeAt(line, 6, "number of day combinations", isCustomer ? 1 : 0);
	const bare = LEAST_FIELDS + numCombinations;
	if (line.fields.length !== bare + 2) requireFields(line, bare, POINT);
	for (let i = LEAST_FIELDS; i < bare; i++) wholeAt(line, i, `day combination ${i - 6}`, isCustomer ? 1 : 0, 2 ** numDays - 1);
	if (!hasWindow(line)) return;
	const [from, to] = [numberAt(line, bare, "opening"), numberAt(line, bare + 1, "closing")];
	if (from > to) throw lineError(line, `the window opens at ${from} and closes at ${to}; expected opening ≤ closing`);
}

function hasWindow(line: FileLine): boolean {
	return line.fields.length > LEAST_FIELDS + Number(line.fields[6]);
}

/** 0: none. */
function durationOf(head: Head, day: number): number {
	return scaledAt(head.days[day], 0, "maximum route duration", 0, "up") === 0 ? 0 : numberAt(head.days[day], 0, "maximum route duration");
}

function distanceOf(from: FileLine, to: FileLine): number {
	const dx = numberAt(from, 1, "x") - numberAt(to, 1, "x");
	const dy = numberAt(from, 2, "y") - numberAt(to, 2, "y");
	return Math.sqrt(dx * dx + dy * dy);
}

/** Customers first, the depot last, as the solver's places. */
function distancesOf(points: readonly FileLine[]): Float64Array {
	const places = [...points.slice(1), points[0]];
	return Float64Array.from({ length: places.length ** 2 }, (_, cell) =>
		distanceOf(places[Math.floor(cell / places.length)], places[cell % places.length]),
	);
}

/** Decimals of the model's unit: as many as leave room for the longest route and the latest window. */
function timeDigits({ points, path }: Head, distances: Float64Array): number {
	const longest = distances.reduce((most, distance) => Math.max(most, distance), 0);
	const service = points.reduce((sum, line) => sum + numberAt(line, 3, "service duration"), 0);
	const latest = points.reduce((most, line) => Math.max(most, hasWindow(line) ? Number(line.fields.at(-1)) : 0), 0);
	const sum = longest * (points.length + 1) + service + latest;
	for (let digits = MOST_DIGITS; digits >= 0; digits--) if (sum * 10 ** digits < LARGEST_SUM) return digits;
	throw lineError(
		{ path, number: points[0].number },
		`the points' longest distances, service durations and windows come to ${Math.round(sum)}; expected less than ${LARGEST_SUM}`,
	);
}

function specOf(head: Head, distances: Float64Array, unit: number, round: Rounding, rounding: "up" | "down"): ProblemSpec {
	const { numDays, numVehicles, numCustomers, points } = head;
	const customers = points.slice(1);
	const hasWindows = points.some(hasWindow);
	const service = [...customers, points[0]].map((line) => {
		scaledAt(line, 3, "service duration", 0, "up"); // refuses negative ones
		return round(numberAt(line, 3, "service duration"));
	});
	// Where routes may wait, the duration is a limit on travel; service then counts as travel, on every leg that leaves a customer.
	const travelTime = Int32Array.from(distances, (distance, cell) => {
		const from = Math.floor(cell / (numCustomers + 1));
		return round(distance) + (hasWindows ? service[from] : 0);
	});
	const travelCost = Int32Array.from(distances, (distance) => Math.floor(distance * unit));
	const loads = loadsOf(head);
	const [opens, closes] = rounding === "up" ? (["up", "down"] as const) : (["down", "up"] as const);
	const windowOf = (line: FileLine): [number, number] => {
		if (!hasWindow(line)) return [0, LARGEST_SUM];
		const last = line.fields.length - 1;
		const digits = Math.round(Math.log10(unit));
		return [scaledAt(line, last - 1, "opening", digits, opens), scaledAt(line, last, "closing", digits, closes)];
	};
	const [open, close] = windowOf(points[0]);
	const slotOf = (day: number): RouteSlotSpec => {
		const longest = durationOf(head, day);
		const most = longest === 0 ? UNLIMITED : Math.floor(longest * unit) + (rounding === "up" ? 0 : 1);
		const tour = tourSlot(day, [open, hasWindows ? close : Math.min(close, most)], numCustomers);
		return hasWindows ? { ...tour, maxTravelTime: most } : tour;
	};
	return {
		numCustomers,
		days: Array.from({ length: numDays }, (_, day) => day),
		numPlaces: numCustomers + 1,
		resources: loads.caps.map((cap) => ({ scope: "slot", cap })),
		floors: [],
		travelTime,
		travelDistance: travelCost,
		travelCost,
		minGap: new Int32Array(numCustomers),
		slots: Array.from({ length: numDays * numVehicles }, (_, slot) => slotOf(Math.floor(slot / numVehicles))),
		dayCombinations: customers.map((line) => combinationsOf(line, numDays)),
		options: customers.flatMap((line, customer) => {
			const days = combinationsOf(line, numDays).reduce((union, days) => union | days, 0);
			const demand = scaledAt(line, 4, "demand", loads.digits, "up");
			const window = windowOf(line);
			const option = (day: number): ContactOptionSpec => ({
				customer,
				day,
				channel: 0,
				duration: hasWindows ? 0 : service[customer],
				windows: [window],
				cutoff: UNLIMITED,
				cutoffLoss: 0,
				prize: new Int32Array(numDays + 1),
				required: false,
				gapExempt: false,
				isSwap: false,
				demand: loads.caps.map((_, r) => (loads.resourceOf[day] === r ? demand : 0)),
			});
			if (window[0] > window[1]) throw lineError(line, "no time in the model's unit lies in the window");
			return Array.from({ length: numDays }, (_, day) => day)
				.filter((day) => days & (1 << day))
				.map(option);
		}),
	};
}

/** A resource for every different load of a day, in whole units of the demands' decimals. */
function loadsOf({ days, points }: Head): { readonly caps: number[]; readonly resourceOf: number[]; readonly digits: number } {
	const digits = Math.max(decimalsOf(days, 1), decimalsOf(points, 4));
	const loads = days.map((line) => scaledAt(line, 1, "load", digits, "down"));
	const caps = [...new Set(loads)];
	return { caps, digits, resourceOf: loads.map((load) => caps.indexOf(load)) };
}

/** The file's highest bit is the first day, the solver's lowest. */
function combinationsOf(line: FileLine, numDays: number): number[] {
	return line.fields.slice(LEAST_FIELDS, LEAST_FIELDS + Number(line.fields[6])).map((text) => {
		let days = 0;
		for (let day = 0; day < numDays; day++) if (Number(text) & (1 << (numDays - 1 - day))) days |= 1 << day;
		return days;
	});
}
