import { type FileHandle, open, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Makes a folder's entries durable, so that a rename in it survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, "r");
	await handle.sync();
	await handle.close();
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** Is there something that a file must not take the place of: a pipe, a device, a folder? */
async function isSpecial(path: string): Promise<boolean> {
	try {
		return !(await stat(path)).isFile();
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}

/** The path behind symbolic links, whether or not something is there. */
async function targetOf(path: string): Promise<string> {
	try {
		return await realpath(path);
	} catch (error) {
		if (!isMissing(error)) throw error;
	}
	const link = await readlink(path).catch(() => null);
	return link === null ? path : targetOf(resolve(dirname(path), link));
}

async function writeThrough(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
	const file = await open(path, "w");
	try {
		await fill(file);
	} finally {
		await file.close();
	}
}

/**
 * Writes a file whole or not at all: what `fill` writes is synchronised and only then takes the file's name. Behind a symbolic link
 * the file it points to is written; what is no regular file is written as it goes, for it must not be replaced.
 */
export async function writeDurably(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
	if (await isSpecial(path)) return writeThrough(path, fill);
	const target = await targetOf(path);
	const temporary = `${target}.${process.pid}.tmp`;
	const file = await open(temporary, "w");
	try {
		await fill(file);
		await file.sync();
		await file.close();
		await rename(temporary, target);
	} catch (error) {
		await file.close();
		await rm(temporary, { force: true });
		throw error;
	}
	await syncFolder(dirname(target));
}
