import type { measureChurn, ValueFigures } from "./churn-figures.ts";
import type { Gain } from "./paired-bootstrap.ts";

/** Figures of one contestant at one cutoff. */
export interface ChurnLine {
	readonly cutoff: string;
	readonly horizon: number;
	readonly model: string;
	/** By population. */
	readonly churn: Readonly<Record<string, ReturnType<typeof measureChurn>>>;
	readonly value: ValueFigures | null;
	readonly capture: number;
	readonly cpu_seconds: number;
	readonly peak_megabytes: number;
}

/** By how much another's log-loss exceeds ours. */
export interface GainLine extends Gain {
	readonly population: string;
	readonly against: string;
}

const NAME_WIDTH = 36;

/** The table of one cutoff for people. */
export function formatLines(lines: readonly ChurnLine[]): string {
	const [{ cutoff, horizon, churn }] = lines;
	const churnTables = Object.entries(churn).map(([population, { customers, base_rate }]) => {
		const head = `${population}: ${customers} customers, ${(100 * base_rate).toFixed(1)} % without an order`;
		const rows = lines.map(({ model, churn: { [population]: own } }) =>
			rowOf(
				model,
				[own.auc, own.brier, own.logLoss, own.ece].map((figure) => numberOf(figure, 4)),
			),
		);
		return [rowOf(head, ["AUC", "Brier", "log-loss", "ECE"]), ...rows].join("\n");
	});
	const value = lines.map(({ model, value: own, capture, cpu_seconds, peak_megabytes }) =>
		rowOf(model, [
			numberOf(own?.mae, 1),
			own && Number.isFinite(own.bias) ? `${(100 * own.bias).toFixed(1)} %` : "–",
			numberOf(own?.rmse, 0),
			numberOf(own?.gini, 3),
			numberOf(capture, 3),
			numberOf(cpu_seconds, 1),
			numberOf(peak_megabytes, 0),
		]),
	);
	const valueHead = rowOf("value of regulars, capture, cost", ["MAE", "bias", "RMSE", "Gini", "capture", "CPU s", "MB"]);
	return [`── ${cutoff}, ${horizon} days`, ...churnTables, [valueHead, ...value].join("\n"), ""].join("\n\n");
}

/** Our gains for people. */
export function formatGains(gains: readonly GainLine[]): string {
	const rows = gains.map(({ population, against, mean, low, high }) =>
		rowOf(
			`${population}, ${against}`,
			[mean, low, high].map((figure) => numberOf(figure, 4)),
		),
	);
	return [rowOf("log-loss above ours, all cutoffs", ["mean", "low", "high"]), ...rows].join("\n");
}

function rowOf(name: string, cells: readonly string[]): string {
	return [name.padEnd(NAME_WIDTH + 14), ...cells.map((cell) => cell.padStart(9))].join("");
}

function numberOf(figure: number | null | undefined, decimals: number): string {
	return figure === null || figure === undefined || !Number.isFinite(figure) ? "–" : figure.toFixed(decimals);
}
