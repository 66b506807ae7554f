/**
 * A cell as a file holds it, before it is validated: null and the empty text are no value; dates are ISO texts; undefined is a
 * key that an object of JSON does not have.
 */
export type RawCell = string | number | boolean | null | undefined;

export type DecimalMark = "." | ",";
/** Order of the dates that are written with slashes. */
export type SlashDates = "dd/mm/yyyy" | "mm/dd/yyyy";

/** How the numbers and dates of a column are written. */
export interface Notation {
	readonly decimal: DecimalMark;
	/** May the other mark group thousands? */
	readonly isGrouped: boolean;
	readonly dates: SlashDates;
}

/** The notation of texts in typed formats. */
export const TYPED_NOTATION: Notation = { decimal: ".", isGrouped: false, dates: "dd/mm/yyyy" };

/** What a reader of a format tells of its file, before the rows. */
export interface RawHeader {
	readonly columns: readonly string[];
	/** Of CSV: by column. Null: TYPED_NOTATION for all. */
	readonly notations: readonly Notation[] | null;
	/** Of CSV: what was detected and what was pinned. */
	readonly dialect: Readonly<Record<string, string>> | null;
	/** What is odd about the file as a whole. */
	readonly warnings?: readonly string[];
}

/** Takes the rows of a file one by one, whatever its format. */
export interface RowSink {
	begin(header: RawHeader): void;
	/** Cells in order of the columns; the array is used again for the next row. `row` is the line of a text file or the number of the record. */
	row(cells: readonly RawCell[], row: number): void;
	/** A record that could not be read as one. */
	broken(row: number, code: string, value: string, message: string): void;
	/** The names of columns that the file has, known to the schema or not. */
	end(named: readonly string[]): void;
}
