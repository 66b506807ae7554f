import { readFileSync, writeFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import {
	makeData,
	Null,
	RecordBatch,
	Field,
	Schema,
	Struct,
	Table,
	tableToIPC,
	Utf8,
	Dictionary,
	Int32,
	Int8,
	Vector,
	vectorFromArray,
} from "apache-arrow";

async function parquetOf(path: string, select: string, options = ""): Promise<void> {
	const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
	await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet, COMPRESSION zstd${options})`);
	connection.closeSync();
}

function arrowOf(columns: Readonly<Record<string, Vector>>): Uint8Array {
	const schema = new Schema(Object.entries(columns).map(([name, { type }]) => new Field(name, type, true)));
	const children = Object.values(columns).map(({ data }) => data[0]);
	return tableToIPC(
		new Table(
			schema,
			new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: children[0].length, nullCount: 0, children })),
		),
		"file",
	);
}

/** A number that stands nowhere else in a file of so many rows. */
const FEW = 98_765;
const MANY = 2n ** 40n;

/** A Parquet of FEW rows, whose footer says MANY wherever it says how many there are. */
async function boastingParquet(path: string): Promise<void> {
	await parquetOf(path, `SELECT ${ORDER} FROM range(${FEW})`, `, ROW_GROUP_SIZE ${2 * FEW}`);
	const bytes = readFileSync(path);
	const end = bytes.length - 8; // the footer's length and the magic word
	const start = end - bytes.readUInt32LE(end);
	// Thrift writes whole numbers as zigzag varints, and nothing in the footer knows how long it is.
	const footer = Buffer.from(bytes.toString("latin1", start, end).replaceAll(varint(2n * BigInt(FEW)), varint(2n * MANY)), "latin1");
	const length = Buffer.alloc(4);
	length.writeUInt32LE(footer.length);
	writeFileSync(path, Buffer.concat([bytes.subarray(0, start), footer, length, bytes.subarray(end + 4)]));
}

function varint(value: bigint): string {
	return value < 128n ? String.fromCharCode(Number(value)) : String.fromCharCode(Number((value & 127n) | 128n)) + varint(value >> 7n);
}

/** An Arrow file of FEW rows, whose batch says MANY wherever it says how many there are. */
function boastingArrow(path: string): void {
	const column = vectorFromArray(
		Array.from({ length: FEW }, () => 1),
		new Int32(),
	);
	const bytes = Buffer.from(arrowOf(Object.fromEntries(COLUMNS.map((name) => [name, column]))));
	const [few, many] = [Buffer.alloc(8), Buffer.alloc(8)];
	few.writeBigInt64LE(BigInt(FEW));
	many.writeBigInt64LE(MANY);
	for (let at = bytes.indexOf(few); at >= 0; at = bytes.indexOf(few, at + 8)) many.copy(bytes, at);
	writeFileSync(path, bytes);
}

const ORDER = "'o' AS order_id, 'c' AS customer_id, DATE '2026-11-02' AS ordered_on, 'p' AS product_id, 1 AS quantity, 2.5 AS net_value";
export const COLUMNS = ["order_id", "customer_id", "ordered_on", "product_id", "quantity", "net_value"];

export interface Bomb {
	readonly name: string;
	readonly file: string;
	readonly make: (path: string) => void | Promise<void>;
	/** Bytes it may have: a bomb is small. */
	readonly atMost: number;
	readonly message: RegExp;
}

export const BOMBS: readonly Bomb[] = [
	{
		name: "five million constant rows in a Parquet of a few kilobytes",
		file: "orders.parquet",
		make: (path) => parquetOf(path, `SELECT ${ORDER} FROM range(5000000)`, ", ROW_GROUP_SIZE 5000000"),
		atMost: 8000,
		message: /5000000 rows in \d+ bytes/,
	},
	{
		name: "a thousand million rows of nothing in an Arrow file",
		file: "orders.arrow",
		make: (path) =>
			writeFileSync(
				path,
				arrowOf(Object.fromEntries(COLUMNS.map((name) => [name, new Vector([makeData({ type: new Null(), length: 1e9 })])]))),
			),
		atMost: 3000,
		message: /rows in \d+ bytes|cells are read/,
	},
	{
		name: "a dictionary of one long word that stands in every row",
		file: "orders.arrow",
		make(path) {
			const word = vectorFromArray(["x".repeat(10_000)], new Utf8());
			const type = new Dictionary(new Utf8(), new Int8(), 1);
			const words = () => new Vector([makeData({ type, length: 400_000, nullCount: 0, data: new Int8Array(400_000), dictionary: word })]);
			writeFileSync(path, arrowOf(Object.fromEntries(["order_id", ...COLUMNS.slice(1), "line"].map((name) => [name, words()]))));
		},
		atMost: 3_000_000,
		message: /bytes of text|needs more than 3072 MB/,
	},
	{
		name: "a dictionary whose words stand in a dictionary of one long word",
		file: "orders.arrow",
		make(path) {
			const word = vectorFromArray(["x".repeat(10_000)], new Utf8());
			const inner = new Dictionary(new Utf8(), new Int8(), 1);
			const words = new Vector([makeData({ type: inner, length: 1000, nullCount: 0, data: new Int8Array(1000), dictionary: word })]);
			const outer = new Dictionary(inner, new Int32(), 2);
			const data = Int32Array.from({ length: 40_000 }, (_, row) => row % 1000);
			const column = () =>
				new Vector([makeData({ type: outer as Dictionary, length: data.length, nullCount: 0, data, dictionary: words })]);
			writeFileSync(path, arrowOf(Object.fromEntries(["order_id", ...COLUMNS.slice(1), "line"].map((name) => [name, column()]))));
		},
		atMost: 1_200_000,
		message: /bytes of text|rows are bad|Arrow|needs more than 3072 MB/,
	},
	{
		name: "a million million rows in the footer of a Parquet",
		file: "orders.parquet",
		make: boastingParquet,
		atMost: 8000,
		message: /1099511627776 rows/,
	},
	{
		name: "a million million rows in the batch of an Arrow file",
		file: "orders.arrow",
		make: boastingArrow,
		atMost: 2_500_000,
		message: /1099511627776 rows/,
	},
	{
		name: "texts of sixty megabytes in a Parquet of a few kilobytes",
		file: "orders.parquet",
		make: (path) => parquetOf(path, `SELECT ${ORDER}, repeat('x', 60000000) AS line FROM range(4)`),
		atMost: 60_000,
		message: /rows are bad|Parquet|needs more than 3072 MB/,
	},
	{
		name: "a row of a CSV without an end",
		file: "orders.csv",
		make: (path) => writeFileSync(path, `${COLUMNS.join(",")}\no1,${"x".repeat(40_000_000)}`),
		atMost: 41_000_000,
		message: /a row of more than 16777216 characters/,
	},
	{
		name: "a header of ten million columns",
		file: "orders.csv",
		make: (path) => writeFileSync(path, ",".repeat(10_000_000)),
		atMost: 10_000_000,
		message: /10000001 columns/,
	},
	{
		name: "JSON nested a million deep in a line of NDJSON",
		file: "orders.ndjson",
		make: (path) => writeFileSync(path, `{"order_id": ${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}\n`),
		atMost: 2_100_000,
		message: /missing|expected/,
	},
	{
		name: "objects nested a million deep in a line of NDJSON",
		file: "orders.ndjson",
		make: (path) => writeFileSync(path, `${'{"order_id":'.repeat(1_000_000)}1${"}".repeat(1_000_000)}\n`),
		atMost: 13_100_000,
		message: /missing|expected/,
	},
];
