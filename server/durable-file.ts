import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Makes a folder's entries durable, so that a rename in it survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, "r");
	await handle.sync();
	await handle.close();
}

/** Writes a file whole or not at all: what `fill` writes is synchronised and only then takes the file's name. */
export async function writeDurably(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
	const temporary = `${path}.${process.pid}.tmp`;
	const file = await open(temporary, "w");
	try {
		await fill(file);
		await file.sync();
		await file.close();
		await rename(temporary, path);
	} catch (error) {
		await file.close();
		await rm(temporary, { force: true });
		throw error;
	}
	await syncFolder(dirname(path));
}
