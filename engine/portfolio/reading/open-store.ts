import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { findTables, listTables } from "../files/find-tables.ts";
import { digestOfFile } from "../files/scan-file.ts";
import { PLAIN_TABLES, portfolioDigest, type EventTableName, type Manifest, type PlainTableName } from "../snapshot/manifest.ts";
import { openPartWriter } from "../snapshot/part-writer.ts";
import { isStore, openBuilding, pathsIn, readCurrent, removeBuilding, switchTo } from "../snapshot/store-folder.ts";
import { loadPolicy, parsePolicy, readPolicy } from "./read-policy.ts";
import { quarantineOf } from "./read-changes.ts";
import { type ReadLimits, runRead } from "./run-reader.ts";
import { TABLE_NAMES, type TableName } from "../schema.ts";

/**
 * Makes a store of a portfolio folder with one file a table, at another place or where the files lie; there they are removed, as the
 * store holds all that was in them, but for one that was changed meanwhile. Throws like `readPortfolio`; what is at `store` stays as it was then.
 */
export async function buildStore(folder: string, store: string, limits?: Partial<ReadLimits>): Promise<Manifest> {
	const started = Date.now();
	const files = findTables(resolve(folder));
	const { text, rules } = readPolicy(folder);
	const parent = isStore(store) ? readCurrent(store).sha : null;
	mkdirSync(store, { recursive: true });
	const into = openBuilding(store);
	try {
		const read = await runRead({ files, rules, policy: text, into, isKept: true }, limits);
		const manifest = { ...withOldQuarantine(folder, into, read), parent };
		switchTo(store, into, manifest, parent);
		if (resolve(folder) === resolve(store)) removeFiles(store, ({ path }) => changedAt(path) <= started);
		return manifest;
	} finally {
		removeBuilding(into);
	}
}

/** Makes a store of a folder that is none yet; a store stays as it is. */
export async function ensureStore(folder: string, limits?: Partial<ReadLimits>): Promise<void> {
	if (isStore(folder)) removeLeft(folder);
	else await buildStore(folder, folder, limits);
}

/** Gives a store another policy, which holds for what is read from now on. Throws INVALID_POLICY for a text that is no JSON object. */
export function writePolicy(folder: string, text: string): void {
	parsePolicy(text);
	const { sha, manifest } = readCurrent(folder);
	const into = openBuilding(folder);
	try {
		switchTo(folder, into, { ...manifest, parent: sha, policy: text, digest: portfolioDigest(manifest.reports, text) }, sha);
	} finally {
		removeBuilding(into);
	}
}

/** Rows that earlier versions had set aside beside the tables' files. */
function withOldQuarantine(folder: string, into: string, manifest: Manifest): Manifest {
	const writer = openPartWriter(into);
	const tables = { ...manifest.tables };
	const events = { ...manifest.events };
	for (const name of TABLE_NAMES) {
		const path = join(folder, "quarantine", `${name}.ndjson`);
		if (!existsSync(path)) continue;
		const fresh = quarantineOf(manifest, name);
		const text = Buffer.concat([
			readFileSync(path),
			...(fresh === undefined ? [] : [readFileSync(pathsIn(folder, into)(fresh, "ndjson"))]),
		]);
		const quarantine = writer.bytes(text, "ndjson");
		if (PLAIN_TABLES.some((plain) => plain === name)) tables[name as PlainTableName] = { ...tables[name as PlainTableName], quarantine };
		else events[name as EventTableName] = { ...events[name as EventTableName], quarantine };
	}
	writer.close();
	return { ...manifest, tables, events };
}

/** A file of a portfolio folder; `table` is null of its policy. */
interface PortfolioFile {
	readonly table: TableName | null;
	readonly path: string;
}

/** Removes the files that a store was made of, as `isHeld` tells them; whatever else lies beside it stays. */
function removeFiles(folder: string, isHeld: (file: PortfolioFile) => boolean): void {
	const policy = { table: null, path: join(folder, "policy.json") };
	for (const file of [...listTables(folder), policy]) {
		if (statSync(file.path, { throwIfNoEntry: false })?.isFile() !== true || !isHeld(file)) continue;
		rmSync(file.path);
		rmSync(`${file.path}.sha256`, { force: true });
	}
	rmSync(join(folder, "quarantine"), { recursive: true, force: true });
}

/** Removes what a process left that died between making a store of a folder and removing the files. */
function removeLeft(folder: string): void {
	const { manifest } = readCurrent(folder);
	if (manifest.parent !== null) return; // each later snapshot was made behind this
	const made = changedAt(join(folder, "CURRENT"));
	removeFiles(folder, ({ table, path }) => {
		if (changedAt(path) > made) return false; // put there since
		if (table === null) return loadPolicy(path) === manifest.policy;
		return manifest.reports.some((report) => report.table === table && report.digest === digestOfFile(path));
	});
}

/** When a file was made or last changed, be it that it was moved here with an older date: milliseconds since 1970. */
function changedAt(path: string): number {
	return statSync(path).ctimeMs;
}
