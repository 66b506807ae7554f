import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import iconv from "iconv-lite";
import { commitFile, temporaryOf } from "../../../engine/portfolio/files/durable-file.ts";
import { openTableWriter } from "../../../engine/portfolio/files/write-table.ts";
import type { Cell } from "../../../engine/portfolio/cells/cell-text.ts";
import { type ColumnType, isExtra, type TableName, TABLES } from "../../../engine/portfolio/schema.ts";
import { type Database, literal } from "./database.ts";
import type { NationalFormat } from "./national-options.ts";

const SQL_TYPES: Partial<Record<ColumnType, string>> = {
	number: "DOUBLE",
	integer: "BIGINT",
	money: "DECIMAL(18, 2)",
	day: "DATE",
	datetime: "TIMESTAMP",
	boolean: "BOOLEAN",
};

type Cells = Partial<Record<ColumnType, (name: string) => string>>;

/** As the ERPs of the country write: decimal comma, day first. */
const BRAZILIAN: Cells = {
	number: (name) => `replace(${name}::VARCHAR, '.', ',')`,
	money: (name) => `replace(${name}::VARCHAR, '.', ',')`,
	day: (name) => `strftime(${name}, '%d/%m/%Y')`,
	datetime: (name) => `strftime(${name}, '%d/%m/%Y %H:%M:%S')`,
};
/** As the project's own writers take them: whole cents, days and seconds since 1970, seconds from midnight. */
const PLAIN: Cells = {
	number: (name) => `${name}::DOUBLE`,
	integer: (name) => `${name}::DOUBLE`,
	money: (name) => `(${name} * 100)::DOUBLE`,
	day: (name) => `(${name} - DATE '1970-01-01')::INTEGER`,
	datetime: (name) => `epoch(${name})::DOUBLE`,
	time: (name) => `epoch(${name}::TIME)::DOUBLE`,
};

/** Writes the rows of a plain CSV of a table as its file in another format; answers their number. */
export function writeRows(database: Database, table: TableName, path: string, folder: string, format: NationalFormat): Promise<number> {
	const columns = Object.keys(TABLES[table].columns).filter((name) => !isExtra(name));
	const types = columns.map((name) => `${literal(name)}: '${SQL_TYPES[TABLES[table].columns[name].type] ?? "VARCHAR"}'`).join(", ");
	const rows = `SELECT * FROM read_csv(${literal(path)}, header = true, auto_detect = false, quote = '"', escape = '"', nullstr = '', columns = {${types}})`;
	return writeQuery(database, table, columns, rows, folder, format);
}

/** Writes what a query answers as a table's file, complete when its name is there; answers the number of rows. */
export async function writeQuery(
	database: Database,
	table: TableName,
	columns: readonly string[],
	query: string,
	folder: string,
	format: NationalFormat,
): Promise<number> {
	if (format === "arrow") return writeArrow(database, table, columns, query, folder);
	const path = join(folder, `${table}.${format === "csv-br" ? "csv" : format}`);
	const temporary = temporaryOf(path);
	const numRows = await (format === "csv-br"
		? writeBrazilian(database, selectOf(table, columns, query, BRAZILIAN), temporary)
		: database.number(
				`COPY (${query}) TO ${literal(temporary)} (${format === "csv" ? "FORMAT csv" : "FORMAT parquet, COMPRESSION zstd"})`,
			));
	commitFile(temporary, path);
	return numRows;
}

function selectOf(table: TableName, columns: readonly string[], query: string, cells: Cells): string {
	const select = columns.map((column) => {
		const name = `"${column}"`; // a table has a column named "on"
		return `${cells[TABLES[table].columns[column].type]?.(name) ?? name} AS ${name}`;
	});
	return `SELECT ${select.join(", ")} FROM (${query})`;
}

async function writeBrazilian(database: Database, query: string, path: string): Promise<number> {
	const utf8 = `${path}.utf8`;
	try {
		const numRows = await database.number(`COPY (${query}) TO ${literal(utf8)} (FORMAT csv, DELIMITER ';')`);
		const bytes = createReadStream(utf8, { highWaterMark: 1 << 20 });
		await pipeline(bytes, iconv.decodeStream("utf8"), iconv.encodeStream("windows-1252"), createWriteStream(path));
		return numRows;
	} finally {
		rmSync(utf8, { force: true });
	}
}

async function writeArrow(
	database: Database,
	table: TableName,
	columns: readonly string[],
	query: string,
	folder: string,
): Promise<number> {
	const writer = openTableWriter(folder, table, "arrow", columns);
	try {
		const result = await database.stream(selectOf(table, columns, query, PLAIN));
		for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
			const vectors = chunk.getColumns();
			for (let row = 0; row < chunk.rowCount; row++) writer.append(vectors.map((vector) => vector[row] as Cell));
		}
		return await writer.close();
	} catch (error) {
		writer.abort();
		throw error;
	}
}
