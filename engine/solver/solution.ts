import type { Cents, Metres, Seconds } from "../units.ts";

/** A contact as the solver placed it. */
export interface PlacedContact {
	/** Index into the spec's `options`. */
	readonly option: number;
	readonly slot: number;
	/** Of a visit: when the rep gets there; of a remote contact: its start. */
	readonly arrive: Seconds;
	readonly start: Seconds;
	readonly end: Seconds;
	/** The leg to it; 0 for remote contacts. */
	readonly travelTime: Seconds;
	readonly travelDistance: Metres;
}

export interface SlotSchedule {
	readonly slot: number;
	/** In order of start. */
	readonly contacts: readonly PlacedContact[];
	/** When the rep leaves the start place for the first visit (shift open if there is no visit) and reaches the end place. */
	readonly leave: Seconds;
	readonly finish: Seconds;
	readonly breaks: readonly { readonly start: Seconds; readonly end: Seconds }[];
	/** All legs with the return. */
	readonly travelTime: Seconds;
	readonly travelDistance: Metres;
	readonly travelCost: Cents;
}

export interface Solution {
	/** One a slot, in order of slots. */
	readonly schedules: readonly SlotSchedule[];
	/** Σ prizes − cutoff losses − travel cost − floor cost. */
	readonly value: Cents;
	readonly floorCost: Cents;
	/** Valid for every solution of the spec that meets all required contacts in `required` minus `unmetRequired`. */
	readonly upperBound: Cents;
	readonly boundMethod: string;
	/** Options that are required but cannot be kept together with the other required ones. */
	readonly unmetRequired: readonly number[];
	readonly iterations: number;
	readonly stopped: boolean;
}
