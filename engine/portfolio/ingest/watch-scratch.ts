import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { sizeAsText } from "../files/file-limits.ts";

/** What reading a file may write to disk: some ten times what reading files of orders was measured to take. */
const [BASE_BYTES, BYTES_PER_BYTE] = [1 << 30, 16];
const LOOK_EVERY_MS = 200;

/** Most bytes that reading a file may write: words are repeated for nothing in some formats, and would fill any disk. */
export function mostScratch(path: string): number {
	return BASE_BYTES + BYTES_PER_BYTE * sizeAsText(path);
}

/** Calls `stop`, again and again, while folders hold more than so many bytes; `grewTo` is the most that was seen of that, else 0. */
export function watchScratch(folders: readonly string[], most: number, stop: () => void) {
	let grewTo = 0;
	const timer = setInterval(() => {
		const bytes = folders.reduce((sum, folder) => sum + bytesIn(folder), 0);
		if (bytes <= most) return;
		grewTo = Math.max(grewTo, bytes);
		stop();
	}, LOOK_EVERY_MS);
	return {
		grewTo: () => grewTo,
		close: () => clearInterval(timer),
	};
}

/** Bytes of all files in a folder and below. */
function bytesIn(folder: string): number {
	try {
		const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
		return names.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
	} catch {
		return 0; // a folder went while it was looked at; the next look will tell
	}
}
