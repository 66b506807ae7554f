import { CarteiraError } from "../../errors.ts";
import { type ByteSource, type CsvRecord, readCsvRecords } from "./csv-records.ts";
import { detectNotations, type KnownColumn, type Notations } from "./detect-notation.ts";
import { DIALECT_WORDS, type Dialect } from "./dialect.ts";
import { type RawHeader, type RowSink, TYPED_NOTATION } from "../cells/raw-rows.ts";
import type { TableSpec } from "../schema.ts";
import { decodeText } from "./text-encoding.ts";

const MAX_COLUMNS = 10_000;

/** Reads the rows of a CSV file of a table. What is not stated of its dialect is detected, over the whole file. */
export function decodeCsv(file: Buffer, spec: TableSpec, sink: RowSink, stated: Dialect = {}): void {
	const { bytes, encoding } = decodeText(file, stated.encoding);
	const { delimiter, columns } = findHeader(bytes, spec, stated);
	const known = knownColumns(columns, spec);
	const eachRecord = (onRecord: (record: CsvRecord) => void): void => {
		let isHeader = true;
		readCsvRecords(bytes, delimiter, (record) => {
			if (isHeader) isHeader = false;
			else onRecord(record);
			return true;
		});
	};
	const notations = detectNotations(known, (onRow) => eachRecord(({ cells, line }) => onRow(cells, line)), stated);
	sink.begin(csvHeader({ delimiter, columns, encoding, endsOpen: endsOpen(bytes) }, notations, stated));
	const unnamed = columns.flatMap((name, at) => (name === "" ? [at] : []));
	eachRecord((record) => deliver(record, columns.length, unnamed, sink));
	sink.end(columns);
}

/** The columns of a header that the table knows. */
export function knownColumns(columns: readonly string[], spec: TableSpec): KnownColumn[] {
	return columns.flatMap((name, at): KnownColumn[] => (Object.hasOwn(spec.columns, name) ? [{ name, at, spec: spec.columns[name] }] : []));
}

/** What a CSV file is told to be before its rows. */
export function csvHeader(
	found: { readonly delimiter: string; readonly columns: readonly string[]; readonly encoding: string; readonly endsOpen: boolean },
	{ of, decimal, dates }: Notations,
	stated: Dialect,
): RawHeader {
	const { delimiter, columns, encoding } = found;
	const pinned = Object.keys(stated).filter((field) => stated[field as keyof Dialect] !== undefined);
	return {
		columns,
		notations: columns.map((name) => of.get(name) ?? TYPED_NOTATION),
		dialect: {
			delimiter: delimiter === "\t" ? "tab" : delimiter,
			...(decimal && { decimal }),
			encoding,
			...(dates && { dates }),
			...(pinned.length > 0 && { pinned: pinned.join(", ") }),
		},
		warnings: found.endsOpen ? ["the last line has no end; the file may be cut"] : [],
	};
}

/** A file that was cut ends inside a line, unless it was cut between two. */
function endsOpen(bytes: Buffer): boolean {
	const last = bytes[bytes.length - 1];
	return last !== 0x0a && last !== 0x0d;
}

/** Gives a record to a sink, as a row or as a broken one. */
export function deliver(
	{ cells, line, fault }: CsvRecord,
	numColumns: number,
	unnamed: readonly number[],
	sink: Pick<RowSink, "row" | "broken">,
): void {
	const refuse = (code: string, message: string): void => sink.broken(line, code, cells.join(" | "), message);
	if (fault) refuse("broken_quotes", `${fault}; expected a delimiter or the end of the line`);
	else if (cells.length !== numColumns) refuse("ragged_row", `${cells.length} cells; expected ${numColumns}, as in the header`);
	// Where a decimal comma cuts a cell in two, the last part stands under the empty name that a delimiter at the header's end makes.
	else if (unnamed.some((at) => cells[at].trim() !== ""))
		refuse("ragged_row", "a value under no name; expected a header that names every column");
	else sink.row(cells, line);
}

/** The header, and the delimiter under which it has most columns of the table, else most columns. */
export function findHeader(bytes: ByteSource, spec: TableSpec, stated: Dialect): { delimiter: string; columns: string[] } {
	let best = { delimiter: ",", columns: [] as string[], known: -1 };
	for (const delimiter of stated.delimiter ? [stated.delimiter] : DIALECT_WORDS.delimiter) {
		readCsvRecords(bytes, delimiter, ({ cells }) => {
			if (cells.length > MAX_COLUMNS) throw new CarteiraError("INVALID_INPUT", `${cells.length} columns; at most ${MAX_COLUMNS} are read`);
			const columns = cells.map((cell) => columnNameOf(cell, spec));
			const known = columns.filter((name) => Object.hasOwn(spec.columns, name)).length;
			if (known > best.known || (known === best.known && columns.length > best.columns.length)) best = { delimiter, columns, known };
			return false;
		});
	}
	if (best.columns.length === 0) throw new CarteiraError("INVALID_INPUT", "an empty file; expected a header with the names of the columns");
	return best;
}

/** The table's column that a name of the header means, whatever its case and whatever joins its words; else the name as it stands. */
function columnNameOf(cell: string, spec: TableSpec): string {
	const name = cell.trim();
	const plain = name
		.normalize("NFKC")
		.toLowerCase()
		.replaceAll(/[\s-]+/g, "_");
	return Object.hasOwn(spec.columns, plain) ? plain : name;
}
