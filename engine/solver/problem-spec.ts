import type { Cents, Day, Seconds } from "../units.ts";

/**
 * One rep's allocation problem as plain data (allocation.md section 1). The rep's case, the public benchmark files and the tests
 * all fill this; `buildProblem` validates it once and lays it into one SharedArrayBuffer.
 *
 * A contact option is customer × day × channel. Its prize depends on the day of the customer's previous contact, so that saturation
 * and cadence are exact: prize[option × (numDays + 1) + previous], previous = 0 for none inside the horizon (the history is already
 * in the number), k + 1 for a contact on day k < the option's day. A customer's pattern is a chain of options on ascending days.
 */
export interface ProblemSpec {
	readonly numCustomers: number;
	/** Date of each day, ascending; gaps are differences of dates. */
	readonly days: readonly Day[];
	/** Places 0 … numCustomers - 1 are the customers; further places are where routes start and end. Matrices are row-major [from × numPlaces + to]. */
	readonly numPlaces: number;
	readonly travelTime: Int32Array;
	readonly travelDistance: Int32Array;
	readonly travelCost: Int32Array;
	/** Additive resources, e.g. load, counts of a type, budget: at most `cap` over a slot, or over the horizon. */
	readonly resources: readonly { readonly scope: "slot" | "horizon"; readonly cap: number }[];
	readonly slots: readonly RouteSlotSpec[];
	/** Smallest difference of dates between two contacts of a customer; options exempt from it are marked. */
	readonly minGap: Int32Array;
	/** Options sorted by customer, day, channel. */
	readonly options: readonly ContactOptionSpec[];
	readonly floors: readonly FloorSpec[];
	/**
	 * Where given, customer c must be contacted on exactly one of these sets of days (periodic routing); null: any chain. Bit d = day d.
	 */
	readonly dayCombinations?: readonly (readonly number[] | null)[];
}

export interface RouteSlotSpec {
	/** Index into `days`. */
	readonly day: number;
	readonly open: Seconds;
	readonly close: Seconds;
	/** Place, or -1 for no leg. */
	readonly start: number;
	readonly end: number;
	/** Each is taken exactly once, between contacts and legs, starting in [earliest, latest]. */
	readonly breaks: readonly { readonly earliest: Seconds; readonly latest: Seconds; readonly duration: Seconds }[];
	/** Number.MAX_SAFE_INTEGER and the like are refused: use 2^31 - 1 for no limit. */
	readonly maxVisits: number;
	/** Remote contacts of all channels. */
	readonly maxCalls: number;
	readonly maxTravelTime: Seconds;
	/** Visits that leave their customer's fixed days (guided routing). */
	readonly maxSwaps: number;
}

export interface ContactOptionSpec {
	readonly customer: number;
	/** Index into `days`; any slot of that day may serve it. */
	readonly day: number;
	/** 0 is a visit in the route; 1 … 3 are remote: they take time where the rep happens to be and need no travel. */
	readonly channel: number;
	readonly duration: Seconds;
	/** Allowed starts of service, closed intervals, ascending, disjoint. */
	readonly windows: readonly (readonly [Seconds, Seconds])[];
	/** A start later than `cutoff` loses `cutoffLoss` of the prize (2^31 - 1: never). */
	readonly cutoff: Seconds;
	readonly cutoffLoss: Cents;
	/** Prize by previous contact, length numDays + 1; entries for impossible predecessors are ignored. May be negative. */
	readonly prize: ArrayLike<number>;
	/** A promised contact: it must be in the solution unless all required contacts together are infeasible. */
	readonly required: boolean;
	/** Exempt from the minimum gap on both sides (appointments). */
	readonly gapExempt: boolean;
	readonly isSwap: boolean;
	/** By resource; absent: none. */
	readonly demand?: ArrayLike<number>;
}

/** A priced row: what is missing to the floor costs. floor cost = Σ round(100 × shortfall × cost), in whole cents a floor. */
export interface FloorSpec {
	readonly unit: "seconds" | "contacts";
	/** Least service time or number of contacts over the horizon. */
	readonly atLeast: number;
	/** Currency units an hour (unit seconds) or a contact. */
	readonly cost: number;
	readonly customers: Int32Array;
}

/** Stands for "no limit" in a spec. */
export const UNLIMITED = 2147483647;
