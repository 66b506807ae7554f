import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { buildProblem } from "../../engine/solver/problem.ts";
import { solve } from "../../engine/solver/solve.ts";
import { type Instance, readToptw } from "./toptw.ts";

/** One run as printed: value and bound in the file's units. */
interface Line {
	readonly set: string;
	readonly instance: string;
	readonly m: number;
	readonly seed: number;
	/** CPU seconds of the search and of the bound. */
	readonly seconds: number;
	readonly bound_seconds: number;
	readonly value: number;
	readonly upper_bound: number;
	readonly iterations: number;
	readonly routes: readonly { readonly day: number; readonly vehicle: number; readonly customers: readonly number[] }[];
}

const SETS = ["toptw", "rep-week"];
const dataFolder = join(process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../shared/data"), "routing");

const options = new Command()
	.description("Solves public instances with the production solver: a line a file × routes × seed, then the gaps to best-known.")
	.requiredOption("--set <set>", SETS.join(" | "))
	.option("--files <paths>", "comma-separated; names without folder are looked up in the set's; default: all of the set")
	.option("--routes <numbers>", "numbers of routes (days)", "1,2")
	.option("--seconds <seconds>", "CPU seconds of the search", "1")
	.option("--seeds <numbers>", "seeds", "1")
	.option("--json", "one JSON line a run instead of text")
	.parse()
	.opts<{ set: string; files?: string; routes: string; seconds: string; seeds: string; json?: boolean }>();

if (!SETS.includes(options.set)) {
	console.error(`--set: ${options.set} is not one of ${SETS.join(", ")}`);
	process.exit(2);
}
const bestKnown = readBestKnown(join(dataFolder, "best-known.csv"));
const gaps: number[] = [];
const certified: number[] = [];
for (const path of pathsOf(options.set, options.files)) {
	for (const m of options.routes.split(",").map(Number)) {
		const instance = readToptw(path, m);
		for (const seed of options.seeds.split(",").map(Number)) report(runOnce(options.set, instance, m, seed, Number(options.seconds)));
	}
}
const mean = (values: readonly number[]): string =>
	`${((100 * values.reduce((sum, value) => sum + value, 0)) / values.length).toFixed(3)} %`;
if (!options.json && certified.length > 0) {
	console.log(
		`runs ${certified.length}   mean certified gap ${mean(certified)}${gaps.length > 0 ? `   mean gap to best-known ${mean(gaps)}` : ""}`,
	);
}

function pathsOf(set: string, files: string | undefined): string[] {
	const folder = join(dataFolder, set);
	if (!files) return readdirSync(folder).map((name) => join(folder, name));
	return files.split(",").map((file) => (file.includes("/") ? resolve(file) : join(folder, file)));
}

function readBestKnown(path: string): Map<string, number> {
	const rows = readFileSync(path, "utf8")
		.trim()
		.split("\n")
		.map((row) => row.split(","));
	return new Map(rows.slice(1).map(([set, instance, m, best]) => [`${set}/${instance}/${m}`, Number(best)]));
}

function cpuSeconds(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}

/** The search is stopped by CPU time, the bound is counted apart. */
function runOnce(set: string, instance: Instance, m: number, seed: number, seconds: number): Line {
	const problem = buildProblem(instance.spec);
	let searched = 0;
	const stop = new Int32Array(new SharedArrayBuffer(4));
	const start = cpuSeconds();
	const solution = solve(problem, {
		seed,
		iterations: Number.MAX_SAFE_INTEGER,
		stop,
		onProgress: () => {
			searched = cpuSeconds() - start;
			if (searched >= seconds) Atomics.store(stop, 0, 1);
		},
	});
	return {
		set,
		instance: instance.name,
		m,
		seed,
		seconds: searched,
		bound_seconds: cpuSeconds() - start - searched,
		value: solution.value,
		upper_bound: solution.upperBound,
		iterations: solution.iterations,
		routes: solution.schedules.map(({ contacts }, slot) => ({
			day: slot + 1,
			vehicle: 1,
			customers: contacts.map(({ option }) => instance.numberOf[instance.spec.options[option].customer]),
		})),
	};
}

function report(line: Line): void {
	const best = bestKnown.get(`${line.set}/${line.instance}/${line.m}`);
	certified.push(1 - line.value / line.upper_bound);
	if (best !== undefined) gaps.push(1 - line.value / best);
	if (options.json) console.log(JSON.stringify(line));
	else {
		const gap = best === undefined ? "" : ` best-known ${best} gap ${(100 * (1 - line.value / best)).toFixed(2)} %`;
		const times = `${line.seconds.toFixed(2)} s + ${line.bound_seconds.toFixed(2)} s`;
		console.log(
			`${line.instance} m ${line.m} seed ${line.seed}: ${line.value} of ${line.upper_bound}${gap} (${line.iterations} iterations, ${times})`,
		);
	}
}
