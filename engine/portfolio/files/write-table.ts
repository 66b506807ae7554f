import { rmSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { openArrowFile } from "./arrow-file.ts";
import { type Cell, cellTextOf } from "../cells/cell-text.ts";
import { commitFile, openDurableFile, temporaryOf } from "./durable-file.ts";
import { type ColumnSpec, type ColumnType, isExtra, type TableName, TABLES } from "../schema.ts";

export const TABLE_FORMATS = ["csv", "parquet", "arrow"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** Writes one table row by row in bounded memory. The file appears under its name, complete and on disk, only when `close` returns. */
export interface TableWriter {
	readonly path: string;
	/** Cells in order of the columns that the writer was opened with; the array is kept for a while and must not change. */
	append(row: readonly Cell[]): void;
	/** Finishes the file and answers the number of rows. */
	close(): Promise<number>;
	/** Drops what was written. */
	abort(): void;
}

/** Opens `<folder>/<table>.<format>` for writing; `columns` defaults to all columns of the schema in its order, but extra ones. */
export function openTableWriter(
	folder: string,
	table: TableName,
	format: TableFormat,
	columns: readonly string[] = Object.keys(TABLES[table].columns).filter((name) => !isExtra(name)),
): TableWriter {
	const specs = columns.map((name) => specOf(table, name));
	const path = join(folder, `${table}.${format}`);
	if (format === "arrow") return openArrowFile(path, columns, specs);
	return format === "csv" ? openCsv(path, columns, specs) : openParquet(path, columns, specs);
}

function specOf(table: TableName, name: string): ColumnSpec {
	const spec = TABLES[table].columns[name];
	if (!spec) throw new CarteiraError("USAGE", `table ${table} has no column ${name}`);
	return spec;
}

function openCsv(path: string, columns: readonly string[], specs: readonly ColumnSpec[]): TableWriter {
	const file = openDurableFile(path);
	const texts = specs.map(({ type }) => cellTextOf(type));
	let numRows = 0;
	file.write(`${columns.join(",")}\n`);
	return {
		path,
		append(row) {
			let line = "";
			for (let i = 0; i < texts.length; i++) {
				const cell = row[i];
				if (i > 0) line += ",";
				if (cell !== null) line += quoted(texts[i](cell));
			}
			file.write(`${line}\n`);
			numRows++;
		},
		async close() {
			file.close();
			return numRows;
		},
		abort: () => file.abort(),
	};
}

function quoted(text: string): string {
	return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Opens a Parquet file of columns that are no table's; `metadata` goes into the file's key-value metadata. */
export function openParquetFile(
	path: string,
	columns: Readonly<Record<string, ColumnType>>,
	metadata: Readonly<Record<string, string>> = {},
): TableWriter {
	const specs = Object.values(columns).map((type) => ({ type, optional: true }));
	return openParquet(path, Object.keys(columns), specs, metadata);
}

/** Parquet is made from a CSV beside it by DuckDB's COPY, which streams; its appender would keep the table in the database first. */
function openParquet(
	path: string,
	columns: readonly string[],
	specs: readonly ColumnSpec[],
	metadata: Readonly<Record<string, string>> = {},
): TableWriter {
	const rows = openCsv(`${path}.rows.tmp`, columns, specs);
	return {
		path,
		append: (row) => rows.append(row),
		async close() {
			const numRows = await rows.close();
			const temporary = temporaryOf(path);
			try {
				await copyToParquet(rows.path, temporary, columns, specs, metadata);
			} finally {
				rmSync(rows.path, { force: true });
			}
			commitFile(temporary, path);
			return numRows;
		},
		abort: () => rows.abort(),
	};
}

async function copyToParquet(
	from: string,
	to: string,
	columns: readonly string[],
	specs: readonly ColumnSpec[],
	metadata: Readonly<Record<string, string>>,
): Promise<void> {
	const { DuckDBInstance } = await import("@duckdb/node-api"); // a native library: loaded only where it is used
	const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
	const types = columns.map((name, i) => `${literal(name)}: '${PARQUET_TYPES[specs[i].type] ?? "VARCHAR"}'`).join(", ");
	const pairs = Object.entries(metadata).map(([key, value]) => `${literal(key)}: ${literal(value)}`);
	const kept = pairs.length > 0 ? `, KV_METADATA {${pairs.join(", ")}}` : "";
	const instance = await DuckDBInstance.create(":memory:", { memory_limit: "1GB" });
	const connection = await instance.connect();
	try {
		await connection.run(
			`COPY (SELECT * FROM read_csv(${literal(from)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
			nullstr = '', columns = {${types}})) TO ${literal(to)} (FORMAT parquet, COMPRESSION zstd${kept})`,
		);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}

const PARQUET_TYPES: Partial<Record<ColumnType, string>> = {
	number: "DOUBLE",
	integer: "BIGINT",
	version: "BIGINT",
	money: "DECIMAL(18, 2)",
	day: "DATE",
	datetime: "TIMESTAMP",
	boolean: "BOOLEAN",
};
