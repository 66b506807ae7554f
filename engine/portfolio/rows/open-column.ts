import type { ColumnStore } from "./column.ts";
import { openCodes, openDays, openNumbers } from "./number-columns.ts";
import type { ColumnSpec } from "../schema.ts";
import { openRefs, openTexts } from "./text-columns.ts";

/**
 * Opens an empty column for a type. Columns with few different values remember the cell before: the lines of an order, and a file in
 * order of time, repeat it, and an equal text is found equal much faster than it is looked up.
 */
export function openColumn(spec: ColumnSpec): ColumnStore {
	switch (spec.type) {
		case "number":
		case "integer":
		case "version":
		case "money":
		case "datetime":
		case "time":
			return openNumbers(spec);
		case "day":
			return openDays(spec);
		case "enum":
		case "boolean":
			return openCodes(spec);
		case "ref":
			return openRefs(spec);
		default:
			return openTexts(spec);
	}
}
