import type { FloorSpec, RouteSlotSpec } from "../solver/problem-spec.ts";
import type { Cents, Day, Seconds } from "../units.ts";

export const PHASES = ["prospect", "new", "active", "pre_inactive", "inactivating", "inactive", "ex_customer"] as const;
export const CLASSES = ["A", "B", "C"] as const;
export const POTENTIALS = ["high", "medium", "low"] as const;
export const KINDS = ["appointment", "escalation", "collect", "resolve", "prospect", "retain", "sell"] as const;
export type Kind = (typeof KINDS)[number];

/** Why a customer that bought regularly stopped. */
export const CAUSES = [
	"not_served",
	"credit",
	"stock_out",
	"delivery_failure",
	"price_objection",
	"complaint",
	"competitor",
	"closed",
	"unknown",
] as const;
export type Cause = (typeof CAUSES)[number];

/** Names of the terms of a contact's value, in order of their position in term arrays. */
export const TERMS = [
	"sale",
	"retention",
	"mix",
	"collection",
	"cadence",
	"campaign",
	"goal",
	"delivery_wait",
	"channel_cost",
	"route_day",
	"change",
] as const;

/** Codes of why a customer was left out, api.md. */
export const UNPLANNED_CODES = [
	"NOT_DUE",
	"MIN_GAP",
	"CREDIT_BLOCKED",
	"DELIVERY_DAY",
	"NO_WINDOW",
	"NO_CHANNEL",
	"UNREACHABLE",
	"SHIFT_FULL",
	"TRAVEL_LIMIT",
	"CONTACT_LIMIT",
	"ABSENCE",
	"LOWER_VALUE",
	"NEGATIVE_VALUE",
	"BLOCKED",
	"NO_REP",
	"HELD_OUT",
] as const;
export type UnplannedCode = (typeof UNPLANNED_CODES)[number];

/** What the policy says of every customer, by row of the customers table (stubs included). */
export interface Classification {
	readonly asOf: Day;
	/** Code in PHASES, CLASSES, POTENTIALS, CREDIT_STATUS. */
	readonly phase: Uint8Array;
	readonly class: Uint8Array;
	readonly potential: Uint8Array;
	readonly credit: Uint8Array;
	/** 1: returned from inactivating or deeper less than `recovered_days` ago. */
	readonly recovered: Uint8Array;
	/** Room for an order in cents; Infinity without a limit. */
	readonly headroom: Float64Array;
	/** -1 for customers that never ordered. */
	readonly daysSinceLastOrder: Int32Array;
	readonly lastOrderDay: Int32Array;
	/** Day of the last contact that reached the customer (not `not_reached`, not `cancelled`); NULL_DAY for none. */
	readonly lastContactDay: Int32Array;
	/** Why the phase is what it is: threshold in days that was reached, for the explanation; 0 where none applies. */
	readonly phaseThreshold: Int32Array;
}

/** One possible contact of one customer: what the solver may choose, and the money behind it. */
export interface ContactOption {
	/** Row of the customers table. */
	readonly customer: number;
	/** Index into the case's `days`. */
	readonly day: number;
	/** Code in CHANNELS. */
	readonly channel: number;
	readonly duration: Seconds;
	/** Allowed starts, closed intervals. Where a later start would make the order impossible, they end at the cut-off. */
	readonly windows: readonly (readonly [Seconds, Seconds])[];
	readonly cutoff: Seconds;
	readonly kind: Kind;
	readonly objective: string;
	readonly required: boolean;
	readonly gapExempt: boolean;
	/** Visit outside the customer's fixed days. */
	readonly isSwap: boolean;
	readonly minGapDays: number;
	/** Latest time of order for the first delivery, and that delivery, for a start at or before the cut-off, and after it. Null where delivery does not apply. */
	readonly delivery: { readonly orderBy: Seconds | null; readonly deliversOn: Day; readonly deliversOnAfterCutoff: Day | null } | null;
}

/** Why a customer has no option on any day, or fewer than the calendar would allow; `proven` ones hold for every plan. */
export interface Exclusion {
	readonly customer: number;
	readonly reasons: readonly { readonly code: UnplannedCode; readonly proven: boolean; readonly detail: string }[];
}

/** Everything that one rep's allocation depends on, and everything that explains it. */
export interface RepCase {
	/** Row of the reps table. */
	readonly rep: number;
	/** Dates worked in the horizon, ascending: absences, days off and holidays removed. */
	readonly days: readonly Day[];
	/** One a day; `start` and `end` are 0 for the rep's start place, 1 for its end place, -1 for none. */
	readonly slots: readonly RouteSlotSpec[];
	readonly places: { readonly start: { lat: number; lon: number } | null; readonly end: { lat: number; lon: number } | null };
	/** Rows of the customers table that this rep plans for (with or without options), ascending. */
	readonly customers: Int32Array;
	/** Sorted by position in `customers`, then day, then channel. */
	readonly options: readonly ContactOption[];
	readonly exclusions: readonly Exclusion[];
	/** `customers` are positions in the case's `customers`. */
	readonly floors: readonly (FloorSpec & { readonly label: string })[];
	/** Required contacts that no option can express (rep absent, day off): code REQUIRED_INFEASIBLE. */
	readonly unmet: readonly { readonly customer: number; readonly on: Day; readonly detail: string }[];
	/**
	 * Terms of an option in whole cents, in order of TERMS, given the date of the customer's previous contact inside the horizon
	 * (null: none) and whether the start is after the cut-off. The entry's value is exactly their sum.
	 */
	termsInto(option: number, previous: Day | null, afterCutoff: boolean, out: Int32Array): Cents;
	/** Products to offer on a contact, best first, with the expected cents of each (they explain `mix` and `sale`, they are not added again). */
	productsOf(
		option: number,
	): readonly { readonly product: number; readonly propensity: number; readonly expectedCents: Cents; readonly reason: string }[];
}
