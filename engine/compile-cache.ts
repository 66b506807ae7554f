import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Where the runtime may keep what it made of the sources, so that each process and thread starts sooner: what NODE_COMPILE_CACHE names, or
 * a folder that no other user may write into; undefined where there is no such folder to be had.
 */
export function compileCacheFolder(): string | undefined {
	if (process.env.NODE_COMPILE_CACHE) return process.env.NODE_COMPILE_CACHE;
	const uid = process.getuid?.();
	if (uid === undefined) return undefined;
	const folder = join(tmpdir(), `carteira-compiled-${uid}`);
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		const found = lstatSync(folder);
		return found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0 ? folder : undefined;
	} catch {
		return undefined;
	}
}
