import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { disk, FULL, onDisk, syncPath, writeAll } from "./disk.ts";
import { filesOf, type Manifest, parseManifest, type Sha, shaOf, textOfManifest } from "./manifest.ts";

/**
 * A store is a folder with the text CURRENT, the name of the manifest that counts; `manifests/`, and `parts/`. Parts and manifests are
 * never changed; a snapshot is made in a private folder inside, whose files get their names in `parts/` before CURRENT names them.
 */
const CURRENT = "CURRENT";
const BUILDING = ".building-";
const TEMPORARY = "carteira-read-";
/** Parts are removed when nobody has needed them for so long: nobody who found their snapshot named is still about to open it. */
const GRACE_MS = 10 * 60_000;

export function isStore(folder: string): boolean {
	return existsSync(join(folder, CURRENT));
}

/** Where a part lies. */
export type PathOf = (sha: Sha, ending?: "arrow" | "ndjson") => string;

/** Parts of a store, those in the making first. */
export function pathsIn(folder: string, building?: string): PathOf {
	return (sha, ending = "arrow") => {
		const name = `${sha}.${ending}`;
		const fresh = building === undefined ? null : join(building, name);
		return fresh !== null && existsSync(fresh) ? fresh : join(folder, "parts", name);
	};
}

/** The manifest that counts, and its name. Throws NOT_FOUND for a folder that is no store. */
export function readCurrent(folder: string): { readonly sha: Sha; readonly manifest: Manifest } {
	const sha = readName(folder);
	return { sha, manifest: readManifest(folder, sha) };
}

/** The snapshot that counts, and the files that it is made of, as paths in the store; each is named after the SHA-256 of its bytes. */
export function snapshotFiles(folder: string): { readonly sha: Sha; readonly paths: readonly string[] } {
	const { sha, manifest } = readCurrent(folder);
	return { sha, paths: [join("manifests", `${sha}.json`), ...[...filesOf(manifest)].map((name) => join("parts", name))] };
}

/** Is a snapshot still there, by its name? */
export function hasManifest(folder: string, sha: Sha): boolean {
	return existsSync(join(folder, "manifests", `${sha}.json`));
}

/** A manifest by its name. */
export function readManifest(folder: string, sha: Sha): Manifest {
	try {
		return parseManifest(readFileSync(join(folder, "manifests", `${sha}.json`), "utf8"), sha);
	} catch (error) {
		if (error instanceof CarteiraError) throw error;
		throw new CarteiraError("INVALID_INPUT", `${folder}: manifest ${sha} cannot be read (${codeOf(error)})`);
	}
}

function readName(folder: string): Sha {
	let text: string;
	try {
		text = readFileSync(join(folder, CURRENT), "utf8").trim();
	} catch (error) {
		throw new CarteiraError("NOT_FOUND", `${folder}: expected a portfolio store with a file CURRENT (${codeOf(error)})`);
	}
	if (!/^[0-9a-f]{64}$/.test(text))
		throw new CarteiraError("INVALID_INPUT", `${folder}/CURRENT: expected a SHA-256, found "${text.slice(0, 80)}"`);
	return text;
}

function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** A new private folder inside a store, for parts in the making. */
export function openBuilding(folder: string): string {
	try {
		mkdirSync(folder, { recursive: true });
		clearLeftovers(folder, true);
		return mkdtempSync(join(folder, `${BUILDING}${OWNER}-`));
	} catch (error) {
		if (FULL.includes(codeOf(error))) throw new CarteiraError("STORAGE_FAILED", `${folder}: the disk is full (${codeOf(error)})`);
		throw new CarteiraError("NOT_FOUND", `portfolio folder ${folder}: expected a folder that can be written (${codeOf(error)})`);
	}
}

export function removeBuilding(building: string): void {
	disk.remove(building);
}

/** A new folder among the system's temporary ones, for a store that lasts as long as it is read into memory. */
export function openTemporaryStore(): string {
	clearLeftovers(tmpdir(), false, TEMPORARY);
	return mkdtempSync(join(tmpdir(), `${TEMPORARY}${OWNER}-`));
}

/** Removes the private folders of processes that are no more; `andOwn`: and of this one's, which makes no other snapshot now. */
export function clearLeftovers(folder: string, andOwn = false, prefix = BUILDING): void {
	for (const name of readdirSync(folder)) {
		if (!name.startsWith(prefix)) continue;
		const owner = name.slice(prefix.length).split("-")[0];
		if (owner === OWNER ? andOwn : !isAlive(owner)) removeLeftover(folder, name, prefix);
	}
}

const OWNER = `${process.pid}.${startOf(process.pid)}`;

function isAlive(owner: string): boolean {
	const [pid, start] = owner.split(".").map(Number);
	if (!Number.isInteger(pid)) return false;
	try {
		process.kill(pid, 0);
		return start === startOf(pid);
	} catch (error) {
		return codeOf(error) !== "ESRCH";
	}
}

/** When a process started, in ticks since boot, which tells it from a later one with its number; 0 where the system does not say. */
function startOf(pid: number): number {
	try {
		// Behind the command, which may hold anything, the start is the twentieth field.
		return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19]);
	} catch {
		return 0;
	}
}

/**
 * Under another name first, so that a process which outlives its parent makes no more files in it. Who may only read a store leaves it
 * as it is.
 */
function removeLeftover(folder: string, name: string, prefix: string): void {
	const gone = join(folder, `${prefix}gone-${randomBytes(6).toString("hex")}`);
	try {
		disk.rename(join(folder, name), gone);
		disk.remove(gone);
	} catch (error) {
		if (!["EACCES", "EPERM", "EROFS", "ENOENT"].includes(codeOf(error))) throw error;
	}
}

/**
 * Makes what lies in a private folder the store's snapshot: parts get their names, then the manifest, then CURRENT names it. Before that
 * last rename the store is as it was. `parent` is what CURRENT must name still; throws CONFLICT where it does not.
 */
export function switchTo(folder: string, building: string, manifest: Manifest, parent: Sha | null): Sha {
	return onDisk(folder, () => switchOnDisk(folder, building, manifest, parent));
}

function switchOnDisk(folder: string, building: string, manifest: Manifest, parent: Sha | null): Sha {
	const parts = join(folder, "parts");
	const manifests = join(folder, "manifests");
	for (const path of [parts, manifests]) mkdirSync(path, { recursive: true });
	for (const name of readdirSync(building)) {
		if (/^[0-9a-f]{64}\.(arrow|ndjson)$/.test(name)) disk.rename(join(building, name), join(parts, name));
	}
	syncPath(parts);
	requireParts(parts, manifest);
	const text = textOfManifest(manifest);
	const sha = shaOf(text);
	place(building, join(manifests, `${sha}.json`), text);
	syncPath(manifests);
	syncPath(folder);
	place(building, join(folder, CURRENT), `${sha}\n`, () => requireParent(folder, parent));
	syncPath(folder);
	return sha;
}

function requireParts(parts: string, manifest: Manifest): void {
	const there = new Set(readdirSync(parts));
	for (const name of filesOf(manifest)) if (!there.has(name)) throw new CarteiraError("INTERNAL", `the snapshot lacks its part ${name}`);
}

function requireParent(folder: string, parent: Sha | null): void {
	const now = isStore(folder) ? readName(folder) : null;
	if (now !== parent)
		throw new CarteiraError("CONFLICT", `${folder}: another import changed it meanwhile; nothing was changed by this one`);
}

/** Writes a small file beside, puts it on disk and gives it its name; `beforeName` is the last to say no. */
function place(building: string, path: string, text: string, beforeName: () => void = () => {}): void {
	const temporary = join(building, "text");
	const file = openSync(temporary, "w");
	try {
		writeAll(file, Buffer.from(text));
		disk.sync(file);
	} finally {
		closeSync(file);
	}
	beforeName();
	disk.rename(temporary, path);
}

export interface CollectOptions {
	/** For how long what nobody needs any more stays; 0: it goes at once. */
	readonly graceMs?: number;
	/** Is the snapshot before the current one to stay? */
	readonly keepsParent?: boolean;
}

/**
 * Removes parts and manifests that neither the current snapshot nor its parent needs, once that is some time ago. Whoever has one open
 * goes on reading it: the system keeps an open file, and no longer than its process lives.
 */
export function collect(folder: string, { graceMs = GRACE_MS, keepsParent = true }: CollectOptions = {}): void {
	const { sha, manifest } = readCurrent(folder);
	const needed = new Set([`${sha}.json`, ...filesOf(manifest)]);
	if (keepsParent && manifest.parent !== null && hasManifest(folder, manifest.parent)) {
		needed.add(`${manifest.parent}.json`);
		for (const name of filesOf(readManifest(folder, manifest.parent))) needed.add(name);
	}
	for (const room of ["parts", "manifests"]) {
		for (const name of readdirSync(join(folder, room))) {
			if (!needed.has(name)) letGo(join(folder, room, name), graceMs);
		}
	}
}

/**
 * Removes a file that was found unneeded so long ago. When it is found so first, the time of its content becomes 1970, which is the
 * mark of that; the system then notes when its times were changed.
 */
function letGo(path: string, graceMs: number): void {
	const file = statSync(path, { throwIfNoEntry: false });
	if (!file) return;
	if (graceMs > 0 && file.mtimeMs > 0) utimesSync(path, 0, 0);
	else if (graceMs === 0 || file.ctimeMs <= Date.now() - graceMs) disk.remove(path);
}
