import type { Table, TextColumn } from "../portfolio.ts";
import { takeInto } from "../timeline.ts";
import type { Values } from "./column-file.ts";
import { lazyRecord } from "./lazy.ts";

/** Rows of customers that some reps look after, as owner, by assignment or by appointment, and rows beside them; ascending. */
export function customersOf(reps: ReadonlySet<number>, beside: Iterable<number>, customers: Table, links: readonly Table[]): Int32Array {
	const isTheirs = new Uint8Array(customers.length);
	const owner = customers.refs.rep_id;
	for (let row = 0; row < owner.length; row++) if (reps.has(owner[row])) isTheirs[row] = 1;
	for (const { refs, numRows } of links) {
		for (let row = 0; row < numRows; row++) if (reps.has(refs.rep_id[row])) isTheirs[refs.customer_id[row]] = 1;
	}
	for (const row of beside) isTheirs[row] = 1;
	return Int32Array.from(rowsWhere(customers.length, (row) => isTheirs[row] === 1));
}

function* rowsWhere(length: number, isIn: (row: number) => boolean): Generator<number> {
	for (let row = 0; row < length; row++) if (isIn(row)) yield row;
}

/** Some rows of a table, ascending; columns are gathered when they are first asked for. */
export function takeRows(table: Table, rows: Int32Array): Table {
	const { length } = rows;
	const take = <T extends Values>(columns: Readonly<Record<string, T>>): Record<string, T> =>
		lazyRecord(Object.keys(columns), (name) => takeInto(columns[name], rows, sharedLike(columns[name], length)));
	const texts = lazyRecord(Object.keys(table.texts), (name): TextColumn => {
		const column = table.texts[name];
		return { length, at: (row) => column.at(rows[row]) };
	});
	const numRows = rows.reduce((count, row) => count + (row < table.numRows ? 1 : 0), 0);
	const { name, refs, numbers, days, codes } = table;
	return {
		name,
		numRows,
		numStubs: length - numRows,
		length,
		texts,
		refs: take(refs),
		numbers: take(numbers),
		days: take(days),
		codes: take(codes),
	};
}

function sharedLike<T extends Values>(values: T, length: number): T {
	const memory = new SharedArrayBuffer(length * values.BYTES_PER_ELEMENT);
	const made =
		values instanceof Float64Array
			? new Float64Array(memory)
			: values instanceof Int32Array
				? new Int32Array(memory)
				: new Uint8Array(memory);
	return made as T;
}

/** Rows of a table that name one of some customers, which are numbered anew. */
export function takeOfCustomers(table: Table, newRow: Int32Array): Table {
	const customer = table.refs.customer_id;
	const rows = Int32Array.from(rowsWhere(table.length, (row) => customer[row] >= 0 && newRow[customer[row]] >= 0));
	const taken = takeRows(table, rows);
	const numbered = takeInto(newRow, takeInto(customer, rows, new Int32Array(rows.length)), sharedLike(newRow, rows.length));
	const refs = lazyRecord(Object.keys(table.refs), (name) => (name === "customer_id" ? numbered : taken.refs[name]));
	return { ...taken, refs };
}
