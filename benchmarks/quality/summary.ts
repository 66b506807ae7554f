import { type BestKnown, bestOf } from "./best-known.ts";
import type { Line } from "./run-instance.ts";

/** Tables of best-known values that a set is compared with, in columns of the summary. */
const TABLES: Readonly<Record<string, readonly string[]>> = { mctopmtw: ["mctopmtw", "mctopmtw_target"], portfolio: [] };

/** How far the value is from the best known, as a share of it: positive is worse, negative is better. */
export function gapToBest(line: Line, best: number): number {
	return line.lower_bound === undefined ? 1 - line.value / best : line.value / best - 1;
}

/** How far the value is from its bound at most, as a share of the larger of the two; null without a bound. */
export function certifiedGap({ value, upper_bound, lower_bound }: Line): number | null {
	if (typeof upper_bound === "number" && upper_bound > 0) return 1 - value / upper_bound;
	if (typeof lower_bound === "number" && value > 0) return 1 - lower_bound / value;
	return null;
}

/** A run in one readable line. */
export function describeLine(line: Line, bestKnown: BestKnown): string {
	const bests = tablesOf(line.set).flatMap((table) => {
		const best = bestOf(bestKnown, table, line.instance, line.m);
		return best === undefined ? [] : [` ${table === line.set ? "best-known" : table} ${best} gap ${percent(gapToBest(line, best))}`];
	});
	const bound = line.upper_bound ?? line.lower_bound ?? "no bound";
	const times = `${line.seconds.toFixed(2)} s + ${line.bound_seconds.toFixed(2)} s`;
	const value = Number(line.value.toFixed(2));
	return `${line.instance} m ${line.m} seed ${line.seed}: ${value} of ${bound}${bests.join("")} (${line.iterations} iterations, ${times})`;
}

/** Mean, median, least and largest gaps of all runs, by set and by m, and how many runs the table knows. */
export function summarise(lines: readonly Line[], bestKnown: BestKnown): string {
	const rows = [["set", "m", "against", "runs", "mean", "median", "min", "max"]];
	for (const set of new Set(lines.map((line) => line.set))) {
		const ofSet = lines.filter((line) => line.set === set);
		const ms = [...new Set(ofSet.map((line) => line.m))].sort((a, b) => a - b);
		for (const m of [null, ...(ms.length > 1 ? ms : [])]) {
			const some = ofSet.filter((line) => m === null || line.m === m);
			for (const table of tablesOf(set)) {
				const gaps = some.flatMap((line) => {
					const best = bestOf(bestKnown, table, line.instance, line.m);
					return best === undefined ? [] : [gapToBest(line, best)];
				});
				if (gaps.length > 0) rows.push([set, label(m, ms), table === set ? "best-known" : table, ...statistics(gaps)]);
			}
			const gaps = some.map(certifiedGap).filter((gap) => gap !== null);
			if (gaps.length > 0) rows.push([set, label(m, ms), "own bound", ...statistics(gaps)]);
		}
	}
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	return rows
		.map((row) => row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  "))
		.join("\n");
}

function tablesOf(set: string): readonly string[] {
	return TABLES[set] ?? [set];
}

function label(m: number | null, ms: readonly number[]): string {
	return m === null && ms.length > 1 ? "all" : String(m ?? ms[0]);
}

function statistics(gaps: readonly number[]): string[] {
	const sorted = [...gaps].sort((a, b) => a - b);
	const median = (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
	const mean = sorted.reduce((sum, gap) => sum + gap, 0) / sorted.length;
	return [String(sorted.length), ...[mean, median, sorted[0], sorted[sorted.length - 1]].map(percent)];
}

function percent(share: number): string {
	return `${(100 * share).toFixed(2).replace(/^-0\.00$/, "0.00")} %`;
}
