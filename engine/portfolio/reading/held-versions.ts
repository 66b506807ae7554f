import { TextBytes } from "../cells/growing-arrays.ts";
import { type Changes, readRows } from "../rows/merge-rows.ts";
import { parseVersion } from "../cells/parse-cell.ts";
import { TABLES, type TableName, VERSION } from "../schema.ts";
import { openColumnFile } from "../snapshot/column-file.ts";
import { eachMatch } from "../snapshot/find-words.ts";
import type { HeldLines } from "../snapshot/held-rows.ts";
import { isEventTable, type Manifest, type PlainTableName, type Sha } from "../snapshot/manifest.ts";
import type { PartWriter } from "../snapshot/part-writer.ts";
import type { PathOf } from "../snapshot/store-folder.ts";
import { readPart } from "./read-tables.ts";

/** Columns of a file of tombstones. */
const [KEY, DELETED] = ["key", "version"];

/** Versions by key. */
export type Versions = Map<string, number>;

/** The tombstones of a table. */
export function tombstonesOf({ tables, events }: Manifest, table: TableName): Sha | undefined {
	return isEventTable(table) ? events[table].tombstones : tables[table].tombstones;
}

/** Adds the versions at which some keys were deleted. */
export function addDeleted(versions: Versions, tombstones: Sha | undefined, keys: Iterable<string>, pathOf: PathOf): void {
	if (tombstones === undefined) return;
	const file = openColumnFile(pathOf(tombstones));
	const deleted = file.values(DELETED);
	eachMatch(file.texts(KEY), keys, (key, at) => versions.set(key, deleted[at]));
}

/** Versions of the rows of a plain table that have one of some keys; only keys and versions are read. */
export async function versionsOfRows(
	table: PlainTableName,
	rows: Sha,
	keys: ReadonlyMap<string, unknown>,
	pathOf: PathOf,
): Promise<Versions> {
	const { key, columns } = TABLES[table];
	const versions: Versions = new Map();
	const sink = readRows(table, {
		begin: () => {},
		row(id, row) {
			const version = keys.has(id) ? parseVersion(row.get(VERSION)) : Number.NaN;
			if (!Number.isNaN(version)) versions.set(id, version);
		},
		broken: () => {},
		end: () => {},
	});
	const narrow = Object.fromEntries([...key, VERSION].map((column) => [column, columns[column]]));
	await readPart({ table, path: pathOf(rows), format: "arrow" }, sink, {}, { ...TABLES[table], columns: narrow });
	return versions;
}

/** Versions of lines of orders or contacts, by their keys. */
export function versionsOfLines(column: string, held: readonly HeldLines[]): Versions {
	const versions: Versions = new Map();
	for (const { part, lines } of held) {
		if (!part.lines.has(VERSION)) continue;
		const words = part.words(column).texts(column);
		const [code, version] = [new Int32Array(1), new Float64Array(1)];
		for (const line of lines) {
			part.lines.readRange(column, line, code);
			part.lines.readRange(VERSION, line, version);
			if (!Number.isNaN(version[0])) versions.set(words.at(code[0]) ?? "", version[0]);
		}
	}
	return versions;
}

/** The tombstones of a table after changes: those of keys that are there again go, those of keys that were deleted come. */
export function tombstonesAfter(before: Sha | undefined, { versionDeleted }: Changes, pathOf: PathOf, writer: PartWriter): Sha | undefined {
	const deleted = [...versionDeleted].filter((entry): entry is [string, number] => entry[1] !== null);
	if (deleted.length === 0 && (before === undefined || versionDeleted.size === 0)) return before;
	return rewriteTombstones(before, (key) => !versionDeleted.has(key), deleted, pathOf, writer);
}

/** Writes tombstones anew: those that stay, then new ones; undefined where there are none. */
export function rewriteTombstones(
	before: Sha | undefined,
	stays: (key: string) => boolean,
	fresh: readonly (readonly [string, number])[],
	pathOf: PathOf,
	writer: PartWriter,
): Sha | undefined {
	const kept: [string, number][] = [];
	if (before !== undefined) {
		const file = openColumnFile(pathOf(before));
		const [keys, versions] = [file.texts(KEY), file.values(DELETED)];
		for (let at = 0; at < file.numRows; at++) {
			const key = keys.at(at) ?? "";
			if (stays(key)) kept.push([key, versions[at]]);
		}
		if (kept.length === file.numRows && fresh.length === 0) return before;
	}
	const all = [...kept, ...fresh];
	if (all.length === 0) return undefined;
	const keys = new TextBytes();
	for (const [key] of all) keys.append(key);
	return writer.columns({ [KEY]: keys, [DELETED]: Float64Array.from(all, ([, version]) => version) });
}
