import { closeSync, fsyncSync, openSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A file that appears under its name, complete and on disk, only when it is closed. Text is buffered about a megabyte. */
export interface DurableFile {
	readonly path: string;
	write(text: string): void;
	writeBytes(bytes: Uint8Array): void;
	close(): void;
	/** Drops what was written. */
	abort(): void;
}

/**
 * Opens a durable file over `path`, whose folder must be there. Behind a symbolic link the file it points to is written, and the link
 * stays; what is no regular file (a pipe, a device) is written as it goes, for it must not be replaced.
 */
export function openDurableFile(path: string): DurableFile {
	const temporary = isReplaceable(path) ? temporaryOf(path) : null;
	const file = openSync(temporary ?? path, "w");
	let buffered = "";
	const writeBytes = (bytes: Uint8Array): void => {
		for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
	};
	const flush = (): void => {
		writeBytes(Buffer.from(buffered));
		buffered = "";
	};
	return {
		path,
		writeBytes,
		write(text) {
			buffered += text;
			if (buffered.length > 1_000_000) flush();
		},
		close() {
			flush();
			closeSync(file);
			if (temporary !== null) commitFile(temporary, path);
		},
		abort() {
			closeSync(file);
			if (temporary !== null) rmSync(temporary, { force: true });
		},
	};
}

/** May a finished file take the place of what is at `path`? Of a regular file, and of nothing. */
function isReplaceable(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}

/** The path behind symbolic links, whether or not something is there. */
function targetOf(path: string): string {
	try {
		return realpathSync(path);
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
	}
	const link = linkAt(path);
	return link === null ? path : targetOf(resolve(dirname(path), link));
}

function linkAt(path: string): string | null {
	try {
		return readlinkSync(path);
	} catch {
		return null;
	}
}

/** Where a file is written before it gets its name. */
export function temporaryOf(path: string): string {
	return `${targetOf(path)}.${process.pid}.tmp`;
}

/** Gives a finished temporary file its final name, so that both its bytes and the name survive a crash. */
export function commitFile(temporary: string, path: string): void {
	const target = targetOf(path);
	sync(temporary);
	renameSync(temporary, target);
	sync(dirname(target));
}

/** Puts a file's bytes, or a folder's names, on disk. */
export function sync(path: string): void {
	const file = openSync(path, "r");
	fsyncSync(file);
	closeSync(file);
}
