import { isMissing, parseText, settleCell } from "./parse-cell.ts";
import { type RawCell, type RawHeader, type RowSink, TYPED_NOTATION } from "../files/raw-rows.ts";
import { type ColumnSpec, TABLES, type TableName } from "../schema.ts";
import type { TableDraft } from "./table-draft.ts";

/** One row by column, free of its file's dialect. A column that is not in it was not sent. */
type Row = ReadonlyMap<string, RawCell>;

interface Sent {
	readonly row: Row;
	readonly rowInFile: number;
	/** Was it set aside by an import before? */
	readonly isRetried: boolean;
}

/** Rows of an upload (and of those set aside before it, which it overrules) that are to be laid over a table. */
export interface Changes {
	readonly table: TableName;
	readonly columns: Set<string>;
	/** By key; several for the lines of an order, none for what is deleted. */
	readonly sent: Map<string, Sent[]>;
	/** Broken records of the upload, told again when it is applied. */
	readonly broken: Parameters<RowSink["broken"]>[];
	dialect: RawHeader["dialect"];
	warnings: readonly string[];
}

/** No changes yet. */
export function openChanges(table: TableName): Changes {
	return { table, columns: new Set(), sent: new Map(), broken: [], dialect: null, warnings: [] };
}

/** Column of an upload that says what becomes of its row's key; it is no column of any table. */
export const OP: { readonly name: string; readonly spec: ColumnSpec } = {
	name: "op",
	spec: { type: "enum", optional: true, values: ["upsert", "delete"] },
};

/** A sink that collects changes; a row whose `op` is `delete` takes what has its key away. A key that an earlier file had is overruled, but for columns that this one does not send. */
export function collectChanges(changes: Changes, isRetried: boolean): RowSink {
	const earlier = new Set(changes.sent.keys());
	changes.broken.length = 0;
	return readRows(changes.table, {
		begin: ({ dialect, warnings = [] }) => {
			changes.dialect = dialect;
			changes.warnings = warnings;
		},
		row(key, row, rowInFile) {
			const op = row.get(OP.name);
			if (op === "delete") {
				earlier.delete(key);
				changes.sent.set(key, []);
				return;
			}
			if (!isMissing(op) && op !== "upsert") {
				changes.broken.push([rowInFile, "unknown_word", String(op), `${OP.name}: expected ${OP.spec.values?.join(" or ")}`]);
				return;
			}
			const known = changes.sent.get(key);
			const overruled = earlier.delete(key);
			if (known?.length === 0) known.push({ row, rowInFile, isRetried });
			else if (known && !overruled) known.push({ row, rowInFile, isRetried });
			else if (!known || TABLES[changes.table].manyPerKey) changes.sent.set(key, [{ row, rowInFile, isRetried }]);
			else changes.sent.set(key, [{ row: new Map([...known[0].row, ...row]), rowInFile, isRetried }]);
		},
		broken: (...record) => void changes.broken.push(record),
		end: (named) => {
			for (const name of named) if (name !== OP.name) changes.columns.add(name);
		},
	});
}

/**
 * A sink for the rows that a table holds: those without changes go on to the draft; a changed order is dropped, for its lines are
 * replaced whole; any other changed row lends the columns that were not sent. `finish` appends the changes themselves.
 */
export function applyChanges(changes: Changes, draft: TableDraft): { readonly held: RowSink; finish(): void } {
	const columns = Object.keys(TABLES[changes.table].columns);
	const { manyPerKey } = TABLES[changes.table];
	const held = new Map<string, Row>();
	const present = new Set(changes.columns);
	const cells: RawCell[] = [];
	const append = (row: Row, rowInFile: number, rest?: Row): void => {
		for (let i = 0; i < columns.length; i++) cells[i] = row.has(columns[i]) ? row.get(columns[i]) : rest?.get(columns[i]);
		draft.row(cells, rowInFile);
	};
	draft.begin({ columns, notations: null, dialect: changes.dialect, warnings: changes.warnings });
	return {
		held: readRows(changes.table, {
			begin: () => {},
			row(key, row, rowInFile) {
				if (!changes.sent.has(key)) append(row, rowInFile);
				else if (!manyPerKey) held.set(key, row);
			},
			broken: () => {},
			end: (named) => {
				for (const name of named) present.add(name);
			},
		}),
		finish() {
			const appendSent = (retried: boolean): void => {
				for (const [key, rows] of changes.sent) {
					for (const { row, rowInFile, isRetried } of rows) if (isRetried === retried) append(row, rowInFile, held.get(key));
				}
			};
			appendSent(true);
			draft.reportFrom = draft.numRows; // the upload is not to blame for what was wrong before it
			appendSent(false);
			for (const record of changes.broken) draft.broken(...record);
			draft.end([...present]);
		},
	};
}

/** Turns rows of cells into rows by column with their keys. */
function readRows(table: TableName, to: Omit<RowSink, "row"> & { row(key: string, row: Row, rowInFile: number): void }): RowSink {
	const { key, columns: specs } = TABLES[table];
	let header: RawHeader = { columns: [], notations: null, dialect: null };
	return {
		begin(read) {
			header = read;
			to.begin(read);
		},
		row(cells, rowInFile) {
			const row = new Map<string, RawCell>();
			for (let i = 0; i < header.columns.length; i++) {
				const spec = header.columns[i] === OP.name ? OP.spec : specs[header.columns[i]];
				if (spec && cells[i] !== undefined) row.set(header.columns[i], settleCell(spec, cells[i], header.notations?.[i] ?? TYPED_NOTATION));
			}
			to.row(key.map((column) => keyText(row.get(column))).join("\u0000"), row, rowInFile);
		},
		broken: (...record) => to.broken(...record),
		end: (named) => to.end(named),
	};
}

function keyText(cell: RawCell): string {
	return isMissing(cell) ? "" : (parseText(cell) ?? String(cell));
}
