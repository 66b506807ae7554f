import { statSync } from "node:fs";
import { CarteiraError } from "../../errors.ts";

/** Files larger than this are refused: one buffer must hold them. */
export const MAX_FILE_BYTES = 2_000_000_000;
/** Share of a table's rows, or of the orders' value, that may be set aside before the import is refused. */
export const MOST_BAD = 0.005;
/** A text file or a line of one that must be one string. */
export const MAX_TEXT_BYTES = 500_000_000;
/** Rows × columns beyond which a file is refused before it is decoded: a small compressed file can hold any number of them. */
const MAX_CELLS = 1_000_000_000;
/**
 * More rows than this for each byte are a bomb: keys alone take more. A bit a row, the densest column that is not constant, is eight.
 * Files of few rows may have any density.
 */
const MAX_ROWS_PER_BYTE = 64;
const FEW_ROWS = 100_000;

/** Refuses what a file says to hold before it is decoded. */
export function refuseBomb(numRows: number, numColumns: number, numBytes: number): void {
	const isCount = Number.isSafeInteger(numRows) && numRows >= 0;
	if (!isCount || numRows * numColumns > MAX_CELLS)
		throw new CarteiraError("INVALID_INPUT", `${numRows} rows × ${numColumns} columns; at most ${MAX_CELLS} cells are read`);
	if (numRows > FEW_ROWS + MAX_ROWS_PER_BYTE * numBytes)
		throw new CarteiraError("INVALID_INPUT", `${numRows} rows in ${numBytes} bytes; more than ${MAX_ROWS_PER_BYTE} a byte are no table`);
}

/** Parquet packs some ten times as many rows into a byte as text does. */
const TEXT_BYTES_OF_PARQUET = 10;

/** How large a file would be as text, about: what its rows cost goes by that. */
export function sizeAsText(path: string): number {
	try {
		const { size } = statSync(path);
		return path.endsWith(".parquet") ? TEXT_BYTES_OF_PARQUET * size : size;
	} catch {
		return 0; // whoever reads it says why it cannot be reached
	}
}
