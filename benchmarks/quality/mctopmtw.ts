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
import { digitsOf, nameOf, requireDistinct } from "./toptw.ts";

const NUM_TYPES = 10;
const POINT = "number, x, y, duration, score, O1, O2, O3, O4, C4, E, fee, ten types";
const FIRST_WINDOW = 5;
const FLAG = 10;
const FEE = 11;
const FIRST_TYPE = 12;

/**
 * Reads a multi-constraint team orienteering problem with multiple windows. Tour k is the one slot of day k, because which of a customer's
 * windows hold depends on the tour's parity; a minimum gap longer than the horizon lets a customer be visited in one tour at most. Type caps
 * and budget are resources over the horizon. Distances have one decimal, truncated, in instances made from pr* two.
 */
export function readMctopmtw(path: string): Instance {
	const name = nameOf(path);
	const digits = digitsOf(name.slice(name.lastIndexOf("-") + 1));
	const all = readLines(path).filter(({ fields }) => fields.length > 0);
	if (all.length === 0) throw lineError({ path, number: 1 }, "is empty; expected M N B E1 … E10");
	const [head] = all;
	requireFields(head, 3 + NUM_TYPES, "M N B E1 … E10");
	const numTours = wholeAt(head, 0, "number of tours", 1, 1000);
	const numCustomers = wholeAt(head, 1, "number of points", 1);
	const [start, ...customers] = takeLines(path, all, 1, numCustomers + 1, "points");
	requireNoMorePoints(all, numCustomers + 2, FIRST_TYPE + NUM_TYPES);
	requireFields(start, 7, "0, x, y, 0, 0, opening, closing");
	for (const [i, field] of ["duration", "score"].entries()) numberAt(start, 3 + i, field);
	for (const line of customers) requirePoint(line);
	const numberOf = customers.map((line) => wholeAt(line, 0, "number", 0));
	requireDistinct([start, ...customers], [wholeAt(start, 0, "number", 0), ...numberOf]);
	const open = scaledAt(start, 5, "opening", digits, "up");
	const close = scaledAt(start, 6, "closing", digits, "down");
	if (open > close) throw lineError(start, `opens at ${start.fields[5]} and closes at ${start.fields[6]}; expected opening ≤ closing`);
	const scoreDigits = decimalsOf(customers, 4);
	const feeDigits = Math.max(decimalsOf([head], 2), decimalsOf(customers, FEE));
	const travelTime = truncatedDistances(pointsOf([...customers, start]), digits);
	const tours = Array.from({ length: numTours }, (_, tour) => tour);
	const spec: ProblemSpec = {
		numCustomers,
		days: tours,
		numPlaces: numCustomers + 1,
		resources: [
			{ scope: "horizon", cap: scaledAt(head, 2, "budget", feeDigits, "down") },
			...Array.from({ length: NUM_TYPES }, (_, type) => ({
				scope: "horizon" as const,
				cap: wholeAt(head, 3 + type, `cap E${type + 1}`, 0),
			})),
		],
		floors: [],
		travelTime,
		travelDistance: travelTime,
		travelCost: new Int32Array(travelTime.length),
		minGap: new Int32Array(numCustomers).fill(numTours + 1),
		slots: tours.map((day) => tourSlot(day, [open, close], numCustomers)),
		options: customers.flatMap((line, customer) => optionsOf(line, customer, numTours, { digits, scoreDigits, feeDigits })),
	};
	return {
		set: "mctopmtw",
		name,
		path,
		m: numTours,
		spec,
		numberOf,
		valueScale: 10 ** scoreDigits,
		tours: tours.map((tour) => ({ day: tour + 1, vehicle: 1 })),
	};
}

function requirePoint(line: FileLine): void {
	requireFields(line, FIRST_TYPE + NUM_TYPES, POINT);
	const times = line.fields.slice(FIRST_WINDOW, FLAG).map(Number);
	times.forEach((time, i) => {
		if (i > 0 && time < times[i - 1]) throw lineError(line, `window ${i} runs from ${times[i - 1]} to ${time}; expected opening ≤ closing`);
	});
}

interface Scales {
	readonly digits: number;
	readonly scoreDigits: number;
	readonly feeDigits: number;
}

/** One option a tour in which some window holds. */
function optionsOf(line: FileLine, customer: number, numTours: number, { digits, scoreDigits, feeDigits }: Scales): ContactOptionSpec[] {
	const duration = scaledAt(line, 3, "duration", digits, "up");
	const score = scoreAt(line, 4, scoreDigits);
	const flag = wholeAt(line, FLAG, "flag E", 0, 1);
	const types = Array.from({ length: NUM_TYPES }, (_, type) => wholeAt(line, FIRST_TYPE + type, `type ${type + 1}`, 0, 1));
	const demand = [scaledAt(line, FEE, "fee", feeDigits, "up"), ...types];
	const byParity = [0, 1].map((first) => windowsOf(line, first, digits));
	return Array.from({ length: numTours }, (_, day) => day).flatMap((day) => {
		// Tours are numbered from 1, days from 0: day 0 is an odd tour.
		const windows = byParity[flag === 1 ? day % 2 : 1 - (day % 2)];
		if (windows.length === 0) return [];
		return [
			{
				customer,
				day,
				channel: 0,
				duration,
				windows,
				cutoff: UNLIMITED,
				cutoffLoss: 0,
				prize: Array.from({ length: numTours + 1 }, () => score),
				required: false,
				gapExempt: false,
				isSwap: false,
				demand,
			},
		];
	});
}

/** Windows `first` and `first + 2` of the four (from 0), one where they touch. */
function windowsOf(line: FileLine, first: number, digits: number): (readonly [number, number])[] {
	const [early, late] = [first, first + 2].map((window): [number, number] => [
		scaledAt(line, FIRST_WINDOW + window, `opening of window ${window + 1}`, digits, "up"),
		scaledAt(line, FIRST_WINDOW + window + 1, `closing of window ${window + 1}`, digits, "down"),
	]);
	if (early[0] <= early[1] && late[0] <= late[1] && late[0] <= early[1]) return [[early[0], late[1]]];
	return [early, late].filter(([from, to]) => from <= to);
}
