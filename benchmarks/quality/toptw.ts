import { basename, parse } from "node:path";
import { type ContactOptionSpec, type ProblemSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";
import { pointsOf, truncatedDistances } from "./distance.ts";
import {
	decimalsOf,
	type FileLine,
	lineError,
	numberAt,
	readLines,
	requireFields,
	requireNoMorePoints,
	scaledAt,
	scoreAt,
	takeLines,
	wholeAt,
} from "./file-lines.ts";
import { type Instance, tourSlot } from "./instance.ts";

/** Of a point without a list. */
const LEAST_FIELDS = 9;

/** What toptw-like files share: decimals of distances, by the name that the instance has in its family. */
export function digitsOf(family: string): number {
	return family.toLowerCase().startsWith("pr") ? 2 : 1;
}

/** File name without ending. */
export function nameOf(path: string): string {
	return parse(basename(path)).name;
}

/** Throws where a customer's number stands twice. */
export function requireDistinct(lines: readonly FileLine[], numbers: readonly number[]): void {
	const seen = new Set<number>();
	numbers.forEach((number, i) => {
		if (seen.has(number)) throw lineError(lines[i], `number ${number} stands in the file twice; expected distinct numbers`);
		seen.add(number);
	});
}

/** Number of customers that the head of a toptw-like file announces. */
export function customersOf(path: string): number {
	return headOf(readLines(path), path);
}

/**
 * Reads a team orienteering problem with time windows with m routes: m slots of one day, one prize a customer. Distances are Euclidean,
 * truncated to one decimal, for files pr* to two, and stand in whole tenths or hundredths.
 */
export function readToptw(path: string, routes: number, set: "toptw" | "rep-week" = "toptw"): Instance {
	const name = nameOf(path);
	const digits = digitsOf(name);
	const all = readLines(path);
	const lines = takeLines(path, all, 2, headOf(all, path) + 1, "points");
	requireNoMorePoints(all, 2 + lines.length, LEAST_FIELDS);
	const [depot, ...customers] = lines;
	requirePoint(depot, false);
	for (const [i, field] of ["service duration", "score"].entries()) numberAt(depot, 3 + i, field);
	for (const line of customers) requirePoint(line, true);
	const numberOf = customers.map((line) => wholeAt(line, 0, "number", 0));
	requireDistinct(lines, [wholeAt(depot, 0, "number", 0), ...numberOf]);
	const scoreDigits = decimalsOf(customers, 4);
	const travelTime = truncatedDistances(pointsOf([...customers, depot]), digits);
	const [open, close] = windowOf(depot, digits);
	if (open > close) throw lineError(depot, "the day closes before it opens");
	const numCustomers = customers.length;
	const slot = tourSlot(0, [open, close], numCustomers);
	const options = customers.flatMap((line, customer) => {
		const window = windowOf(line, digits);
		if (window[0] > window[1]) return []; // no whole instant lies inside
		return [optionOf(customer, scaledAt(line, 3, "service duration", digits, "up"), window, scoreAt(line, 4, scoreDigits))];
	});
	const spec: ProblemSpec = {
		numCustomers,
		days: [0],
		numPlaces: numCustomers + 1,
		resources: [],
		floors: [],
		travelTime,
		travelDistance: travelTime,
		travelCost: new Int32Array(travelTime.length),
		minGap: new Int32Array(numCustomers),
		slots: Array.from({ length: routes }, () => slot),
		options,
	};
	const tours = spec.slots.map((_, s) => ({ day: s + 1, vehicle: 1 }));
	return { set, name, path, m: routes, spec, numberOf, valueScale: 10 ** scoreDigits, tours };
}

function headOf(lines: readonly FileLine[], path: string): number {
	if (lines.length === 0 || lines[0].number !== 1) throw lineError({ path, number: 1 }, "is empty; expected k v N t");
	if (lines[0].fields.length < 3) throw lineError(lines[0], `is "${lines[0].fields.join(" ")}"; expected k v N t`);
	return wholeAt(lines[0], 2, "number of customers", 1);
}

/** A depot may count a list of values that it does not have. */
function requirePoint(line: FileLine, isCustomer: boolean): void {
	const what = "number, x, y, service duration, score, f, a, a values, opening, closing";
	if (line.fields.length < LEAST_FIELDS)
		throw lineError(line, `has ${line.fields.length} fields, "${line.fields.join(" ")}"; expected ${what}`);
	if (isCustomer || line.fields.length > LEAST_FIELDS) requireFields(line, LEAST_FIELDS + wholeAt(line, 6, "a", 0), what);
}

/** First and last instant, after the check that the file's own numbers are in order. */
function windowOf(line: FileLine, digits: number): [number, number] {
	const last = line.fields.length - 1;
	const [from, to] = line.fields.slice(-2).map(Number);
	if (from > to) throw lineError(line, `the window opens at ${from} and closes at ${to}; expected opening ≤ closing`);
	return [scaledAt(line, last - 1, "opening", digits, "up"), scaledAt(line, last, "closing", digits, "down")];
}

function optionOf(customer: number, duration: number, window: readonly [number, number], prize: number): ContactOptionSpec {
	return {
		customer,
		day: 0,
		channel: 0,
		duration,
		windows: [window],
		cutoff: UNLIMITED,
		cutoffLoss: 0,
		prize: [prize, 0],
		required: false,
		gapExempt: false,
		isSwap: false,
	};
}
