import type { History } from "../../../engine/portfolio/history.ts";
import type { Portfolio, Table } from "../../../engine/portfolio/portfolio.ts";
import { TABLE_NAMES, TABLES, type TableName } from "../../../engine/portfolio/schema.ts";

export type Cells = Readonly<Record<string, string | number | null>>;

/** A row as its cells, references as the ids that they name. */
export function cellsAt(portfolio: Portfolio, table: Table, row: number): Cells {
	return Object.fromEntries(
		Object.entries(TABLES[table.name].columns).map(([column, spec]): [string, string | number | null] => {
			if (spec.table) return [column, idAt(portfolio, spec.table, table.refs[column][row])];
			if (table.texts[column]) return [column, table.texts[column].at(row)];
			const values = table.numbers[column] ?? table.days[column] ?? table.codes[column];
			return [column, values[row]];
		}),
	);
}

function idAt({ tables }: Portfolio, table: TableName, row: number): string | null {
	return row < 0 ? null : tables[table].texts[TABLES[table].key[0]].at(row);
}

/** All rows of the tables that are no events, sorted. */
export function plainView(portfolio: Portfolio): Record<string, string[]> {
	const tables = TABLE_NAMES.filter((name) => name !== "orders" && name !== "contacts");
	return Object.fromEntries(
		tables.map((name) => {
			const table = portfolio.tables[name];
			const rows = Array.from({ length: table.length }, (_, row) => JSON.stringify([row < table.numRows, cellsAt(portfolio, table, row)]));
			return [name, rows.sort()];
		}),
	);
}

/** What each customer did, in order. */
export function customersView(portfolio: Portfolio, history: History): Map<string, object> {
	const { customers, orders, contacts } = portfolio.tables;
	const view = new Map<string, object>();
	for (let c = 0; c < customers.length; c++) {
		const events = Array.from(history.eventDay.subarray(history.eventStart[c], history.eventStart[c + 1]), (day, i) => {
			const at = history.eventStart[c] + i;
			return [day, history.eventValue[at], history.eventMargin[at]];
		});
		const rowsOf = (table: Table, start: Int32Array, rows: Int32Array): Cells[] =>
			Array.from(rows.subarray(start[c], start[c + 1]), (row) => cellsAt(portfolio, table, row));
		view.set(customers.texts.customer_id.at(c) ?? "", {
			events,
			lines: rowsOf(orders, history.lineStart, history.line),
			met: rowsOf(contacts, history.contactStart, history.contact),
		});
	}
	return view;
}
