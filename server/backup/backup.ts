import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { CarteiraError, ENGINE } from "../../engine/index.ts";
import { databasePath } from "../store/data-folder.ts";
import { type SavedRows, savePostgres, saveSqlite } from "../store/save-rows.ts";
import { type BackupFile, type BackupManifest, writeBackupManifest } from "./backup-manifest.ts";
import { type ListedFile, currentSnapshots, listFiles } from "./list-files.ts";
import { saveFile } from "./save-file.ts";
import { makeFolder } from "./target.ts";

/** Where a service keeps everything. */
export interface Kept {
	readonly dataDir: string;
	readonly databaseUrl?: string | undefined;
}

/** How often it is tried to find rows and snapshots that belong to one moment. */
const ATTEMPTS = 5;

const isGone = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** Rows first: what they say was acknowledged is in the files that are looked at after them. */
async function saveRows({ dataDir, databaseUrl }: Kept, folder: string): Promise<SavedRows> {
	if (databaseUrl !== undefined) return savePostgres(databaseUrl, join(folder, "rows"));
	await mkdir(join(folder, "data"), { recursive: true });
	return saveSqlite(databasePath(dataDir), databasePath(join(folder, "data")));
}

/** Copies a file. One that is named after its digest must have it. */
async function copyIn(dataDir: string, folder: string, { path, text }: ListedFile): Promise<BackupFile> {
	const from = join(dataDir, path);
	const saved = await saveFile(join(folder, "data", path), text === undefined ? { from } : { text });
	const named = /^([0-9a-f]{64})\./.exec(basename(path))?.[1];
	if (named !== undefined && named !== saved.sha256)
		throw new CarteiraError("INVALID_INPUT", `${from} is damaged: its SHA-256 is ${saved.sha256}; there is no backup of it`);
	return { path: join("data", path), ...saved };
}

async function describeRows(folder: string, { store }: SavedRows): Promise<BackupFile[]> {
	const paths = store === "sqlite" ? [databasePath("data")] : (await readdir(join(folder, "rows"))).map((name) => join("rows", name));
	const files: BackupFile[] = [];
	for (const path of paths) files.push({ path, ...(await digestOf(join(folder, path))) });
	return files;
}

async function digestOf(path: string): Promise<Pick<BackupFile, "bytes" | "sha256">> {
	const hash = createHash("sha256");
	let bytes = 0;
	for await (const piece of createReadStream(path)) {
		hash.update(piece);
		bytes += piece.length;
	}
	return { bytes, sha256: hash.digest("hex") };
}

/** One try: null where imports went on meanwhile, so that rows and snapshots are not of one moment, or a file was removed. */
async function takeOnce(kept: Kept, folder: string, isLast: boolean): Promise<BackupManifest | null> {
	const before = await currentSnapshots(kept.dataDir);
	const rows = await saveRows(kept, folder);
	const after = await currentSnapshots(kept.dataDir);
	const isOneMoment = before.size === after.size && [...before].every(([store, name]) => after.get(store) === name);
	if (!isOneMoment && !isLast) return null;
	const files = await describeRows(folder, rows);
	try {
		for (const file of await listFiles(kept.dataDir, rows.documents)) files.push(await copyIn(kept.dataDir, folder, file));
	} catch (error) {
		if (isGone(error) && !isLast) return null;
		throw error;
	}
	const { store, migrations } = rows;
	return { format: "carteira-backup-1", engine: ENGINE, made_at: new Date().toISOString(), store, migrations: [...migrations], files };
}

/**
 * Copies everything that a service keeps into a new folder, also while it runs: the rows as they were at one moment, and the files that
 * go with them. Where imports never pause, the snapshots are a little later than the rows: nothing that was acknowledged before the
 * backup began is missing. The folder appears whole or not at all. Throws CONFLICT where `out` holds something, NOT_FOUND without a data folder.
 */
export async function makeBackup(kept: Kept, out: string): Promise<BackupManifest> {
	if (!existsSync(kept.databaseUrl === undefined ? databasePath(kept.dataDir) : kept.dataDir))
		throw new CarteiraError("NOT_FOUND", `${kept.dataDir} is no data folder of a service`);
	return makeFolder(out, async (folder) => {
		for (let attempt = 1; ; attempt++) {
			for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
			const manifest = await takeOnce(kept, folder, attempt === ATTEMPTS);
			if (manifest === null) continue;
			await writeBackupManifest(folder, manifest);
			return manifest;
		}
	});
}
