import type { Table } from "../portfolio.ts";
import { foldEvents } from "../purchase-events.ts";
import type { ColumnStore } from "../rows/column.ts";
import { TextBytes } from "../cells/growing-arrays.ts";
import type { LinkedTable } from "../rows/link-tables.ts";
import { TABLES } from "../schema.ts";
import { groupByCustomer, takeInto } from "../timeline.ts";
import type { Values } from "./column-file.ts";
import { allocate, kindOfColumn, nullOf, TIME } from "./event-columns.ts";
import type { EventPart, EventTableName, Sha } from "./manifest.ts";
import type { PartWriter } from "./part-writer.ts";

/** An event part in memory, before it is written. */
export interface EventRows {
	readonly table: EventTableName;
	/** By column of the file, all but `customer_id`; codes for references and texts. */
	readonly lines: Readonly<Record<string, Values>>;
	readonly words: Readonly<Record<string, TextBytes>>;
	/** A customer's id and row of the table, and where its lines end. */
	readonly customers: TextBytes;
	readonly customerRow: Int32Array;
	readonly lineEnd: Int32Array;
	/** By reference and code of its words: row of the named table. */
	readonly links: Readonly<Record<string, Int32Array>>;
}

/** Lays the rows of orders or contacts that stay out by customer, time and place in the file. */
export function layOutEvents({ name, draft, kept, refs }: LinkedTable): EventRows {
	const table = name as EventTableName;
	const columns = draft?.columns ?? {};
	const { held } = columns[TIME[table]];
	if (held.kind !== "days" && held.kind !== "numbers") throw new TypeError(`${TIME[table]} is no time`);
	const times = takeInto<Int32Array | Float64Array>(
		held.values,
		kept,
		allocate(held.kind, kept.length, false) as Int32Array | Float64Array,
	);
	const numCustomers = refs.customer_id.reduce((most, row) => Math.max(most, row + 1), 0);
	const { start, row: order } = groupByCustomer(refs.customer_id, kept.length, numCustomers, times);
	const lines: Record<string, Values> = {};
	const words: Record<string, TextBytes> = {};
	const links: Record<string, Int32Array> = {};
	for (const [column, store] of Object.entries(columns)) {
		if (column === "customer_id") continue;
		const coded = codesOf(store, kept);
		lines[column] = takeInto(coded.values, order, allocate(kindOfColumn(table, column), order.length, false));
		if (coded.words) words[column] = coded.words;
		if (refs[column]) links[column] = linksOf(coded, refs[column]);
	}
	return { table, lines, words, links, ...groupsOf(columns.customer_id, kept, start, order) };
}

/** The values of the rows that stay; codes of texts and references count in order of first appearance. */
function codesOf({ held }: ColumnStore, kept: Int32Array): { values: Values; words?: TextBytes } {
	if (held.kind === "numbers") return { values: takeInto(held.values, kept, new Float64Array(kept.length)) };
	if (held.kind === "days") return { values: takeInto(held.values, kept, new Int32Array(kept.length)) };
	if (held.kind === "codes") return { values: takeInto(held.values, kept, new Uint8Array(kept.length)) };
	const words = new TextBytes();
	const codeOf = new Map<string, number>();
	const values = new Int32Array(kept.length);
	const wordOf =
		held.kind === "refs"
			? (row: number) => (held.codes[row] < 0 ? null : held.words[held.codes[row]])
			: (row: number) => held.texts.at(row);
	let last: string | null = null;
	let lastCode = -1;
	for (let i = 0; i < kept.length; i++) {
		const word = wordOf(kept[i]);
		if (word === null) values[i] = -1;
		else {
			if (word !== last) {
				lastCode = codeOf.get(word) ?? -1;
				if (lastCode < 0) {
					lastCode = words.length;
					codeOf.set(word, lastCode);
					words.append(word);
				}
				last = word;
			}
			values[i] = lastCode;
		}
	}
	return { values, words };
}

function linksOf({ values, words }: { values: Values; words?: TextBytes }, rows: Int32Array): Int32Array {
	const links = new Int32Array(words?.length ?? 0).fill(-1);
	for (let i = 0; i < rows.length; i++) if (values[i] >= 0) links[values[i]] = rows[i];
	return links;
}

function groupsOf({ held }: ColumnStore, kept: Int32Array, start: Int32Array, order: Int32Array) {
	const rows: number[] = [];
	for (let c = 0; c + 1 < start.length; c++) if (start[c + 1] > start[c]) rows.push(c);
	const customers = new TextBytes();
	if (held.kind !== "refs") throw new TypeError("customer_id is no reference");
	for (const c of rows) customers.append(held.words[held.codes[kept[order[start[c]]]]]);
	return { customers, customerRow: Int32Array.from(rows), lineEnd: Int32Array.from(rows, (c) => start[c + 1]) };
}

/** Writes a part. `marginRate` is by row of products. */
export function writeEvents(rows: EventRows, marginRate: Float64Array, writer: PartWriter): EventPart {
	const { table, lines, words, customers, customerRow, lineEnd, links } = rows;
	const written: Record<string, Sha> = {};
	for (const [column, list] of Object.entries(words)) written[column] = writer.columns({ [column]: list });
	const linked: Record<string, Sha> = { customer_id: writer.columns({ customer_id: customerRow }) };
	for (const [column, list] of Object.entries(links)) linked[column] = writer.columns({ [column]: list });
	const numRows = lineEnd.length === 0 ? 0 : lineEnd[lineEnd.length - 1];
	const part = { num_rows: numRows, num_groups: lineEnd.length, lines: writer.columns(lines), words: written, links: linked };
	if (table === "contacts") return { ...part, groups: writer.columns({ customer_id: customers, line_end: lineEnd }) };
	const start = new Int32Array(lineEnd.length + 1);
	start.set(lineEnd, 1);
	const { eventStart, eventDay, eventValue, eventMargin } = foldEvents(tableOfLines(rows, numRows), marginRate, start, null);
	return {
		...part,
		groups: writer.columns({ customer_id: customers, line_end: lineEnd, event_end: eventStart.slice(1) }),
		events: writer.columns({ day: eventDay, value: eventValue, margin: eventMargin }),
	};
}

/** Lines as a table, as far as purchase events need one: numbers, days, codes, and the product. */
function tableOfLines({ table, lines, links }: EventRows, length: number): Table {
	const parts: Record<string, Record<string, Values>> = { numbers: {}, days: {}, codes: {}, refs: {} };
	for (const [column, spec] of Object.entries(TABLES[table].columns)) {
		const kind = kindOfColumn(table, column);
		if (kind === "texts" || column === "customer_id") continue;
		const values = lines[column] ?? allocate(kind, length, false).fill(nullOf(kind));
		parts[kind][column] = spec.table && links[column] ? Int32Array.from(values, (code) => (code < 0 ? -1 : links[column][code])) : values;
	}
	return { name: table, numRows: length, numStubs: 0, length, texts: {}, ...parts } as Table;
}
