import { join } from "node:path";
import { Command } from "commander";
import { type Day, parseDay } from "../../engine/units.ts";
import { parseWords, usage, wholeOf } from "../option-values.ts";

export const PEERS = ["bgnbd", "logistic", "hgb", "lightgbm"] as const;
export type Peer = (typeof PEERS)[number];

/** First day after a made distributor's orders. */
export const MADE_AS_OF = parseDay("2026-11-23");

/** What the command line of the churn lane asks for. */
export interface ChurnLaneOptions {
	/** Order lines: Online Retail II, CDNOW or the grocery log, told apart by their header. Not with `portfolio`. */
	readonly file: string;
	/** A portfolio folder. */
	readonly portfolio: string | null;
	/** Customers of a distributor made on the spot (synthetic); null for none. */
	readonly made: number | null;
	readonly cutoffs: readonly Day[];
	/** Days of the window without an order. */
	readonly horizon: number;
	readonly seed: number;
	/** Days between the past origins that the peers train on. */
	readonly step: number;
	readonly peers: readonly Peer[];
	/** Train and score our model too; without, the lane compares the others. */
	readonly champion: boolean;
	readonly python: string;
	readonly json: boolean;
}

type Words = Readonly<Record<"cutoffs" | "horizon" | "seed" | "step" | "peers" | "python", string>>;

const DEFAULTS: Words = {
	cutoffs: "2010-12-10,2011-03-10",
	horizon: "90",
	seed: "1",
	step: "30",
	peers: PEERS.join(","),
	python: process.env.CARTEIRA_PEERS_PYTHON ?? "python3",
};
const MADE_CUTOFFS = "2026-05-25,2026-08-24";
const FILE = "online-retail/online_retail_II.csv.gz";

/** Reads the command line; null where help was asked for. USAGE that says which option holds what and what was expected. */
export function parseChurnOptions(words: readonly string[]): ChurnLaneOptions | null {
	const command = new Command("churn")
		.description("Our churn model and its peers on the same customers in the same run.")
		.option(
			"--file <csv>",
			"order lines as Online Retail II, CDNOW or the grocery log has them (default: Online Retail II of CARTEIRA_DATA)",
		)
		.option("--portfolio <folder>", "a portfolio folder in place of a file")
		.option("--made <customers>", "a distributor of so many customers, made with the seed (synthetic)")
		.option("--cutoffs <dates>", `first days of the windows (${DEFAULTS.cutoffs}; ${MADE_CUTOFFS} where made)`)
		.option("--horizon <days>", "no order within so many days (90)")
		.option("--seed <n>", "seed of our training, of the peers and of the bootstrap (1)")
		.option("--step <days>", "days between past origins that the peers train on (30)")
		.option("--peers <names>", `of ${DEFAULTS.peers}; none: -`)
		.option("--no-champion", "leave our model out")
		.option("--python <path>", "interpreter that has the peers (CARTEIRA_PEERS_PYTHON, else python3)")
		.option("--json", "one JSON line a figure, the rest on stderr");
	if (!parseWords(command, words)) return null;
	return optionsOf(command.opts());
}

type Given = Partial<Words> & { file?: string; portfolio?: string; made?: string; champion: boolean; json?: true };

function optionsOf(given: Given): ChurnLaneOptions {
	const words = { ...DEFAULTS, ...(given.made !== undefined && { cutoffs: MADE_CUTOFFS }), ...given };
	const sources = (["file", "portfolio", "made"] as const).filter((name) => given[name] !== undefined);
	if (sources.length > 1) throw usage(`${sources.map((name) => `--${name}`).join(" and ")} are given; expected one of them`);
	const data = process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../shared/data");
	return {
		file: given.file ?? join(data, FILE),
		portfolio: given.portfolio ?? null,
		made: given.made === undefined ? null : wholeOf("--made", given.made, 1, 1_000_000),
		cutoffs: words.cutoffs.split(",").map(cutoffOf),
		horizon: wholeOf("--horizon", words.horizon, 1, 180),
		seed: wholeOf("--seed", words.seed, 0, 2 ** 31 - 1),
		step: wholeOf("--step", words.step, 1, 365),
		peers: words.peers === "-" ? [] : words.peers.split(",").map(peerOf),
		champion: given.champion,
		python: words.python,
		json: given.json ?? false,
	};
}

function cutoffOf(text: string): Day {
	const day = parseDay(text);
	if (Number.isNaN(day)) throw usage(`--cutoffs holds "${text}"; expected dates as 2011-03-10`);
	return day;
}

function peerOf(name: string): Peer {
	const peer = PEERS.find((known) => known === name);
	if (!peer) throw usage(`--peers holds "${name}"; expected some of ${PEERS.join(", ")}`);
	return peer;
}
