import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type ContactOptionSpec, type ProblemSpec, type RouteSlotSpec, UNLIMITED } from "../../engine/solver/problem.ts";

/** A public instance as the solver's problem, with what is needed to print its result in the file's own terms. */
export interface Instance {
	/** File name without ending. */
	readonly name: string;
	readonly spec: ProblemSpec;
	/** Number in the file of customer c. */
	readonly numberOf: readonly number[];
}

/**
 * Reads a team orienteering problem with time windows (data/routing/README.md) with m routes: m slots of one day, one prize a customer. Distances
 * are Euclidean, truncated to one decimal, for files pr* to two, and stand in whole tenths or hundredths.
 */
export function readToptw(path: string, routes: number): Instance {
	const name = basename(path).replace(/\.[^.]*$/, "");
	const scale = name.startsWith("pr") ? 100 : 10;
	const [head, , ...lines] = readFileSync(path, "utf8").split(/\r?\n/);
	const numPoints = numbersOf(head)[2];
	const points = lines
		.map(numbersOf)
		.filter((fields) => fields.length >= 9)
		.slice(0, numPoints + 1);
	// The depot's line has no list of a ignored values; the opening and closing time are the last two of every line.
	const windowOf = (point: readonly number[]): [number, number] => [point[point.length - 2] * scale, point[point.length - 1] * scale];
	const [depot, ...customers] = points;
	const numCustomers = customers.length;
	const [open, close] = windowOf(depot);
	const travelTime = distances([...customers, depot], scale);
	const slot: RouteSlotSpec = {
		day: 0,
		open,
		close,
		start: numCustomers,
		end: numCustomers,
		breaks: [],
		maxVisits: UNLIMITED,
		maxCalls: 0,
		maxTravelTime: UNLIMITED,
		maxSwaps: UNLIMITED,
	};
	const optionOf = (point: readonly number[], customer: number): ContactOptionSpec => ({
		customer,
		day: 0,
		channel: 0,
		duration: Math.round(point[3] * scale),
		windows: [windowOf(point)],
		cutoff: UNLIMITED,
		cutoffLoss: 0,
		prize: [point[4], 0],
		required: false,
		gapExempt: false,
		isSwap: false,
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
		options: customers.map(optionOf),
	};
	return { name, spec, numberOf: customers.map((point) => point[0]) };
}

function numbersOf(line: string): number[] {
	return line.trim() === "" ? [] : line.trim().split(/\s+/).map(Number);
}

function distances(points: readonly (readonly number[])[], scale: number): Int32Array {
	const matrix = new Int32Array(points.length ** 2);
	points.forEach((from, i) => {
		points.forEach((to, j) => {
			// A distance that is a whole number of tenths must not lose one to the last bit.
			matrix[i * points.length + j] = Math.floor(Math.hypot(from[1] - to[1], from[2] - to[2]) * scale + 1e-9);
		});
	});
	return matrix;
}
