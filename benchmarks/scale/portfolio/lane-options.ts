import { Command } from "commander";
import type { Day } from "../../../engine/units.ts";
import { dayOf, parseWords, usage, wholeOf } from "../../option-values.ts";

export const LANE_FORMATS = ["parquet", "csv"] as const;
export type LaneFormat = (typeof LANE_FORMATS)[number];
export const LANE_PEERS = ["duckdb", "polars"] as const;
export type LanePeer = (typeof LANE_PEERS)[number];

export interface LaneOptions {
	readonly customers: readonly number[];
	readonly formats: readonly LaneFormat[];
	readonly peers: readonly LanePeer[];
	/** Interleaved runs of every step. */
	readonly rounds: number;
	readonly seed: number;
	readonly asOf: Day;
	/** Where the folders are made and kept for the next run; null: in a temporary one. */
	readonly data: string | null;
	/** Interpreter that has the Python peers. */
	readonly python: string;
	readonly json: boolean;
}

/** Reads the command line; null where help was asked for. USAGE that says which option holds what and what was expected. */
export function parseLaneOptions(words: readonly string[]): LaneOptions | null {
	const command = new Command("portfolio")
		.option("--customers <list>", "sizes, with commas between them (10000,100000,1000000)")
		.option("--formats <list>", `of the files: ${LANE_FORMATS.join(",")}`, LANE_FORMATS.join(","))
		.option("--peers <list>", `who aggregates beside us: ${LANE_PEERS.join(",")}; - for none`, LANE_PEERS.join(","))
		.option("--rounds <n>", "interleaved runs of every step", "1")
		.option("--seed <n>", "seed of the data", "7")
		.option("--as-of <date>", "first day planned", "2026-11-23")
		.option("--data <folder>", "keep the made folders here, and use those that are there (else: made anew, and removed)")
		.option("--python <path>", "interpreter that has the peers", process.env.CARTEIRA_PEERS_PYTHON ?? "python3")
		.option("--toy", "the size of CI: a thousand customers")
		.option("--json", "one JSON line a run on stdout, the tables on stderr");
	if (!parseWords(command, words)) return null;
	const given = command.opts<
		Record<"formats" | "peers" | "rounds" | "seed" | "asOf" | "python", string> & {
			customers?: string;
			data?: string;
			toy?: boolean;
			json?: boolean;
		}
	>();
	const customers = (given.customers ?? (given.toy ? "1000" : "10000,100000,1000000")).split(",");
	return {
		customers: customers.map((word) => wholeOf("--customers", word, 100, 10_000_000)),
		formats: wordsOf("--formats", given.formats, LANE_FORMATS),
		peers: given.peers === "-" ? [] : wordsOf("--peers", given.peers, LANE_PEERS),
		rounds: wholeOf("--rounds", given.rounds, 1, 100),
		seed: wholeOf("--seed", given.seed, 0, 2 ** 31 - 1),
		asOf: dayOf(given.asOf),
		data: given.data ?? null,
		python: given.python,
		json: given.json ?? false,
	};
}

function wordsOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
	return text.split(",").map((word) => {
		const found = known.find((name) => name === word);
		if (!found) throw usage(`${option} holds "${word}"; expected some of ${known.join(", ")}`);
		return found;
	});
}
