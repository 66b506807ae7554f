import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** All that a store asks of the disk when it writes, in one place, so that a test can let any step of it fail. */
export const disk = {
	write(file: number, bytes: Uint8Array): number {
		return writeSync(file, bytes);
	},
	/** Puts an open file's bytes on disk. */
	sync(file: number): void {
		fsyncSync(file);
	},
	rename(from: string, to: string): void {
		renameSync(from, to);
	},
	remove(path: string): void {
		rmSync(path, { recursive: true, force: true });
	},
};

/** Writes all of some bytes to an open file. */
export function writeAll(file: number, bytes: Uint8Array): void {
	for (let at = 0; at < bytes.length; ) at += disk.write(file, at === 0 ? bytes : bytes.subarray(at));
}

/** Puts a folder's names on disk. */
export function syncFolder(path: string): void {
	const folder = openSync(path, "r");
	try {
		disk.sync(folder);
	} finally {
		closeSync(folder);
	}
}
