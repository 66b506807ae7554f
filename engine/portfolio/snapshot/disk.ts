import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { CarteiraError } from "../../errors.ts";

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

/** What the system says of a disk that is full, and of one that fails or may no longer be written. */
export const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];
const FAILING = ["EIO", "EROFS"];

export function isDiskFailure(error: unknown): boolean {
	return error instanceof Error && "code" in error && [...FULL, ...FAILING].includes(String(error.code));
}

/** Does what writes into a folder. What the system says against it becomes an error that names the folder and what is wrong. */
export function onDisk<T>(folder: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
		const words = FULL.includes(String(error.code)) ? "the disk is full" : error.message;
		const code = isDiskFailure(error) ? "STORAGE_FAILED" : "INTERNAL";
		throw new CarteiraError(code, `${folder}: a snapshot could not be written, the last one stays: ${words} (${String(error.code)})`);
	}
}

/** Writes all of some bytes to an open file. */
export function writeAll(file: number, bytes: Uint8Array): void {
	for (let at = 0; at < bytes.length; ) at += disk.write(file, at === 0 ? bytes : bytes.subarray(at));
}

/** Puts a file's bytes, or a folder's names, on disk. */
export function syncPath(path: string): void {
	const file = openSync(path, "r");
	try {
		disk.sync(file);
	} finally {
		closeSync(file);
	}
}
