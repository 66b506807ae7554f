import type { Evidence } from "../policy/break-causes.ts";
import type { Day } from "../units.ts";
import type { FigureId } from "./figures.ts";

/** Told of a customer: where it counts, and the date that the figure turns on (NULL_DAY for none). Its measures lie in the array given. */
export type Emit = (customer: number, cell: number, on: Day) => void;

/** The customers of a figure, one after the other: sums and lists of names come from the same pass, so that they agree. */
export interface Source {
	readonly figure: FigureId;
	/** By cell: what tells its row apart, in order of the figure's `cells`. */
	readonly cells: readonly (readonly string[])[];
	/** Writes each customer's measures into `out`, in order of the figure's `measures`, and emits it; never twice with one cell. */
	each(out: Float64Array, emit: Emit): void;
	evidenceOf?(customer: number): Evidence | null;
}
