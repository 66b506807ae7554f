import type { Portfolio, Table } from "../../engine/portfolio/portfolio.ts";
import { type ColumnSpec, TABLE_NAMES, TABLES, type TableName } from "../../engine/portfolio/schema.ts";
import { NULL_CODE, NULL_DAY, parseDay, parseTime } from "../../engine/units.ts";

/** A row as a file states it: dates and times as text, money in currency units. */
export type Row = Readonly<Record<string, string | number | boolean>>;
type Cell = Row[string] | undefined;
export type Rows = Readonly<Partial<Record<TableName, readonly Row[]>>>;

/** A portfolio of rows, held as the reader would hold it. */
export function portfolioOf(rows: Rows, policy: unknown = null): Portfolio {
	const tables: Record<TableName, Table> = {
		customers: tableOf("customers", rows),
		assignments: tableOf("assignments", rows),
		orders: tableOf("orders", rows),
		reps: tableOf("reps", rows),
		products: tableOf("products", rows),
		prices: tableOf("prices", rows),
		contacts: tableOf("contacts", rows),
		appointments: tableOf("appointments", rows),
		delivery_routes: tableOf("delivery_routes", rows),
		campaigns: tableOf("campaigns", rows),
		targets: tableOf("targets", rows),
		service_events: tableOf("service_events", rows),
		holidays: tableOf("holidays", rows),
	};
	return {
		tables,
		given: new Set(TABLE_NAMES.filter((name) => rows[name])),
		policy,
		reports: [],
		digest: "0123456789abcdef",
	};
}

function tableOf(name: TableName, rows: Rows): Table {
	const own = rows[name] ?? [];
	const texts: Record<string, Table["texts"][string]> = {};
	const refs: Record<string, Int32Array> = {};
	const numbers: Record<string, Float64Array> = {};
	const days: Record<string, Int32Array> = {};
	const codes: Record<string, Uint8Array> = {};
	for (const [column, spec] of Object.entries(TABLES[name].columns)) {
		const cells = own.map((row) => row[column]);
		if (spec.type === "ref") refs[column] = Int32Array.from(cells, (cell) => rowNamed(rows, spec, cell));
		else if (spec.type === "day") days[column] = Int32Array.from(cells, (cell) => (cell === undefined ? NULL_DAY : parseDay(String(cell))));
		else if (spec.type === "enum" || spec.type === "boolean") codes[column] = Uint8Array.from(cells, (cell) => codeOf(spec, cell));
		else if (["number", "integer", "money", "datetime", "time"].includes(spec.type))
			numbers[column] = Float64Array.from(cells, (cell) => numberOf(spec, cell));
		else texts[column] = { length: own.length, at: (row) => (cells[row] === undefined ? null : String(cells[row])) };
	}
	return { name, numRows: own.length, numStubs: 0, length: own.length, texts, refs, numbers, days, codes };
}

function rowNamed(rows: Rows, { table }: ColumnSpec, cell: Cell): number {
	if (cell === undefined || !table) return -1;
	const key = TABLES[table].key[0];
	const row = (rows[table] ?? []).findIndex((other) => other[key] === cell);
	if (row < 0) throw new Error(`no ${table} ${String(cell)}`);
	return row;
}

function codeOf({ type, values = [] }: ColumnSpec, cell: Cell): number {
	if (cell === undefined) return NULL_CODE;
	return type === "boolean" ? Number(cell) : values.indexOf(String(cell));
}

function numberOf({ type }: ColumnSpec, cell: Cell): number {
	if (cell === undefined) return Number.NaN;
	if (type === "money") return Math.round(Number(cell) * 100);
	if (type === "time") return parseTime(String(cell));
	if (type !== "datetime") return Number(cell);
	const [date, time] = String(cell).split("T");
	return parseDay(date) * 86_400 + parseTime(time);
}
