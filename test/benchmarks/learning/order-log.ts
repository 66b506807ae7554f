import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { formatDay } from "../../../engine/units.ts";
import { LAST_DAY, syntheticPortfolio } from "../../scoring/synthetic-portfolio.ts";

const script = join(import.meta.dirname, "../../../benchmarks/learning/churn.ts");

/** A first day of a window of the log below. */
export const CUTOFF = formatDay(LAST_DAY - 120);

/** Writes two years of a small trade as CDNOW's file is. */
export function writeOrderLog(file: string): void {
	const { orders } = syntheticPortfolio(150, 6, 20).tables;
	const { customer_id: customer } = orders.refs;
	const lines = Array.from(orders.days.ordered_on, (day, row) => `${customer[row]},${formatDay(day)},1,${10 + (row % 7)}.50`);
	writeFileSync(file, `customer_id,date,cds,dollars\n${lines.join("\n")}\n`);
}

/** Runs the churn lane in a process of its own. */
export function runLane(...words: string[]) {
	return spawnSync(process.execPath, [script, ...words], { encoding: "utf8" });
}

/** JSON lines of a run. */
export function linesOf(text: string): Record<string, unknown>[] {
	return text
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
}

/** What the figures of a population look like. */
export const FIGURES = { auc: expect.any(Number), brier: expect.any(Number), logLoss: expect.any(Number), ece: expect.any(Number) };
