import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readCsvRecords } from "../../engine/portfolio/files/csv-records.ts";
import { rowsById } from "../../engine/portfolio/portfolio.ts";
import { formatDay } from "../../engine/units.ts";
import type { Situation } from "./situation.ts";

/** What a contestant says of the situation's customers, in their order, and what it used. */
export interface Answer {
	/** P(no order within the horizon), and within the own rhythm's window. */
	readonly noOrder: Float64Array;
	readonly noOrderOwn: Float64Array;
	/** Net value expected in the window, cents. */
	readonly value: Float64Array | null;
	readonly cpuSeconds: number;
	/** Of the process that did it; the data's reader is a process of its own and not counted. */
	readonly peakMegabytes: number;
}

interface Usage {
	readonly cpuSeconds: number;
	readonly peakMegabytes: number;
}

const main = join(import.meta.dirname, "../../server/main.ts");

/** Trains our model on what lies before the cutoff and scores the customers, by the commands that everybody uses, each in a process of its own. */
export function askChampion(
	situation: Situation,
	{ folder, scratch, horizon, seed }: { folder: string; scratch: string; horizon: number; seed: number },
): Answer {
	const asOf = formatDay(situation.cutoff);
	const model = join(scratch, `champion-${asOf}`);
	const out = join(scratch, `scores-${asOf}.csv`);
	const train = runCommand(scratch, ["train", folder, "--as-of", asOf, "--task", "churn", "--seed", String(seed), "--out", model]);
	const score = runCommand(scratch, ["score", folder, "--as-of", asOf, "--model", model, "--horizon-days", String(horizon), "--out", out]);
	return {
		...readScores(situation, out),
		cpuSeconds: train.cpuSeconds + score.cpuSeconds,
		peakMegabytes: Math.max(train.peakMegabytes, score.peakMegabytes),
	};
}

function runCommand(scratch: string, words: readonly string[]): Usage {
	const file = join(scratch, "usage.json");
	const preload = join(import.meta.dirname, "usage-report.ts");
	const { status, stderr } = spawnSync(process.execPath, ["--import", preload, main, ...words], {
		encoding: "utf8",
		env: { ...process.env, CARTEIRA_USAGE_FILE: file },
		maxBuffer: 2 ** 26,
	});
	if (status !== 0) throw new Error(`carteira ${words.join(" ")} ended with ${status}: ${stderr.trim().split("\n").slice(-3).join(" | ")}`);
	return JSON.parse(readFileSync(file, "utf8")) as Usage;
}

function readScores({ portfolio, customers }: Situation, file: string): Pick<Answer, "noOrder" | "noOrderOwn" | "value"> {
	const indexOf = rowsById(portfolio.tables.customers, "customer_id");
	const rowOf = new Map(Array.from(customers, (customer, i) => [customer, i]));
	const unknown = (): Float64Array => new Float64Array(customers.length).fill(Number.NaN);
	const answer = { noOrder: unknown(), noOrderOwn: unknown(), value: unknown() };
	readCsvRecords(readFileSync(file), ",", ({ cells: [id, risk, own, , value], line }) => {
		const row = rowOf.get(indexOf.get(id) ?? -1);
		if (line === 1 || row === undefined) return true;
		answer.noOrder[row] = Number(risk);
		answer.noOrderOwn[row] = Number(own);
		answer.value[row] = 100 * Number(value);
		return true;
	});
	if (answer.noOrder.some(Number.isNaN)) throw new Error(`${file} lacks customers that ordered before the cutoff`);
	return answer;
}
