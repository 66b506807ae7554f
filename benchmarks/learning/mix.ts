import { Command, CommanderError } from "commander";
import Table from "cli-table3";
import { CarteiraError } from "../../engine/errors.ts";
import { dayOf, usage, wholeOf } from "../option-values.ts";
import { judgeRankings, pairCalibration, type RankingFigures } from "./mix-figures.ts";
import { answerTrial, secondsSince, trainingRows } from "./mix-ours.ts";
import { absenceOfPeers, askPeers, MIX_PEERS, type MixPeer } from "./mix-peers.ts";
import { type MixTrial, targetsOf } from "./mix-trial.ts";
import { MIX_SETS, readTrials, type TrialOptions } from "./mix-trials.ts";

interface LaneOptions extends TrialOptions {
	readonly peers: readonly MixPeer[];
	readonly python: string;
	readonly json: boolean;
}

/** A line of the table. */
interface Line extends RankingFigures {
	readonly trial: string;
	readonly model: string;
	readonly numCustomers: number;
	/** Over all pairs of customer and candidate; null for models without probabilities. */
	readonly calibration: number | null;
	/** CPU seconds: features, training or tuning, and ranking. */
	readonly seconds: number;
	readonly peakMb: number;
	readonly settings: readonly number[];
}

function parseOptions(words: readonly string[]): LaneOptions | null {
	const command = new Command("mix")
		.description("Next basket: our two lists merged by probability beside Python peers, on the same customers in the same run.")
		.requiredOption("--set <set>", MIX_SETS.join(" | "))
		.option("--file <path>", "another file of the set's format; the folder of a portfolio")
		.option("--cutoffs <dates>", "of sets with dates, comma-separated", "2011-03-10")
		.option("--held-out", "judge Ta-Feng's held-out users (the file must hold their last basket) or Dunnhumby's test users")
		.option("--seed <number>", "of our training, and of the split of Ta-Feng's users", "1")
		.option("--peers <names>", "which peers, or none", MIX_PEERS.join(","))
		.option("--python <path>", "interpreter that has the peers", process.env.CARTEIRA_PEERS_PYTHON ?? "python3")
		.option("--json", "one JSON line a model instead of a table")
		.exitOverride()
		.configureOutput({ outputError: () => {} });
	try {
		command.parse([...words], { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return null;
		throw usage(error.message.replace(/^error: /, ""));
	}
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

async function linesOf(trial: MixTrial, { peers, python, seed }: LaneOptions): Promise<Line[]> {
	const targets = targetsOf(trial);
	const started = process.cpuUsage();
	const rows = trainingRows(trial, seed);
	const gathering = secondsSince(started);
	const answers = peers.length > 0 ? askPeers(peers, python, trial, rows) : new Map();
	const ours = await answerTrial(trial, rows, seed);
	const base = { trial: trial.name, numCustomers: targets.length };
	const lines: Line[] = [...answers].map(([peer, { rankings, pairs, seconds, peakMb, settings }]) => ({
		...base,
		model: peer,
		...judgeRankings(trial, targets, rankings),
		calibration: pairs && pairCalibration(trial, pairs),
		seconds,
		peakMb,
		settings,
	}));
	lines.push({
		...base,
		model: "ours",
		...judgeRankings(trial, targets, ours.rankings),
		calibration: pairCalibration(trial, ours.pairs),
		seconds: gathering + ours.seconds,
		peakMb: process.resourceUsage().maxRSS / 1024,
		settings: [],
	});
	return lines;
}

function printTable(lines: readonly Line[]): void {
	const table = new Table({
		head: ["trial", "n", "model", "R@10", "NDCG@10", "open R@10", "ECE", "CPU s", "peak MB", "settings"],
		style: { head: [], border: [] },
	});
	const figure = (x: number | null, digits = 4): string => (x === null ? "–" : x.toFixed(digits));
	for (const line of lines)
		table.push([
			line.trial,
			line.numCustomers,
			line.model,
			figure(line.recall),
			figure(line.gain),
			figure(line.openRecall),
			figure(line.calibration),
			figure(line.seconds, 1),
			figure(line.peakMb, 0),
			line.settings.join(" "),
		]);
	console.log(table.toString());
}

async function main(): Promise<void> {
	const options = parseOptions(process.argv.slice(2));
	if (!options) return;
	const absence = options.peers.length > 0 ? absenceOfPeers(options.python) : null;
	if (absence !== null) console.error(`peers ABSENT: ${absence}; ours runs alone (--python, CARTEIRA_PEERS_PYTHON)`);
	const peers = absence === null ? options.peers : [];
	const lines: Line[] = [];
	for (const trial of await readTrials(options)) lines.push(...(await linesOf(trial, { ...options, peers })));
	if (options.json) for (const line of lines) console.log(JSON.stringify(line));
	else printTable(lines);
}

try {
	await main();
} catch (error) {
	if (!(error instanceof CarteiraError)) throw error;
	console.error(`${error.code}: ${error.message}`);
	process.exitCode = error.code === "USAGE" ? 2 : 1;
}
