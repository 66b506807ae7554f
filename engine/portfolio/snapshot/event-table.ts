import type { Table, TextColumn } from "../portfolio.ts";
import { TABLES } from "../schema.ts";
import type { Values } from "./column-file.ts";
import { allocate, type EventKind, kindOfColumn, nullOf } from "./event-columns.ts";
import { lazyRecord, once } from "./lazy.ts";
import type { EventTableName } from "./manifest.ts";
import type { OpenPart } from "./open-part.ts";
import type { Runs } from "./runs.ts";

/** With more runs than this a part's column is read whole rather than run by run. */
const MANY_RUNS = 4096;

/** Orders or contacts over runs of parts: a column is gathered when it is first asked for. Row of customers is the position among `runs`. */
export function openEventTable(name: EventTableName, parts: readonly OpenPart[], runs: Runs): Table {
	const length = runs.start[runs.start.length - 1];
	const columns = Object.keys(TABLES[name].columns);
	const namesOf = (kind: EventKind): string[] => columns.filter((column) => kindOfColumn(name, column) === kind);
	const gather = (column: string): Values =>
		gatherColumn(name, column, parts, runs, (part) => (TABLES[name].columns[column].table ? part.links(column) : null));
	return {
		name,
		numRows: length,
		numStubs: 0,
		length,
		texts: lazyRecord(namesOf("texts"), (column) =>
			textsOf(
				column,
				parts,
				runs,
				once(() => gather(column) as Int32Array),
				length,
			),
		),
		refs: lazyRecord(namesOf("refs"), (column) => (column === "customer_id" ? customersOf(runs) : (gather(column) as Int32Array))),
		numbers: lazyRecord(namesOf("numbers"), (column) => gather(column) as Float64Array),
		days: lazyRecord(namesOf("days"), (column) => gather(column) as Int32Array),
		codes: lazyRecord(namesOf("codes"), (column) => gather(column) as Uint8Array),
	};
}

function customersOf({ start }: Runs): Int32Array {
	const numCustomers = start.length - 1;
	const customers = new Int32Array(new SharedArrayBuffer(start[numCustomers] * 4));
	for (let customer = 0; customer < numCustomers; customer++) customers.fill(customer, start[customer], start[customer + 1]);
	return customers;
}

/** The values of a column in the order of runs; `mapOf` gives of a part what its codes become. */
export function gatherColumn(
	table: EventTableName,
	column: string,
	parts: readonly OpenPart[],
	runs: Runs,
	mapOf: (part: OpenPart) => Int32Array | null,
): Values {
	const kind = kindOfColumn(table, column);
	const out = allocate(kind, runs.start[runs.start.length - 1], true);
	for (let run = 0, at = 0; run < runs.numRuns; run++) {
		const into = out.subarray(at, at + runs.count[run]);
		const part = parts[runs.part[run]];
		if (part.lines.has(column)) {
			readRun(part, column, runs, run, into);
			const map = mapOf(part);
			if (map) mapCodes(into as Int32Array, map);
		} else into.fill(nullOf(kind));
		at += into.length;
	}
	return out;
}

function readRun({ lines }: OpenPart, column: string, { numRuns, from }: Runs, run: number, into: Values): void {
	if (numRuns > MANY_RUNS) into.set(lines.values(column).subarray(from[run], from[run] + into.length));
	else lines.readRange(column, from[run], into);
}

function mapCodes(codes: Int32Array, map: Int32Array): void {
	for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) codes[i] = map[codes[i]];
}

/** Texts of a column: each row's code, looked up in the words of its part. */
function textsOf(column: string, parts: readonly OpenPart[], runs: Runs, codes: () => Int32Array, length: number): TextColumn {
	const lists = parts.map((part) => once(() => (part.lines.has(column) ? part.words(column).texts(column) : null)));
	const ends = once(() => {
		let end = 0;
		return runs.count.map((count) => (end += count));
	});
	return {
		length,
		at(row) {
			const code = codes()[row];
			if (code < 0) return null;
			const part = parts.length === 1 ? 0 : runs.part[runAt(ends(), row)];
			return lists[part]()?.at(code) ?? null;
		},
	};
}

function runAt(ends: Int32Array, row: number): number {
	let [low, high] = [0, ends.length - 1];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ends[middle] <= row) low = middle + 1;
		else high = middle;
	}
	return low;
}
