import { createHash, randomBytes } from "node:crypto";
import { open, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../durable-file.ts";

/** Files named after the SHA-256 of their bytes; the same bytes are one file, whoever refers to it. */
export interface Documents {
	/** Writes what `fill` gives, synchronised before it has its name; answers the digest. */
	write(fill: (writeBytes: (bytes: Buffer) => Promise<void>) => Promise<void>): Promise<string>;
	pathOf(digest: string): string;
	remove(digest: string): Promise<void>;
	/** Removes what a process that died left half-written, and every file that is not among the digests. */
	keepOnly(digests: ReadonlySet<string>): Promise<void>;
	/** One after the other: writing with the commit that refers to it, and removing what nothing refers to. */
	inTurn<T>(work: () => Promise<T>): Promise<T>;
}

const ENDING = ".json";

/** Opens a folder of documents. */
export async function openDocuments(folder: string): Promise<Documents> {
	await mkdir(folder, { recursive: true });
	const pathOf = (digest: string): string => join(folder, `${digest}${ENDING}`);
	let last: Promise<unknown> = Promise.resolve();
	return {
		pathOf,
		async write(fill) {
			const temporary = join(folder, `${randomBytes(12).toString("hex")}.tmp`);
			const hash = createHash("sha256");
			const file = await open(temporary, "wx");
			try {
				await fill(async (bytes) => {
					hash.update(bytes);
					await file.writeFile(bytes);
				});
				await file.sync();
				await file.close();
				const digest = hash.digest("hex");
				await rename(temporary, pathOf(digest));
				await syncFolder(folder);
				return digest;
			} catch (error) {
				await file.close();
				await rm(temporary, { force: true });
				throw error;
			}
		},
		remove: (digest) => rm(pathOf(digest), { force: true }),
		async keepOnly(digests) {
			const known = new Set([...digests].map((digest) => `${digest}${ENDING}`));
			for (const name of await readdir(folder)) if (!known.has(name)) await rm(join(folder, name), { recursive: true, force: true });
		},
		inTurn(work) {
			const turn = last.then(work);
			last = turn.catch(() => {});
			return turn;
		},
	};
}
