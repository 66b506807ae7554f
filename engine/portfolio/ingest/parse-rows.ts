import type { InputProblem } from "../../errors.ts";
import { NULL_CODE } from "../../units.ts";
import type { ColumnStore } from "../rows/column.ts";
import type { RawCell, RawHeader, RowSink } from "../cells/raw-rows.ts";
import { MAX_BAD_ROWS_KEPT, MAX_PROBLEMS, TableDraft } from "../rows/table-draft.ts";
import { type ColumnSpec, TABLES, type TableName } from "../schema.ts";
import { type Appender, type ColumnKind, quoted, type QueryEngine } from "./query-engine.ts";

/** Rows that are validated before they go to the database. */
const PIECE_ROWS = 32_768;

/** The table of rows that JavaScript has parsed: `n`, `is_bad`, and the schema's columns in the units of memory, null for no value. */
export const PARSED = "parsed";

/** A sink that validates rows as every other table is validated, piece by piece, and keeps them in the table `parsed`. */
export interface RowParser extends RowSink {
	/** The first 100 problems. */
	readonly problems: InputProblem[];
	readonly counts: { rows: number; bad: number; broken: number; problems: number };
	/** Refused cells of the first bad rows as the file has them, by row in the file. */
	readonly refused: Map<number, Record<string, RawCell>>;
	/** Whole-file problems and warnings, known after `end`. */
	readonly whole: TableDraft;
	/** Must be called after the last row, before the table is read. */
	close(): void;
}

/** How a column of the schema is held in the database. */
function columnKind({ type }: ColumnSpec): ColumnKind {
	if (type === "number" || type === "money" || type === "datetime" || type === "version") return "DOUBLE";
	if (type === "day") return "INTEGER";
	return type === "enum" ? "UTINYINT" : "VARCHAR";
}

/** Makes the table `parsed` and opens a parser into it. */
export async function openRowParser(engine: QueryEngine, table: TableName): Promise<RowParser> {
	const columns = Object.entries(TABLES[table].columns);
	const kinds: ColumnKind[] = ["INTEGER", "BOOLEAN", ...columns.map(([, spec]) => columnKind(spec))];
	const names = ["n", "is_bad", ...columns.map(([name]) => quoted(name))];
	await engine.run(`CREATE TABLE ${PARSED} (${names.map((name, i) => `${name} ${kinds[i]}`).join(", ")})`);
	const appender = await engine.openAppender(PARSED, kinds);
	return rowParser(table, appender);
}

function rowParser(table: TableName, appender: Appender): RowParser {
	const problems: InputProblem[] = [];
	const counts = { rows: 0, bad: 0, broken: 0, problems: 0 };
	const refused = new Map<number, Record<string, RawCell>>();
	const whole = new TableDraft(table);
	let header: RawHeader = { columns: [], notations: null, dialect: null };
	let draft = new TableDraft(table);
	const open = (): void => {
		draft = new TableDraft(table);
		draft.begin({ ...header, warnings: [] });
	};
	const flush = (): void => {
		if (draft.numRows === 0) return;
		draft.end(header.columns);
		appender.append(cellsOf(draft));
		counts.rows += draft.numRows;
		counts.bad += draft.isBad.subarray(0, draft.numRows).reduce((sum, bad) => sum + bad, 0);
		counts.problems += draft.numProblems;
		problems.push(...draft.causes.slice(0, MAX_PROBLEMS - problems.length));
		for (const [index, cells] of draft.refused) if (refused.size < MAX_BAD_ROWS_KEPT) refused.set(draft.rowInFile[index], cells);
		open();
	};
	return {
		problems,
		counts,
		refused,
		whole,
		begin(read) {
			header = read;
			whole.begin(read);
			open();
		},
		row(cells, row) {
			draft.row(cells, row);
			if (draft.numRows === PIECE_ROWS) flush();
		},
		broken(...record) {
			counts.broken++;
			draft.broken(...record);
			if (draft.numRows === PIECE_ROWS) flush();
		},
		end: (named) => whole.end(named),
		close() {
			flush();
			appender.close();
		},
	};
}

function cellsOf(draft: TableDraft): (string | number | boolean | null)[][] {
	const rows = Array.from({ length: draft.numRows }, (_, row) => row);
	const columns = Object.keys(TABLES[draft.table].columns).map((name) => {
		const cell = cellReader(draft.columns[name]);
		return rows.map(cell);
	});
	return [rows.map((row) => draft.rowInFile[row]), rows.map((row) => draft.isBad[row] === 1), ...columns];
}

function cellReader(store: ColumnStore | undefined): (row: number) => string | number | null {
	if (!store) return () => null;
	const { held } = store;
	if (held.kind === "codes") return (row) => (held.values[row] === NULL_CODE ? null : held.values[row]);
	return (row) => {
		const cell = store.cellAt(row);
		return typeof cell === "boolean" ? null : cell;
	};
}
