import { basename, resolve } from "node:path";
import { CarteiraError } from "../engine/index.ts";

/** Gives the files that an error of the importer names the names that a client knows them by. */
export function nameFiles(error: unknown, files: readonly { readonly path: string; readonly as: string }[]): unknown {
	if (!(error instanceof CarteiraError)) return error;
	const clean = (text: string): string =>
		files.reduce((named, { path, as }) => named.replaceAll(resolve(path), as).replaceAll(basename(path), as), text);
	const details = error.details.map((problem) => ({ ...problem, message: clean(problem.message) }));
	return new CarteiraError(error.code, clean(error.message), details, error.numProblems);
}
