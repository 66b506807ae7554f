import { availableParallelism } from "node:os";
import { Command } from "commander";
import type { Day } from "../../engine/units.ts";
import { dayOf, parseWords, usage, wholeOf } from "../option-values.ts";

/** What the command line of the scale lane asks for. */
export interface SolveLaneOptions {
	/** Reps that visit. */
	readonly reps: number;
	/** Customers that each of them owns, about. */
	readonly customers: number;
	readonly days: number;
	/** Search iterations a rep. */
	readonly iterations: number;
	/** One number for `solve.ts`, those to be compared for `threads.ts`. */
	readonly threads: readonly number[];
	/** Seed of the first distributor; the next ones count on. */
	readonly seed: number;
	readonly asOf: Day;
	/** Reps that sell of each distributor. */
	readonly repsEach: number;
	/** Distributors that are in memory at a time. */
	readonly chunk: number;
	/** Reps whose solution is recounted, spread over all. */
	readonly recount: number;
	/** Of those, reps that are solved once more on the main thread, where the time of the search and of the bound can be told apart. */
	readonly split: number;
	/** Of `threads.ts`: interleaved runs of each number of threads. */
	readonly rounds: number;
	readonly json: boolean;
}

type Words = Readonly<Record<Exclude<keyof SolveLaneOptions, "json">, string>>;

const FULL: Words = {
	reps: "1000",
	customers: "300",
	days: "10",
	iterations: "3600",
	threads: String(availableParallelism()),
	seed: "1",
	asOf: "2026-11-23",
	repsEach: "10",
	chunk: "10",
	recount: "50",
	split: "3",
	rounds: "3",
};
const TOY: Words = {
	...FULL,
	reps: "4",
	customers: "40",
	days: "5",
	iterations: "60",
	repsEach: "2",
	chunk: "1",
	recount: "4",
	split: "1",
};

/** Reads the command line over `defaults`; null where help was asked for. USAGE that says which option holds what and what was expected. */
export function parseSolveOptions(name: string, words: readonly string[], defaults: Partial<Words> = {}): SolveLaneOptions | null {
	const command = new Command(name)
		.option("--reps <n>", "reps that visit (default 1000)")
		.option("--customers <n>", "customers a rep owns, about (300)")
		.option("--days <n>", "working days planned (10)")
		.option("--iterations <n>", "search iterations a rep (3600)")
		.option("--threads <n>", "solver threads; several to compare with commas between them (as many as cores)")
		.option("--seed <n>", "seed of the first distributor (1)")
		.option("--as-of <date>", "first day planned (2026-11-23)")
		.option("--reps-each <n>", "reps that sell of each distributor (10)")
		.option("--chunk <n>", "distributors in memory at a time (10)")
		.option("--recount <n>", "reps whose solution is recounted (50)")
		.option("--split <n>", "of those, reps solved again to tell search and bound apart (3)")
		.option("--rounds <n>", "interleaved runs of each number of threads (3)")
		.option("--toy", "the size of CI: a few reps, few iterations")
		.option("--json", "one JSON line on stdout, the rest on stderr");
	if (!parseWords(command, words)) return null;
	if (command.args.length > 0) throw usage(`nothing is expected beside options; got ${command.args.join(" ")}`);
	const { toy, json, ...given } = command.opts<Partial<Words> & { toy?: boolean; json?: boolean }>();
	return optionsOf({ ...FULL, ...defaults, ...(toy && TOY), ...given }, json ?? false);
}

function optionsOf(words: Words, json: boolean): SolveLaneOptions {
	return {
		reps: wholeOf("--reps", words.reps, 1, 100_000),
		customers: wholeOf("--customers", words.customers, 1, 100_000),
		days: wholeOf("--days", words.days, 1, 30),
		iterations: wholeOf("--iterations", words.iterations, 0, 1e9),
		threads: words.threads.split(",").map((word) => wholeOf("--threads", word.trim(), 1, 1024)),
		seed: wholeOf("--seed", words.seed, 0, 2 ** 31 - 1),
		asOf: dayOf(words.asOf),
		repsEach: wholeOf("--reps-each", words.repsEach, 1, 1000),
		chunk: wholeOf("--chunk", words.chunk, 1, 1000),
		recount: wholeOf("--recount", words.recount, 0, 100_000),
		split: wholeOf("--split", words.split, 0, 1000),
		rounds: wholeOf("--rounds", words.rounds, 1, 100),
		json,
	};
}
