import { createHash } from "node:crypto";
import { CarteiraError } from "../../errors.ts";
import { canonicalJson } from "../files/canonical-json.ts";
import type { TableReport } from "../portfolio.ts";
import { TABLE_NAMES, type TableName } from "../schema.ts";

/** Tables that are held as events of customers; all others are held plainly. */
export const EVENT_TABLES = ["orders", "contacts"] as const;
export type EventTableName = (typeof EVENT_TABLES)[number];
export type PlainTableName = Exclude<TableName, EventTableName>;
export const PLAIN_TABLES = TABLE_NAMES.filter((name): name is PlainTableName => !isEventTable(name));

export function isEventTable(table: TableName): table is EventTableName {
	return table === "orders" || table === "contacts";
}

/** Name of a part: the SHA-256 of its bytes, hex. */
export type Sha = string;

/** What a snapshot is made of. Immutable; its name is the SHA-256 of its canonical JSON. */
export interface Manifest {
	readonly format: 1;
	readonly parent: Sha | null;
	/** Of the portfolio. */
	readonly digest: string;
	/** policy.json, verbatim. */
	readonly policy: string | null;
	readonly given: readonly TableName[];
	/** Of the tables as they were last imported. */
	readonly reports: readonly TableReport[];
	/** Of tables whose rows, good when they were imported, break a rule as the tables now stand together. */
	readonly aside?: readonly TableReport[];
	/** Marks of the last imports that had one. */
	readonly applied?: readonly string[];
	readonly tables: Readonly<Record<PlainTableName, PlainTable>>;
	readonly events: Readonly<Record<EventTableName, EventTable>>;
}

export interface PlainTable {
	/** Stubs included. */
	readonly num_rows: number;
	readonly num_stubs: number;
	/** Linked columns with stubs, in the units of memory. */
	readonly columns: Sha;
	/** The rows as a typed file holds them, which later imports are merged into; absent where the table was not given. */
	readonly rows?: Sha;
	/** Rows set aside, one object a line. */
	readonly quarantine?: Sha;
	/** Keys that were deleted and the versions of that, so that what is older and comes later does not bring them back. */
	readonly tombstones?: Sha;
}

export interface EventTable {
	readonly base: EventPart | null;
	readonly deltas: readonly EventPart[];
	/** Columns that the files had. */
	readonly columns: readonly string[];
	readonly quarantine?: Sha;
	/** As of a plain table. */
	readonly tombstones?: Sha;
}

/**
 * Rows of orders or contacts by customer, time and place in their file. All columns are in the units of memory; references and texts are
 * codes into word lists, -1 for null.
 */
export interface EventPart {
	readonly num_rows: number;
	readonly num_groups: number;
	/** A row a line, in order. */
	readonly lines: Sha;
	/** A row a customer: `customer_id`, `line_end`, and of orders `event_end`. */
	readonly groups: Sha;
	/** Of orders: `day`, `value` and `margin` of purchase events over all lines of the part. */
	readonly events?: Sha;
	/** By column: the words that its codes stand for. */
	readonly words: Readonly<Record<string, Sha>>;
	/** `customer_id` by group, other references by code: row of the named table as it now stands; -1 for a customer that is set aside. */
	readonly links: Readonly<Record<string, Sha>>;
	/** Of a delta: ids whose lines in earlier parts no longer count. */
	readonly replaced?: Sha;
	/** Of a delta: the lines that `replaced` names, ascending, by the position of their part among the table's parts. */
	readonly dropped?: Readonly<Record<string, Sha>>;
}

/** All parts of an event table, oldest first. */
export function partsOf({ base, deltas }: EventTable): readonly EventPart[] {
	return base ? [base, ...deltas] : deltas;
}

export function shaOf(bytes: Uint8Array | string): Sha {
	return createHash("sha256").update(bytes).digest("hex");
}

/** All files that a part of events is made of. */
export function filesOfPart({ lines, groups, events, words, links, replaced, dropped = {} }: EventPart): Sha[] {
	const lists = [words, links, dropped].flatMap((shas) => Object.values(shas));
	return [lines, groups, ...lists, ...(events === undefined ? [] : [events]), ...(replaced === undefined ? [] : [replaced])];
}

/** Names of all files that a manifest needs. */
export function filesOf({ tables, events }: Manifest): Set<string> {
	const files = new Set<string>();
	const arrow = (sha: Sha | undefined): void => void (sha !== undefined && files.add(`${sha}.arrow`));
	const aside = (sha: Sha | undefined): void => void (sha !== undefined && files.add(`${sha}.ndjson`));
	for (const table of Object.values(tables)) {
		arrow(table.columns);
		arrow(table.rows);
		arrow(table.tombstones);
		aside(table.quarantine);
	}
	for (const table of Object.values(events)) {
		arrow(table.tombstones);
		aside(table.quarantine);
		for (const part of partsOf(table)) for (const sha of filesOfPart(part)) arrow(sha);
	}
	return files;
}

export function textOfManifest(manifest: Manifest): string {
	return canonicalJson(manifest);
}

/** A manifest of its text. Throws INVALID_INPUT where the text is not what its name says. */
export function parseManifest(text: string, sha: Sha): Manifest {
	if (shaOf(text) !== sha)
		throw new CarteiraError("INVALID_INPUT", `manifest ${sha}: its bytes have the SHA-256 ${shaOf(text)}; it is damaged`);
	const manifest = JSON.parse(text) as Manifest;
	if (manifest.format !== 1) throw new CarteiraError("INVALID_INPUT", `manifest ${sha}: format ${String(manifest.format)}; expected 1`);
	return manifest;
}

/** SHA-256 over the digests of all tables and of the policy. */
export function portfolioDigest(reports: readonly TableReport[], policy: string): string {
	const hash = createHash("sha256");
	for (const { table, digest } of [...reports].sort((a, b) => (a.table < b.table ? -1 : 1))) hash.update(`${table}:${digest}\n`);
	return hash.update(`policy:${shaOf(policy)}\n`).digest("hex");
}
