import type { Comparison, Figures } from "../engine/scoring/model-folder.ts";
import { escape, page } from "./card.ts";
import type { OriginReport } from "./evaluate.ts";

const SLICES = { all: "all, 90 days", regulars: "regulars, 90 days", ownRhythm: "own rhythm" } as const;

/** The report as a table for people. */
export function formatEvaluation(reports: readonly OriginReport[]): string {
	return reports
		.map((report) =>
			linesOf(report)
				.map((cells) => cells.map((cell, i) => (i < 2 ? cell.padEnd(22) : cell.padStart(9))).join(" "))
				.join("\n"),
		)
		.join("\n\n");
}

/** The report as a page of its own, with a reliability plot for each origin. */
export function renderEvaluation(reports: readonly OriginReport[]): string {
	return page(
		"Evaluation",
		reports.flatMap((report) => [`<h2>${report.origin}</h2>`, htmlTable(linesOf(report).slice(1)), reliabilityPlot(report)]),
	);
}

function linesOf(report: OriginReport): string[][] {
	const head = [`${report.origin}  ${report.model}${report.isOver ? "" : "  (less than 90 days follow in the data)"}`];
	const names = ["", "", "AUC", "Brier", "log-loss", "ECE"];
	const churn = (["all", "regulars", "ownRhythm"] as const).flatMap((slice) => comparisonLines(SLICES[slice], report[slice]));
	const { meanAbsoluteError, bias, capture } = report.value;
	const value = [
		"value, regulars",
		"model",
		`MAE ${(meanAbsoluteError / 100).toFixed(2)}`,
		`bias ${percent(bias)}`,
		`capture ${percent(capture)}`,
	];
	const mix = Object.entries(report.mix).map(([name, figures]) => [
		`next basket (${figures.numCustomers})`,
		name,
		...[figures.recall10, figures.ndcg10, figures.openRecall10].map(format),
	]);
	return [head, names, ...churn, value, ["", "", "R@10", "NDCG@10", "open R@10"], ...mix];
}

function comparisonLines(slice: string, { numCustomers, models }: Comparison): string[][] {
	const figuresOf = ({ auc, brier, logLoss, ece }: Figures): string[] => [auc, brier, logLoss, ece].map(format);
	return Object.entries(models).map(([name, figures]) => [`${slice} (${numCustomers})`, name, ...figuresOf(figures)]);
}

function htmlTable(lines: readonly (readonly string[])[]): string {
	return `<table>${lines.map((cells) => `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`).join("")}</table>`;
}

/** What was said against what came, by tenths of the customers; on the diagonal they agree. */
function reliabilityPlot({ reliability }: OriginReport): string {
	const dots = reliability.map(
		({ meanScore, meanLabel }) => `<circle cx="${(200 * meanScore).toFixed(1)}" cy="${(200 - 200 * meanLabel).toFixed(1)}" r="4"/>`,
	);
	return `<svg width="220" height="220" viewBox="-10 -10 220 220" role="img" aria-label="reliability"><rect width="200" height="200" fill="none" stroke="gray"/><line x1="0" y1="200" x2="200" y2="0" stroke="gray"/>${dots.join("")}</svg>`;
}

function format(figure: number | null): string {
	return figure === null || Number.isNaN(figure) ? "–" : figure.toFixed(3);
}

function percent(share: number): string {
	return `${(100 * share).toFixed(1)} %`;
}
