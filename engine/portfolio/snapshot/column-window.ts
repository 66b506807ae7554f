import type { ColumnFile, Values } from "./column-file.ts";
import { allocate, type EventKind } from "./event-columns.ts";

/** Reads the values of a column from a row on into an array. */
export type ReadColumn = (from: number, into: Values) => void;

/** Rows that are read at one time where a reader goes on, or nearly, where it was. */
const WINDOW_ROWS = 8192;

/** Reads ranges of a column: ascending ones, as most are, through a window that is read at once; others one by one. */
export function openColumnWindow(file: ColumnFile, column: string, kind: EventKind): ReadColumn {
	const window = allocate(kind, WINDOW_ROWS, false);
	let [start, end] = [0, 0];
	return (from, into) => {
		const to = from + into.length;
		if (from >= start && to <= end) return into.set(window.subarray(from - start, to - start));
		const goesOn = from >= start && from < end + WINDOW_ROWS && into.length <= WINDOW_ROWS;
		if (!goesOn) {
			file.readRange(column, from, into);
			[start, end] = [to, to];
			return;
		}
		[start, end] = [from, Math.min(from + WINDOW_ROWS, file.numRows)];
		file.readRange(column, start, window.subarray(0, end - start));
		into.set(window.subarray(0, into.length));
	};
}
