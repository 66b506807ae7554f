import { CarteiraError } from "../errors.ts";
import { type CsvRecord, readCsvRecords } from "./csv-records.ts";
import type { DecimalMark, RowSink } from "./raw-rows.ts";
import type { ColumnType, TableSpec } from "./schema.ts";
import { type DecodedText, decodeText } from "./text-encoding.ts";

const DELIMITERS = [",", ";", "\t"];
const NUMERIC: readonly ColumnType[] = ["number", "integer", "money"];
/** Cells with a decimal mark of their own that settle the question. */
const ENOUGH_EVIDENCE = 1000;

/** Reads the rows of a CSV file of a table. The dialect is detected once for the whole file. */
export function decodeCsv(file: Buffer, spec: TableSpec, sink: RowSink): void {
	const text = decodeText(file);
	const { delimiter, columns } = detectDelimiter(text, spec);
	const sample = sampleCells(text, delimiter, columns, spec);
	const decimalMark = sample.decimalMark ?? (delimiter === "," ? "." : ",");
	const dialect = { delimiter: delimiter === "\t" ? "tab" : delimiter, decimal: decimalMark, encoding: text.encoding, dates: sample.dates };
	sink.begin({ columns, decimalMark, dialect });
	let isHeader = true;
	readCsvRecords(text.bytes, delimiter, (record) => {
		if (isHeader) isHeader = false;
		else deliver(record, columns.length, sink);
		return true;
	});
	sink.end(columns);
}

function deliver({ cells, line, fault }: CsvRecord, numColumns: number, sink: RowSink): void {
	if (fault) sink.broken(line, "broken_quotes", cells.join(" | "), `${fault}; expected a delimiter or the end of the line`);
	else if (cells.length !== numColumns) {
		sink.broken(line, "ragged_row", cells.join(" | "), `${cells.length} cells; expected ${numColumns}, as in the header`);
	} else sink.row(cells, line);
}

/** The delimiter under which the header has most columns of the table, else most columns. */
function detectDelimiter(text: DecodedText, spec: TableSpec): { delimiter: string; columns: string[] } {
	let best = { delimiter: ",", columns: [] as string[], known: -1 };
	for (const delimiter of DELIMITERS) {
		readCsvRecords(text.bytes, delimiter, ({ cells }) => {
			const columns = cells.map((cell) => cell.trim());
			const known = columns.filter((name) => Object.hasOwn(spec.columns, name)).length;
			if (known > best.known || (known === best.known && columns.length > best.columns.length)) best = { delimiter, columns, known };
			return false;
		});
	}
	if (best.columns.length === 0) throw new CarteiraError("INVALID_INPUT", "an empty file; expected a header with the names of the columns");
	return best;
}

/**
 * What the cells say of the decimal mark: `12,5` and `1.234,56` can only have a comma, `12.5` and `1,234.56` only a point; `1.234`
 * could be either and says nothing. Null: no cell settles it.
 */
function sampleCells(
	text: DecodedText,
	delimiter: string,
	columns: readonly string[],
	spec: TableSpec,
): { decimalMark: DecimalMark | null; dates: string } {
	const typeOf = columns.map((name) => spec.columns[name]?.type);
	const numeric = typeOf.flatMap((type, i) => (type && NUMERIC.includes(type) ? [i] : []));
	const dated = typeOf.flatMap((type, i) => (type === "day" || type === "datetime" ? [i] : []));
	const votes = { ".": 0, ",": 0 };
	const ambiguous = { ".": 0, ",": 0 };
	let dates = "";
	let isHeader = true;
	readCsvRecords(text.bytes, delimiter, ({ cells }) => {
		if (isHeader) return !(isHeader = false);
		for (const i of numeric) {
			const mark = decimalMarkOf(cells[i] ?? "");
			if (mark) votes[mark]++;
			else if (cells[i]?.includes(".")) ambiguous["."]++;
			else if (cells[i]?.includes(",")) ambiguous[","]++;
		}
		for (const i of dated) dates ||= dateOrderOf(cells[i] ?? "");
		return votes["."] + votes[","] < ENOUGH_EVIDENCE && (numeric.length > 0 || dates === "");
	});
	const settled = votes["."] + votes[","] > 0 ? votes : null;
	if (settled) return { decimalMark: settled["."] >= settled[","] ? "." : ",", dates };
	// Only cells such as 1.234 are left. A point among them is a decimal one, as anywhere in this project's own files.
	return { decimalMark: ambiguous["."] > 0 && ambiguous[","] === 0 ? "." : null, dates };
}

function decimalMarkOf(cell: string): DecimalMark | null {
	const match = /^\s*(?:R\$\s*)?[+-]?(?:R\$\s*)?(\d*)((?:[.,]\d+)+)\s*$/.exec(cell);
	if (!match) return null;
	const marks = match[2].replace(/\d/g, "");
	const last = marks.endsWith(",") ? "," : ".";
	if (marks.length > 1) return marks[0] !== last ? last : last === "." ? "," : ".";
	const decimals = match[2].length - 1;
	const couldGroup = decimals === 3 && match[1].length >= 1 && match[1].length <= 3 && match[1] !== "0";
	return couldGroup ? null : last;
}

function dateOrderOf(cell: string): string {
	if (/^\s*\d{4}-\d{2}-\d{2}/.test(cell)) return "yyyy-mm-dd";
	return /^\s*\d{1,2}\/\d{1,2}\/\d{4}/.test(cell) ? "dd/mm/yyyy" : "";
}
