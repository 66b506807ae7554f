import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../../engine/errors.ts";
import { openDurableFile, sync } from "../../engine/portfolio/files/durable-file.ts";
import {
	type Alias,
	ALIASES,
	findModelDir,
	isRegistry,
	type Move,
	moveFile,
	readMoves,
	readVersions,
	versionFolder,
} from "../../engine/scoring/find-model.ts";
import { type ModelManifest, modelName, NET_NAMES, readModelFolder } from "../../engine/scoring/model-folder.ts";

/** A version of a registry. */
export interface Version {
	readonly version: number;
	/** `<name>@<digest>`, as scores carry it; null where the folder is no model of this engine. */
	readonly model: string | null;
	readonly asOf: string | null;
	readonly roles: readonly Alias[];
	/** Why there is no model. */
	readonly fault?: string;
}

/** What a registry holds, and how it came to. */
export interface RegistryList {
	readonly versions: readonly Version[];
	readonly moves: readonly Move[];
}

/** Lists a registry; an absent one is empty. */
export async function listRegistry(registry: string): Promise<RegistryList> {
	const moves = readMoves(registry);
	const aliases = moves.at(-1)?.aliases;
	const versions = readVersions(registry).map(async (version): Promise<Version> => {
		const roles = ALIASES.filter((alias) => aliases?.[alias] === version);
		return { version, roles, ...(await describe(versionFolder(registry, version))) };
	});
	return { versions: await Promise.all(versions), moves };
}

/** What stands in a version's folder; an engine that computes other features still lists what it cannot use. */
async function describe(folder: string): Promise<Pick<Version, "model" | "asOf" | "fault">> {
	try {
		const { manifest } = await readModelFolder(folder);
		return { model: modelName(manifest), asOf: manifest.asOf };
	} catch (error) {
		if (!(error instanceof CarteiraError)) throw error;
		return { model: null, asOf: null, fault: error.message };
	}
}

/** What a version's training and evaluation measured; null where nothing is told. */
export function readMetrics(registry: string, version: number): unknown {
	const file = join(versionFolder(registry, version), "metrics.json");
	return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

/** Throws CONFLICT for a folder that holds anything but a registry: a model, a portfolio. */
export function validateRegistry(registry: string): void {
	if (isRegistry(registry) || !existsSync(registry) || readdirSync(registry).length === 0) return;
	throw new CarteiraError("CONFLICT", `${registry} holds files and is no model registry; name another folder`);
}

/**
 * The version that a word names, or a model folder has; a folder that is not registered yet gets the next number, and its files are
 * copied. Throws NOT_FOUND or MODEL_MISMATCH for what is no model of this engine.
 */
export async function registerModel(registry: string, model: string): Promise<number> {
	if (/^\d+$/.test(model)) {
		findModelDir(`${registry}@${model}`);
		return Number(model);
	}
	const folder = findModelDir(model);
	const { manifest } = await readModelFolder(folder);
	validateRegistry(registry);
	const known = readVersions(registry).find((version) => isSame(versionFolder(registry, version), folder));
	return known ?? copyIn(registry, folder, filesOf(manifest));
}

/** Is it the same model? A version whose files are gone is nobody's. */
function isSame(version: string, folder: string): boolean {
	const file = join(version, "model.json");
	return existsSync(file) && readFileSync(file).equals(readFileSync(join(folder, "model.json")));
}

/** The files that make a model, and no others that lie in its folder. */
function filesOf(manifest: ModelManifest): string[] {
	return ["model.json", "metrics.json", "card.html", ...NET_NAMES.map((net) => manifest[net].file)];
}

/** A version appears whole: it is copied beside and renamed, and a number that another process took meanwhile is left to it. */
function copyIn(registry: string, folder: string, files: readonly string[]): number {
	const staging = join(registry, "versions", `${process.pid}.tmp`);
	rmSync(staging, { recursive: true, force: true });
	mkdirSync(staging, { recursive: true });
	for (const name of files.filter((known) => existsSync(join(folder, known)))) {
		const file = openDurableFile(join(staging, name));
		file.writeBytes(readFileSync(join(folder, name)));
		file.close();
	}
	for (let version = (readVersions(registry).at(-1) ?? 0) + 1; ; version++) {
		try {
			renameSync(staging, versionFolder(registry, version));
			sync(join(registry, "versions"));
			return version;
		} catch (error) {
			if (!isTaken(error)) throw error;
		}
	}
}

/**
 * Gives a version a role, or with null nobody. Each move is a file of its own that is linked under the next number, so it is there
 * whole or not at all, and of two processes that move at once one is refused with CONFLICT.
 */
export function moveAlias(registry: string, alias: Alias, to: number | null, verdict?: unknown): Move {
	if (!isRegistry(registry)) throw new CarteiraError("NOT_FOUND", `${registry} is no model registry`);
	const last = readMoves(registry).at(-1);
	const before = last?.aliases ?? { champion: null, challenger: null, shadow: null };
	const move: Move = {
		move: (last?.move ?? 0) + 1,
		at: new Date().toISOString(),
		alias,
		from: before[alias],
		to,
		...(verdict !== undefined && { verdict }),
		aliases: { ...before, [alias]: to },
	};
	appendMove(registry, move);
	return move;
}

function appendMove(registry: string, move: Move): void {
	const draft = join(registry, "moves", `${process.pid}.tmp`);
	mkdirSync(join(registry, "moves"), { recursive: true });
	const file = openDurableFile(draft);
	file.write(`${JSON.stringify(move)}\n`);
	file.close();
	try {
		linkSync(draft, moveFile(registry, move.move));
		sync(join(registry, "moves"));
	} catch (error) {
		if (!isTaken(error)) throw error;
		throw new CarteiraError("CONFLICT", `the registry ${registry} was changed meanwhile; look at it and try again`);
	} finally {
		rmSync(draft);
	}
}

function isTaken(error: unknown): boolean {
	return error instanceof Error && "code" in error && (error.code === "EEXIST" || error.code === "ENOTEMPTY");
}

/** The version that was champion before the present one. Throws CONFLICT where there was none. */
export function formerChampion(registry: string): number {
	const moves = readMoves(registry).filter(({ alias }) => alias === "champion");
	const former = moves.at(-1)?.from ?? null;
	if (former !== null) findModelDir(`${registry}@${former}`);
	if (former === null) throw new CarteiraError("CONFLICT", `the registry ${registry} has no former champion to go back to`);
	return former;
}
