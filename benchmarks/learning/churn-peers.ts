import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Answer } from "./champion.ts";
import type { Peer } from "./churn-options.ts";
import { calendarSummary } from "../../models/buy-till-you-die/order-models.ts";
import type { PeerTable } from "./peer-table.ts";
import type { Situation } from "./situation.ts";

const NAMES: Readonly<Record<Peer, string>> = {
	bgnbd: "BG/NBD (SciPy)",
	logistic: "logistic + BTYD",
	hgb: "gradient boosting + BTYD (sklearn)",
	lightgbm: "gradient boosting + BTYD (LightGBM)",
};
const MODULES: Readonly<Record<Peer, string>> = { bgnbd: "scipy", logistic: "sklearn", hgb: "sklearn", lightgbm: "lightgbm" };
const MEAN = "mean of the peers";
const ONE_THREAD = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** What churn_peer.py answers: scores of the cutoff's rows, by peer. */
interface Reply {
	readonly horizon: Readonly<Record<string, readonly number[]>>;
	readonly ownRhythm: Readonly<Record<string, readonly number[]>>;
	readonly value: readonly number[] | null;
	readonly cpuSeconds: Readonly<Record<string, number>>;
	readonly peakMegabytes: number;
}

/** Why a peer cannot run with this interpreter; null where it can. */
export function absenceOf(peer: Peer, python: string): string | null {
	const { status, error, stderr } = spawnSync(python, ["-c", `import numpy, ${MODULES[peer]}`], { encoding: "utf8" });
	if (error) return `${python} does not run (${error.message})`;
	return status === 0 ? null : (stderr.trim().split("\n").at(-1) ?? "its module does not load");
}

interface AskOptions {
	readonly peers: readonly Peer[];
	readonly python: string;
	readonly seed: number;
}

/** Trains the peers on the table, all in one process with one thread, and answers for each and for the mean of the taught ones' probabilities. */
export function askPeers(situation: Situation, table: PeerTable, { peers, python, seed }: AskOptions): Map<string, Answer> {
	const { status, error, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, "../peers/churn_peer.py")], {
		input: JSON.stringify({ ...table, summaries: summariesOf(situation), peers, seed }),
		encoding: "utf8",
		maxBuffer: 2 ** 28,
		env: { ...process.env, ...ONE_THREAD },
	});
	if (error || status !== 0) throw new Error(`churn_peer.py: ${error?.message ?? stderr.trim().split("\n").slice(-3).join(" | ")}`);
	const reply = JSON.parse(stdout) as Reply;
	const answered = peers.filter((peer) => reply.horizon[peer] && reply.ownRhythm[peer]);
	const answers = answered.map((peer): [string, Answer] => [NAMES[peer], answerOf(reply, peer)]);
	const taught = answers.filter(([name]) => name !== NAMES.bgnbd).map(([, answer]) => answer);
	if (taught.length > 1) answers.push([MEAN, meanOf(taught)]);
	return new Map(answers);
}

/** All customers with an order as BG/NBD knows them, in weeks, and which of them are asked about, in order. */
function summariesOf({ past, customers }: Situation) {
	const known = Array.from({ length: past.numCustomers }, (_, customer) => customer).filter(
		(c) => past.eventStart[c + 1] > past.eventStart[c],
	);
	const summaries = known.map((customer) => calendarSummary(past, customer));
	const indexOf = new Map(known.map((customer, index) => [customer, index]));
	return {
		repeatCount: summaries.map(({ repeatCount }) => repeatCount),
		lastRepeat: summaries.map(({ lastRepeat }) => lastRepeat),
		age: summaries.map(({ age }) => age),
		asked: Array.from(customers, (customer) => indexOf.get(customer)),
	};
}

/** Of the boosted peers, LightGBM says the value too. */
function answerOf({ horizon, ownRhythm, value, cpuSeconds, peakMegabytes }: Reply, peer: Peer): Answer {
	const isValued = peer === "lightgbm" && value !== null;
	return {
		noOrder: Float64Array.from(horizon[peer]),
		noOrderOwn: Float64Array.from(ownRhythm[peer]),
		value: isValued ? Float64Array.from(value) : null,
		cpuSeconds: cpuSeconds[peer] + (isValued ? cpuSeconds.tweedie : 0),
		peakMegabytes,
	};
}

function meanOf(answers: readonly Answer[]): Answer {
	const mean = (of: (answer: Answer) => Float64Array): Float64Array =>
		of(answers[0]).map((_, i) => answers.reduce((sum, answer) => sum + of(answer)[i], 0) / answers.length);
	return {
		noOrder: mean(({ noOrder }) => noOrder),
		noOrderOwn: mean(({ noOrderOwn }) => noOrderOwn),
		value: null,
		cpuSeconds: answers.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
		peakMegabytes: answers[0].peakMegabytes,
	};
}
