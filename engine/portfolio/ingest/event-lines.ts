import { CarteiraError } from "../../errors.ts";
import { NULL_CODE, NULL_DAY } from "../../units.ts";
import { TextBytes } from "../cells/growing-arrays.ts";
import { type ColumnSpec, TABLES, type TableName } from "../schema.ts";
import type { FixedType } from "../files/batch-file.ts";
import { createHashCodes, type HashCodes } from "./hash-codes.ts";
import { appendTexts, quoted, type QueryEngine, typedCells } from "./query-engine.ts";
import type { Range } from "./unsure-rows.ts";

/** The table of lines: `customer` (row of customers), time, `n`, and the columns, as narrow as their values allow. */
export const LINES = "lines";

/** A column of the lines. */
export interface LineColumn {
	readonly name: string;
	readonly fixed: FixedType;
	/** SQL over the kept rows and what is joined to them. */
	readonly stored: string;
	/** SQL over the lines: as they are held in memory; of hashed words the hash, 0 for null. */
	readonly read: string;
	/** The words that its codes point into. */
	readonly words?: TextBytes;
	/** Where the words are too many to be joined: their numbers by their hashes. */
	readonly hashed?: HashCodes;
}

/** More words than these are told by their hashes, as a join with them would have to hold them all. */
const MOST_JOINED = 65_535;

/** Column of the time by which lines are sorted. */
function timeOf(table: TableName): string {
	return table === "orders" ? "ordered_on" : "contacted_at";
}

/** Describes the columns of the lines, customer_id left out, and makes or reads the words of those that have some. */
export async function describeLines(
	engine: QueryEngine,
	table: TableName,
	columns: readonly string[],
	kept: string,
	ranges: ReadonlyMap<string, Range> = new Map(),
): Promise<LineColumn[]> {
	const specs = TABLES[table].columns;
	const numbers = columns.filter((name) => isNumber(specs[name]));
	const looked = await narrowest(
		engine,
		numbers.filter((name) => !ranges.has(name)),
		kept,
	);
	const types = new Map([...looked, ...[...ranges].map(([name, range]): [string, string] => [name, typeOf(range)])]);
	const described: LineColumn[] = [];
	for (const name of columns) {
		if (name === "customer_id") continue;
		const column = `k.${quoted(name)}`;
		const { type } = specs[name];
		const one = { name, stored: column, read: quoted(name) };
		if (isNumber(specs[name])) {
			const stored = `${column}::${types.get(name) ?? "DOUBLE"}`;
			described.push({ ...one, fixed: "float64", stored, read: `coalesce(${quoted(name)}::DOUBLE, 'nan'::DOUBLE)` });
		} else if (type === "day") {
			described.push({ ...one, fixed: "int32", stored: `${column}::USMALLINT`, read: `coalesce(${quoted(name)}::INTEGER, ${NULL_DAY})` });
		} else if (type === "enum") {
			described.push({ ...one, fixed: "uint8", read: `coalesce(${quoted(name)}, ${NULL_CODE})::UTINYINT` });
		} else described.push(await describeWords(engine, name, specs[name]));
	}
	return described;
}

function isNumber({ type }: ColumnSpec): boolean {
	return type === "number" || type === "money" || type === "datetime" || type === "version";
}

/** Rows are sorted faster the fewer bytes they have, and spill later. */
async function narrowest(engine: QueryEngine, names: readonly string[], kept: string): Promise<Map<string, string>> {
	if (names.length === 0) return new Map();
	const facts = names.map((name) => {
		const column = quoted(name);
		return `min(${column}), max(${column}), bool_and(${column} = trunc(${column}) AND NOT (${column} = 0 AND signbit(${column})))`;
	});
	const [row] = await engine.rows(`SELECT ${facts.join(", ")} FROM (${kept})`);
	return new Map(
		names.map((name, i) => {
			const [low, high, isWhole] = row.slice(i * 3, i * 3 + 3);
			return [name, isWhole === true ? typeOf([Number(low), Number(high)]) : "DOUBLE"];
		}),
	);
}

/** The narrowest type of whole numbers. */
function typeOf([least, largest]: Range): string {
	const [low, high] = [least ?? 0, largest ?? 0];
	if (low >= 0 && high < 2 ** 32) return "UINTEGER";
	return low >= -(2 ** 31) && high < 2 ** 31 ? "INTEGER" : "DOUBLE";
}

async function describeWords(engine: QueryEngine, name: string, spec: ColumnSpec): Promise<LineColumn> {
	const [[count]] = await engine.rows(`SELECT count(*)::DOUBLE FROM words_${name}`);
	const isHashed = spec.type !== "ref" && Number(count) > MOST_JOINED;
	const words = new TextBytes();
	const hashed = isHashed ? createHashCodes(Number(count)) : undefined;
	await engine.each(
		`SELECT word${hashed ? ", hash(word)" : ""} FROM words_${name}`,
		(chunk) => {
			appendTexts(chunk, 0, words);
			if (!hashed) return;
			const hashes = halvesOf(typedCells(chunk, 1) as BigUint64Array);
			for (let i = 0; i < hashes.length; i += 2) {
				const [low, high] = [hashes[i], hashes[i + 1]];
				// A hash of 0 stands for null. Both happen once in some hundred thousand files of ten million words.
				if ((low === 0 && high === 0) || !hashed.add(low, high))
					throw new CarteiraError("INTERNAL", `two words of ${name} have one hash; expected 64 bits to tell them apart`);
			}
		},
		Number(count),
	);
	const narrow = Number(count) <= MOST_JOINED ? "USMALLINT" : "INTEGER";
	const one = { name, fixed: "int32" as const, words };
	if (!hashed) return { ...one, stored: `w_${name}.rowid::${narrow}`, read: `coalesce(${quoted(name)}::INTEGER, -1)` };
	return { ...one, hashed, stored: `hash(k.${quoted(name)})`, read: `coalesce(${quoted(name)}, 0)::UBIGINT` };
}

/** Each 64-bit number as its low and its high half. */
export function halvesOf(numbers: BigUint64Array): Uint32Array {
	return new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
}

/** Makes the table of lines in order of customer, time and row in the file. `placed_customers` has the row of each customer's word. */
export async function sortLines(engine: QueryEngine, table: TableName, kept: string, columns: readonly LineColumn[]): Promise<void> {
	const selected = columns.map(({ name, stored, hashed }) => {
		const value = hashed ? `CASE WHEN k.${quoted(name)} IS NULL THEN NULL ELSE ${stored} END` : stored;
		return `${value} AS ${quoted(name)}`;
	});
	const joins = columns
		.filter(({ words, hashed }) => words && !hashed)
		.map(({ name }) => `LEFT JOIN words_${name} w_${name} ON w_${name}.word = k.${quoted(name)}`);
	await engine.run(`CREATE TABLE ${LINES} AS SELECT c.row AS customer, n, ${selected.join(", ")}
		FROM (${kept}) k JOIN placed_customers c ON c.word = k.customer_id ${joins.join(" ")}
		ORDER BY customer, ${timeOf(table)}, n`);
}
