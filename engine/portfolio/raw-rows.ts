/**
 * A cell as a file holds it, before it is validated: null and the empty text are no value; dates are ISO texts; undefined is a
 * key that an object of JSON does not have.
 */
export type RawCell = string | number | boolean | null | undefined;

/** How numbers read in a file. */
export type DecimalMark = "." | ",";

/** What a reader of a format tells of its file, before the rows. */
export interface RawHeader {
	readonly columns: readonly string[];
	readonly decimalMark: DecimalMark;
	/** Of CSV: what was detected. */
	readonly dialect: Readonly<Record<string, string>> | null;
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

/** Files larger than this are refused: one buffer must hold them. */
export const MAX_FILE_BYTES = 2_000_000_000;
/** Rows × columns beyond which a file is refused before it is decoded: a small compressed file can hold any number of them. */
export const MAX_CELLS = 1_000_000_000;
