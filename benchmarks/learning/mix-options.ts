import { Command } from "commander";
import { dayOf, parseWords, usage, wholeOf } from "../option-values.ts";
import { MIX_PEERS, type MixPeer } from "./mix-peers.ts";
import { MIX_SETS, type TrialOptions } from "./mix-trials.ts";

/** What the command line asks for. */
export interface MixOptions extends TrialOptions {
	readonly peers: readonly MixPeer[];
	/** Interpreter of the peers. */
	readonly python: string;
	readonly json: boolean;
}

/** Reads the command line; null where help was asked for. USAGE that says which option holds what and what was expected. */
export function parseMixOptions(words: readonly string[]): MixOptions | null {
	const command = new Command("mix")
		.description("Next basket: our two lists merged by probability beside Python peers, on the same customers in the same run.")
		.requiredOption("--set <set>", MIX_SETS.join(" | "))
		.option("--file <path>", "another file of the set's format; the folder of a portfolio")
		.option("--cutoffs <dates>", "of sets with dates, comma-separated", "2011-03-10")
		.option("--held-out", "judge Ta-Feng's held-out users (the file must hold their last basket) or Dunnhumby's test users")
		.option("--seed <number>", "of our training, and of the split of Ta-Feng's users", "1")
		.option("--peers <names>", "which peers, or none", MIX_PEERS.join(","))
		.option("--python <path>", "interpreter that has the peers", process.env.CARTEIRA_PEERS_PYTHON ?? "python3")
		.option("--json", "one JSON line a model instead of a table");
	if (!parseWords(command, words)) return null;
	const options = command.opts<
		Record<"set" | "cutoffs" | "seed" | "peers" | "python", string> & { file?: string; heldOut?: boolean; json?: boolean }
	>();
	const set = MIX_SETS.find((name) => name === options.set);
	if (!set) throw usage(`--set is ${options.set}; expected one of ${MIX_SETS.join(", ")}`);
	return {
		set,
		file: options.file ?? null,
		cutoffs: options.cutoffs.split(",").map(dayOf),
		heldOut: options.heldOut ?? false,
		seed: wholeOf("--seed", options.seed, 0, 2 ** 31 - 1),
		peers: peersOf(options.peers),
		python: options.python,
		json: options.json ?? false,
	};
}

function peersOf(text: string): MixPeer[] {
	if (text === "none") return [];
	return text.split(",").map((word) => {
		const peer = MIX_PEERS.find((name) => name === word);
		if (!peer) throw usage(`--peers names ${word}; expected none or some of ${MIX_PEERS.join(", ")}`);
		return peer;
	});
}
