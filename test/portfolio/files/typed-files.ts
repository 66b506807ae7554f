import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import {
	Bool,
	DateDay,
	Dictionary,
	Field,
	Float32,
	Float64,
	Int32,
	Int64,
	LargeUtf8,
	makeData,
	RecordBatch,
	Schema,
	Struct,
	Table,
	tableToIPC,
	TimestampMillisecond,
	Uint16,
	Utf8,
	type Vector,
	vectorFromArray,
} from "apache-arrow";
import type { Cell } from "../../../engine/portfolio/cells/cell-text.ts";
import type { TableFile } from "../../../engine/portfolio/files/find-tables.ts";
import { type ColumnSpec, ORDER_STATUS, TABLE_NAMES, TABLES, type TableName } from "../../../engine/portfolio/schema.ts";
import { openTableWriter } from "../../../engine/portfolio/files/write-table.ts";
import { createRandom } from "../../../engine/random.ts";

type Random = ReturnType<typeof createRandom>;

const LANGUAGE_CELLS: Partial<Record<ColumnSpec["type"], readonly string[]>> = {
	hours: ["Mo-Fr 08:00-12:00,13:00-18:00; PH off", "Mo-Sa 09:00-17:00"],
	breaks: ["60min 11:30-14:00", "12:00-13:00"],
	weekdays: ["Mo,We", "Tu-Fr"],
	visit_days: ["Tu", "Tu,Th/2:A"],
	absences: ["2026-12-01/2026-12-05;2026-12-24", "2026-11-30"],
	channels: ["visit;phone", "email"],
	list: ["p1;p2", "p3"],
};

/** Cells that rules between columns would refuse if they were drawn. */
const FIXED: Readonly<Record<string, Cell>> = {
	time_zone: "America/Sao_Paulo",
	period: "2026-11",
	valid_to: null,
	resolved_at: null,
	max_gap_days: null,
	manager_id: null,
};

/** A valid cell, in the units of memory; the key columns make each row unlike the others. */
function cellOf(name: string, spec: ColumnSpec, row: number, random: Random): Cell {
	if (Object.hasOwn(FIXED, name)) return FIXED[name];
	if (spec.type === "id" || spec.type === "ref") return `${name.slice(0, 2)}${spec.type === "id" ? row : random.below(40)}`;
	if (name === "ends_on") return 21_000;
	const [min, max] = [spec.min ?? -5000, Math.min(spec.max ?? 5000, 5000)];
	if (spec.type === "number") return Math.round((min + (random.below(1000) / 1000) * (max - min)) * 1e4) / 1e4;
	if (spec.type === "integer") return Math.ceil(min) + random.below(Math.floor(max - min) + 1);
	if (spec.type === "version") return random.below(1000);
	if (spec.type === "money") return Math.max(spec.min ?? -1e9, random.below(900_000) - 100_000);
	if (spec.type === "day") return 20_000 + random.below(700);
	if (spec.type === "datetime") return (20_000 + random.below(700)) * 86_400 + random.below(1440) * 60;
	if (spec.type === "time") return random.below(96) * 900;
	if (spec.type === "enum") return spec.values?.[random.below(spec.values.length)] ?? null;
	if (spec.type === "boolean") return random.below(2) === 1;
	const words = LANGUAGE_CELLS[spec.type];
	return words ? words[random.below(words.length)] : `${name} são ${random.below(50)} açúcar`;
}

/** Rows of a table that no rule refuses; optional cells are null now and then. */
export function validRows(table: TableName, numRows: number, random: Random): Cell[][] {
	const columns = Object.entries(TABLES[table].columns);
	const isKey = (name: string): boolean => TABLES[table].key.includes(name);
	return Array.from({ length: numRows }, (_, row) => {
		const places = random.below(5) === 0;
		const cells = columns.map(([name, spec]): Cell => {
			if (/lat$|lon$/.test(name) && places) return null;
			if (spec.optional && !isKey(name) && !/lat$|lon$/.test(name) && random.below(4) === 0) return null;
			return isKey(name) && spec.type !== "id" ? keyCell(name, spec, row, random) : cellOf(name, spec, row, random);
		});
		if (table === "targets") cells[columns.findIndex(([name]) => name === "rep_id")] = null;
		return cells;
	});
}

/** Of a key of several columns, or of one that is no id, the row's number must be in it. */
function keyCell(name: string, spec: ColumnSpec, row: number, random: Random): Cell {
	if (spec.type === "ref" || spec.type === "text") return `${name.slice(0, 2)}${row}`;
	return spec.type === "day" ? 20_000 + row : cellOf(name, spec, row, random);
}

async function writeRows(folder: string, table: TableName, format: "csv" | "arrow" | "parquet", numRows: number): Promise<string> {
	const writer = openTableWriter(folder, table, format);
	for (const row of validRows(table, numRows, createRandom(5, TABLE_NAMES.indexOf(table)))) writer.append(row);
	await writer.close();
	return writer.path;
}

const PARQUET_VARIANTS = [
	"COMPRESSION snappy",
	"COMPRESSION gzip",
	"COMPRESSION uncompressed",
	"COMPRESSION lz4_raw",
	"COMPRESSION brotli",
	"COMPRESSION snappy, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1",
	"COMPRESSION zstd, ROW_GROUP_SIZE 2048",
];

/** Every table as the project writes it; orders and customers in every compression, with and without dictionaries; orders in row groups. */
export async function parquetFiles(folder: string): Promise<TableFile[]> {
	const files = await everyTable(folder, "parquet");
	const many = mkdirIn(folder, "many");
	const sources = [
		...files.filter(({ table }) => table === "orders" || table === "customers"),
		{ table: "orders" as const, path: await writeRows(many, "orders", "parquet", 5000) },
	];
	const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
	for (const { table, path } of sources) {
		const isMany = path.startsWith(many);
		for (const [i, options] of PARQUET_VARIANTS.entries()) {
			if (isMany !== options.includes("ROW_GROUP_SIZE")) continue;
			const variant = join(folder, `${table}-${i}.parquet`);
			await connection.run(`COPY (SELECT * FROM '${path}') TO '${variant}' (FORMAT parquet, ${options})`);
			files.push({ table, format: "parquet", path: variant });
		}
	}
	connection.closeSync();
	return files;
}

/** Every table as the project writes it; orders and products of other types, dictionaries among them, as a file and as a stream of several batches. */
export async function arrowFiles(folder: string): Promise<TableFile[]> {
	const files = await everyTable(folder, "arrow");
	for (const [table, batches] of [
		["orders", batchesOf(orderColumns(), 3)],
		["products", batchesOf(productColumns(), 1)],
	] as const) {
		const arrow = new Table(batches[0].schema, [...batches]);
		for (const format of ["arrow", "arrows"] as const) {
			const path = join(folder, `${table}-typed.${format}`);
			writeFileSync(path, tableToIPC(arrow, format === "arrow" ? "file" : "stream"));
			files.push({ table, format, path });
		}
	}
	return files;
}

async function everyTable(folder: string, format: "arrow" | "parquet"): Promise<TableFile[]> {
	const files: TableFile[] = [];
	for (const table of TABLE_NAMES) files.push({ table, format, path: await writeRows(folder, table, format, 150) });
	return files;
}

function mkdirIn(folder: string, name: string): string {
	mkdirSync(join(folder, name));
	return join(folder, name);
}

/** Columns cut into batches of equal size, which share their dictionaries. */
function batchesOf(columns: Readonly<Record<string, Vector>>, numBatches: number): RecordBatch[] {
	const schema = new Schema(Object.entries(columns).map(([name, { type }]) => new Field(name, type, true)));
	const length = Object.values(columns)[0].length / numBatches;
	return Array.from({ length: numBatches }, (_, i) => {
		const children = Object.values(columns).map((column) => column.slice(i * length, (i + 1) * length).data[0]);
		return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }));
	});
}

function orderColumns(): Record<string, Vector> {
	const rows = Array.from({ length: 240 }, (_, i) => i);
	return {
		order_id: vectorFromArray(
			rows.map((row) => BigInt(1_000_000 + row)),
			new Int64(),
		),
		customer_id: vectorFromArray(
			rows.map((row) => `c${row % 7}`),
			new Dictionary(new Utf8(), new Int32(), 1),
		),
		ordered_on: vectorFromArray(
			rows.map((row) => new Date((20_000 + row) * 86_400_000)),
			new DateDay(),
		),
		invoiced_on: vectorFromArray(
			rows.map((row) => (row % 3 === 0 ? null : new Date((20_000 + row) * 86_400_000))),
			new TimestampMillisecond(),
		),
		product_id: vectorFromArray(
			rows.map((row) => row % 5),
			new Int32(),
		),
		quantity: vectorFromArray(
			rows.map((row) => (row % 9) - 2),
			new Float32(),
		),
		net_value: vectorFromArray(
			rows.map((row) => row * 1.25),
			new Float64(),
		),
		status: vectorFromArray(
			rows.map((row) => (row % 4 === 0 ? null : ORDER_STATUS[row % ORDER_STATUS.length])),
			new Dictionary(new Utf8(), new Int32(), 2),
		),
	};
}

function productColumns(): Record<string, Vector> {
	const rows = Array.from({ length: 60 }, (_, i) => i);
	return {
		product_id: vectorFromArray(
			rows.map((row) => `p${row}`),
			new LargeUtf8(),
		),
		name: vectorFromArray(
			rows.map((row) => (row % 5 === 0 ? null : `açúcar ${row}`)),
			new Utf8(),
		),
		active: vectorFromArray(
			rows.map((row) => row % 2 === 0),
			new Bool(),
		),
		price: vectorFromArray(
			rows.map((row) => row + 0.5),
			new Float64(),
		),
		stock_quantity: vectorFromArray(
			rows.map((row) => row * 3),
			new Uint16(),
		),
	};
}
