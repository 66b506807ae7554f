import type { Comparison, Figures } from "../../engine/scoring/model-folder.ts";
import type { Interval } from "../evaluation/bootstrap.ts";
import type { ChurnReport } from "../evaluation/evaluate-churn.ts";
import type { MixFigures } from "../evaluation/evaluate-mix.ts";

/** A table for people. The first column of every row names it. */
export interface Sheet {
	readonly title: string;
	readonly head: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

/** All tables of the churn model at one origin. */
export function churnSheets(report: ChurnReport): Sheet[] {
	const { horizonDays: days } = report;
	return [
		comparisonSheet(`No order within ${days} days, all`, report.all),
		comparisonSheet(`No order within ${days} days, regulars (3 orders and more)`, report.regulars),
		comparisonSheet("No order within twice the own rhythm (4 orders and more)", report.ownRhythm),
		valueSheet(report),
		sliceSheet(report),
	].filter(({ rows }) => rows.length > 0);
}

const FIGURES = ["auc", "logLoss", "brier", "ece"] as const satisfies readonly (keyof Figures)[];

/** Models side by side, with 95 % intervals where they were taken. */
export function comparisonSheet(title: string, { origin, numCustomers, baseRate, models, intervals, gains }: Comparison): Sheet {
	const rows = Object.entries(models).map(([name, figures]) => {
		const gain = gains?.[name];
		const cells = FIGURES.map((figure) => withInterval(figures[figure], intervals?.[name]?.[figure] ?? null));
		return [name, ...cells, gain ? withInterval(gain.mean, gain.interval, 4) : ""];
	});
	const head = ["", "AUC", "log-loss ↓", "Brier ↓", "ECE ↓", "gain over it"];
	return {
		title: `${title}: ${numCustomers} customers on ${origin}, ${percent(baseRate)} did not`,
		head,
		rows: numCustomers > 0 ? rows : [],
	};
}

function valueSheet({ value, capture }: ChurnReport): Sheet {
	const names = [...new Set([...Object.keys(value), ...Object.keys(capture)])];
	const rows = names.map((name) => {
		const own = value[name];
		const figures = own
			? [
					withInterval(
						own.meanAbsoluteError / 100,
						own.intervals.meanAbsoluteError?.map((x) => x / 100),
						2,
					),
					decimals(own.rootMeanSquare / 100, 2),
					withInterval(own.bias, own.intervals.bias),
				]
			: ["", "", ""];
		return [name, ...figures, name in capture ? decimals(capture[name]) : ""];
	});
	const head = ["", "MAE ↓", "RMSE ↓", "bias", "capture at 10 %"];
	return { title: "Net value within 90 days, regulars; churners' sales captured, all", head, rows };
}

function sliceSheet({ slices }: ChurnReport): Sheet {
	const rows = slices.map(({ by, name, numCustomers, baseRate, meanScore, figures, valueBias }) => [
		`${by}: ${name}`,
		String(numCustomers),
		percent(baseRate),
		percent(meanScore),
		...FIGURES.map((figure) => decimals(figures[figure])),
		decimals(valueBias),
	]);
	return {
		title: "By part of the customers",
		head: ["", "customers", "did not", "said", "AUC", "log-loss ↓", "Brier ↓", "ECE ↓", "value bias"],
		rows,
	};
}

/** The mix beside its baselines. */
export function mixSheet(mix: Readonly<Record<string, MixFigures>>): Sheet {
	const rows = Object.entries(mix).map(([name, { numCustomers, recall10, ndcg10, openRecall10 }]) => [
		name,
		String(numCustomers),
		...[recall10, ndcg10, openRecall10].map((x) => decimals(x)),
	]);
	return { title: "First basket within 90 days", head: ["", "customers", "R@10", "NDCG@10", "never bought R@10"], rows };
}

/** A figure with so many digits; a dash where it has no value. */
export function decimals(figure: number | null, digits = 3): string {
	return figure === null || !Number.isFinite(figure) ? "–" : figure.toFixed(digits);
}

function withInterval(figure: number | null, interval: Interval | readonly number[] | null | undefined, digits = 3): string {
	const told = decimals(figure, digits);
	return interval && told !== "–" ? `${told} (${interval.map((x) => decimals(x, digits)).join(" to ")})` : told;
}

export function percent(share: number): string {
	return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";
}

/** A sheet as lines of text with aligned columns. */
export function formatSheet({ title, head, rows }: Sheet): string {
	const lines = [head, ...rows];
	const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
	const format = (cells: readonly string[]): string =>
		cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
	return [title, ...lines.map((cells) => format(cells).trimEnd())].join("\n");
}
