import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { CarteiraError } from "../errors.ts";
import { formatDay, formatTime, SECONDS_PER_DAY } from "../units.ts";
import { openArrowFile } from "./arrow-file.ts";
import type { ColumnSpec, ColumnType, TableName } from "./schema.ts";
import { TABLES } from "./schema.ts";

export const TABLE_FORMATS = ["csv", "parquet", "arrow"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/**
 * A value to write, in the units that tables have in memory: money in whole cents, days since 1970-01-01, datetimes in seconds since
 * 1970-01-01T00:00:00 local, times in seconds from midnight; enums and references are their words. Null and the empty text are null.
 */
export type Cell = string | number | boolean | null;

/** Writes one table row by row in bounded memory. The file appears under its name, complete and on disk, only when `close` returns. */
export interface TableWriter {
	readonly path: string;
	/** Cells in order of the columns that the writer was opened with. */
	append(row: readonly Cell[]): void;
	/** Finishes the file and answers the number of rows. */
	close(): Promise<number>;
	/** Drops what was written. */
	abort(): void;
}

/** Opens `<folder>/<table>.<format>` for writing; `columns` defaults to all columns of the schema in its order. */
export function openTableWriter(
	folder: string,
	table: TableName,
	format: TableFormat,
	columns: readonly string[] = Object.keys(TABLES[table].columns),
): TableWriter {
	const specs = columns.map((name) => specOf(table, name));
	const path = join(folder, `${table}.${format}`);
	if (format === "arrow") return openArrowFile(path, columns, specs);
	return format === "csv" ? openCsv(path, columns, specs) : openParquet(path, columns, specs);
}

/** Opens a text file that appears under its name when it is closed; `write` buffers about a megabyte. */
export function openTextFile(path: string): { write(text: string): void; close(): void; abort(): void } {
	const temporary = `${path}.${process.pid}.tmp`;
	const file = openSync(temporary, "w");
	let buffered = "";
	const flush = (): void => {
		const bytes = Buffer.from(buffered);
		for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
		buffered = "";
	};
	return {
		write(text) {
			buffered += text;
			if (buffered.length > 1_000_000) flush();
		},
		close() {
			flush();
			fsyncSync(file);
			closeSync(file);
			renameDurably(temporary, path);
		},
		abort() {
			closeSync(file);
			rmSync(temporary, { force: true });
		},
	};
}

/** Renames a finished file over its final name and makes the new name survive a crash. */
export function renameDurably(from: string, to: string): void {
	renameSync(from, to);
	const folder = openSync(dirname(to), "r");
	fsyncSync(folder);
	closeSync(folder);
}

function specOf(table: TableName, name: string): ColumnSpec {
	const spec = TABLES[table].columns[name];
	if (!spec) throw new CarteiraError("USAGE", `table ${table} has no column ${name}`);
	return spec;
}

function openCsv(path: string, columns: readonly string[], specs: readonly ColumnSpec[]): TableWriter {
	const file = openTextFile(path);
	const formats = specs.map(({ type }) => FORMATS[type] ?? formatText);
	let numRows = 0;
	file.write(`${columns.join(",")}\n`);
	return {
		path,
		append(row) {
			let line = "";
			for (let i = 0; i < formats.length; i++) {
				const cell = row[i];
				if (i > 0) line += ",";
				if (cell !== null) line += formats[i](cell);
			}
			file.write(`${line}\n`);
			numRows++;
		},
		async close() {
			file.close();
			return numRows;
		},
		abort: file.abort,
	};
}

/**
 * Parquet is made of a temporary CSV by DuckDB's COPY, which streams: half a million lines a second on two cores in some hundred
 * megabytes, where its appender takes three times as long and holds the whole table.
 */
function openParquet(path: string, columns: readonly string[], specs: readonly ColumnSpec[]): TableWriter {
	const text = openCsv(`${path}.rows.csv`, columns, specs);
	return {
		path,
		append: text.append,
		async close() {
			const numRows = await text.close();
			const temporary = `${path}.${process.pid}.tmp`;
			try {
				await copyToParquet(text.path, temporary, columns, specs);
			} finally {
				rmSync(text.path, { force: true });
			}
			const file = openSync(temporary, "r");
			fsyncSync(file);
			closeSync(file);
			renameDurably(temporary, path);
			return numRows;
		},
		abort: text.abort,
	};
}

async function copyToParquet(from: string, to: string, columns: readonly string[], specs: readonly ColumnSpec[]): Promise<void> {
	const { DuckDBInstance } = await import("@duckdb/node-api"); // its native library loads in 0.2 s: only where it is used
	const instance = await DuckDBInstance.create(":memory:", { memory_limit: "1GB", preserve_insertion_order: "true" });
	const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
	const types = columns.map((name, i) => `${quoted(name)}: '${PARQUET_TYPES[specs[i].type] ?? "VARCHAR"}'`).join(", ");
	const connection = await instance.connect();
	try {
		await connection.run(
			`COPY (SELECT * FROM read_csv(${quoted(from)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
			nullstr = '', columns = {${types}})) TO ${quoted(to)} (FORMAT parquet, COMPRESSION zstd)`,
		);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}

const PARQUET_TYPES: Partial<Record<ColumnType, string>> = {
	number: "DOUBLE",
	integer: "BIGINT",
	money: "DECIMAL(18, 2)",
	day: "DATE",
	datetime: "TIMESTAMP",
	boolean: "BOOLEAN",
};

const FORMATS: Partial<Record<ColumnType, (cell: string | number | boolean) => string>> = {
	number: String,
	integer: String,
	money: (cents) => formatMoney(Number(cents)),
	day: (day) => formatDayCached(Number(day)),
	datetime: (seconds) => formatDatetime(Number(seconds)),
	time: (seconds) => formatClock(Number(seconds)),
	boolean: String,
};

function formatText(cell: string | number | boolean): string {
	const text = String(cell);
	return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Decimal currency units of whole cents: -1234 → `-12.34`. */
export function formatMoney(cents: number): string {
	const size = Math.abs(Math.round(cents));
	const rest = size % 100;
	return `${cents < 0 && size > 0 ? "-" : ""}${(size - rest) / 100}.${rest < 10 ? "0" : ""}${rest}`;
}

/** `YYYY-MM-DDTHH:MM:SS` of local seconds since 1970-01-01. */
export function formatDatetime(seconds: number): string {
	const day = Math.floor(seconds / SECONDS_PER_DAY);
	return `${formatDayCached(day)}T${formatTime(seconds - day * SECONDS_PER_DAY)}`;
}

/** `HH:MM`, with seconds only where there are some. */
export function formatClock(seconds: number): string {
	const text = formatTime(seconds);
	return text.endsWith(":00") ? text.slice(0, 5) : text;
}

const dayTexts = new Map<number, string>(); // a table has millions of dates but only thousands of days

function formatDayCached(day: number): string {
	let text = dayTexts.get(day);
	if (text === undefined) {
		text = formatDay(day);
		dayTexts.set(day, text);
	}
	return text;
}
