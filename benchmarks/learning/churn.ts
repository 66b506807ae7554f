import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CarteiraError } from "../../engine/errors.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { readPortfolio } from "../../engine/portfolio/reading/read-portfolio.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { type Answer, askChampion } from "./champion.ts";
import { captureOf, measureChurn, measureValue, pairOf, type Population, POPULATIONS } from "./churn-figures.ts";
import { type ChurnLaneOptions, parseChurnOptions } from "./churn-options.ts";
import { absenceOf, askPeers } from "./churn-peers.ts";
import { type ChurnLine, formatGains, formatLines, type GainLine } from "./churn-report.ts";
import { makeDistributor, makeOrderFolder } from "./order-folder.ts";
import { askOrderModels } from "./order-model-answers.ts";
import { pairedGain } from "./paired-bootstrap.ts";
import { writePeerTable } from "./peer-table.ts";
import { buildWholeHistory, type Situation, situationAt } from "./situation.ts";

const OURS = "carteira";

/** Everybody's answers at one cutoff, ours first. */
interface Round {
	readonly situation: Situation;
	readonly answers: ReadonlyMap<string, Answer>;
}

/** The churn model beside its peers: the same customers, the same history, one thread each, in one run. */
async function main(words: readonly string[]): Promise<number> {
	const options = parseChurnOptions(words);
	if (!options) return 0;
	const scratch = mkdtempSync(join(tmpdir(), "carteira-churn-"));
	try {
		const folder = options.portfolio ?? join(scratch, "portfolio");
		if (options.made !== null) await makeDistributor(options.made, folder, options.seed);
		else if (!options.portfolio) await makeOrderFolder(options.file, folder, options.seed);
		const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
		await contest(options, portfolio, { folder, scratch });
		return 0;
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}

async function contest(options: ChurnLaneOptions, portfolio: Portfolio, places: { folder: string; scratch: string }): Promise<void> {
	const history = buildWholeHistory(portfolio);
	const present = options.peers.filter((peer) => {
		const absence = absenceOf(peer, options.python);
		if (absence !== null)
			say(options, { absent: peer, reason: absence }, `ABSENT ${peer}: ${absence} (benchmarks/peers/README.md says how to install it)`);
		return absence === null;
	});
	const rounds: Round[] = [];
	for (const cutoff of options.cutoffs) {
		const situation = askable(portfolio, history, cutoff, options);
		const answers = new Map<string, Answer>();
		if (options.champion) answers.set(OURS, askChampion(situation, { ...places, ...options }));
		for (const [name, answer] of askOrderModels(situation, options.horizon)) answers.set(name, answer);
		if (present.length > 0) {
			const table = writePeerTable(places.scratch, situation, options.horizon, options.step);
			for (const [name, answer] of askPeers(situation, table, { ...options, peers: present })) answers.set(name, answer);
		}
		rounds.push({ situation, answers });
		const lines = linesOf(situation, answers, options.horizon);
		if (options.json) for (const line of lines) console.log(JSON.stringify(line));
		else console.log(formatLines(lines));
	}
	const gains = options.champion ? gainsOf(rounds, options) : [];
	if (options.json) for (const gain of gains) console.log(JSON.stringify(gain));
	else if (gains.length > 0) console.log(formatGains(gains));
}

/** The situation at a cutoff; INVALID_INPUT where nothing lies before it, a word of warning where its windows are not over. */
function askable(portfolio: Portfolio, history: History, cutoff: Day, options: ChurnLaneOptions): Situation {
	const situation = situationAt(portfolio, history, cutoff, options.horizon);
	if (situation.customers.length === 0)
		throw new CarteiraError(
			"INVALID_INPUT",
			`no customer ordered in the year before --cutoffs ${formatDay(cutoff)}; expected a later date`,
		);
	const end = cutoff + Math.max(options.horizon, 90);
	if (end > history.before) console.error(`${formatDay(cutoff)}: the data end before ${formatDay(end)}: windows are cut short`);
	return situation;
}

function linesOf(situation: Situation, answers: ReadonlyMap<string, Answer>, horizon: number): ChurnLine[] {
	const populations = Object.keys(POPULATIONS) as Population[];
	return [...answers].map(([model, answer]) => ({
		cutoff: formatDay(situation.cutoff),
		horizon,
		model,
		churn: Object.fromEntries(populations.map((name) => [name, measureChurn(situation, answer, name, horizon)])),
		value: measureValue(situation, answer),
		capture: captureOf(situation, answer, horizon),
		cpu_seconds: answer.cpuSeconds,
		peak_megabytes: answer.peakMegabytes,
	}));
}

/** Our gain in log-loss over everybody else, over all cutoffs, by population. */
function gainsOf(rounds: readonly Round[], { horizon, seed }: ChurnLaneOptions): GainLine[] {
	const others = [...rounds[0].answers.keys()].filter((name) => name !== OURS && rounds.every(({ answers }) => answers.has(name)));
	return (Object.keys(POPULATIONS) as Population[]).flatMap((population) =>
		others.map((against) => {
			const pairs = rounds.map(({ situation, answers }) => {
				const [ours, theirs] = [answers.get(OURS), answers.get(against)];
				if (!ours || !theirs) throw new Error(`no answer of ${against}`);
				return pairOf(situation, ours, theirs, population, horizon);
			});
			return { population, against, ...pairedGain(pairs, seed) };
		}),
	);
}

function say({ json }: ChurnLaneOptions, line: object, text: string): void {
	console.log(json ? JSON.stringify(line) : text);
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = !(error instanceof CarteiraError) ? 4 : error.code === "USAGE" ? 2 : 3;
}
