import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import type { Dialects } from "../../../engine/portfolio/files/dialect.ts";
import type { TableFile } from "../../../engine/portfolio/files/find-tables.ts";
import { ingestEvents, type IngestResult } from "../../../engine/portfolio/ingest/ingest-events.ts";
import type { Cell } from "../../../engine/portfolio/cells/cell-text.ts";
import { TABLES } from "../../../engine/portfolio/schema.ts";
import { kindOf } from "../../../engine/portfolio/snapshot/shared-table.ts";
import { NULL_CODE, NULL_DAY } from "../../../engine/units.ts";

/** What the reader of big files makes of a file of orders or contacts that stands alone. */
export interface BigReading {
	/** Good rows as texts, sorted: where a row stood in the file is not kept. */
	readonly rows: readonly string[];
	readonly numRead: number;
	/** Were there problems of rows, or warnings of the file? */
	readonly isTold: boolean;
}

/** Memory that the reader is told to keep to; a process around it may have a cap above it. */
const MEGABYTES = 1024;

/** Reads a file with the reader of big ones, however small it is. */
export async function readBigFile(file: TableFile, dialects: Dialects): Promise<BigReading> {
	if (file.table !== "orders" && file.table !== "contacts") throw new TypeError(`${file.table} has no reader of big files`);
	const folder = mkdtempSync(join(tmpdir(), "carteira-big-"));
	const into = join(folder, "part");
	mkdirSync(into);
	try {
		const result = await ingestEvents({
			table: file.table,
			file,
			dialects,
			into,
			others: { ids: { customers: null, products: null, reps: null }, asideCustomers: new Set(), marginRates: new Float64Array() },
			memoryMegabytes: MEGABYTES,
			scratch: join(folder, "scratch"),
		});
		const { numRead, numProblems, warnings } = result.report;
		return { rows: rowsOf(file.table, result), numRead, isTold: numProblems > 0 || warnings.length > 0 };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** A row as one text, by which two readers can be compared; null cells are left out. */
export function rowText(cells: Readonly<Record<string, Cell>>): string {
	const told = Object.entries(cells).filter(([, cell]) => cell !== null && cell !== "");
	return told
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, cell]) => `${name}=${cell}`)
		.join("|");
}

function rowsOf(table: "orders" | "contacts", { part }: IngestResult): string[] {
	const open = (path: string) => tableFromIPC(readFileSync(path));
	const lines = open(part.lines);
	const groups = open(part.groups);
	const [ids, ends] = [groups.getChild("customer_id"), groups.getChild("line_end")];
	const columns = lines.schema.fields.map(({ name }) => {
		const words = part.words[name] === undefined ? null : open(part.words[name]).getChild(name);
		return { name, values: lines.getChild(name), cellOf: cellReader(table, name, (code) => String(words?.get(code))) };
	});
	const rows: string[] = [];
	for (let row = 0, group = 0; row < part.numRows; row++) {
		while (row >= Number(ends?.get(group))) group++;
		const cells = columns.map(({ name, values, cellOf }): [string, Cell] => [name, cellOf(Number(values?.get(row)))]);
		rows.push(rowText({ customer_id: String(ids?.get(group)), ...Object.fromEntries(cells) }));
	}
	return rows.sort();
}

function cellReader(table: "orders" | "contacts", name: string, wordOf: (code: number) => string): (value: number) => Cell {
	const spec = TABLES[table].columns[name];
	const kind = kindOf(spec);
	if (kind === "refs" || kind === "texts") return (value) => (value < 0 ? null : wordOf(value));
	if (kind === "numbers") return (value) => (Number.isNaN(value) ? null : value);
	if (kind === "days") return (value) => (value === NULL_DAY ? null : value);
	return (value) => (value === NULL_CODE ? null : (spec.values?.[value] ?? null));
}
