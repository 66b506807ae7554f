import type { Cell } from "../cells/cell-text.ts";
import type { TextBytes } from "../cells/growing-arrays.ts";
import type { Notation, RawCell } from "../cells/raw-rows.ts";
import type { ColumnSpec } from "../schema.ts";

/** What a cell is not: a stable code and what was expected. */
export interface Refusal {
	readonly code: string;
	readonly expected: string;
}

/** A column that grows cell by cell. A refused cell is held as null. */
export interface ColumnStore {
	readonly spec: ColumnSpec;
	append(raw: RawCell, notation: Notation): Refusal | null;
	appendNull(): void;
	/** The value of a row, in the units of memory; text for ids, references and enums. */
	cellAt(row: number): Cell;
	readonly held: Held;
}

/** How the values are held: `length` of the array may exceed the rows. */
export type Held =
	| { readonly kind: "texts"; readonly texts: TextBytes }
	| { readonly kind: "refs"; words: string[]; codes: Int32Array }
	| { readonly kind: "numbers"; values: Float64Array }
	| { readonly kind: "days"; values: Int32Array }
	| { readonly kind: "codes"; values: Uint8Array };

/** The refusal of an empty cell in a column that must have a value. */
export const MISSING: Refusal = { code: "missing_value", expected: "a value" };
