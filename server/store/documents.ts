import { createHash, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { createTurns } from "../turns.ts";

/** Gives the bytes of a document. */
type Fill = (writeBytes: (bytes: Buffer) => Promise<void>) => Promise<void>;

/** A document on disk that has no name yet. */
export interface Draft {
	/** SHA-256 of its bytes, hex. */
	readonly digest: string;
	/** Gives it its name. To be called in the transaction that refers to it, under `lockDocuments`. */
	place(): void;
	/** Removes what was not placed. */
	drop(): Promise<void>;
}

/**
 * Files named after the SHA-256 of their bytes; the same bytes are one file, whoever refers to it. Several processes may write; which
 * files there must be, the database's rows alone say. Placing and removing are quick and hold the thread, since transactions wait for queries alone.
 */
export interface Documents {
	/** Writes what `fill` gives, synchronised. `name` is the draft's own; one that an earlier writer left under it is written over. */
	draft(name: string, fill: Fill): Promise<Draft>;
	/** Writes a document at once, before anything refers to it; to be called in turn. */
	write(fill: Fill): Promise<string>;
	pathOf(digest: string): string;
	remove(digest: string): void;
	/** Removes drafts of these names. */
	removeDrafts(names: readonly string[]): Promise<void>;
	/** Removes every document that is not among the digests, and every draft that is not among the names. */
	keepOnly(digests: ReadonlySet<string>, drafts: ReadonlySet<string>): void;
	/** One after the other in this process: what adds, takes away or rewrites plans that nobody leases. */
	inTurn<T>(work: () => Promise<T>): Promise<T>;
}

const ENDING = ".json";
const DRAFT = ".tmp";

function syncFolder(folder: string): void {
	const handle = openSync(folder, "r");
	try {
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
}

/** Opens a folder of documents. */
export async function openDocuments(folder: string): Promise<Documents> {
	await mkdir(folder, { recursive: true });
	const pathOf = (digest: string): string => join(folder, `${digest}${ENDING}`);
	const draftPath = (name: string): string => join(folder, `${name}${DRAFT}`);
	async function draft(name: string, fill: Fill): Promise<Draft> {
		const path = draftPath(name);
		const drop = (): Promise<void> => rm(path, { force: true });
		const hash = createHash("sha256");
		const file = await open(path, "w");
		try {
			await fill(async (bytes) => {
				hash.update(bytes);
				await file.writeFile(bytes);
			});
			await file.sync();
		} catch (error) {
			await file.close();
			await drop();
			throw error;
		}
		await file.close();
		const digest = hash.digest("hex");
		return {
			digest,
			place() {
				renameSync(path, pathOf(digest));
				syncFolder(folder);
			},
			drop,
		};
	}

	return {
		pathOf,
		draft,
		async write(fill) {
			const made = await draft(randomBytes(12).toString("hex"), fill);
			made.place();
			return made.digest;
		},
		inTurn: createTurns(),
		remove: (digest) => rmSync(pathOf(digest), { force: true }),
		async removeDrafts(names) {
			for (const name of names) await rm(draftPath(name), { force: true });
		},
		keepOnly(digests, drafts) {
			const known = new Set([...[...digests].map((digest) => `${digest}${ENDING}`), ...[...drafts].map((name) => `${name}${DRAFT}`)]);
			for (const name of readdirSync(folder)) if (!known.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
		},
	};
}
