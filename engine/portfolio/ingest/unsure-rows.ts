import { openColumn } from "../rows/open-column.ts";
import { parseDate } from "../cells/parse-cell.ts";
import { type RawCell, TYPED_NOTATION } from "../cells/raw-rows.ts";
import type { ColumnSpec } from "../schema.ts";
import { PARSED, type RowParser } from "./parse-rows.ts";
import { eachText, quoted, type QueryEngine } from "./query-engine.ts";
import type { RawFile } from "./raw-file.ts";
import { numberOfText, type RawColumn, typedColumn } from "./typed-sql.ts";

/** What of a file SQL reads, typed; the rows that it was not sure of are in the table `parsed`. */
export interface SureRows {
	/** A query with `n` and the columns of the file in the units of memory, null for no value. */
	readonly relation: string;
	readonly numRows: number;
	/** Of columns whose type has none but whole numbers: the least and the largest in the units of memory, as the file's own statistics tell it. */
	readonly ranges: ReadonlyMap<string, Range>;
}

/** Least and largest; null for a column without a value. */
export type Range = readonly [least: number | null, largest: number | null];

/**
 * Splits the rows of a file: those of which SQL is sure of every cell are typed by SQL; the others go through the parser, as do the
 * broken ones, in order of the file. The parser must have begun.
 */
export async function splitRows(engine: QueryEngine, file: RawFile, parser: RowParser): Promise<SureRows> {
	const { relation, columns } = await readTexts(engine, file);
	const [[count]] = await engine.rows(`SELECT count(*)::DOUBLE FROM (${file.relation})`);
	const plain: RawColumn[] = [];
	const doubtful: string[] = [];
	for (const { column, relation: alone } of columns) {
		const judged = await judgeColumn(engine, column, file.relation, Number(count));
		plain.push(judged.column);
		// Whether a column has any other cell is looked for in it alone, which is faster than in all at one time.
		if (judged.isSure !== "true" && (await hasRow(engine, alone, `NOT (${judged.isSure})`))) doubtful.push(judged.isSure);
	}
	const typed = plain.map(typedColumn);
	const raws = file.columns.map(({ raw }) => raw);
	const numUnsure = await parseRows(
		engine,
		`SELECT n, ${raws.join(", ")} FROM (${relation}) WHERE NOT (${doubtful.join(" AND ") || "true"}) ORDER BY n`,
		file,
		parser,
	);
	parser.end(file.named);
	parser.close();
	const select = [...typed.map(({ name, value }) => `${value} AS ${quoted(name)}`), ...standIns(plain, parser)];
	const rest = numUnsure > 0 ? ` ANTI JOIN ${PARSED} USING (n)` : "";
	return {
		relation: `SELECT n, ${select.join(", ")} FROM (${relation})${rest}`,
		numRows: Number(count) - numUnsure,
		ranges: await rangesOf(engine, file),
	};
}

async function rangesOf(engine: QueryEngine, { columns, relation }: RawFile): Promise<Map<string, Range>> {
	const whole = columns.filter(({ exact }) => exact?.isWhole);
	if (whole.length === 0) return new Map();
	const facts = whole.flatMap(({ sql }) => [`min(${sql})::DOUBLE`, `max(${sql})::DOUBLE`]);
	const [row] = await engine.rows(`SELECT ${facts.join(", ")} FROM (${relation})`);
	return new Map(
		whole.map(({ name, spec }, i): [string, Range] => {
			const inMemory = (value: unknown): number | null =>
				value === null ? null : Math.round(Number(value) * (spec.type === "money" ? 100 : 1));
			return [name, [inMemory(row[i * 2]), inMemory(row[i * 2 + 1])]];
		}),
	);
}

async function hasRow(engine: QueryEngine, relation: string, condition: string): Promise<boolean> {
	return (await engine.rows(`SELECT 1 FROM (${relation}) WHERE ${condition} LIMIT 1`)).length > 0;
}

/** A column as it is read for good, and what reads it alone. */
interface ReadColumn {
	readonly column: RawColumn;
	readonly relation: string;
}

/** Reads the texts of numbers and dates once, into columns beside them. */
async function readTexts(engine: QueryEngine, file: RawFile): Promise<{ relation: string; columns: ReadColumn[] }> {
	const read: string[] = [];
	const joins: string[] = [];
	const columns: ReadColumn[] = [];
	const relationOf = (reads: readonly string[], joined: readonly string[]): string =>
		`SELECT ${["r.*", ...reads].join(", ")} FROM (${file.relation}) r ${joined.join(" ")}`;
	for (const column of file.columns) {
		const { name, kind, sql, notation } = column;
		const { type } = column.spec;
		const own = `"${type === "day" ? "day" : "number"} of ${name}"`;
		const add = (reads: string, ...joined: string[]): void => {
			read.push(reads);
			joins.push(...joined);
			columns.push({ column: { ...column, read: own }, relation: relationOf([reads], joined) });
		};
		if (kind === "text" && type === "day") {
			await lookDaysUp(engine, column, file.relation);
			add(`days_${name}.day AS ${own}`, `LEFT JOIN days_${name} ON days_${name}.cell = ${sql}`);
		} else if (kind === "text" && (type === "number" || type === "money")) add(`${numberOfText(sql, notation)} AS ${own}`);
		else columns.push({ column, relation: file.relation });
	}
	return { relation: read.length === 0 ? file.relation : relationOf(read, joins), columns };
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
 * A column, rid of the spaces around its cells where it is text and has such, and SQL for the cells that SQL is sure of. Texts are judged
 * by their different words, for which the table `words_<column>` is made.
 */
async function judgeColumn(
	engine: QueryEngine,
	column: RawColumn,
	relation: string,
	numRows: number,
): Promise<{ column: RawColumn; isSure: string }> {
	const { name, spec, kind } = column;
	if (!["id", "ref", "text"].includes(spec.type)) return { column, isSure: typedColumn(column).isSure };
	await makeWords(engine, name, typedColumn(column).value, relation);
	const [[padded, used]] = await engine.rows(
		`SELECT count(*) FILTER (word LIKE ' %' OR word LIKE '% ')::DOUBLE, coalesce(sum(uses), 0)::DOUBLE FROM words_${name}`,
	);
	let judged = column;
	if (Number(padded) > 0 && kind === "text") {
		judged = { ...column, sql: `trim(${column.sql})` };
		await makeWords(engine, name, typedColumn(judged).value, relation);
	}
	const { value, isSure } = typedColumn(judged);
	const odd = await oddWords(engine, name, spec);
	const isWhole = Number(used) === numRows || (spec.optional && kind === "text");
	const sure = isWhole && judged === column ? "true" : isSure;
	return { column: judged, isSure: odd ? `${sure} AND NOT coalesce(${value} IN (SELECT word FROM ${odd}), false)` : sure };
}

/** Makes a table of the words of a column that the parser refuses or changes; null where there is none. */
async function oddWords(engine: QueryEngine, name: string, spec: ColumnSpec): Promise<string | null> {
	const doubtful: string[] = [];
	await engine.each(`SELECT word FROM words_${name} WHERE NOT (${PLAIN_WORD})`, (chunk) =>
		eachText(chunk, 0, (word) => doubtful.push(word)),
	);
	const store = openColumn(spec);
	const odd = doubtful.filter((word, i) => store.append(word, TYPED_NOTATION) !== null || store.cellAt(i) !== word);
	if (odd.length === 0) return null;
	await engine.run(`CREATE TABLE odd_${name} (word VARCHAR)`);
	const appender = await engine.openAppender(`odd_${name}`, ["VARCHAR"]);
	appender.append([odd]);
	appender.close();
	return `odd_${name}`;
}

/**
 * Makes the table of the different words of a column, with the first row and the number of rows of each, in order of the first row where
 * it is a reference, else of their bytes.
 */
export async function makeWords(engine: QueryEngine, name: string, value: string, relation: string): Promise<void> {
	await engine.run(`CREATE OR REPLACE TABLE words_${name} AS SELECT * FROM
		(SELECT ${value} AS word, min(n) AS first, count(*) AS uses FROM (${relation}) GROUP BY 1) WHERE word IS NOT NULL
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
