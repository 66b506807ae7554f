import type { InputProblem } from "../../errors.ts";
import { cellTextOf } from "../cells/cell-text.ts";
import type { ColumnStore, Refusal } from "./column.ts";
import { openColumn } from "./open-column.ts";
import { isMissing } from "../cells/parse-cell.ts";
import { type Notation, type RawCell, type RawHeader, type RowSink, TYPED_NOTATION } from "../cells/raw-rows.ts";
import { TABLES, type TableName } from "../schema.ts";

/** Problems that a report lists; the others are counted. */
export const MAX_PROBLEMS = 100;
/** Raw cells of bad rows are kept for the quarantine; with more bad rows than this the table is refused whatever its size. */
export const MAX_BAD_ROWS_KEPT = 100_000;

/** A table as it is read: typed columns, what is wrong with them so far, and which rows must be set aside. */
export class TableDraft implements RowSink {
	readonly table: TableName;
	/** Of the columns that the file has. */
	readonly columns: Record<string, ColumnStore> = {};
	numRows = 0;
	/** Where each row stands in its file. */
	rowInFile = new Int32Array(64);
	isBad = new Uint8Array(64);
	/** The first 100 of either kind: what is wrong with rows, and that they name rows which are themselves set aside. */
	readonly causes: InputProblem[] = [];
	readonly consequences: InputProblem[] = [];
	numProblems = 0;
	numConsequences = 0;
	/** Problems that no row can be blamed for; the table cannot be read with one of them. */
	readonly fatal: InputProblem[] = [];
	readonly warnings: string[] = [];
	/** Refused cells of bad rows as the file has them, by row and column. */
	readonly refused = new Map<number, Record<string, RawCell>>();
	dialect: RawHeader["dialect"] = null;
	/** Rows before this one were held already: what is wrong with them is not the fault of the file that is read, and not reported. */
	reportFrom = 0;
	/** Of each column of the file; null for one that the schema does not know. */
	#stores: ({ readonly name: string; readonly store: ColumnStore; readonly notation: Notation } | null)[] = [];

	constructor(table: TableName) {
		this.table = table;
	}

	begin({ columns, notations, dialect, warnings = [] }: RawHeader): void {
		this.warnings.push(...warnings.map((warning) => `${this.table}: ${warning}`));
		this.dialect = dialect;
		const specs = TABLES[this.table].columns;
		this.#stores = columns.map((name, i) => {
			if (!Object.hasOwn(specs, name)) return null;
			if (this.columns[name]) this.#fail("repeated_column", name, "the header has it twice; expected each column once");
			const store = openColumn(specs[name]);
			this.columns[name] = store;
			return { name, store, notation: notations?.[i] ?? TYPED_NOTATION };
		});
	}

	row(cells: readonly RawCell[], row: number): void {
		const index = this.#push(row);
		for (let i = 0; i < this.#stores.length; i++) {
			const column = this.#stores[i];
			if (!column) continue;
			const refusal = column.store.append(cells[i], column.notation);
			if (refusal) this.refuse(index, column.name, refusal, cells[i]);
		}
	}

	broken(row: number, code: string, value: string, message: string): void {
		const index = this.#push(row);
		for (const column of this.#stores) column?.store.appendNull();
		this.isBad[index] = 1;
		this.#report(index, { table: this.table, row, value: shorten(value), code, message });
	}

	end(named: readonly string[]): void {
		const specs = TABLES[this.table].columns;
		const unknown = named.filter((name) => !Object.hasOwn(specs, name) && name !== "");
		if (unknown.length > 0) this.warnings.push(`${this.table}: unknown columns ignored: ${unknown.slice(0, 20).join(", ")}`);
		for (const [name, spec] of Object.entries(specs)) {
			if (named.includes(name)) continue;
			delete this.columns[name];
			if (!spec.optional && !this.#standIn(name))
				this.#fail("missing_column", name, `expected in every ${this.table} file; found ${named.slice(0, 40).join(", ")}`);
		}
	}

	/** Fills a column that the file lacks from the one that stands in for it; false where there is none. */
	#standIn(name: string): boolean {
		const spec = TABLES[this.table].columns[name];
		const source = spec.standIn === undefined ? undefined : this.columns[spec.standIn];
		if (!source) return false;
		const store = openColumn(spec);
		for (let index = 0; index < this.numRows; index++) {
			const cell = source.cellAt(index);
			if (cell === null) store.appendNull();
			else store.append(cell, TYPED_NOTATION);
		}
		this.columns[name] = store;
		this.warnings.push(`${this.table}: no column ${name}; ${spec.standIn} stands in for it`);
		return true;
	}

	/** Marks a row bad for what one of its cells holds. */
	refuse(index: number, column: string, refusal: Refusal, raw: RawCell = this.textAt(index, column)): void {
		this.#report(index, this.#refused(index, column, refusal, raw));
	}

	/** Marks a row bad because the row that one of its cells names is. */
	setAsideWith(index: number, column: string, target: TableName): void {
		const refusal = { code: "reference_set_aside", expected: `an id of ${target} whose own row is not set aside` };
		if (index >= this.reportFrom) this.numConsequences++;
		this.#report(index, this.#refused(index, column, refusal, this.textAt(index, column)), this.consequences);
	}

	#refused(index: number, column: string, { code, expected }: Refusal, raw: RawCell): InputProblem {
		this.isBad[index] = 1;
		if (this.refused.size < MAX_BAD_ROWS_KEPT) this.refused.set(index, { ...this.refused.get(index), [column]: raw });
		const value = isMissing(raw) ? "" : shorten(String(raw));
		const message = `${column} ${value === "" ? "is empty" : `"${value}"`}: expected ${expected}`;
		return { table: this.table, row: this.rowInFile[index], column, value, code, message };
	}

	/** Marks a row bad without a problem of its own: another row of its order has one. */
	setAside(index: number): void {
		this.isBad[index] = 1;
	}

	/** A cell as a file of ours would write it; empty for null. */
	textAt(index: number, column: string): string {
		const store = this.columns[column];
		const cell = store ? store.cellAt(index) : null;
		return cell === null ? "" : cellTextOf(store.spec.type)(cell);
	}

	#push(row: number): number {
		const index = this.numRows++;
		if (index >= this.rowInFile.length) {
			const rows = new Int32Array(index * 2);
			rows.set(this.rowInFile);
			this.rowInFile = rows;
			const bad = new Uint8Array(index * 2);
			bad.set(this.isBad);
			this.isBad = bad;
		}
		this.rowInFile[index] = row;
		return index;
	}

	#report(index: number, problem: InputProblem, list: InputProblem[] = this.causes): void {
		if (index < this.reportFrom) return;
		this.numProblems++;
		if (list.length < MAX_PROBLEMS) list.push(problem);
	}

	#fail(code: string, column: string, expectation: string): void {
		this.fatal.push({ table: this.table, column, code, message: `column ${column} of ${this.table}: ${expectation}` });
	}
}

function shorten(text: string): string {
	return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
