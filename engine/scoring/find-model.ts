import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CarteiraError } from "../errors.ts";

/** Roles that a registered model can have: planned with; judged against that one; scored beside it without being used. */
export const ALIASES = ["champion", "challenger", "shadow"] as const;
export type Alias = (typeof ALIASES)[number];

const version = z.number().int().positive().nullable();
const move = z.object({
	/** Counts the changes of the registry from 1. */
	move: z.number().int().positive(),
	at: z.string(),
	alias: z.enum(ALIASES),
	from: version,
	to: version,
	/** What a promotion was decided on. */
	verdict: z.unknown().optional(),
	/** Who has which role after the move. */
	aliases: z.object({ champion: version, challenger: version, shadow: version }),
});

/** One change of a registry; the last of them is its state. */
export type Move = z.infer<typeof move>;

/** The files of a registry: `versions/<n>/` a model folder each, `moves/<n>.json` a move each. */
export const versionFolder = (registry: string, number: number): string => join(registry, "versions", String(number));
export const moveFile = (registry: string, number: number): string => join(registry, "moves", `${number}.json`);

export function isRegistry(folder: string): boolean {
	return existsSync(join(folder, "versions"));
}

/** Is this a registry that has chosen a model to plan with? */
export function hasChampion(folder: string): boolean {
	return isRegistry(folder) && typeof readMoves(folder).at(-1)?.aliases.champion === "number";
}

/** All moves of a registry, oldest first. Throws INVALID_INPUT for a file that is none. */
export function readMoves(registry: string): Move[] {
	return numbersIn(join(registry, "moves"), /^(\d+)\.json$/).map((number) => readMove(moveFile(registry, number)));
}

/** Numbers of a registry's versions, ascending. */
export function readVersions(registry: string): number[] {
	return numbersIn(join(registry, "versions"), /^(\d+)$/);
}

/**
 * The model folder behind a path: itself, or for a registry its champion, or behind `<registry>@<alias or version>` that one.
 * Throws NOT_FOUND where the registry has none.
 */
export function findModelDir(path: string): string {
	if (isRegistry(path)) return registered(path, "champion");
	const [, registry, which] = /^(.+)@(\w+)$/.exec(path) ?? [];
	return registry !== undefined && !existsSync(path) && isRegistry(registry) ? registered(registry, which) : path;
}

function registered(registry: string, which: string): string {
	const alias = ALIASES.find((known) => known === which);
	const number = alias ? readMoves(registry).at(-1)?.aliases[alias] : Number(which);
	if (typeof number !== "number" || !readVersions(registry).includes(number))
		throw new CarteiraError(
			"NOT_FOUND",
			`the registry ${registry} has no ${alias ?? `version ${which}`}; expected a version, or ${ALIASES.join(", ")}`,
		);
	return versionFolder(registry, number);
}

function numbersIn(folder: string, name: RegExp): number[] {
	const names = existsSync(folder) ? readdirSync(folder) : [];
	return names
		.flatMap((found) => name.exec(found)?.[1] ?? [])
		.map(Number)
		.sort((a, b) => a - b);
}

function readMove(file: string): Move {
	try {
		return move.parse(JSON.parse(readFileSync(file, "utf8")));
	} catch (error) {
		const what = error instanceof z.ZodError ? `at /${error.issues[0].path.join("/")}: ${error.issues[0].message}` : "it is not JSON";
		throw new CarteiraError("INVALID_INPUT", `${file} is no move of a model registry: ${what}`);
	}
}
