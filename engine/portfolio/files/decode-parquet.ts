import { CarteiraError } from "../../errors.ts";
import { checkPages, chunksOf, chunksQuery } from "./check-pages.ts";
import { isOutOfMemory } from "./engine-errors.ts";
import { refuseBomb } from "./file-limits.ts";
import type { RawCell, RowSink } from "../cells/raw-rows.ts";
import type { ColumnSpec, TableSpec } from "../schema.ts";

const TEXTUAL = /^(VARCHAR|DATE|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS|TIME|UUID|ENUM\(.*\)|TIMESTAMP WITH TIME ZONE)$/;
const NUMERIC = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|DECIMAL\(.*\))$/;

/** Of the columnar engine alone. */
const MEMORY = "1GB";

/** Reads the rows of a Parquet file through DuckDB, which may open this one file and nothing else, in bounded memory. */
export async function decodeParquet(path: string, numBytes: number, spec: TableSpec, sink: RowSink): Promise<void> {
	const { DuckDBInstance } = await import("@duckdb/node-api"); // a native library: loaded only where it is used
	// What does not fit is refused: its folder to spill into would be wherever the process was started.
	const instance = await DuckDBInstance.create(":memory:", { memory_limit: MEMORY, threads: "2", temp_directory: "" });
	const connection = await instance.connect();
	const file = `'${path.replaceAll("'", "''")}'`;
	const rowsOf = async (sql: string): Promise<Record<string, unknown>[]> => (await connection.runAndReadAll(sql)).getRowObjects();
	try {
		await connection.run(`SET allowed_paths = [${file}]`);
		for (const setting of ["enable_external_access = false", "autoinstall_known_extensions = false", "lock_configuration = true"]) {
			await connection.run(`SET ${setting}`);
		}
		const [{ num_rows: count }] = await rowsOf(`SELECT sum(num_rows)::DOUBLE AS num_rows FROM parquet_file_metadata(${file})`);
		const described = await rowsOf(`DESCRIBE SELECT * FROM read_parquet(${file}, binary_as_string = true)`);
		refuseBomb(Number(count), described.length, numBytes);
		checkPages(path, chunksOf((await connection.runAndReadAll(chunksQuery(file))).getRows()));
		const named = described.map((column) => String(column.column_name));
		const known = described.filter((column) => Object.hasOwn(spec.columns, String(column.column_name)));
		const names = known.map((column) => String(column.column_name));
		sink.begin({ columns: names, notations: null, dialect: null });
		if (names.length > 0) {
			const select = known.map((column, i) => castOf(names[i], String(column.column_type), spec.columns[names[i]])).join(", ");
			const result = await connection.stream(`SELECT ${select} FROM read_parquet(${file}, binary_as_string = true)`);
			const cells: RawCell[] = [];
			let row = 0;
			for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
				const columns = chunk.getColumns();
				for (let i = 0; i < chunk.rowCount; i++) {
					for (let c = 0; c < columns.length; c++) cells[c] = plain(columns[c][i]);
					sink.row(cells, ++row);
				}
			}
			// An answer that fails on the way ends like a whole one.
			if (row !== Number(count))
				throw new CarteiraError("INVALID_INPUT", `${row} of its ${Number(count)} rows can be read; the file is damaged`);
		}
		sink.end(named);
	} catch (error) {
		if (error instanceof CarteiraError) throw error;
		if (isOutOfMemory(error)) throw new CarteiraError("INVALID_INPUT", `decoding it needs more than ${MEMORY}`);
		const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
		throw new CarteiraError("INVALID_INPUT", `not a complete Parquet file (${reason.slice(0, 300)})`);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}

/** Everything comes as text, double or boolean, so that one validation serves all formats. */
export function castOf(name: string, type: string, spec: ColumnSpec): string {
	const column = `"${name.replaceAll('"', '""')}"`;
	if (type === "BOOLEAN") return column;
	if (TEXTUAL.test(type)) return `CAST(${column} AS VARCHAR)`;
	if (!NUMERIC.test(type))
		throw new CarteiraError("INVALID_INPUT", `column ${name} is of the Parquet type ${type}; expected text, numbers, booleans or dates`);
	// Whole numbers as ids keep all their digits.
	const isId = spec.type === "id" || spec.type === "ref" || spec.type === "text";
	return `CAST(${column} AS ${isId && /INT$|INTEGER$/.test(type) ? "VARCHAR" : "DOUBLE"})`;
}

function plain(value: unknown): RawCell {
	return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
