import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { PeerProblem } from "./peer-problem.ts";

export const PEERS = ["pyvrp", "ortools", "vroom"] as const;
export type Peer = (typeof PEERS)[number];

/** What every peer's script writes. */
export interface PeerReply {
	/** Tasks by slot in order. */
	readonly routes: readonly (readonly number[])[];
	readonly cpu_seconds: number;
	readonly version: string;
}

export interface PeerOptions {
	readonly seconds: number;
	readonly seed: number;
	/** PyVRP's least penalty of a unit of time warp. */
	readonly minPenalty: number;
}

/** Modules that a peer's script needs. */
const MODULES: Readonly<Record<Peer, string>> = { pyvrp: "pyvrp", ortools: "ortools", vroom: "vroom" };
const ONE_THREAD = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
const LARGEST_REPLY = 2 ** 26;

/** Why a peer cannot run with this interpreter; null where it can. */
export function absenceOf(peer: Peer, python: string): string | null {
	const { status, error, stderr } = spawnSync(python, ["-c", `import ${MODULES[peer]}`], { encoding: "utf8" });
	if (error) return `${python} does not run (${error.message})`;
	return status === 0 ? null : (stderr.trim().split("\n").at(-1) ?? "its module does not load");
}

/** The problem as a peer's script reads it. */
export function dumpOf(problem: PeerProblem, { seconds, seed, minPenalty }: PeerOptions): string {
	return JSON.stringify({ ...problem, seconds, seed, options: { minPenalty } });
}

/** A reply as text to plain data. Throws on what is no reply to this problem. */
export function parseReply(text: string, problem: PeerProblem): PeerReply {
	const { routes, cpu_seconds, version } = JSON.parse(text) as PeerReply;
	const isTask = (task: number): boolean => Number.isInteger(task) && task >= 0 && task < problem.tasks.length;
	if (!Array.isArray(routes) || routes.length !== problem.slots.length) throw new Error(`expected ${problem.slots.length} routes`);
	if (!routes.every((route) => Array.isArray(route) && route.every(isTask))) throw new Error("a route names an unknown task");
	if (!(cpu_seconds >= 0) || typeof version !== "string") throw new Error("no CPU seconds or no version");
	return { routes, cpu_seconds, version };
}

/** Runs a peer's script on a problem in a process of its own. Throws with the script's last words where it fails. */
export function runPeer(peer: Peer, python: string, problem: PeerProblem, options: PeerOptions): PeerReply {
	const { status, error, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, `${peer}_peer.py`)], {
		input: dumpOf(problem, options),
		encoding: "utf8",
		maxBuffer: LARGEST_REPLY,
		env: { ...process.env, ...ONE_THREAD },
	});
	if (error || status !== 0) throw new Error(`${peer}: ${error?.message ?? stderr.trim().split("\n").slice(-3).join(" | ")}`);
	return parseReply(stdout, problem);
}
