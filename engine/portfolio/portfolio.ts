import type { InputProblem } from "../errors.ts";
import type { Day } from "../units.ts";
import type { TableName } from "./schema.ts";

/** Text of a column, decoded from UTF-8 bytes on demand. */
export interface TextColumn {
	readonly length: number;
	at(row: number): string | null;
	/** All texts as codes, where the column can tell them quicker than one by one. */
	coded?(): CodedTexts;
}

/** A text column as codes: positions in `words`, of which none is there twice; -1 for null. */
export interface CodedTexts {
	readonly codes: Int32Array;
	readonly words: readonly string[];
}

/**
 * One table as columns over shared memory, grouped by how the values are held (see `ColumnType`). A column that the file lacks is
 * there and all null, so that no reader of a table asks whether it exists.
 *
 * Rows 0 … numRows-1 came from the table's file. Rows numRows … numRows+numStubs-1 are stubs: only their id is known, from an order
 * or a contact that names them (or from `orders` alone, where the table itself was not given). Every array has `length` cells.
 */
export interface Table {
	readonly name: TableName;
	readonly numRows: number;
	readonly numStubs: number;
	/** numRows + numStubs. */
	readonly length: number;
	/** `id`, `text`, and the little languages. */
	readonly texts: Readonly<Record<string, TextColumn>>;
	/** `ref`: row of the referenced table (stubs included), -1 for null. */
	readonly refs: Readonly<Record<string, Int32Array>>;
	/** `number`, `integer`, `money` (cents), `datetime` (seconds), `time` (seconds): NaN for null. */
	readonly numbers: Readonly<Record<string, Float64Array>>;
	/** `day`: NULL_DAY for null. */
	readonly days: Readonly<Record<string, Int32Array>>;
	/** `enum` and `boolean`: NULL_CODE for null. */
	readonly codes: Readonly<Record<string, Uint8Array>>;
}

/** What reading found wrong and what it did about it. */
export interface TableReport {
	readonly table: TableName;
	readonly file: string;
	readonly format: string;
	/** For CSV what was detected: delimiter, decimal mark, encoding, date order. */
	readonly dialect: Readonly<Record<string, string>> | null;
	readonly numRead: number;
	readonly numAccepted: number;
	readonly numQuarantined: number;
	/** Rows that were not taken, for what is held is newer; absent: none. */
	readonly numStale?: number;
	readonly numProblems: number;
	/** Of those, the ones that are consequences: rows that name a row which is itself set aside. */
	readonly numConsequences: number;
	/** The first 100, consequences last. */
	readonly problems: readonly InputProblem[];
	readonly warnings: readonly string[];
	/** SHA-256 of the file's bytes, hex. */
	readonly digest: string;
}

/** How far the order feed can be trusted. */
export interface FeedHealth {
	/** First day whose silence means nothing: history is trusted strictly before it. At most as_of. */
	readonly silenceFrom: Day;
	/** Working days between the last trusted order day and as_of; 0 when the feed is up to date; 1,000 stands for that many and more. */
	readonly staleDays: number;
	/** Working days with no orders, or abnormally few against the same weekday, that are not holidays; the first 30 of either. */
	readonly missingDays: readonly Day[];
	readonly thinDays: readonly Day[];
}

/** A portfolio folder in memory. Immutable. */
export interface Portfolio {
	/** Every table is there; one whose file was not given has numRows 0. */
	readonly tables: Readonly<Record<TableName, Table>>;
	readonly given: ReadonlySet<TableName>;
	/** policy.json as parsed, or null; the policy folder validates it. */
	readonly policy: unknown;
	readonly reports: readonly TableReport[];
	/** SHA-256 over the digests of all files, hex. */
	readonly digest: string;
	/** As a snapshot holds it; where it is absent the history groups and sorts the rows itself. */
	readonly timeline?: Timeline;
}

/** Purchase events of customers, oldest first: those of customer c are start[c] … start[c + 1] - 1. */
export interface PurchaseEvents {
	readonly eventStart: Int32Array;
	readonly eventDay: Int32Array;
	/** Net value of the day's lines in cents, returns of that day subtracted. */
	readonly eventValue: Float64Array;
	/** Margin in cents; where lines carry none, the product's margin_rate, else NaN for the whole event. */
	readonly eventMargin: Float64Array;
}

/**
 * The rows of orders and contacts by customer and time, and what was bought on which day, over all days, as compressed rows: the slice
 * of customer c is start[c] … start[c + 1] - 1.
 */
export interface Timeline extends PurchaseEvents {
	/** The tables whose rows it orders; it says nothing of others. */
	readonly orders: Table;
	readonly contacts: Table;
	readonly lineStart: Int32Array;
	/** Rows of `orders`, by customer, then day, then row; null: the table's rows are in that order. */
	readonly line: Int32Array | null;
	readonly contactStart: Int32Array;
	/** Rows of `contacts`, by customer, then time; null as for lines. */
	readonly contact: Int32Array | null;
	/** The lines from a day on, read without those before it; absent where the table is in memory anyway. */
	linesFrom?(day: Day): RecentLines;
	/** The lines of some customers, by ascending row, read without the others'; absent likewise. The slice of customers[k] is start[k] … */
	linesOf?(customers: Int32Array): RecentLines;
}

/** Some order lines by customer, then day: the slice of customer c is start[c] … start[c + 1] - 1, of `row`, or of the table itself (null). */
export interface RecentLines {
	readonly orders: Table;
	readonly start: Int32Array;
	readonly row: Int32Array | null;
}

/** Rows of a table by the text of one column, stubs included; of several rows with one text the last, rows without text left out. */
export function rowsById(table: Table, column: string): Map<string, number> {
	const rows = new Map<string, number>();
	for (let row = 0; row < table.length; row++) {
		const id = table.texts[column].at(row);
		if (id !== null) rows.set(id, row);
	}
	return rows;
}
