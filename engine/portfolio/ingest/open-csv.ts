import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isInterrupted } from "../files/engine-errors.ts";
import { csvHeader, deliver, findHeader, knownColumns } from "../files/decode-csv.ts";
import { type CsvRecord, readCsvRecords } from "../files/csv-records.ts";
import type { KnownColumn } from "../files/detect-notation.ts";
import type { Dialect } from "../files/dialect.ts";
import { TABLES, type TableName } from "../schema.ts";
import { detectInSql } from "./detect-in-sql.ts";
import { literal, type QueryEngine } from "./query-engine.ts";
import type { BrokenRecord, RawFile } from "./raw-file.ts";
import { eachPiece } from "../files/scan-file.ts";
import type { TextFacts } from "./text-facts.ts";
import type { RawColumn } from "./typed-sql.ts";
import { openText, openUtf8File, type Utf8File } from "./utf8-file.ts";

/** The table of cells as the file has them: `n` by line, and `c<position>`. */
const CELLS = "cells";

/** Files that reading a CSV may leave under its scratch folder. */
export function csvScratch(scratch: string): { readonly text: string; readonly rows: string } {
	return { text: join(scratch, "text.csv"), rows: join(scratch, "rows.csv") };
}

interface Header {
	readonly delimiter: string;
	readonly columns: readonly string[];
	/** Positions of the columns that the schema knows, and of those without a name. */
	readonly known: readonly number[];
	readonly unnamed: readonly number[];
}

/** Reads a CSV file of any size into a table of cells, and detects what is not stated of its dialect, over the whole file. */
export async function openCsv(engine: QueryEngine, path: string, scratch: string, table: TableName, stated: Dialect): Promise<RawFile> {
	const spec = TABLES[table];
	const { text, rows } = csvScratch(scratch);
	const file = openUtf8File(path, text, stated.encoding);
	const source = openText(file);
	try {
		const { delimiter, columns } = findHeader(source, spec, stated);
		const known = knownColumns(columns, spec);
		const unnamed = columns.flatMap((name, at) => (name === "" ? [at] : []));
		const header = { delimiter, columns, unnamed, known: known.map(({ at }) => at) };
		const isLoaded = isPlain(file, header, source) && (await loadPlain(engine, file, header));
		const broken: BrokenRecord[] = [];
		if (!isLoaded) await loadRewritten(engine, source, header, rows, broken);
		const columnsInSql = known.map((column) => ({ ...column, sql: `c${column.at}` }));
		const notations = await detectInSql(engine, `SELECT ${isLoaded ? "rowid + 2 AS n" : "n"}, * FROM ${CELLS}`, columnsInSql, stated);
		const told = csvHeader({ delimiter, columns, encoding: file.encoding, endsOpen: file.facts.endsOpen }, notations, stated);
		return {
			relation: isLoaded
				? `SELECT (rowid + 2)::INTEGER AS n, * FROM ${CELLS}`
				: `SELECT * EXCLUDE (is_broken) FROM ${CELLS} WHERE NOT is_broken`,
			columns: known.map((column) => rawColumn(column, told.notations?.[column.at])),
			header: told,
			named: columns,
			broken,
		};
	} finally {
		source.close();
	}
}

function rawColumn({ name, at, spec }: KnownColumn, notation: RawColumn["notation"] | undefined): RawColumn {
	if (!notation) throw new Error(`no notation of column ${name}`);
	return { name, spec, kind: "text", sql: `c${at}`, raw: `coalesce(c${at}, '')`, notation };
}

/** Will DuckDB see the same records as the tokenizer, or say that it cannot? Then each row is on the line of its number. */
function isPlain(file: Utf8File, { columns, delimiter }: Header, source: ReturnType<typeof openText>): boolean {
	const { facts } = file;
	if (facts.lineEnd === null || facts.hasLooseQuote || columns.length < 2) return false;
	const head = Buffer.from(source.subarray(0, 1 << 20));
	const line = head.subarray(0, head.indexOf(0x0a) + 1);
	let cells: readonly string[] = [];
	if (line.length === 0 || line.filter((byte) => byte === 0x22).length % 2 === 1) return false;
	readCsvRecords(line, delimiter, (record) => {
		cells = record.fault ? [] : [...record.cells];
		return false;
	});
	return cells.length === columns.length && !hasCellsBehind(file, columns.length, delimiter);
}

/** Has any row an empty cell behind its last one? DuckDB takes such a row for a whole one, though its cells may be moved by a decimal comma. */
function hasCellsBehind({ path, markBytes, facts }: Utf8File, numColumns: number, delimiter: string): boolean {
	const mark = delimiter.charCodeAt(0);
	if (facts.mayEndLine[mark] === 0 && facts.mayEndLine[QUOTE] === 0) return false; // an empty cell is nothing, or two quotes
	let numMarks = 0;
	let isQuoted = false;
	eachPiece(
		path,
		(piece) => {
			for (let at = 0; at < piece.length; at++) {
				if (piece[at] === QUOTE) isQuoted = !isQuoted;
				else if (piece[at] === mark && !isQuoted) numMarks++;
			}
		},
		markBytes,
	);
	return numMarks !== numLines(facts) * (numColumns - 1);
}

/** Lines of a text, the header among them. */
function numLines({ numLineEnds, endsOpen }: TextFacts): number {
	return numLineEnds + (endsOpen ? 1 : 0);
}

const QUOTE = 0x22;

async function loadPlain(engine: QueryEngine, { path, facts }: Utf8File, header: Header): Promise<boolean> {
	const { columns, known, unnamed } = header;
	const kept = [...new Set([...known, ...unnamed])];
	const types = columns.map((_, at) => `'c${at}': 'VARCHAR'`).join(", ");
	const options = `header = false, skip = 1, delim = ${literal(header.delimiter)}, new_line = ${literal(facts.lineEnd === "\n" ? "\\n" : "\\r\\n")}`;
	try {
		await createCells(
			engine,
			`SELECT ${kept.map((at) => `c${at}`).join(", ") || "c0"}
			FROM read_csv(${literal(path)}, ${options}, ${STRICT}, columns = {${types}})`,
		);
	} catch (error) {
		if (isInterrupted(error)) throw error;
		await engine.run(`DROP TABLE IF EXISTS ${CELLS}`);
		return false;
	}
	const isUnnamed = unnamed.map((at) => `trim(c${at}) <> ''`).join(" OR ") || "false";
	const [[count, numUnnamed]] = await engine.rows(`SELECT count(*)::DOUBLE, count(*) FILTER (${isUnnamed})::DOUBLE FROM ${CELLS}`);
	if (Number(count) === numLines(facts) - 1 && Number(numUnnamed) === 0) return true;
	await engine.run(`DROP TABLE ${CELLS}`);
	return false;
}

/** Trying all ways to pack texts takes the engine longer; this one, a dictionary where words repeat, is nearly as small as the best and read fastest. */
async function createCells(engine: QueryEngine, query: string): Promise<void> {
	await engine.run("SET force_compression = 'dict_fsst'");
	try {
		await engine.run(`CREATE TABLE ${CELLS} AS ${query}`);
	} finally {
		await engine.run("SET force_compression = 'auto'");
	}
}

/** Nothing is guessed, and nothing odd is passed over. */
const STRICT = `auto_detect = false, quote = '"', escape = '"', comment = '', null_padding = false, ignore_errors = false, strict_mode = true`;

/** A longer record than the tokenizer lets pass cannot come. */
const MAX_LINE_BYTES = 100_000_000;
const BUFFER_CHARACTERS = 1 << 20;

/** Tokenizes the file as all CSV files are, and gives DuckDB its records anew, in one way of quoting. */
async function loadRewritten(
	engine: QueryEngine,
	source: ReturnType<typeof openText>,
	{ delimiter, columns, known, unnamed }: Header,
	path: string,
	broken: BrokenRecord[],
): Promise<void> {
	const file = openSync(path, "w");
	let text = "";
	let longest = 0;
	const flush = (): void => {
		const bytes = Buffer.from(text);
		for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
		text = "";
	};
	const write = ({ cells, line }: CsvRecord, isBroken: boolean): void => {
		const before = text.length;
		text += `${line},${isBroken}`;
		for (const at of known) text += `,${requoted(cells[at] ?? "")}`;
		text += "\n";
		longest = Math.max(longest, text.length - before);
		if (text.length > BUFFER_CHARACTERS) flush();
	};
	let isHeader = true;
	try {
		readCsvRecords(source, delimiter, (record) => {
			if (isHeader) isHeader = false;
			else
				deliver(record, columns.length, unnamed, {
					row: () => write(record, false),
					broken(row, code, value, message) {
						write(record, true);
						broken.push({ row, code, value: broken.length < MOST_SHOWN ? value.slice(0, MOST_CHARACTERS) : "", message });
					},
				});
			return true;
		});
		flush();
	} finally {
		closeSync(file);
	}
	const types = [`'n': 'INTEGER'`, `'is_broken': 'BOOLEAN'`, ...known.map((at) => `'c${at}': 'VARCHAR'`)].join(", ");
	const long = longest > 500_000 ? `, max_line_size = ${MAX_LINE_BYTES}, parallel = false` : "";
	await createCells(
		engine,
		`SELECT *
		FROM read_csv(${literal(path)}, header = false, delim = ',', new_line = '\\n', ${STRICT}${long}, columns = {${types}})`,
	);
}

/** Of broken records only so many are shown, and of each only so much. */
const MOST_SHOWN = 100;
const MOST_CHARACTERS = 1000;

function requoted(cell: string): string {
	return /[",\r\n]/.test(cell) || cell.startsWith(" ") || cell.endsWith(" ") ? `"${cell.replaceAll('"', '""')}"` : cell;
}
