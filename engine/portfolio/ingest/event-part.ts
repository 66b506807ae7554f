import { join } from "node:path";
import { TextBytes } from "../cells/growing-arrays.ts";
import { FIXED_ARRAYS, type FixedArray, type FixedType, openBatchFile, writeBatchFile } from "../files/batch-file.ts";
import { halvesOf, type LineColumn, LINES } from "./event-lines.ts";
import type { HashCodes } from "./hash-codes.ts";
import { EVENTS } from "./purchase-events.ts";
import { type QueryEngine, typedCells } from "./query-engine.ts";

/** The files of an EventPart, each a whole Arrow IPC file of one batch; not yet synced to disk. */
export interface PartFiles {
	readonly numRows: number;
	readonly numGroups: number;
	readonly numEvents: number;
	readonly lines: string;
	readonly groups: string;
	/** Of orders. */
	readonly events: string | null;
	readonly words: Readonly<Record<string, string>>;
	readonly links: Readonly<Record<string, string>>;
}

/** Rows that are written at once, by column. */
const PIECE_ROWS = 65_536;

/** Streams a query of fixed-width columns into a file of one batch. */
async function writeQuery(
	engine: QueryEngine,
	path: string,
	query: string,
	columns: readonly { readonly name: string; readonly fixed: FixedType; readonly hashed?: HashCodes }[],
	numRows: number,
): Promise<void> {
	const file = openBatchFile(path, Object.fromEntries(columns.map(({ name, fixed }) => [name, fixed])), numRows);
	const pieces = columns.map(({ fixed }): FixedArray => new FIXED_ARRAYS[fixed](PIECE_ROWS));
	let row = 0;
	let held = 0;
	const flush = (): void => {
		for (const [i, { name }] of columns.entries()) file.write(name, row, pieces[i].subarray(0, held));
		row += held;
		held = 0;
	};
	await engine.each(
		query,
		(chunk) => {
			if (held + chunk.rowCount > PIECE_ROWS) flush();
			for (const [i, { hashed }] of columns.entries()) {
				if (hashed) decodeInto(pieces[i], held, halvesOf(typedCells(chunk, i) as BigUint64Array), hashed);
				else pieces[i].set(typedCells(chunk, i) as FixedArray, held);
			}
			held += chunk.rowCount;
		},
		numRows,
	);
	flush();
	file.close();
}

/** Neighbours mostly have one word: the lines of an order lie together. */
function decodeInto(out: FixedArray, at: number, hashes: Uint32Array, codes: HashCodes): void {
	let [low, high, code] = [0, 0, -1];
	for (let i = 0; i < hashes.length; i += 2) {
		if (hashes[i] !== low || hashes[i + 1] !== high) {
			low = hashes[i];
			high = hashes[i + 1];
			code = low === 0 && high === 0 ? -1 : codes.codeOf(low, high);
		}
		out[at++] = code;
	}
}

/** Writes the sorted lines. */
export async function writeLines(engine: QueryEngine, path: string, columns: readonly LineColumn[], numRows: number): Promise<void> {
	await writeQuery(engine, path, `SELECT ${columns.map(({ read }) => read).join(", ")} FROM ${LINES}`, columns, numRows);
}

/** Writes the purchase events; answers how many there are. */
export async function writeEvents(engine: QueryEngine, path: string): Promise<number> {
	const columns = [
		{ name: "day", fixed: "int32" },
		{ name: "value", fixed: "float64" },
		{ name: "margin", fixed: "float64" },
	] as const;
	const [[count]] = await engine.rows(`SELECT count(*)::DOUBLE FROM ${EVENTS}`);
	await writeQuery(engine, path, `SELECT day::INTEGER, value, margin FROM ${EVENTS}`, columns, Number(count));
	return Number(count);
}

/** Writes the groups, one a customer; answers the row of each in customers, ascending. */
export async function writeGroups(
	engine: QueryEngine,
	path: string,
	hasEvents: boolean,
	idOf: (row: number) => string,
): Promise<Int32Array> {
	const events = hasEvents ? `LEFT JOIN (SELECT customer, count(*) AS events FROM ${EVENTS} GROUP BY 1) e USING (customer)` : "";
	const counted = `SELECT customer, lines::INTEGER, ${hasEvents ? "coalesce(events, 0)::INTEGER" : "0::INTEGER"}
		FROM (SELECT customer, count(*) AS lines FROM ${LINES} GROUP BY 1) l ${events} ORDER BY customer`;
	const [[count]] = await engine.rows(`SELECT count(DISTINCT customer)::DOUBLE FROM ${LINES}`);
	const rows = new Int32Array(Number(count));
	const [lineEnd, eventEnd] = [rows.slice(), rows.slice()];
	const ids = new TextBytes();
	let group = 0;
	await engine.each(counted, (chunk) => {
		const [customers, lines, days] = [0, 1, 2].map((column) => typedCells(chunk, column) as Int32Array);
		for (let i = 0; i < chunk.rowCount; i++, group++) {
			rows[group] = customers[i];
			lineEnd[group] = lines[i] + (group > 0 ? lineEnd[group - 1] : 0);
			eventEnd[group] = days[i] + (group > 0 ? eventEnd[group - 1] : 0);
			ids.append(idOf(customers[i]));
		}
	});
	writeBatchFile(path, { customer_id: ids, line_end: lineEnd, ...(hasEvents && { event_end: eventEnd }) });
	return rows;
}

/** Writes the word list of each column that has one. */
export function writeWords(into: string, columns: readonly LineColumn[]): Record<string, string> {
	return Object.fromEntries(
		columns.flatMap(({ name, words }) => {
			if (!words) return [];
			const path = join(into, `words-${name}.arrow`);
			writeBatchFile(path, { [name]: words });
			return [[name, path]];
		}),
	);
}

/** Writes the rows that groups and words of references stand for. */
export function writeLinks(into: string, links: ReadonlyMap<string, Int32Array>): Record<string, string> {
	return Object.fromEntries(
		[...links].map(([name, rows]) => {
			const path = join(into, `links-${name}.arrow`);
			writeBatchFile(path, { [name]: rows });
			return [name, path];
		}),
	);
}
