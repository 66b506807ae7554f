import { type RawHeader, TYPED_NOTATION } from "../cells/raw-rows.ts";
import { type ColumnSpec, TABLES, type TableName } from "../schema.ts";
import { literal, type QueryEngine, quoted } from "./query-engine.ts";
import { checkPages, chunksOf, chunksQuery } from "../files/check-pages.ts";
import { castOf } from "../files/decode-parquet.ts";
import { refuseBomb } from "../files/file-limits.ts";
import type { RawColumn } from "./typed-sql.ts";

/** A record that could not be read as one. */
export interface BrokenRecord {
	readonly row: number;
	readonly code: string;
	readonly value: string;
	readonly message: string;
}

/** A file that SQL can read. */
export interface RawFile {
	/** A query with `n`, the row in the file, and what the columns' SQL names. */
	readonly relation: string;
	/** Of the columns that the schema knows, in order of the file. */
	readonly columns: readonly RawColumn[];
	readonly header: RawHeader;
	/** Names of all columns. */
	readonly named: readonly string[];
	/** Ascending by row; they are not in the relation. */
	readonly broken: readonly BrokenRecord[];
}

/** The numbers of rows come from the file itself; one that has a column of this name must be read otherwise. */
const ROW_NUMBER = "file_row_number";

/** A Parquet file as SQL reads it; null for the odd one that SQL cannot number the rows of. Throws INVALID_INPUT for bombs and unusable types. */
export async function openParquet(engine: QueryEngine, path: string, numBytes: number, table: TableName): Promise<RawFile | null> {
	const specs = TABLES[table].columns;
	const file = literal(path);
	const [[count]] = await engine.rows(`SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata(${file})`);
	const described = (await engine.rows(`DESCRIBE SELECT * FROM read_parquet(${file}, binary_as_string = true)`)).map(([name, type]) => ({
		name: String(name),
		type: String(type),
	}));
	refuseBomb(Number(count), described.length, numBytes);
	checkPages(path, chunksOf(await engine.rows(chunksQuery(file))));
	const named = described.map(({ name }) => name);
	if (named.some((name) => name.toLowerCase() === ROW_NUMBER || name.toLowerCase() === "n")) return null;
	const columns = described
		.filter(({ name }) => Object.hasOwn(specs, name))
		.map(({ name, type }): RawColumn => {
			const raw = castOf(name, type, specs[name]);
			const kind = kindOf(type);
			const exact = exactOf(type, specs[name]);
			const own = { name, spec: specs[name], kind, sql: kind === "text" ? raw : quoted(name), raw, notation: TYPED_NOTATION };
			return exact ? { ...own, exact } : own;
		});
	const relation = `SELECT (${ROW_NUMBER} + 1)::INTEGER AS n, * EXCLUDE (${ROW_NUMBER}) FROM read_parquet(${file}, binary_as_string = true, ${ROW_NUMBER} = true)`;
	return { relation, columns, header: { columns: columns.map(({ name }) => name), notations: null, dialect: null }, named, broken: [] };
}

/** Decimal places of the smallest number that is sensible, and digits before the mark of the largest. */
const [MOST_DECIMALS, MOST_DIGITS] = [9, 12];

function exactOf(type: string, spec: ColumnSpec): RawColumn["exact"] {
	if (spec.type !== "number" && spec.type !== "money") return undefined;
	if (/^U?(TINYINT|SMALLINT|INTEGER)$/.test(type)) return { isWhole: true };
	const [, digits, decimals] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)?.map(Number) ?? [];
	if (digits === undefined || digits - decimals > MOST_DIGITS || decimals > MOST_DECIMALS) return undefined;
	return { isWhole: decimals <= (spec.type === "money" ? 2 : 0) };
}

function kindOf(type: string): RawColumn["kind"] {
	if (type === "BOOLEAN") return "boolean";
	if (type === "DATE") return "date";
	if (/^TIMESTAMP(_S|_MS|_NS)?$/.test(type)) return "timestamp";
	return /^(VARCHAR|ENUM|UUID|TIME)/.test(type) ? "text" : "number";
}
