import { type ProblemSpec, type RouteSlotSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";

/** The sets that the quality lane can solve; the first four are public, the last is the product's own shape. */
export const SETS = ["toptw", "mctopmtw", "pvrp", "rep-week", "portfolio"] as const;

export type SetName = (typeof SETS)[number];

/** A problem to be solved, public or made, with what is needed to print its result in the file's own terms. */
export interface Instance {
	readonly set: SetName;
	/** File name without ending; of a portfolio, folder name / rep id. */
	readonly name: string;
	/** Absolute path of the file; "" where there is none to recount from. */
	readonly path: string;
	/** Routes (toptw, rep-week), tours (mctopmtw), vehicles a day (pvrp) or working days (portfolio). */
	readonly m: number;
	readonly spec: ProblemSpec;
	/**
	 * Pvrp: the same problem with times rounded down, so that its bound holds for the file's real numbers. Absent where the spec itself is
	 * no narrower than the file.
	 */
	readonly relaxed?: ProblemSpec;
	/** Number in the file of customer c. */
	readonly numberOf: readonly number[];
	/** Units of the solver's value in one unit of the file. */
	readonly valueScale: number;
	/** Of every slot, as printed, from 1. */
	readonly tours: readonly { readonly day: number; readonly vehicle: number }[];
}

/** A route as printed. */
export interface PrintedRoute {
	readonly day: number;
	readonly vehicle: number;
	/** Numbers as in the file, in order. */
	readonly customers: readonly number[];
}

/** Value in the file's units, and all that is wrong with the routes, in words. */
export interface Recount {
	readonly value: number;
	readonly faults: readonly string[];
}

/** A tour from a depot and back, with no limit but its hours. */
export function tourSlot(day: number, [open, close]: readonly [open: number, close: number], depot: number): RouteSlotSpec {
	return {
		day,
		open,
		close,
		start: depot,
		end: depot,
		breaks: [],
		maxVisits: UNLIMITED,
		maxCalls: 0,
		maxTravelTime: UNLIMITED,
		maxSwaps: UNLIMITED,
	};
}
