import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { type BatchFile, type FixedType, openBatchFile, writeBatch } from "../files/batch-file.ts";
import { digestOfFile } from "../files/scan-file.ts";
import type { TextBytes } from "../cells/growing-arrays.ts";
import type { Values } from "./column-file.ts";
import { disk, onDisk, syncPath, writeAll } from "./disk.ts";
import type { Sha } from "./manifest.ts";

/** Writes parts into a private folder, each under the SHA-256 of its bytes. */
export interface PartWriter {
	readonly folder: string;
	/** Columns of equal length as one Arrow batch. */
	columns(columns: Readonly<Record<string, Values | TextBytes>>): Sha;
	/** The same of columns that are given piece by piece, in whatever order, and need not fit in memory. */
	pieces(columns: Readonly<Record<string, FixedType>>, numRows: number, fill: (write: BatchFile["write"]) => void): Sha;
	bytes(bytes: Uint8Array, ending: "arrow" | "ndjson"): Sha;
	/** Takes a finished file over, wherever on the folder's disk it lies. */
	adopt(path: string, ending: "arrow" | "ndjson"): Sha;
	/** Puts the names of all parts on disk. */
	close(): void;
}

/** `isDurable`: are parts to outlive a power cut? Those of a temporary store need not. */
export function openPartWriter(folder: string, isDurable = true): PartWriter {
	let count = 0;
	const part = (ending: string, fill: (write: (bytes: Uint8Array) => void) => void): Sha => onDisk(folder, () => write(ending, fill));
	const write = (ending: string, fill: (write: (bytes: Uint8Array) => void) => void): Sha => {
		const path = join(folder, `${count++}.writing`);
		const hash = createHash("sha256");
		const file = openSync(path, "w");
		try {
			fill((bytes) => {
				hash.update(bytes);
				writeAll(file, bytes);
			});
			if (isDurable) disk.sync(file);
		} finally {
			closeSync(file);
		}
		const sha = hash.digest("hex");
		disk.rename(path, join(folder, `${sha}.${ending}`));
		return sha;
	};
	const adopt = (path: string, ending: string): Sha => {
		const sha = digestOfFile(path);
		if (isDurable) syncPath(path);
		disk.rename(path, join(folder, `${sha}.${ending}`));
		return sha;
	};
	return {
		folder,
		columns: (columns) => part("arrow", (write) => writeBatch(columns, write)),
		pieces: (columns, numRows, fill) =>
			onDisk(folder, () => {
				const file = openBatchFile(join(folder, `${count++}.writing`), columns, numRows);
				try {
					fill((column, row, cells) => file.write(column, row, cells));
				} finally {
					file.close();
				}
				return adopt(file.path, "arrow");
			}),
		bytes: (bytes, ending) => part(ending, (write) => write(bytes)),
		adopt: (path, ending) => onDisk(folder, () => adopt(path, ending)),
		close: () => onDisk(folder, () => isDurable && syncPath(folder)),
	};
}
