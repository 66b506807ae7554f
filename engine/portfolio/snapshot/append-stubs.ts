import { basename } from "node:path";
import { digestOfFile } from "../files/scan-file.ts";
import { TextBytes } from "../cells/growing-arrays.ts";
import { TABLES } from "../schema.ts";
import { kindOf } from "./shared-table.ts";
import { openColumnFile, type Values, verifyPart } from "./column-file.ts";
import { allocate, nullOf } from "./event-columns.ts";
import type { PlainTable, PlainTableName } from "./manifest.ts";
import type { PartWriter } from "./part-writer.ts";
import type { PathOf } from "./store-folder.ts";

/** A table with more stubs behind its rows. */
export function appendStubs(
	name: PlainTableName,
	table: PlainTable,
	ids: readonly string[],
	pathOf: PathOf,
	writer: PartWriter,
): PlainTable {
	const path = pathOf(table.columns);
	verifyPart(basename(path), digestOfFile(path)); // what is written anew gets a digest of its own
	const file = openColumnFile(path);
	const [key] = TABLES[name].key;
	const columns: Record<string, Values | TextBytes> = {};
	for (const column of file.names.length > 0 ? file.names : [key]) {
		const kind = kindOf(TABLES[name].columns[column]);
		if (kind === "texts") {
			const texts = new TextBytes();
			const held = file.has(column) ? file.texts(column) : null;
			for (let row = 0; row < file.numRows; row++) texts.append(held?.at(row) ?? null);
			for (const id of ids) texts.append(column === key ? id : null);
			columns[column] = texts;
		} else {
			const values = allocate(kind, file.numRows + ids.length, false).fill(nullOf(kind), file.numRows);
			values.set(file.values(column));
			columns[column] = values;
		}
	}
	return { ...table, num_rows: table.num_rows + ids.length, num_stubs: table.num_stubs + ids.length, columns: writer.columns(columns) };
}
