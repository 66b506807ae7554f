import { Command } from "commander";
import type { Day } from "../../engine/units.ts";
import { SETS, type SetName } from "./instance.ts";
import { dayOf, parseWords, usage, wholeOf } from "../option-values.ts";

/** What the command line asks for. */
export interface RunOptions {
	readonly set: SetName;
	/** Null: all of the set. */
	readonly files: readonly string[] | null;
	/** Null: the set's own. */
	readonly routes: readonly number[] | null;
	readonly seconds: number;
	readonly seeds: readonly number[];
	readonly json: boolean;
	/** Of portfolios: first day planned. */
	readonly asOf: Day;
	/** Of made portfolios. */
	readonly customers: number;
	readonly reps: number;
	/** Budget of the bound, as `solve` takes it. */
	readonly boundWork: number;
}

/** Reads the command line; null where help was asked for. USAGE that says which option holds what and what was expected. */
export function parseRunOptions(words: readonly string[]): RunOptions | null {
	const command = new Command("quality")
		.description("Solves instances with the production solver: a line a file × m × seed, then the gaps. Every run is recounted.")
		.requiredOption("--set <set>", SETS.join(" | "))
		.option("--files <paths>", "comma-separated; names without folder are looked up in the set's; default: all of the set")
		.option("--routes <numbers>", "numbers of routes (toptw, default 1,2,3,4; rep-week, default from the table or the size)")
		.option("--seconds <seconds>", "CPU seconds of the search", "1")
		.option("--seeds <numbers>", "seeds", "1")
		.option("--bound-work <cells>", "what the bound may look at; 0: a rough bound, to look at the search alone", "1200000000")
		.option("--json", "one JSON line a run, the summary on stderr")
		.option("--as-of <date>", "first day planned of portfolios", "2026-11-23")
		.option("--customers <n>", "customers a rep of made portfolios", "300")
		.option("--reps <n>", "reps of each made portfolio", "2");
	if (!parseWords(command, words)) return null;
	const options = command.opts<
		Record<"set" | "seconds" | "seeds" | "boundWork" | "asOf" | "customers" | "reps", string> &
			Partial<Record<"files" | "routes", string>> & { json?: boolean }
	>();
	const set = SETS.find((name) => name === options.set);
	if (!set) throw usage(`--set is ${options.set}; expected one of ${SETS.join(", ")}`);
	if (command.args.length > 0) throw usage(`nothing is expected beside options; got ${command.args.join(" ")}`);
	return {
		set,
		files: options.files === undefined ? null : namesOf(options.files),
		routes: options.routes === undefined ? null : wholesOf("--routes", options.routes, 1, 1000),
		seconds: secondsOf(options.seconds),
		seeds: wholesOf("--seeds", options.seeds, 0, 2 ** 31 - 1),
		boundWork: wholeOf("--bound-work", options.boundWork, 0, 1e10),
		json: options.json ?? false,
		asOf: dayOf(options.asOf),
		customers: wholeOf("--customers", options.customers, 1, 100_000),
		reps: wholeOf("--reps", options.reps, 1, 1000),
	};
}

function namesOf(text: string): string[] {
	const names = text.split(",").map((name) => name.trim());
	if (names.some((name) => name === "")) throw usage(`--files is "${text}"; expected paths with single commas between them`);
	return names;
}

function wholesOf(option: string, text: string, least: number, most: number): number[] {
	return text.split(",").map((word) => wholeOf(option, word.trim(), least, most));
}

function secondsOf(text: string): number {
	const seconds = Number(text);
	if (text.trim() === "" || !Number.isFinite(seconds) || seconds <= 0) throw usage(`--seconds is "${text}"; expected a number above 0`);
	return seconds;
}
