import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTables } from "../../../engine/portfolio/files/find-tables.ts";
import { importRows } from "../../../engine/portfolio/reading/import-rows.ts";
import { parsePolicy } from "../../../engine/portfolio/reading/read-policy.ts";
import { readTables } from "../../../engine/portfolio/reading/read-tables.ts";
import { writeSnapshot } from "../../../engine/portfolio/reading/write-snapshot.ts";
import type { TableName } from "../../../engine/portfolio/schema.ts";
import { openPartWriter } from "../../../engine/portfolio/snapshot/part-writer.ts";
import { openBuilding, readCurrent, removeBuilding, switchTo } from "../../../engine/portfolio/snapshot/store-folder.ts";

export const LIMITS = { megabytes: 8192, bigBytes: 64 << 20 };

/** What `buildStore` does, without a process around it. */
export async function buildInProcess(folder: string, store: string): Promise<void> {
	const into = openBuilding(store);
	const read = await readTables(findTables(folder), parsePolicy(null).rules);
	switchTo(store, into, await writeSnapshot(read, null, openPartWriter(into), true), null);
	removeBuilding(into);
}

/** What `importTable` does, without a process around it. */
export async function importInProcess(store: string, table: TableName, rows: readonly object[], mode: "replace" | "upsert"): Promise<void> {
	const { sha, manifest } = readCurrent(store);
	const into = openBuilding(store);
	mkdirSync(join(store, "uploads"), { recursive: true });
	const path = join(store, "uploads", "upload.json");
	writeFileSync(path, JSON.stringify(rows));
	const { rules } = parsePolicy(manifest.policy);
	const { manifest: next } = await importRows({
		store,
		manifest,
		table,
		upload: { table, path, format: "json" },
		mode,
		rules,
		limits: LIMITS,
		into,
	});
	switchTo(store, into, { ...next, parent: sha }, sha);
	removeBuilding(into);
}
