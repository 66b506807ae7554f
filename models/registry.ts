import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../engine/errors.ts";
import { openDurableFile, sync } from "../engine/portfolio/durable-file.ts";
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
} from "../engine/scoring/find-model.ts";
import { modelName, readModelFolder } from "../engine/scoring/model-folder.ts";

/** A version of a registry. */
export interface Version {
	readonly version: number;
	/** `<name>@<digest>`, as scores carry it. */
	readonly model: string;
	readonly asOf: string;
	readonly roles: readonly Alias[];
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
		const { manifest } = await readModelFolder(versionFolder(registry, version));
		return { version, model: modelName(manifest), asOf: manifest.asOf, roles: ALIASES.filter((alias) => aliases?.[alias] === version) };
	});
	return { versions: await Promise.all(versions), moves };
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
	await readModelFolder(folder);
	const known = readVersions(registry).find((version) => isSame(versionFolder(registry, version), folder));
	return known ?? copyIn(registry, folder);
}

function isSame(one: string, other: string): boolean {
	return readFileSync(join(one, "model.json")).equals(readFileSync(join(other, "model.json")));
}

/** A version appears whole: it is copied beside and renamed, and a number that another process took meanwhile is left to it. */
function copyIn(registry: string, folder: string): number {
	const staging = join(registry, "versions", `${process.pid}.tmp`);
	rmSync(staging, { recursive: true, force: true });
	mkdirSync(staging, { recursive: true });
	for (const name of readdirSync(folder)) {
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
	if (former === null) throw new CarteiraError("CONFLICT", `the registry ${registry} has no former champion to go back to`);
	return former;
}
