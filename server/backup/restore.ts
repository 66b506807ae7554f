import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { CarteiraError } from "../../engine/index.ts";
import { checkKnown, loadPostgres, refuseTables } from "../store/load-rows.ts";
import type { Kept } from "./backup.ts";
import { type BackupFile, type BackupManifest, readBackupManifest } from "./backup-manifest.ts";
import { saveFile } from "./save-file.ts";
import { makeFolder } from "./target.ts";

function checkStore({ store }: BackupManifest, { databaseUrl }: Kept): void {
	if (store === "postgres" && databaseUrl === undefined)
		throw new CarteiraError("USAGE", "the backup is of PostgreSQL: expected --database, the address of an empty database");
	if (store === "sqlite" && databaseUrl !== undefined)
		throw new CarteiraError("USAGE", "the backup is of the embedded store; expected no --database, nor CARTEIRA_DATABASE_URL");
}

/** Copies a file out of the backup into the folder in the making, and compares what it copied with the manifest. */
async function copyOut(backup: string, folder: string, { path, bytes, sha256 }: BackupFile): Promise<void> {
	const from = join(backup, path);
	const saved = await saveFile(join(folder, path), { from });
	if (saved.sha256 !== sha256)
		throw new CarteiraError(
			"INVALID_INPUT",
			`${from} is damaged: expected ${bytes} bytes with the SHA-256 ${sha256}, found ${saved.bytes} with ${saved.sha256}`,
		);
}

/**
 * Puts a backup where a service will find it. Every byte is verified before anything counts; the data folder appears whole or not at
 * all, after the rows of PostgreSQL, which are one transaction. Throws INVALID_INPUT that names a damaged file, CONFLICT where the folder or the database
 * holds something already.
 */
export async function restoreBackup(backup: string, kept: Kept): Promise<BackupManifest> {
	const manifest = await readBackupManifest(backup);
	checkStore(manifest, kept);
	checkKnown(manifest.store, manifest.migrations);
	if (kept.databaseUrl !== undefined) await refuseTables(kept.databaseUrl);
	const isRow = ({ path }: BackupFile): boolean => path.startsWith("rows/");
	return makeFolder(kept.dataDir, async (folder) => {
		for (const file of manifest.files)
			if (!isRow(file)) await copyOut(join(backup, "data"), folder, { ...file, path: relative("data", file.path) });
		if (kept.databaseUrl !== undefined) await loadRows(backup, folder, kept.databaseUrl, manifest, manifest.files.filter(isRow));
		return manifest;
	});
}

/** Rows are verified in a copy, so that what is loaded is what was verified. */
async function loadRows(
	backup: string,
	folder: string,
	url: string,
	{ migrations }: BackupManifest,
	files: readonly BackupFile[],
): Promise<void> {
	const rows = join(folder, ".rows");
	for (const file of files) await copyOut(join(backup, "rows"), rows, { ...file, path: relative("rows", file.path) });
	await loadPostgres(url, rows, migrations);
	await rm(rows, { recursive: true });
}
