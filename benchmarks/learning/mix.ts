import Table from "cli-table3";
import { CarteiraError } from "../../engine/errors.ts";
import { judgeRankings, pairCalibration, type RankingFigures } from "./mix-figures.ts";
import { answerTrial, secondsSince, trainingRows } from "./mix-ours.ts";
import { type MixOptions, parseMixOptions } from "./mix-options.ts";
import { absenceOfPeers, askPeers } from "./mix-peers.ts";
import { type MixTrial, targetsOf } from "./mix-trial.ts";
import { readTrials } from "./mix-trials.ts";

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

async function linesOf(trial: MixTrial, { peers, python, seed }: MixOptions): Promise<Line[]> {
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
	const options = parseMixOptions(process.argv.slice(2));
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
