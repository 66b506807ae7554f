import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openDurableFile } from "../../engine/portfolio/files/durable-file.ts";

/** Where a training run in progress keeps how far it came, so that one that was killed goes on from there. */
export interface Checkpoints {
	/** What was kept under a name for the same key; null where nothing was, or for another key. */
	read(name: string, key: string): { readonly story: unknown; readonly values: Float32Array } | null;
	write(name: string, key: string, story: unknown, values: readonly Float32Array[]): void;
	/** Forgets everything, once the run is done. */
	remove(): void;
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Checkpoints in a folder, one file a name: a line of JSON with key, digest and story, then 32-bit floats. A file that is damaged counts as none. */
export function openCheckpoints(folder: string): Checkpoints {
	const pathOf = (name: string): string => join(folder, `${name}.checkpoint`);
	return {
		read(name, key) {
			try {
				const bytes = readFileSync(pathOf(name));
				const end = bytes.indexOf("\n");
				const head: unknown = JSON.parse(bytes.toString("utf8", 0, end));
				const floats = bytes.subarray(end + 1);
				if (!isHead(head) || head.key !== key || head.digest !== digestOf(floats)) return null;
				return { story: head.story, values: new Float32Array(new Uint8Array(floats).buffer, 0, floats.length / BYTES) };
			} catch {
				return null;
			}
		},
		write(name, key, story, values) {
			mkdirSync(folder, { recursive: true });
			const floats = Buffer.concat(values.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)));
			const file = openDurableFile(pathOf(name));
			file.writeBytes(Buffer.from(`${JSON.stringify({ key, digest: digestOf(floats), story })}\n`));
			file.writeBytes(floats);
			file.close();
		},
		remove() {
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Names what a run is given: two runs of one key take the same way. */
export function keyOf(parts: readonly (string | Float32Array)[]): string {
	const hash = createHash("sha256");
	for (const part of parts) hash.update(typeof part === "string" ? part : new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
	return hash.digest("hex");
}

function digestOf(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}

function isHead(head: unknown): head is { readonly key: string; readonly digest: string; readonly story: unknown } {
	return typeof head === "object" && head !== null && "key" in head && "digest" in head && "story" in head;
}
