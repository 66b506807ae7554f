import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CarteiraError } from "../../engine/index.ts";
import { syncFolder } from "../durable-file.ts";

/** Refuses with CONFLICT a folder that holds something. */
export async function refuseFilled(folder: string): Promise<void> {
	const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT") return [];
		throw error;
	});
	if (names.length > 0) throw new CarteiraError("CONFLICT", `${folder} is not empty; expected a folder that is not there, or an empty one`);
}

/**
 * Makes a folder whole or not at all: what `fill` puts into one beside it is on disk before it takes the name. The folder's files are
 * its owner's alone, since keys' digests and webhooks' secrets are among them.
 */
export async function makeFolder<T>(folder: string, fill: (temporary: string) => Promise<T>): Promise<T> {
	await refuseFilled(folder);
	const target = resolve(folder);
	const temporary = `${target}.${process.pid}.tmp`;
	await rm(temporary, { recursive: true, force: true });
	await mkdir(temporary, { recursive: true, mode: 0o700 });
	try {
		const filled = await fill(temporary);
		for (const entry of await readdir(temporary, { recursive: true, withFileTypes: true }))
			if (entry.isDirectory()) await syncFolder(join(entry.parentPath, entry.name));
		await syncFolder(temporary);
		await rename(temporary, target);
		await syncFolder(dirname(target));
		return filled;
	} catch (error) {
		await rm(temporary, { recursive: true, force: true });
		throw error;
	}
}
