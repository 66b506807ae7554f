import { NULL_CODE, NULL_DAY } from "../../units.ts";
import { TABLES } from "../schema.ts";
import { kindOf } from "./shared-table.ts";
import type { EventTableName } from "./manifest.ts";
import type { Values } from "./column-file.ts";

/** How a column of events is held: `refs` and `texts` as codes into a word list. */
export type EventKind = ReturnType<typeof kindOf>;

/** Column that orders a customer's events: the day of an order, the time of a contact. */
export const TIME: Readonly<Record<EventTableName, string>> = { orders: "ordered_on", contacts: "contacted_at" };

export function kindOfColumn(table: EventTableName, column: string): EventKind {
	return kindOf(TABLES[table].columns[column]);
}

/** Has a column codes into a word list? */
export function hasWords(kind: EventKind): boolean {
	return kind === "refs" || kind === "texts";
}

/** Values of a kind, in memory that threads can share where that is asked for. */
export function allocate(kind: EventKind, length: number, isShared: boolean): Values {
	const width = kind === "numbers" ? 8 : kind === "codes" ? 1 : 4;
	const memory = isShared ? new SharedArrayBuffer(length * width) : new ArrayBuffer(length * width);
	if (kind === "numbers") return new Float64Array(memory);
	return kind === "codes" ? new Uint8Array(memory) : new Int32Array(memory);
}

/** What stands for null. */
export function nullOf(kind: EventKind): number {
	return kind === "numbers" ? Number.NaN : kind === "days" ? NULL_DAY : kind === "codes" ? NULL_CODE : -1;
}
