import { openColumn } from "../rows/open-column.ts";
import { parseDate } from "../rows/parse-cell.ts";
import { type RawCell, TYPED_NOTATION } from "../files/raw-rows.ts";
import { PARSED, type RowParser } from "./parse-rows.ts";
import { eachText, quoted, type QueryEngine } from "./query-engine.ts";
import type { RawFile } from "./raw-file.ts";
import { type RawColumn, typedColumn } from "./typed-sql.ts";

/** What of a file SQL reads, typed; the rows that it was not sure of are in the table `parsed`. */
export interface SureRows {
	/** A query with `n` and the columns of the file in the units of memory, null for no value. */
	readonly relation: string;
	readonly numRows: number;
}

/**
 * Splits the rows of a file: those of which SQL is sure of every cell are typed by SQL; the others go through the parser, as do the
 * broken ones, in order of the file. The parser must have begun.
 */
export async function splitRows(engine: QueryEngine, file: RawFile, parser: RowParser): Promise<SureRows> {
	let relation = file.relation;
	const columns: RawColumn[] = [];
	for (const column of file.columns) {
		if (column.kind === "text" && column.spec.type === "day") {
			await lookDaysUp(engine, column, file.relation);
			const joined = `days_${column.name}`;
			relation = `SELECT r.*, ${joined}.day AS "day of ${column.name}" FROM (${relation}) r LEFT JOIN ${joined} ON ${joined}.cell = r.${column.sql}`;
			columns.push({ ...column, kind: "days", day: `"day of ${column.name}"` });
		} else columns.push(column);
	}
	const plain: RawColumn[] = [];
	const odd: string[] = [];
	for (const column of columns) {
		const { column: trimmed, isOdd } = await judgeWords(engine, column, file.relation);
		plain.push(trimmed);
		if (isOdd) odd.push(isOdd);
	}
	const typed = plain.map(typedColumn);
	const isSure = [...typed.map((column) => column.isSure), ...odd.map((isOdd) => `NOT ${isOdd}`)].join(" AND ") || "true";
	const raws = file.columns.map(({ raw }) => raw);
	const numUnsure = await parseRows(
		engine,
		`SELECT n, ${raws.join(", ")} FROM (${relation}) WHERE NOT (${isSure}) ORDER BY n`,
		file,
		parser,
	);
	parser.end(file.named);
	parser.close();
	const select = [...typed.map(({ name, value }) => `${value} AS ${quoted(name)}`), ...standIns(plain, parser)];
	const rest = numUnsure > 0 ? ` ANTI JOIN ${PARSED} USING (n)` : "";
	const [[count]] = await engine.rows(`SELECT count(*)::DOUBLE FROM (${file.relation})`);
	return { relation: `SELECT n, ${select.join(", ")} FROM (${relation})${rest}`, numRows: Number(count) - numUnsure };
}

/** Columns that another one stands in for. */
function standIns(columns: readonly RawColumn[], { whole }: RowParser): string[] {
	return Object.entries(whole.columns).flatMap(([name, { spec }]) => {
		const source = columns.find((column) => column.name === spec.standIn);
		if (columns.some((column) => column.name === name) || !source) return [];
		return `${typedColumn({ ...source, name, spec }).value} AS ${quoted(name)}`;
	});
}

/** Dates are many, but few different ones: each is parsed once, in whatever form it is written. */
async function lookDaysUp(engine: QueryEngine, { name, sql, notation }: RawColumn, relation: string): Promise<void> {
	await engine.run(`CREATE TABLE days_${name} (cell VARCHAR, day INTEGER)`);
	const cells: string[] = [];
	await engine.each(`SELECT DISTINCT ${sql} FROM (${relation}) WHERE ${sql} IS NOT NULL`, (chunk) =>
		eachText(chunk, 0, (cell) => cells.push(cell)),
	);
	const days = cells.map((cell) => parseDate(cell, notation.dates));
	const appender = await engine.openAppender(`days_${name}`, ["VARCHAR", "INTEGER"]);
	appender.append([cells, days.map((day) => (Number.isNaN(day) ? null : day))]);
	appender.close();
}

/** Words that need no second look: no white space around them, nothing but printable ASCII, not too long, no rounded number. */
const PLAIN_WORD = "regexp_full_match(word, '[!-~]([ -~]*[!-~])?') AND length(word) <= 256 AND NOT contains(word, 'E+')";

/**
 * Makes the table `words_<column>` of a column of texts, judges its words, and answers the column, rid of the spaces around its cells
 * where it has such, and SQL for the cells that the parser refuses or changes.
 */
async function judgeWords(engine: QueryEngine, column: RawColumn, relation: string): Promise<{ column: RawColumn; isOdd: string | null }> {
	const { name, spec, kind } = column;
	if (!["id", "ref", "text"].includes(spec.type)) return { column, isOdd: null };
	await makeWords(engine, column.name, typedColumn(column).value, relation);
	const [[padded]] = await engine.rows(`SELECT count(*)::DOUBLE FROM words_${name} WHERE word LIKE ' %' OR word LIKE '% '`);
	let judged = column;
	if (Number(padded) > 0 && kind === "text") {
		judged = { ...column, sql: `trim(${column.sql})` };
		await makeWords(engine, name, typedColumn(judged).value, relation);
	}
	const doubtful: string[] = [];
	await engine.each(`SELECT word FROM words_${name} WHERE NOT (${PLAIN_WORD})`, (chunk) =>
		eachText(chunk, 0, (word) => doubtful.push(word)),
	);
	const store = openColumn(spec);
	const odd = doubtful.filter((word, i) => store.append(word, TYPED_NOTATION) !== null || store.cellAt(i) !== word);
	if (odd.length === 0) return { column: judged, isOdd: null };
	await engine.run(`CREATE TABLE odd_${name} (word VARCHAR)`);
	const appender = await engine.openAppender(`odd_${name}`, ["VARCHAR"]);
	appender.append([odd]);
	appender.close();
	return { column: judged, isOdd: `coalesce(${typedColumn(judged).value} IN (SELECT word FROM odd_${name}), false)` };
}

/** Makes the table of the different words of a column, in order of their first row where it is a reference, else of their bytes. */
export async function makeWords(engine: QueryEngine, name: string, value: string, relation: string): Promise<void> {
	await engine.run(`CREATE OR REPLACE TABLE words_${name} AS
		SELECT word, first FROM (SELECT ${value} AS word, min(n) AS first FROM (${relation}) GROUP BY 1) WHERE word IS NOT NULL
		ORDER BY ${/^(customer|product|rep)_id$/.test(name) ? "first" : "word"}`);
}

async function parseRows(engine: QueryEngine, query: string, { broken, columns }: RawFile, parser: RowParser): Promise<number> {
	let numRows = 0;
	let next = 0;
	const tellBroken = (before: number): void => {
		for (; next < broken.length && broken[next].row < before; next++) {
			const { row, code, value, message } = broken[next];
			parser.broken(row, code, value, message);
		}
	};
	const cells: RawCell[] = [];
	await engine.each(query, (chunk) => {
		const rows = chunk.getColumns();
		for (let i = 0; i < chunk.rowCount; i++) {
			const row = Number(rows[0][i]);
			for (let c = 0; c < columns.length; c++) cells[c] = plain(rows[c + 1][i]);
			tellBroken(row);
			parser.row(cells, row);
			numRows++;
		}
	});
	tellBroken(Infinity);
	return numRows;
}

function plain(value: unknown): RawCell {
	return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
