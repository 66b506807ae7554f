import { detectNotations, type KnownColumn, type Notations } from "../files/detect-notation.ts";
import type { Dialect } from "../files/dialect.ts";
import type { DecimalMark } from "../files/raw-rows.ts";
import { numberParserOf } from "../rows/parse-cell.ts";
import type { QueryEngine } from "./query-engine.ts";
import { typedColumn } from "./typed-sql.ts";

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

/** A number with two decimals is told by its mark alone: nothing else can be meant. */
async function sightNumbers(engine: QueryEngine, relation: string, column: KnownColumn & { readonly sql: string }): Promise<Sighted[]> {
	const { sql, spec } = column;
	const hasMark = `(contains(${sql}, '.') OR contains(${sql}, ','))`;
	const isRanged = spec.min !== undefined || spec.max !== undefined; // there the mark may decide whether a number is in range
	const obvious = ([".", ","] as const).map((decimal) => {
		const plain = typedColumn({
			name: column.name,
			spec: { type: "number", optional: false },
			kind: "text",
			sql,
			raw: sql,
			notation: { decimal, isGrouped: false, dates: "dd/mm/yyyy" },
		});
		return `(${isRanged ? "false" : `substr(${sql}, -3, 1) = '${decimal}' AND ${plain.isSure}`})`;
	});
	const isObvious = `coalesce(${obvious.join(" OR ")}, false)`;
	const sighted: Sighted[] = [];
	for (const condition of obvious) {
		const [[count, row, cell]] = await engine.rows(
			`SELECT count(*)::DOUBLE, min(n), arg_min(${sql}, n) FROM (${relation}) WHERE ${condition}`,
		);
		if (Number(count) > 0) sighted.push({ row: Number(row), cell: String(cell), count: Number(count) });
	}
	const rest = await sight(
		engine,
		`SELECT ${sql}, count(*)::DOUBLE, min(n) FROM (${relation}) WHERE ${hasMark} AND NOT ${isObvious} GROUP BY 1`,
	);
	if (rest.some(({ cell }) => isMisleading(cell, column)))
		return sight(engine, `SELECT ${sql}, 1::DOUBLE, n FROM (${relation}) WHERE ${hasMark}`);
	return inOrder([...sighted, ...rest]);
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
