import { detectNotations, type KnownColumn, type Notations } from "../files/detect-notation.ts";
import type { Dialect } from "../files/dialect.ts";
import type { DecimalMark } from "../cells/raw-rows.ts";
import { numberParserOf } from "../cells/parse-cell.ts";
import type { QueryEngine } from "./query-engine.ts";
import { isSensible, numberOfText } from "./typed-sql.ts";

/** Equal cells of a column: how many, and the row of the first. */
interface Sighted {
	readonly row: number;
	readonly cell: string;
	readonly count: number;
}

/**
 * `detectNotations` over a table of cells that is too large to go through: what says the same is counted by SQL, and one cell of each
 * kind stands for all of them. The answer is the same.
 */
export async function detectInSql(
	engine: QueryEngine,
	relation: string,
	columns: readonly (KnownColumn & { readonly sql: string })[],
	stated: Dialect,
): Promise<Notations> {
	const sightings = new Map<KnownColumn, readonly Sighted[]>();
	for (const column of columns) {
		const { type } = column.spec;
		if (type === "number" || type === "money") sightings.set(column, await sightNumbers(engine, relation, column));
		if (type === "day" || type === "datetime") sightings.set(column, await sightDates(engine, relation, column.sql));
	}
	return detectNotations(
		columns,
		(onRow) => {
			for (const [{ at }, seen] of sightings) {
				const cells: (string | undefined)[] = Array.from({ length: at + 1 }, () => undefined);
				for (const { row, cell, count } of seen) {
					cells[at] = cell;
					onRow(cells, row, count);
				}
			}
		},
		stated,
	);
}

/** A number with two decimals is told by its mark alone: nothing else can be meant. All other cells with a mark are looked at. */
async function sightNumbers(engine: QueryEngine, relation: string, column: KnownColumn & { readonly sql: string }): Promise<Sighted[]> {
	const { sql, spec } = column;
	const isRanged = spec.min !== undefined || spec.max !== undefined; // there the mark may decide whether a number is in range
	const third = `substr(${sql}, -3, 1)`;
	const number = (decimal: DecimalMark): string => `WHEN ${third} = '${decimal}' THEN ${numberOfText(sql, { decimal, isGrouped: false })}`;
	const marked = `SELECT n, ${sql} AS cell, ${isRanged ? "NULL" : `CASE ${number(".")} ${number(",")} END`} AS number
		FROM (${relation}) WHERE contains(${sql}, '.') OR contains(${sql}, ',')`;
	const kinds = `SELECT n, cell, CASE WHEN ${isSensible("number")} THEN substr(cell, -3, 1) END AS mark FROM (${marked})`;
	const sighted = await sight(
		engine,
		`SELECT arg_min(cell, n), count(*)::DOUBLE, min(n) FROM (${kinds}) GROUP BY mark, CASE WHEN mark IS NULL THEN cell END`,
	);
	if (!sighted.some(({ cell }) => isMisleading(cell, column))) return sighted;
	return sight(engine, `SELECT cell, 1::DOUBLE, n FROM (${marked})`);
}

async function sightDates(engine: QueryEngine, relation: string, sql: string): Promise<Sighted[]> {
	const isIso = `substr(${sql}, 5, 1) = '-'`;
	const [[count, row, cell]] = await engine.rows(`SELECT count(*)::DOUBLE, min(n), arg_min(${sql}, n) FROM (${relation}) WHERE ${isIso}`);
	const iso = Number(count) > 0 ? [{ row: Number(row), cell: String(cell), count: Number(count) }] : [];
	const rest = await sight(engine, `SELECT ${sql}, count(*)::DOUBLE, min(n) FROM (${relation}) WHERE NOT ${isIso} GROUP BY 1`);
	return inOrder([...iso, ...rest]);
}

async function sight(engine: QueryEngine, query: string): Promise<Sighted[]> {
	const sighted: Sighted[] = [];
	await engine.each(query, (chunk) => {
		for (const [cell, count, row] of chunk.getRows()) sighted.push({ row: Number(row), cell: String(cell), count: Number(count) });
	});
	return inOrder(sighted);
}

function inOrder(sighted: Sighted[]): Sighted[] {
	return sighted.sort((a, b) => a.row - b.row);
}

/**
 * Would the detection take a cell for a number, for the mark before its last two characters, though it is none? Then it matters which
 * cells come before it, and each must be shown in its turn.
 */
function isMisleading(cell: string, { spec }: KnownColumn): boolean {
	const mark = cell[cell.length - 3];
	if (mark !== "." && mark !== ",") return false;
	const [parse, scale] = [numberParserOf(spec.type), spec.type === "money" ? 100 : 1];
	const fits = (decimal: DecimalMark): boolean => {
		const value = parse(cell, { decimal, isGrouped: true, dates: "dd/mm/yyyy" });
		return value >= (spec.min ?? -Infinity) * scale && value <= (spec.max ?? Infinity) * scale;
	};
	return !fits(mark) || fits(mark === "." ? "," : ".");
}
