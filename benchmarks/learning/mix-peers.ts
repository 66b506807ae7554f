import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { MixRows } from "../../models/mix/mix-dataset.ts";
import type { Occasion } from "../../models/mix/mix-occasions.ts";
import type { Rankings } from "./mix-figures.ts";
import { judgedPairs } from "./mix-ours.ts";
import { basketsOf, type MixTrial } from "./mix-trial.ts";

export const MIX_PEERS = ["personal-top", "tifu-knn", "up-cf", "boosted"] as const;
export type MixPeer = (typeof MIX_PEERS)[number];

const SCRIPT = join(import.meta.dirname, "../peers/mix_peer.py");
const MODULES = "import numpy, scipy, lightgbm, sklearn";
const ONE_THREAD = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

const ranking = z.record(z.string(), z.array(z.number().int().nonnegative()));
const reply = z.object({
	settings: z.array(z.number()),
	top: ranking,
	open: ranking,
	probabilities: z.object({ replenish: z.array(z.number()), open: z.array(z.number()) }).optional(),
	seconds: z.number(),
	peak_mb: z.number(),
});

/** A peer's answer, and what it cost in a process of its own, tuning included. */
export interface PeerAnswer {
	readonly rankings: Rankings;
	readonly pairs: { readonly customer: Int32Array; readonly product: Int32Array; readonly probability: Float64Array } | null;
	/** Chosen on an earlier occasion, in the order of the script. */
	readonly settings: readonly number[];
	readonly seconds: number;
	readonly peakMb: number;
}

/** Why the peers cannot run with this interpreter; null where they can. */
export function absenceOfPeers(python: string): string | null {
	const { status, error, stderr } = spawnSync(python, ["-c", MODULES], { encoding: "utf8" });
	if (error) return `${python} does not run (${error.message})`;
	return status === 0 ? null : (stderr.trim().split("\n").at(-1) ?? "its modules do not load");
}

/** Asks peers a trial; each is a process of its own. `rows` are what our nets learn from, not scaled yet. */
export function askPeers(peers: readonly MixPeer[], python: string, trial: MixTrial, rows: MixRows): Map<MixPeer, PeerAnswer> {
	const folder = mkdtempSync(join(tmpdir(), "carteira-mix-"));
	try {
		const pairs = writeTask(folder, trial, peers.includes("boosted") ? rows : null);
		return new Map(peers.map((peer) => [peer, askPeer(peer, python, folder, pairs)]));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

type Pairs = Readonly<Record<"replenish" | "open", Int32Array>>;

function writeTask(folder: string, trial: MixTrial, rows: MixRows | null): Pairs | null {
	const { judged, training, isEligible } = trial;
	const numProducts = judged.portfolio.tables.products.length;
	const [tuning] = training;
	const task = {
		num_products: numProducts,
		history: historyOf(judged),
		judged: judged.customers,
		eligible: Array.from({ length: numProducts }, (_, product) => product).filter(isEligible),
		tuning: {
			history: historyOf(tuning),
			judged: tuning.customers,
			targets: tuning.customers.map((customer) => [...tuning.basketOf(customer)]),
		},
		widths: rows && { replenish: rows.replenish.inputs.width, open: rows.open.inputs.width },
	};
	writeFileSync(join(folder, "baskets.json"), JSON.stringify(task));
	if (!rows) return null;
	const { rows: asked, pairs } = judgedPairs(trial);
	for (const name of ["replenish", "open"] as const) {
		for (const [of, part] of Object.entries({ train: rows[name], judged: asked[name] })) {
			writeFileSync(join(folder, `${of}-${name}-inputs.f32`), part.inputs.values);
			writeFileSync(join(folder, `${of}-${name}-labels.f32`), part.labels.values);
		}
		writeFileSync(join(folder, `judged-${name}-pairs.i32`), pairs[name]);
	}
	return pairs;
}

function historyOf(occasion: Occasion): number[][][] {
	return Array.from({ length: occasion.past.numCustomers }, (_, customer) => basketsOf(occasion, customer));
}

function askPeer(peer: MixPeer, python: string, folder: string, pairs: Pairs | null): PeerAnswer {
	const { status, error, stderr } = spawnSync(python, [SCRIPT, peer, folder], { encoding: "utf8", env: { ...process.env, ...ONE_THREAD } });
	if (error || status !== 0) throw new Error(`${peer}: ${error?.message ?? stderr.trim().split("\n").slice(-3).join(" | ")}`);
	const {
		top,
		open,
		settings,
		seconds,
		peak_mb: peakMb,
		probabilities,
	} = reply.parse(JSON.parse(readFileSync(join(folder, `${peer}.json`), "utf8")));
	return {
		rankings: { top: (customer) => top[customer] ?? [], open: peer === "personal-top" ? null : (customer) => open[customer] ?? [] },
		pairs: probabilities && pairs ? joinPairs(pairs, probabilities) : null,
		settings,
		seconds,
		peakMb,
	};
}

function joinPairs(pairs: Pairs, probabilities: Readonly<Record<"replenish" | "open", readonly number[]>>) {
	const both = [...pairs.replenish, ...pairs.open];
	return {
		customer: Int32Array.from({ length: both.length / 2 }, (_, i) => both[2 * i]),
		product: Int32Array.from({ length: both.length / 2 }, (_, i) => both[2 * i + 1]),
		probability: Float64Array.from([...probabilities.replenish, ...probabilities.open]),
	};
}
