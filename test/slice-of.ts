import type { Portfolio, Table } from "../engine/portfolio/portfolio.ts";
import { TABLE_NAMES, TABLES } from "../engine/portfolio/schema.ts";

/**
 * The slow, obvious slice: the customers that some row gives to one of the reps, on whatever date, and those named, in order of rows and
 * numbered anew, with the rows of all tables that name them; the other tables whole.
 */
export function sliceOf(portfolio: Portfolio, repIds: readonly string[], alsoIds: readonly string[] = []): Portfolio {
	const { customers, assignments, appointments, reps } = portfolio.tables;
	const isMeant = (rep: number): boolean => rep >= 0 && repIds.includes(reps.texts.rep_id.at(rep) ?? "");
	const kept = new Set<number>();
	const also = new Set(alsoIds);
	for (let row = 0; row < customers.length; row++) {
		if (isMeant(customers.refs.rep_id[row]) || also.has(customers.texts.customer_id.at(row) ?? "")) kept.add(row);
	}
	for (const table of [assignments, appointments])
		for (let row = 0; row < table.numRows; row++) if (isMeant(table.refs.rep_id[row])) kept.add(table.refs.customer_id[row]);
	const newRow = new Map([...kept].sort((a, b) => a - b).map((row, at) => [row, at]));
	const tables = { ...portfolio.tables };
	for (const name of TABLE_NAMES) {
		const table = tables[name];
		const namesCustomers = TABLES[name].columns.customer_id?.type === "ref";
		if (name !== "customers" && !namesCustomers) continue;
		const isKept = (row: number): boolean => newRow.has(namesCustomers ? table.refs.customer_id[row] : row);
		const rows = Array.from({ length: table.length }, (_, row) => row).filter(isKept);
		const taken = takeRows(table, rows);
		if (namesCustomers) for (const [at, row] of rows.entries()) taken.refs.customer_id[at] = newRow.get(table.refs.customer_id[row]) ?? -1;
		tables[name] = taken;
	}
	return { ...portfolio, tables };
}

function takeRows(table: Table, rows: readonly number[]): Table {
	const numRows = rows.filter((row) => row < table.numRows).length;
	const each = <From, To>(columns: Readonly<Record<string, From>>, take: (column: From) => To): Record<string, To> =>
		Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, take(column)]));
	return {
		name: table.name,
		numRows,
		numStubs: rows.length - numRows,
		length: rows.length,
		texts: each(table.texts, (column) => ({ length: rows.length, at: (row) => column.at(rows[row]) })),
		refs: each(table.refs, (column) => Int32Array.from(rows, (row) => column[row])),
		numbers: each(table.numbers, (column) => Float64Array.from(rows, (row) => column[row])),
		days: each(table.days, (column) => Int32Array.from(rows, (row) => column[row])),
		codes: each(table.codes, (column) => Uint8Array.from(rows, (row) => column[row])),
	};
}
