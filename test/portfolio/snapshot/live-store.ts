import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTables } from "../../../engine/portfolio/files/find-tables.ts";
import { importRows } from "../../../engine/portfolio/reading/import-rows.ts";
import { parsePolicy } from "../../../engine/portfolio/reading/read-policy.ts";
import { readTables } from "../../../engine/portfolio/reading/read-tables.ts";
import { writeSnapshot } from "../../../engine/portfolio/reading/write-snapshot.ts";
import type { TableName } from "../../../engine/portfolio/schema.ts";
import { compactTables } from "../../../engine/portfolio/snapshot/compact.ts";
import { EVENT_TABLES } from "../../../engine/portfolio/snapshot/manifest.ts";
import { openPartWriter } from "../../../engine/portfolio/snapshot/part-writer.ts";
import {
	collect,
	isStore,
	openBuilding,
	pathsIn,
	readCurrent,
	removeBuilding,
	switchTo,
} from "../../../engine/portfolio/snapshot/store-folder.ts";

export const LIMITS = { megabytes: 8192, bigBytes: 64 << 20 };

/** What `buildStore` does, without a process around it. */
export async function buildInProcess(folder: string, store: string): Promise<void> {
	const parent = isStore(store) ? readCurrent(store).sha : null;
	const into = openBuilding(store);
	const read = await readTables(findTables(folder), parsePolicy(null).rules);
	switchTo(store, into, { ...(await writeSnapshot(read, null, openPartWriter(into), true)), parent }, parent);
	removeBuilding(into);
}

/** What `importTable` does, without a process around it. */
export async function importInProcess(
	store: string,
	table: TableName,
	rows: readonly object[],
	mode: "replace" | "upsert",
	graceMs = 0,
): Promise<void> {
	mkdirSync(join(store, "uploads"), { recursive: true });
	const path = join(store, "uploads", "upload.json");
	writeFileSync(path, JSON.stringify(rows));
	await importFileInProcess(store, table, path, mode, graceMs);
}

/** The same of a file of JSON. */
export async function importFileInProcess(
	store: string,
	table: TableName,
	path: string,
	mode: "replace" | "upsert",
	graceMs = 0,
): Promise<void> {
	const { sha, manifest } = readCurrent(store);
	const into = openBuilding(store);
	const { rules } = parsePolicy(manifest.policy);
	const imports = [{ file: { table, path, format: "json" as const }, mode }];
	const { manifest: next } = await importRows({ store, manifest, imports, rules, limits: LIMITS, into });
	switchTo(store, into, { ...next, parent: sha }, sha);
	collect(store, { graceMs });
	removeBuilding(into);
}

/** What `compactStore` does, without a process around it. */
export async function compactInProcess(store: string): Promise<void> {
	const { sha, manifest } = readCurrent(store);
	const into = openBuilding(store);
	const compacted = compactTables(manifest, EVENT_TABLES, pathsIn(store, into), openPartWriter(into));
	switchTo(store, into, { ...compacted, parent: sha }, sha);
	collect(store, { graceMs: 0 });
	removeBuilding(into);
}
