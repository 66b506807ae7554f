import { cellTextOf } from "../cells/cell-text.ts";
import type { RawCell } from "../cells/raw-rows.ts";
import { openDurableFile } from "../files/durable-file.ts";
import { MAX_BAD_ROWS_KEPT } from "../rows/table-draft.ts";
import { TABLES, type TableName } from "../schema.ts";
import { quoted, type QueryEngine } from "./query-engine.ts";

/**
 * Writes the rows that are set aside as they came, one object a line, in order of the file; at most 100,000, for with more the table is
 * mostly refused. Records that broke cannot be kept; customers are named as they are linked. Answers whether there are any; else there is no file.
 */
export async function writeQuarantine(
	engine: QueryEngine,
	path: string,
	table: TableName,
	columns: readonly string[],
	bad: string,
	refused: ReadonlyMap<number, Record<string, RawCell>>,
	linked: ReadonlyMap<string, string>,
): Promise<boolean> {
	const readers = columns.map((name) => {
		const { type, values = [] } = TABLES[table].columns[name];
		const textOf = (cell: unknown): RawCell => {
			if (type === "enum") return values[Number(cell)];
			if (name === "customer_id") return linked.get(String(cell)) ?? String(cell);
			return cellTextOf(type)(cell as string | number);
		};
		return (cell: unknown): [string, RawCell][] => (cell === null || cell === "" ? [] : [[name, textOf(cell)]]);
	});
	const file = openDurableFile(path);
	let numRows = 0;
	await engine.each(`SELECT n, ${columns.map(quoted).join(", ")} FROM (${bad}) ORDER BY n LIMIT ${MAX_BAD_ROWS_KEPT}`, (chunk) => {
		for (const [n, ...cells] of chunk.getRows()) {
			const row = { ...Object.fromEntries(cells.flatMap((cell, i) => readers[i](cell))), ...refused.get(Number(n)) };
			if (Object.keys(row).length === 0) continue;
			file.write(`${JSON.stringify(row)}\n`);
			numRows++;
		}
	});
	if (numRows > 0) file.close();
	else file.abort();
	return numRows > 0;
}
