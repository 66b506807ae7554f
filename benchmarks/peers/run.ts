import { join } from "node:path";
import { Command } from "commander";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { readToptw } from "../quality/toptw.ts";
import { fillCalls } from "./fill-calls.ts";
import { runOurs } from "./ours.ts";
import { peerProblemOf, routesOf } from "./peer-problem.ts";
import { absenceOf, PEERS, type Peer, runPeer } from "./peers.ts";
import { countItems, mendRoutes, recount, sequencesOf } from "./recount.ts";
import { type Duel, duelOf, duelTable, type Line, summaryOf } from "./report.ts";

interface Contest {
	readonly set: string;
	readonly problem: string;
	readonly spec: ProblemSpec;
}

const PANEL = {
	toptw: "c104/3,c109/4,r104/2,r108/3,r112/4,rc104/2,rc108/4,rc204/2,pr05/2,pr20/2",
	"rep-week": "syn100/5,syn150/5,syn200/10",
	week: "1,2",
} as const;
type SetName = keyof typeof PANEL;
/** PyVRP's least penalty: with smaller ones its best plan is often infeasible. */
const MIN_PENALTY: Readonly<Record<SetName, number>> = { toptw: 200, "rep-week": 200, week: 200 };
const WARM_UP_SECONDS = 0.5;
const dataFolder = join(process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../shared/data"), "routing");

const options = new Command()
	.description("Our solver and its peers on the same problems with the same CPU time, one thread each, in turn over seeds.")
	.requiredOption("--set <set>", Object.keys(PANEL).join(" | "))
	.option("--problems <list>", "toptw, rep-week: name/routes; week: numbers of generated reps; default: the panel")
	.option("--seconds <seconds>", "CPU seconds of each search (VROOM takes its own, and we get what it took)", "1")
	.option("--seeds <numbers>", "seeds of the searches", "1")
	.option("--data-seed <number>", "seed of the generated portfolio", "7")
	.option("--peers <names>", "which peers", PEERS.join(","))
	.option("--python <path>", "interpreter that has the peers", process.env.CARTEIRA_PEERS_PYTHON ?? "python3")
	.option("--min-penalty <number>", "PyVRP's least penalty, in place of the set's")
	.option("--json", "one JSON line a run, then one a duel, instead of text")
	.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
	.parse()
	.opts<{
		set: string;
		problems?: string;
		seconds: string;
		seeds: string;
		dataSeed: string;
		peers: string;
		python: string;
		minPenalty?: string;
		json?: boolean;
	}>();

const isSet = (name: string): name is SetName => Object.hasOwn(PANEL, name);
const isPeer = (name: string): name is Peer => PEERS.some((peer) => peer === name);
const { set } = options;
const wanted = options.peers.split(",");
const unknown = wanted.filter((name) => !isPeer(name));
if (!isSet(set) || unknown.length > 0) {
	console.error(isSet(set) ? `--peers: unknown ${unknown.join(", ")}` : `--set: ${set} is not one of ${Object.keys(PANEL).join(", ")}`);
	process.exit(2);
}
const fail = (text: string): never => {
	console.error(text);
	process.exit(2);
};
const isWholeIn = (text: string, least: number, most: number): boolean =>
	/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
if (!(Number(options.seconds) > 0 && Number(options.seconds) < 1e6)) fail(`--seconds is "${options.seconds}"; expected a number above 0`);
if (!options.seeds.split(",").every((seed) => isWholeIn(seed, 0, 2 ** 31 - 1)))
	fail(`--seeds is "${options.seeds}"; expected whole numbers`);
if (!isWholeIn(options.dataSeed, 0, 2 ** 31 - 1)) fail(`--data-seed is "${options.dataSeed}"; expected a whole number`);
if (options.minPenalty !== undefined && !(Number(options.minPenalty) > 0))
	fail(`--min-penalty is "${options.minPenalty}"; expected a number above 0`);
for (const problem of (options.problems ?? PANEL[set]).split(",")) {
	if (set === "week" ? isWholeIn(problem, 1, 1000) : /^[^/]+\/\d+$/.test(problem) && isWholeIn(problem.split("/")[1], 1, 1000)) continue;
	fail(`--problems: "${problem}"; expected ${set === "week" ? "the number of a generated rep, from 1 on" : "name/routes, as c104/3"}`);
}
process.on("uncaughtException", (error) => {
	console.error(error.message); // a file that is missing or malformed, a peer that fails: what it says is what there is to know
	process.exit(3);
});
const say = (text: string): void => (options.json ? console.error(text) : console.log(text));

const present: Peer[] = [];
for (const peer of wanted.filter(isPeer)) {
	const absence = absenceOf(peer, options.python);
	if (absence === null) present.push(peer);
	else if (options.json) console.log(JSON.stringify({ solver: peer, absent: absence }));
	else console.log(`ABSENT ${peer}: ${absence} (benchmarks/peers/README.md says how to install it)`);
}
if (present.length === 0) say("no peer is installed: nothing to compare with");

const duels: Duel[] = [];
const contests = present.length === 0 ? [] : await contestsOf(set, options.problems ?? PANEL[set]);
const seconds = Number(options.seconds);
const timed = present.filter((peer) => peer !== "vroom");
if (contests.length > 0) runOurs(contests[0].spec, 0, WARM_UP_SECONDS);
for (const contest of contests) {
	const vroom = present.includes("vroom") ? runTheirs(contest, "vroom", 1) : null;
	for (const seed of options.seeds.split(",").map(Number)) {
		if (vroom) duels.push(duelOf(runOwn(contest, seed, vroom.cpu_seconds), vroom));
		if (timed.length === 0) continue;
		const ours = runOwn(contest, seed, seconds);
		for (const peer of timed) duels.push(duelOf(ours, runTheirs(contest, peer, seed)));
	}
}
if (options.json) for (const duel of duels) console.log(JSON.stringify({ duel }));
else if (duels.length > 0) {
	console.log(`\n${duelTable(duels)}\n`);
	for (const line of summaryOf(duels)) console.log(line);
}

async function contestsOf(set: SetName, problems: string): Promise<Contest[]> {
	const names = problems.split(",");
	if (set !== "week") {
		return names.map((problem) => {
			const [name, routes] = problem.split("/");
			return { set, problem, spec: readToptw(join(dataFolder, set, `${name}.txt`), Number(routes)).spec };
		});
	}
	const { generateWeeks } = await import("./weeks.ts"); // loads the whole engine, which the public sets do without
	const weeks = await generateWeeks(Math.max(...names.map(Number)), Number(options.dataSeed));
	return names.map((name) => ({ set, problem: weeks[Number(name) - 1].repId, spec: weeks[Number(name) - 1].spec }));
}

function runOwn({ set, problem, spec }: Contest, seed: number, budget: number): Line {
	const { routes, cpu_seconds, value } = runOurs(spec, seed, budget);
	const counted = recount(spec, routes);
	if (counted.dropped > 0 || counted.value < value) say(`${problem}: our plan says ${value}, the recount ${JSON.stringify(counted)}`);
	return tell({ set, problem, seed, solver: "carteira", seconds: budget, cpu_seconds, ...counted, version: "production solver" });
}

function runTheirs({ set, problem, spec }: Contest, peer: Peer, seed: number): Line {
	const dumped = peerProblemOf(spec);
	const minPenalty = Number(options.minPenalty ?? MIN_PENALTY[set as SetName]);
	const { routes, cpu_seconds, version } = runPeer(peer, options.python, dumped, { seconds, seed, minPenalty });
	const { routes: mended, dropped } = mendRoutes(spec, routesOf(dumped, routes));
	const counted = countItems(spec, fillCalls(spec, sequencesOf(spec, mended)));
	return tell({ set, problem, seed, solver: peer, seconds: peer === "vroom" ? null : seconds, cpu_seconds, ...counted, dropped, version });
}

function tell(line: Line): Line {
	if (options.json) console.log(JSON.stringify(line));
	else {
		const { problem, seed, solver, value, contacts, dropped, unmet, cpu_seconds } = line;
		const flaws = `${dropped > 0 ? `, ${dropped} dropped` : ""}${unmet > 0 ? `, ${unmet} promises not kept` : ""}`;
		console.log(`${problem} seed ${seed} ${solver}: ${value} with ${contacts} contacts in ${cpu_seconds.toFixed(2)} CPU s${flaws}`);
	}
	return line;
}
