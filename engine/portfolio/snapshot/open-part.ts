import { type ColumnFile, openColumnFile } from "./column-file.ts";
import type { EventPart, EventTableName, Sha } from "./manifest.ts";
import type { PathOf } from "./store-folder.ts";

/** A part whose files are open. Small lists are in memory; lines, events and words are read when asked for. */
export interface OpenPart {
	readonly part: EventPart;
	readonly lines: ColumnFile;
	readonly groups: ColumnFile;
	readonly events: ColumnFile | null;
	/** Where each group's lines and events end. */
	readonly lineEnd: Int32Array;
	readonly eventEnd: Int32Array | null;
	/** Row of customers of each group; -1: set aside. */
	readonly customerRow: Int32Array;
	/** Lines that later parts replace, ascending. */
	readonly dropped: Int32Array;
	words(column: string): ColumnFile;
	/** Rows of the table that a reference's codes stand for. */
	links(column: string): Int32Array;
}

/** Opens the parts of a table, oldest first. */
export function openParts(pathOf: PathOf, table: EventTableName, parts: readonly EventPart[]): OpenPart[] {
	return parts.map((part, position) => openPart(pathOf, table, part, dropsOf(parts, position)));
}

/** Lists of the lines of a part that later ones replace. */
function dropsOf(parts: readonly EventPart[], position: number): Sha[] {
	return parts.flatMap(({ dropped = {} }) => dropped[position] ?? []);
}

function openPart(pathOf: PathOf, table: EventTableName, part: EventPart, dropLists: readonly Sha[]): OpenPart {
	const open = (sha: Sha): ColumnFile => openColumnFile(pathOf(sha));
	const lines = open(part.lines);
	const groups = open(part.groups);
	const words = new Map(Object.entries(part.words).map(([column, sha]) => [column, open(sha)]));
	const links = new Map(Object.entries(part.links).map(([column, sha]) => [column, open(sha)]));
	const integers = (file: ColumnFile, column: string): Int32Array => file.values(column) as Int32Array;
	const fileOf = (files: ReadonlyMap<string, ColumnFile>, column: string): ColumnFile => {
		const file = files.get(column);
		if (!file) throw new TypeError(`a part of ${table} has no list of ${column}`);
		return file;
	};
	const drops = dropLists.map((sha) => integers(open(sha), "line"));
	return {
		part,
		lines,
		groups,
		events: part.events === undefined ? null : open(part.events),
		lineEnd: integers(groups, "line_end"),
		eventEnd: groups.has("event_end") ? integers(groups, "event_end") : null,
		customerRow: integers(fileOf(links, "customer_id"), "customer_id"),
		dropped: Int32Array.from(new Set(drops.flatMap((list) => [...list]))).sort(),
		words: (column) => fileOf(words, column),
		links: (column) => integers(fileOf(links, column), column),
	};
}
