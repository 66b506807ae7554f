import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { CarteiraError } from "../../engine/errors.ts";
import { type BestKnown, onlyRoutesOf } from "./best-known.ts";
import type { Instance } from "./instance.ts";
import { readMctopmtw } from "./mctopmtw.ts";
import { readPvrp } from "./pvrp.ts";
import type { RunOptions } from "./run-options.ts";
import { customersOf, nameOf, readToptw } from "./toptw.ts";

const TOPTW_ROUTES = [1, 2, 3, 4];
const MADE_SEEDS = [11, 12];
/** From so many customers on a rep-week file holds two weeks. */
const TWO_WEEKS = 200;

/** All instances that the options name, in order of files and m. `folder` holds the public sets. */
export async function readInstances(options: RunOptions, folder: string, bestKnown: BestKnown): Promise<Instance[]> {
	const { set, routes, files, asOf } = options;
	if (set === "portfolio") {
		// Brings in the readers of tables and the model, which take longer to load than a public file to solve.
		const { readGenerated, readPortfolioSet } = await import("./portfolio.ts");
		if (!files) return readGenerated({ seeds: MADE_SEEDS, reps: options.reps, customersPerRep: options.customers }, asOf);
		return (await Promise.all(files.map((file) => readPortfolioSet(resolve(file), asOf)))).flat();
	}
	return pathsOf(join(folder, set), files).flatMap((path): Instance[] => {
		if (set === "pvrp") return [readPvrp(path)];
		if (set === "mctopmtw") return [requireRoutes(readMctopmtw(path), routes)];
		return (routes ?? ownRoutes(set, path, bestKnown)).map((m) => readToptw(path, m, set));
	});
}

function ownRoutes(set: "toptw" | "rep-week", path: string, bestKnown: BestKnown): readonly number[] {
	if (set === "toptw") return TOPTW_ROUTES;
	return [onlyRoutesOf(bestKnown, set, nameOf(path)) ?? (customersOf(path) < TWO_WEEKS ? 5 : 10)];
}

function requireRoutes(instance: Instance, routes: readonly number[] | null): Instance {
	const other = routes?.find((m) => m !== instance.m);
	if (other !== undefined)
		throw new CarteiraError(
			"USAGE",
			`--routes holds ${other}, but ${instance.path} has ${instance.m} tours; mctopmtw takes m from its file`,
		);
	return instance;
}

/** A bare name means the file of the set, with or without its ending; where the set has none, the one in the working directory. */
function pathsOf(folder: string, files: readonly string[] | null): string[] {
	if (files) return files.map((file) => (isPath(file) ? resolve(file) : findNamed(folder, file)));
	if (!existsSync(folder))
		throw new CarteiraError(
			"NOT_FOUND",
			`${folder}: the public set is not there; name files by --files, or the data folder by CARTEIRA_DATA`,
		);
	return readdirSync(folder)
		.sort()
		.map((name) => join(folder, name));
}

function isPath(file: string): boolean {
	return isAbsolute(file) || file.includes("/") || file.includes("\\");
}

function findNamed(folder: string, name: string): string {
	const found = [join(folder, name), join(folder, `${name}.txt`), resolve(name)].find((path) => existsSync(path));
	if (found) return found;
	throw new CarteiraError("NOT_FOUND", `${name}: is neither in ${folder} nor in the working directory; expected an instance file`);
}
