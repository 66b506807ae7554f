import type { LinkedTable } from "../rows/link-tables.ts";
import { createTaxIdLookup } from "../rows/tax-ids.ts";
import { TABLES, type TableName } from "../schema.ts";
import { openColumnFile } from "../snapshot/column-file.ts";
import { once } from "../snapshot/lazy.ts";
import type { EventPart, EventTableName, Sha } from "../snapshot/manifest.ts";
import type { PartWriter } from "../snapshot/part-writer.ts";
import type { PathOf } from "../snapshot/store-folder.ts";

/** Finds the rows that ids name among linked tables. */
export interface Linker {
	tableOf(name: TableName): LinkedTable;
	/**
	 * Row of an id. Products and reps that are not there become stubs, as do customers where there is no table of them; of another
	 * customer it is -1.
	 */
	rowOf(table: TableName, id: string): number;
}

export function createLinker(linked: ReadonlyMap<TableName, LinkedTable>): Linker {
	const lookUps = new Map<TableName, (id: string) => number>();
	const tableOf = (name: TableName): LinkedTable => {
		const table = linked.get(name);
		if (!table) throw new TypeError(`table ${name} was not linked`);
		return table;
	};
	return {
		tableOf,
		rowOf(name, id) {
			const lookUp = lookUps.get(name) ?? lookUpIn(tableOf(name));
			lookUps.set(name, lookUp);
			return lookUp(id);
		},
	};
}

function lookUpIn(named: LinkedTable): (id: string) => number {
	const rows = new Map<string, number>();
	const [key] = TABLES[named.name].key;
	for (const [row, at] of named.kept.entries()) rows.set(named.draft?.textAt(at, key) ?? "", row);
	for (const [at, id] of named.stubs.entries()) rows.set(id, named.kept.length + at);
	const mayStub = named.name !== "customers" || named.draft === null;
	const taxIds = once(() => createTaxIdLookup(rows.keys()));
	return (id) => {
		const row = rows.get(id);
		if (row !== undefined) return row;
		if (!mayStub) return rows.get(taxIds()(id) ?? "") ?? -1;
		const stub = named.kept.length + named.stubs.push(id) - 1;
		rows.set(id, stub);
		return stub;
	};
}

/** Where the ids of a part lie. */
type PartIds = Pick<EventPart, "groups" | "words">;

/** Writes what the ids of a part stand for. */
export function linkPart(
	name: EventTableName,
	part: PartIds,
	linker: Linker,
	pathOf: PathOf,
	writer: PartWriter,
): { links: Record<string, Sha>; customerRow: Int32Array } {
	const links: Record<string, Sha> = {};
	let customerRow = new Int32Array(0);
	for (const [column, { table }] of Object.entries(TABLES[name].columns)) {
		const file = column === "customer_id" ? part.groups : part.words[column];
		if (!table || file === undefined) continue;
		const ids = openColumnFile(pathOf(file)).texts(column);
		ids.load();
		const rows = Int32Array.from({ length: ids.length }, (_, at) => linker.rowOf(table, ids.at(at) ?? ""));
		links[column] = writer.columns({ [column]: rows });
		if (column === "customer_id") customerRow = rows;
	}
	return { links, customerRow };
}
