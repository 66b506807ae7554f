import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** A file that appears under its name, complete and on disk, only when it is closed. Text is buffered about a megabyte. */
export interface DurableFile {
	readonly path: string;
	write(text: string): void;
	writeBytes(bytes: Uint8Array): void;
	close(): void;
	/** Drops what was written. */
	abort(): void;
}

/** Opens a durable file over `path`, whose folder must be there. */
export function openDurableFile(path: string): DurableFile {
	const temporary = temporaryOf(path);
	const file = openSync(temporary, "w");
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
			commitFile(temporary, path);
		},
		abort() {
			closeSync(file);
			rmSync(temporary, { force: true });
		},
	};
}

/** Where a file is written before it gets its name. */
export function temporaryOf(path: string): string {
	return `${path}.${process.pid}.tmp`;
}

/** Gives a finished temporary file its final name, so that both its bytes and the name survive a crash. */
export function commitFile(temporary: string, path: string): void {
	sync(temporary);
	renameSync(temporary, path);
	sync(dirname(path));
}

function sync(path: string): void {
	const file = openSync(path, "r");
	fsyncSync(file);
	closeSync(file);
}
