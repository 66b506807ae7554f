import type { DuckDBDataChunk } from "@duckdb/node-api";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TextBytes } from "../cells/growing-arrays.ts";

/** Cells of one column of a chunk as they lie in memory: the array has a value, without meaning, where the cell is null. */
export type TypedCells = Int32Array | Float64Array | Uint8Array | BigUint64Array;

export type ColumnKind = "INTEGER" | "DOUBLE" | "UTINYINT" | "BOOLEAN" | "VARCHAR";

/** Takes rows by column: as many arrays as columns, of equal length. */
export interface Appender {
	append(columns: readonly (readonly (string | number | boolean | null)[])[]): void;
	close(): void;
}

/** DuckDB as one job uses it. Every method rejects with DuckDB's own error. */
export interface QueryEngine {
	run(sql: string): Promise<void>;
	/** All rows of a small answer. Counts must be cast to DOUBLE: 64-bit integers come as bigints. */
	rows(sql: string): Promise<readonly (readonly unknown[])[]>;
	/**
	 * Streams an answer in its order, chunk by chunk. An answer that fails on the way ends like a whole one, so its rows are counted: where
	 * their number is not given, the answer is first kept as a table.
	 */
	each(sql: string, onChunk: (chunk: DuckDBDataChunk) => void, numRows?: number): Promise<void>;
	/** Appends rows, given by column, to a table that has these columns. */
	openAppender(table: string, types: readonly ColumnKind[]): Promise<Appender>;
	/** Stops the query that runs, which rejects then. */
	interrupt(): void;
	/** Drops the database and all that was spilled. */
	close(): void;
}

/** Rows of a vector of DuckDB, and so of a chunk that is appended. */
const CHUNK_ROWS = 2048;
/** Cores that one job takes; more would only contend for the cap on memory. */
const THREADS = 2;

/**
 * Opens a database of its own under `scratch`, which may read `files` and spill under `scratch`, and touch nothing else: DuckDB does not
 * let access to files be widened again while it runs. Rows that do not fit in `megabytes` go to disk.
 */
export async function openQueryEngine(scratch: string, megabytes: number, files: readonly string[]): Promise<QueryEngine> {
	const { DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, UTINYINT, BOOLEAN, VARCHAR } = await import("@duckdb/node-api"); // a native library: loaded only where it is used
	mkdirSync(scratch, { recursive: true });
	const instance = await DuckDBInstance.create(":memory:", {
		memory_limit: `${megabytes}MB`,
		threads: String(THREADS),
		temp_directory: join(scratch, "spill"),
		preserve_insertion_order: "true",
	});
	const connection = await instance.connect();
	const statements = [
		// Nobody reads the database after this job: what is written needs no log, which each statement would wait for the disk to keep.
		`ATTACH ${literal(join(scratch, "work.db"))} AS work (RECOVERY_MODE 'no_wal_writes', STORAGE_VERSION 'latest')`,
		"USE work",
		"PRAGMA disable_checkpoint_on_shutdown",
		`SET allowed_paths = [${files.map(literal).join(", ")}]`,
		"SET enable_external_access = false",
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
	];
	for (const statement of statements) await connection.run(statement);
	const types = { DOUBLE, INTEGER, UTINYINT, BOOLEAN, VARCHAR };
	return {
		async run(sql) {
			await connection.run(sql);
		},
		async rows(sql) {
			return (await connection.runAndReadAll(sql)).getRows();
		},
		async each(sql, onChunk, numRows) {
			const kept = numRows === undefined ? await connection.runAndReadAll(`CREATE OR REPLACE TABLE answer AS ${sql}`) : null;
			const from = kept ? "SELECT * FROM answer" : sql;
			const expected = kept ? Number(kept.getRows()[0][0]) : numRows;
			const result = await connection.stream(from);
			let seen = 0;
			for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
				seen += chunk.rowCount;
				onChunk(chunk);
			}
			if (seen !== expected) throw new Error(`Out of Memory Error: an answer ended after ${seen} of ${expected} rows`);
			if (kept) await connection.run("DROP TABLE answer");
		},
		async openAppender(table, kinds) {
			const appender = await connection.createAppender(table);
			return {
				append(columns) {
					for (let from = 0; from < columns[0].length; from += CHUNK_ROWS) {
						const chunk = DuckDBDataChunk.create(kinds.map((kind) => types[kind]));
						chunk.setColumns(columns.map((values) => values.slice(from, from + CHUNK_ROWS)));
						appender.appendDataChunk(chunk);
					}
				},
				close: () => appender.closeSync(),
			};
		},
		interrupt: () => connection.interrupt(),
		close() {
			connection.closeSync();
			instance.closeSync();
		},
	};
}

/** The cells of a column of fixed width, without a copy; which array they are is for the query to know. */
export function typedCells(chunk: DuckDBDataChunk, column: number): TypedCells {
	// The library has them, but gives them cell by cell only, at fifteen times the cost.
	const { items } = chunk.getColumnVector(column) as unknown as { readonly items: TypedCells };
	return items;
}

/** Visits the texts of a column, which has no nulls. */
export function eachText(chunk: DuckDBDataChunk, column: number, onText: (text: string) => void): void {
	eachShort(
		chunk,
		column,
		(bytes, from, to) => onText(bytes.toString("utf8", from, to)),
		(text) => onText(text),
	);
}

/** Appends the texts of a column, which has no nulls. */
export function appendTexts(chunk: DuckDBDataChunk, column: number, to: TextBytes): void {
	eachShort(
		chunk,
		column,
		(bytes, from, end) => to.appendBytes(bytes, from, end),
		(text) => to.append(text),
	);
}

/** Bytes of an entry of a column of texts: a length of four, and the bytes of a text up to this long. */
const [ENTRY, LONGEST_SHORT] = [16, 12];

/** Short texts as their bytes, which lie in the column itself; the library would make each an array and then a string. */
function eachShort(
	chunk: DuckDBDataChunk,
	column: number,
	onShort: (bytes: Buffer, from: number, to: number) => void,
	onLong: (text: string) => void,
): void {
	const vector = chunk.getColumnVector(column);
	const { dataView: view } = vector as unknown as { readonly dataView: DataView };
	const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
	for (let i = 0; i < vector.itemCount; i++) {
		const length = view.getUint32(i * ENTRY, true);
		const from = i * ENTRY + 4;
		if (length <= LONGEST_SHORT) onShort(bytes, from, from + length);
		else onLong(vector.getItem(i) as string);
	}
}

/** A text as SQL writes it. */
export function literal(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}

/** A name as SQL writes it. */
export function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
