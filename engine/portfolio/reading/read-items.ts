import type { InputProblem } from "../../errors.ts";
import { openObjects } from "../files/decode-json.ts";
import type { RawCell } from "../cells/raw-rows.ts";
import { checkRows } from "../rows/row-rules.ts";
import { MAX_PROBLEMS, TableDraft } from "../rows/table-draft.ts";
import { TABLES, type TableName } from "../schema.ts";

/** One row that came by itself, checked against the schema but not against other tables. */
export interface Item {
	/** The cells that were sent, of columns that the table has; those of its ids as they are compared. */
	readonly row: Readonly<Record<string, RawCell>>;
	/** What is wrong with what was sent. */
	readonly problem: InputProblem | null;
	/** A column that a whole row needs and this one does not send. */
	readonly unsent: InputProblem | null;
}

/** Checks rows of a table that come as values of JSON, each for itself. */
export function readItems(table: TableName, values: readonly unknown[]): Item[] {
	// So few at a time that no draft lists fewer problems than it has.
	const atOnce = Math.floor(MAX_PROBLEMS / Object.keys(TABLES[table].columns).length);
	const items: Item[] = [];
	for (let from = 0; from < values.length; from += atOnce) items.push(...readSome(table, values.slice(from, from + atOnce)));
	return items;
}

function readSome(table: TableName, values: readonly unknown[]): Item[] {
	const columns = Object.keys(TABLES[table].columns);
	const draft = new TableDraft(table);
	const rows: Record<string, RawCell>[] = values.map(() => ({}));
	const objects = openObjects(TABLES[table], {
		begin: (header) => draft.begin(header),
		row(cells, row) {
			for (const [at, column] of columns.entries()) if (cells[at] !== undefined) rows[row - 1][column] = cells[at];
			draft.row(cells, row);
		},
		broken: (...record) => draft.broken(...record),
		end: () => {},
	});
	for (const [at, value] of values.entries()) objects.append(value, at + 1);
	checkRows(draft);
	return rows.map((row, at) => {
		const problems = draft.causes.filter((problem) => problem.row === at + 1);
		const isUnsent = ({ column }: InputProblem): boolean => column !== undefined && !Object.hasOwn(row, column);
		for (const column of idsOf(table)) if (Object.hasOwn(row, column)) row[column] = draft.textAt(at, column);
		return { row, problem: problems.find((one) => !isUnsent(one)) ?? null, unsent: problems.find(isUnsent) ?? null };
	});
}

function idsOf(table: TableName): string[] {
	const columns = Object.entries(TABLES[table].columns);
	return columns.flatMap(([column, { type }]) => (type === "id" || type === "ref" ? [column] : []));
}
