import Table from "cli-table3";
import { medianOf } from "../tally.ts";
import type { LaneFormat } from "./lane-options.ts";
import type { Usage } from "./process-tree.ts";
import type { StepResult } from "./steps.ts";

/** One step of one engine in one round. */
export interface Run extends StepResult, Usage {
	readonly customers: number;
	readonly round: number;
	readonly format: LaneFormat;
	readonly engine: "carteira" | "duckdb" | "polars";
	readonly step: "aggregate" | "ingest" | "features" | "slice" | "append";
}

/** The runs as two tables for people: every step by size, with medians over rounds; and ratios to the engines that only aggregate. */
export function tablesOf(runs: readonly Run[]): string {
	return `${stepTable(runs)}\n${ratioTable(runs)}`;
}

function stepTable(runs: readonly Run[]): string {
	const table = new Table({
		head: ["format", "engine", "step", "customers", "seconds", "wall s", "CPU s", "lines/s", "peak MB", "× smaller size"],
		style: PLAIN,
	});
	for (const [key, group] of grouped(runs, ({ format, engine, step, customers }) => [format, engine, step, customers].join("|"))) {
		const [format, engine, step, customers] = key.split("|");
		const seconds = median(group, (run) => run.seconds);
		const smaller = smallerSize(runs, Number(customers));
		const before = runs.filter((run) => run.format === format && run.engine === engine && run.step === step && run.customers === smaller);
		table.push([
			format,
			engine,
			step,
			customers,
			seconds.toFixed(2),
			median(group, (run) => run.wallSeconds).toFixed(2),
			told(
				median(group, (run) => run.cpuSeconds ?? Number.NaN),
				2,
			),
			Math.round(group[0].rows / seconds).toLocaleString("en"),
			told(Math.max(...group.map((run) => run.peakMegabytes ?? Number.NaN)), 0),
			before.length === 0 ? "" : (seconds / median(before, (run) => run.seconds)).toFixed(1),
		]);
	}
	return table.toString();
}

/** What our steps take against the bare aggregation of each peer, round by round: the median and the range of the ratios. */
function ratioTable(runs: readonly Run[]): string {
	const table = new Table({
		head: ["format", "customers", "against", "features ÷ aggregation", "ingest + features ÷ aggregation"],
		style: PLAIN,
	});
	for (const [key, peer] of grouped(
		runs.filter(({ step }) => step === "aggregate"),
		({ format, customers, engine }) => [format, customers, engine].join("|"),
	)) {
		const [format, customers, engine] = key.split("|");
		const oursOf = (round: number, step: string): number =>
			runs.find(
				(run) =>
					run.engine === "carteira" &&
					run.step === step &&
					run.round === round &&
					run.format === format &&
					run.customers === Number(customers),
			)?.seconds ?? Number.NaN;
		table.push([
			format,
			customers,
			engine,
			rangeOf(peer.map(({ round, seconds }) => oursOf(round, "features") / seconds)),
			rangeOf(peer.map(({ round, seconds }) => (oursOf(round, "ingest") + oursOf(round, "features")) / seconds)),
		]);
	}
	return table.toString();
}

const PLAIN = { head: [], border: [], compact: true };

function grouped(runs: readonly Run[], keyOf: (run: Run) => string): Map<string, Run[]> {
	const groups = new Map<string, Run[]>();
	for (const run of runs) groups.set(keyOf(run), [...(groups.get(keyOf(run)) ?? []), run]);
	return groups;
}

function smallerSize(runs: readonly Run[], customers: number): number {
	return Math.max(0, ...runs.map((run) => run.customers).filter((size) => size < customers));
}

function median(runs: readonly Run[], of: (run: Run) => number): number {
	return medianOf(runs.map(of).sort((a, b) => a - b));
}

function told(number: number, decimals: number): string {
	return Number.isNaN(number) ? "unknown" : number.toFixed(decimals);
}

function rangeOf(ratios: readonly number[]): string {
	const sorted = [...ratios].sort((a, b) => a - b);
	return `${medianOf(sorted).toFixed(2)}${sorted.length > 1 ? ` (${sorted[0].toFixed(2)}–${sorted[sorted.length - 1].toFixed(2)})` : ""}`;
}
