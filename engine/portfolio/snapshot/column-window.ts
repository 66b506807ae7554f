import type { ColumnFile, Values } from "./column-file.ts";
import { allocate, type EventKind } from "./event-columns.ts";

/** Reads so many values of a column from a row on into an array, where they begin at `at`. */
export type ReadColumn = (from: number, into: Values, at: number, count: number) => void;

/** Rows that are read at one time where a reader goes on, or nearly, where it was. */
const WINDOW_ROWS = 8192;

/** Reads ranges of a column: ascending ones, as most are, through a window that is read at once; others one by one. */
export function openColumnWindow(file: ColumnFile, column: string, kind: EventKind): ReadColumn {
	const window = allocate(kind, WINDOW_ROWS, false);
	let [start, end] = [0, 0];
	return (from, into, at, count) => {
		const to = from + count;
		if (from >= start && to <= end) return copy(window, from - start, into, at, count);
		const goesOn = from >= start && from < end + WINDOW_ROWS && count <= WINDOW_ROWS;
		if (!goesOn) {
			file.readRange(column, from, into.subarray(at, at + count));
			[start, end] = [to, to];
			return;
		}
		[start, end] = [from, Math.min(from + WINDOW_ROWS, file.numRows)];
		file.readRange(column, start, window.subarray(0, end - start));
		copy(window, 0, into, at, count);
	};
}

/** Below this, copying cell by cell is quicker than making two views for `set`. */
const FEW = 48;

function copy(source: Values, from: number, into: Values, at: number, count: number): void {
	if (count >= FEW) into.set(source.subarray(from, from + count), at);
	else for (let i = 0; i < count; i++) into[at + i] = source[from + i];
}
