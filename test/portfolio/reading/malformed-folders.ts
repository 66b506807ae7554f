import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import type { ErrorCode, InputProblem } from "../../../engine/errors.ts";
import { type ColumnSpec, REQUIRED_TO_PLAN, TABLE_NAMES, TABLES, type TableName } from "../../../engine/portfolio/schema.ts";
import { openTableWriter } from "../../../engine/portfolio/files/write-table.ts";
import { csvOf, type SampleTables, temporaryFolder } from "../sample-folder.ts";

/** A way to spoil the sample folder. */
export interface Malformed {
	readonly name: string;
	/** Spoils the folder, which holds the sample as CSV. */
	readonly spoil: (folder: string, tables: SampleTables) => void | Promise<void>;
	readonly code: ErrorCode;
	/** What the first problem must say. */
	readonly problem?: Partial<InputProblem>;
	readonly message?: RegExp;
}

const EVERY_COLUMN = TABLE_NAMES.flatMap((table) =>
	Object.entries(TABLES[table].columns).map(([column, spec]): [TableName, string, ColumnSpec] => [table, column, spec]),
);

/** Writes a table of the folder again, changed. */
export function rewrite(folder: string, tables: SampleTables, table: TableName, change: (rows: Record<string, string>[]) => void): void {
	const rows = tables[table].map((row) => ({ ...row }));
	change(rows);
	writeFileSync(join(folder, `${table}.csv`), csvOf(rows));
}

const LONG = "x".repeat(300);

/** A value that no column of the type can hold, and the code of the problem. */
function wrongFor(spec: ColumnSpec): [value: string, code: string] | null {
	if (spec.type === "ref") return [LONG, "too_long"];
	if (spec.type === "id") return [LONG, "too_long"];
	if (spec.type === "text") return ["a\u0001b", "not_text"];
	if (spec.type === "enum" || spec.type === "boolean") return ["perhaps", "unknown_word"];
	if (spec.type === "day" || spec.type === "datetime") return ["2026-02-30", "not_a_date"];
	if (spec.type === "time") return ["25:00", "not_a_date"];
	if (["number", "integer", "version", "money"].includes(spec.type)) return ["12abc", "not_a_number"];
	return ["???", spec.type === "list" ? "" : "bad_syntax"];
}

const wrongValues: Malformed[] = EVERY_COLUMN.flatMap(([table, column, spec]) => {
	const wrong = wrongFor(spec);
	if (!wrong || wrong[1] === "") return [];
	const [value, code] = wrong;
	return {
		name: `${table}.${column} holds ${value === LONG ? "300 characters" : JSON.stringify(value)}`,
		spoil: (folder, tables) => rewrite(folder, tables, table, (rows) => void (rows[0][column] = value)),
		code: "IMPORT_REFUSED",
		problem: { table, row: 2, column, code, value: value === LONG ? `${LONG.slice(0, 200)}…` : value },
		message: new RegExp(`${table}: \\d of \\d rows are bad`),
	} satisfies Malformed;
});

const outOfRange: Malformed[] = EVERY_COLUMN.flatMap(([table, column, spec]) => {
	if (spec.min === undefined && spec.max === undefined) return [];
	const value = spec.max === undefined ? String((spec.min ?? 0) - 1) : String(spec.max + 1);
	return {
		name: `${table}.${column} holds ${value}, out of its range`,
		spoil: (folder, tables) => rewrite(folder, tables, table, (rows) => void (rows[0][column] = value)),
		code: "IMPORT_REFUSED",
		problem: { table, row: 2, column, code: "out_of_range", value },
	} satisfies Malformed;
});

const required = EVERY_COLUMN.filter(([, , spec]) => !spec.optional);

const missingColumns: Malformed[] = required
	.filter(([, , spec]) => spec.standIn === undefined)
	.map(([table, column]) => ({
		name: `${table} lacks the column ${column}`,
		spoil: (folder, tables) =>
			rewrite(folder, tables, table, (rows) => {
				for (const row of rows) delete row[column];
				for (const row of rows) row.something_else = "1";
			}),
		code: "INVALID_INPUT",
		problem: { table, column, code: "missing_column" },
	}));

const missingValues: Malformed[] = required.map(([table, column], i) => ({
	name: `${table}.${column} is empty in a row`,
	spoil: (folder: string, tables: SampleTables) =>
		rewrite(folder, tables, table, (rows) => void (rows[0][column] = i % 2 === 0 ? "" : "  ")),
	code: "IMPORT_REFUSED",
	problem: { table, row: 2, column, code: "missing_value", value: "" },
}));

const wholeFiles: Malformed[] = TABLE_NAMES.flatMap((table): Malformed[] => [
	{
		name: `${table}.csv is empty`,
		spoil: (folder) => writeFileSync(join(folder, `${table}.csv`), ""),
		code: "INVALID_INPUT",
		problem: { table, code: "unreadable_file" },
		message: /empty file/,
	},
	{
		name: `${table}.csv is a byte order mark and nothing else`,
		spoil: (folder) => writeFileSync(join(folder, `${table}.csv`), "\uFEFF"),
		code: "INVALID_INPUT",
		problem: { table, code: "unreadable_file" },
		message: /empty file/,
	},
	{
		name: `${table}.csv is binary`,
		spoil: (folder) => writeFileSync(join(folder, `${table}.csv`), Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 131) & 255))),
		code: "INVALID_INPUT",
		problem: { table, code: "unreadable_file" },
		message: /binary/,
	},
	{
		name: `${table}.csv has a column twice`,
		spoil: (folder, tables) => {
			const [header, ...lines] = csvOf(tables[table]).split("\n");
			const twice = [`${header},${header.split(",")[0]}`, ...lines.filter(Boolean).map((line) => `${line},x`)];
			writeFileSync(join(folder, `${table}.csv`), twice.join("\n"));
		},
		code: "INVALID_INPUT",
		problem: { table, code: "repeated_column" },
	},
	{
		name: `${table} is there as CSV and as NDJSON`,
		spoil: (folder) => writeFileSync(join(folder, `${table}.ndjson`), "{}\n"),
		code: "INVALID_INPUT",
		problem: { table, code: "ambiguous_table", value: `${table}.csv, ${table}.ndjson` },
	},
	{
		name: `${table}.csv is a folder`,
		spoil: (folder) => {
			rmSync(join(folder, `${table}.csv`));
			mkdirSync(join(folder, `${table}.csv`));
		},
		code: "INVALID_INPUT",
		problem: { table, code: "unreadable_file" },
	},
]);

const duplicates: Malformed[] = TABLE_NAMES.filter((table) => !TABLES[table].manyPerKey).map((table) => ({
	name: `${table} has a key twice`,
	spoil: (folder, tables) => rewrite(folder, tables, table, (rows) => void rows.push({ ...rows[0] })),
	code: "IMPORT_REFUSED",
	problem: { table, column: TABLES[table].key[0], code: "duplicate_key" },
	message: /bad/,
}));

/** References that make no stub. */
const dangling: Malformed[] = EVERY_COLUMN.flatMap(([table, column, { type, table: target }]) => {
	const makesStub = (table === "orders" || table === "contacts") && (target === "products" || target === "reps");
	if (type !== "ref" || makesStub) return [];
	return {
		name: `${table}.${column} names nothing of ${target}`,
		spoil: (folder, tables) => rewrite(folder, tables, table, (rows) => void (rows[0][column] = "nobody")),
		code: "IMPORT_REFUSED",
		problem: { table, row: 2, column, code: "unknown_reference", value: "nobody" },
	} satisfies Malformed;
});

const missingTables: Malformed[] = REQUIRED_TO_PLAN.map((table) => ({
	name: `${table} is not there`,
	spoil: (folder) => rmSync(join(folder, `${table}.csv`)),
	code: "INVALID_INPUT",
	problem: { table, code: "missing_table" },
}));

function cell(table: TableName, column: string, value: string, problem: Partial<InputProblem>, row = 0): Malformed {
	return {
		name: `${table}.${column} holds ${JSON.stringify(value)}`,
		spoil: (folder, tables) => rewrite(folder, tables, table, (rows) => void (rows[row][column] = value)),
		code: "IMPORT_REFUSED",
		problem: { table, column, ...problem },
	};
}

const cells: Malformed[] = [
	...["NaN", "Infinity", "-inf", "1e400", "9".repeat(20), "1,2,3", "12.3.4", "--5", "0x10", "1 000", "$5"].map((value) =>
		cell("orders", "net_value", value, { code: "not_a_number", value, row: 2 }),
	),
	...["NaN", "1e13", "um"].map((value) => cell("orders", "quantity", value, { code: "not_a_number", value })),
	...[
		"02/30/2026",
		"31/02/2026",
		"13/25/2026",
		"2026-11",
		"20261102",
		"1969-12-31",
		"2101-01-01",
		"yesterday",
		"02-11-2026",
		"0000-00-00",
	].map((value) => cell("orders", "ordered_on", value, { code: "not_a_date", value })),
	...["2026-11-02T10:30:00Z", "2026-11-02T10:30:00-03:00", "2026-11-02T25:00", "10:30"].map((value) =>
		cell("contacts", "contacted_at", value, { code: "not_a_date", value }),
	),
	...["Mo-Fr 22:00-02:00", "Seg-Sex 08:00-18:00", "Mo-Fr 8h às 18h", "Mo 25:00-26:00"].map((value) =>
		cell("customers", "visit_hours", value, { code: "bad_syntax", value }),
	),
	...["12:00", "13:00-12:00", "90min 12:00-13:00"].map((value) => cell("reps", "break", value, { code: "bad_syntax", value })),
	cell("reps", "absences", "2026-12-05/2026-12-01", { code: "bad_syntax" }),
	cell("customers", "channels", "visit;fax", { code: "bad_syntax" }),
	cell("assignments", "visit_days", "Tu/3:A", { code: "bad_syntax" }),
	cell("delivery_routes", "days", "Mo;We", { code: "bad_syntax" }),
	cell("campaigns", "product_ids", "p1;;p2", { code: "bad_syntax" }),
	cell("customers", "lon", "", { code: "half_a_place", column: "lat" }),
	cell("reps", "start_lat", "", { code: "half_a_place" }),
	cell("customers", "max_gap_days", "2", { code: "out_of_order" }),
	cell("assignments", "valid_to", "2025-12-31", { code: "out_of_order" }),
	cell("prices", "valid_to", "2025-12-31", { code: "out_of_order" }),
	cell("campaigns", "ends_on", "2026-10-31", { code: "out_of_order" }),
	cell("service_events", "resolved_at", "2026-10-31", { code: "out_of_order" }),
	cell("targets", "period", "2026-13", { code: "not_a_date" }),
	cell("targets", "team_id", "t1", { code: "not_one_owner", column: "rep_id" }),
	cell("reps", "time_zone", "America/Sampa", { code: "unknown_word" }),
	cell("reps", "manager_id", "r1", { code: "circular_reference", row: 2 }),
	cell("reps", "manager_id", "r1", { code: "circular_reference", row: 2 }, 1),
	cell("customers", "delivery_lead_days", "1.5", { code: "not_a_number" }),
];

function text(name: string, table: TableName, content: string | Buffer, rest: Pick<Malformed, "code" | "problem" | "message">): Malformed {
	return { name, spoil: (folder) => writeFileSync(join(folder, `${table}.csv`), content), ...rest };
}

export const HEADER = "order_id,customer_id,ordered_on,product_id,quantity,net_value\n";
export const LINE = "o1,c1,2026-11-02,p1,1,10.00\n";

const texts: Malformed[] = [
	text("a quote is never closed", "orders", `${HEADER}${LINE}"o2,c1,2026-11-02,p1,1,10\n${LINE}`, {
		code: "INVALID_INPUT",
		problem: { row: 3, code: "unclosed_quote" },
	}),
	text("text follows a closing quote", "orders", `${HEADER}"o2"x,c1,2026-11-02,p1,1,10\n`, {
		code: "IMPORT_REFUSED",
		problem: { row: 2, code: "broken_quotes" },
	}),
	text("a row has a cell too few", "orders", `${HEADER}${LINE}o2,c1,2026-11-02,p1,1\n`, {
		code: "IMPORT_REFUSED",
		problem: { row: 3, code: "ragged_row" },
	}),
	text("a row has a cell too many", "orders", `${HEADER}o2,c1,2026-11-02,p1,1,10,11\n`, {
		code: "IMPORT_REFUSED",
		problem: { row: 2, code: "ragged_row" },
	}),
	text("a decimal comma is not quoted", "orders", `${HEADER}o2,c1,2026-11-02,p1,1,10,50\n`, {
		code: "IMPORT_REFUSED",
		problem: { row: 2, code: "ragged_row" },
	}),
	text("the bad row stands behind a cell of several lines", "reps", 'rep_id,kind,name\nr1,rca,"a\nb"\nr2,king,x\n', {
		code: "IMPORT_REFUSED",
		problem: { row: 4, column: "kind", value: "king", code: "unknown_word" },
	}),
	text(
		"a UTF-8 mark stands before bytes that are not UTF-8",
		"orders",
		Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(HEADER), Buffer.from([0xff, 0xfe, 0x41])]),
		{
			code: "INVALID_INPUT",
			message: /not UTF-8/,
		},
	),
	text("it is a page of HTML", "orders", "<!doctype html>\n<html><body>Session expired</body></html>\n", {
		code: "INVALID_INPUT",
		problem: { code: "missing_column" },
	}),
	text("it is a spreadsheet under a wrong name", "orders", Buffer.from("504b0304140000000800", "hex"), {
		code: "INVALID_INPUT",
		message: /binary/,
	}),
	text("the header is missing", "orders", LINE + LINE, { code: "INVALID_INPUT", problem: { code: "missing_column" } }),
	text("the header is in other words", "orders", "pedido;cliente;data\n1;2;2026-11-02\n", {
		code: "INVALID_INPUT",
		problem: { code: "missing_column" },
	}),
	text(
		"the decimal mark changes half-way",
		"orders",
		`order_id;customer_id;ordered_on;product_id;quantity;net_value\n${"o1;c1;2026-11-02;p1;1;10,50\n".repeat(5)}o2;c1;2026-11-02;p1;1;10.50\n`,
		{
			code: "IMPORT_REFUSED",
			problem: { row: 7, column: "net_value", value: "10.50", code: "not_a_number" },
			message: /bad/,
		},
	),
];

const policies: Malformed[] = (
	[
		["{", { code: "not_json", row: 1 }],
		["", { code: "not_json" }],
		['{\n  "currency": "BRL",\n  "on_bad_rows": quarantine\n}', { code: "not_json", row: 3 }],
		["[]", { code: "wrong_value" }],
		["null", { code: "wrong_value" }],
		["42", { code: "wrong_value" }],
		['{"on_bad_rows": "ignore"}', { code: "wrong_value", pointer: "/on_bad_rows", value: '"ignore"' }],
		['{"dialects": {"order": {}}}', { code: "wrong_value", pointer: "/dialects/order", value: '"order"' }],
		['{"dialects": {"orders": {"decimal": ";"}}}', { code: "wrong_value", pointer: "/dialects/orders/decimal", value: '";"' }],
		['{"dialects": {"orders": {"quote": "x"}}}', { code: "wrong_value", pointer: "/dialects/orders/quote" }],
		['{"dialects": []}', { code: "wrong_value", pointer: "/dialects" }],
		['{"on_bad_rows": 1}', { code: "wrong_value", pointer: "/on_bad_rows" }],
	] satisfies [string, Partial<InputProblem>][]
).map(([content, problem]) => ({
	name: `policy.json is ${JSON.stringify(content)}`,
	spoil: (folder: string) => writeFileSync(join(folder, "policy.json"), content),
	code: "INVALID_POLICY",
	problem,
}));

function replaced(
	name: string,
	format: string,
	content: () => string | Uint8Array | Promise<Uint8Array>,
	rest: Pick<Malformed, "code" | "problem" | "message">,
): Malformed {
	return {
		name,
		spoil: async (folder) => {
			rmSync(join(folder, "orders.csv"));
			writeFileSync(join(folder, `orders.${format}`), await content());
		},
		...rest,
	};
}

export const LINE_OBJECT = { order_id: "o1", customer_id: "c1", ordered_on: "2026-11-02", product_id: "p1", quantity: 1, net_value: 10 };

/** 500 orders in a binary format. */
export async function fileOf(format: "arrow" | "parquet"): Promise<Buffer> {
	const folder = temporaryFolder();
	const writer = openTableWriter(folder, "orders", format, Object.keys(LINE_OBJECT));
	for (let i = 0; i < 500; i++) writer.append([`o${i}`, "c1", 20_000, "p1", 1, 1000]);
	await writer.close();
	return readFileSync(join(folder, `orders.${format}`));
}

const arrays = Object.fromEntries(Object.entries(LINE_OBJECT).map(([column, value]) => [column, [value, value]]));

const formats: Malformed[] = [
	replaced("a line of NDJSON is cut", "ndjson", () => `${JSON.stringify(LINE_OBJECT)}\n{"order_id": "o2", "cust\n`, {
		code: "IMPORT_REFUSED",
		problem: { row: 2, code: "not_an_object" },
	}),
	replaced("a line of NDJSON is an array", "ndjson", () => `${JSON.stringify(LINE_OBJECT)}\n[1, 2]\n`, {
		code: "IMPORT_REFUSED",
		problem: { row: 2, code: "not_an_object" },
	}),
	replaced("NDJSON is one JSON array", "ndjson", () => JSON.stringify([LINE_OBJECT], null, 1), {
		code: "INVALID_INPUT",
		problem: { code: "missing_column" },
	}),
	replaced("a cell of NDJSON is an object", "ndjson", () => JSON.stringify({ ...LINE_OBJECT, product_id: { id: 1 } }), {
		code: "IMPORT_REFUSED",
		problem: { row: 1, code: "nested_value" },
	}),
	replaced("a cell of NDJSON is a boolean where a number belongs", "ndjson", () => JSON.stringify({ ...LINE_OBJECT, quantity: true }), {
		code: "IMPORT_REFUSED",
		problem: { row: 1, column: "quantity", code: "not_a_number" },
	}),
	replaced("a number of NDJSON is beyond doubles", "ndjson", () => JSON.stringify(LINE_OBJECT).replace(":10}", ":1e999}"), {
		code: "IMPORT_REFUSED",
		problem: { column: "net_value", code: "not_a_number" },
	}),
	replaced("NDJSON is empty", "ndjson", () => "\n\n", { code: "INVALID_INPUT", message: /empty file/ }),
	replaced(
		"NDJSON is Windows-1252",
		"ndjson",
		() => Buffer.concat([Buffer.from('{"order_id": "'), Buffer.from([0xe3]), Buffer.from('"}')]),
		{ code: "INVALID_INPUT", message: /UTF-8/ },
	),
	replaced("NDJSON lacks a column in every row", "ndjson", () => '{"order_id": "o1"}', {
		code: "INVALID_INPUT",
		problem: { column: "customer_id", code: "missing_column" },
	}),
	replaced("Parquet is empty", "parquet", () => "", { code: "INVALID_INPUT", message: /empty file/ }),
	replaced("Parquet is text", "parquet", () => HEADER + LINE, {
		code: "INVALID_INPUT",
		problem: { code: "unreadable_file" },
		message: /Parquet/,
	}),
	replaced("Parquet is cut", "parquet", async () => (await fileOf("parquet")).subarray(0, 700), {
		code: "INVALID_INPUT",
		message: /Parquet/,
	}),
	replaced("Parquet has no footer", "parquet", async () => (await fileOf("parquet")).subarray(0, -8), {
		code: "INVALID_INPUT",
		message: /Parquet/,
	}),
	replaced("Arrow is empty", "arrow", () => "", { code: "INVALID_INPUT", message: /empty file/ }),
	replaced("Arrow is text", "arrow", () => HEADER + LINE, { code: "INVALID_INPUT", message: /Arrow/ }),
	replaced("Arrow is cut in its footer", "arrow", async () => (await fileOf("arrow")).subarray(0, -20), {
		code: "INVALID_INPUT",
		message: /Arrow|shorter/,
	}),
	replaced("Arrow is cut in its first batch", "arrow", async () => (await fileOf("arrow")).subarray(0, 2000), {
		code: "INVALID_INPUT",
		message: /Arrow|shorter/,
	}),
	replaced("an Arrow stream is cut", "arrows", () => tableToIPC(tableFromArrays(arrays), "stream").subarray(0, 400), {
		code: "INVALID_INPUT",
		message: /Arrow|shorter/,
	}),
	replaced("Arrow has other columns", "arrow", () => tableToIPC(tableFromArrays({ pedido: ["1"] }), "file"), {
		code: "INVALID_INPUT",
		problem: { code: "missing_column" },
	}),
	replaced(
		"Arrow holds a NaN",
		"arrow",
		() => tableToIPC(tableFromArrays({ ...arrays, net_value: Float64Array.of(1, Number.NaN) }), "file"),
		{ code: "IMPORT_REFUSED", problem: { row: 2, column: "net_value", value: "NaN", code: "not_a_number" } },
	),
	replaced(
		"Arrow holds lists where text belongs",
		"arrow",
		() => tableToIPC(tableFromArrays({ ...arrays, order_id: [[1, 2], [3]] }), "file"),
		{ code: "INVALID_INPUT", message: /order_id.*type/ },
	),
];

/** Folders that are refused, each with why. */
export const MALFORMED: readonly Malformed[] = [
	...wrongValues,
	...outOfRange,
	...missingColumns,
	...missingValues,
	...wholeFiles,
	...duplicates,
	...dangling,
	...missingTables,
	...cells,
	...texts,
	...policies,
	...formats,
];
