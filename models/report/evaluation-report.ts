import { curvePlot, gainPlot, liftPlot, reliabilityPlot, slicePlot } from "./charts.ts";
import type { OriginReport } from "../evaluation/evaluate.ts";
import type { ChurnReport } from "../evaluation/evaluate-churn.ts";
import { heading, note, page, plots, sheetTable } from "./page.ts";
import { churnSheets, formatSheet, mixSheet, type Sheet } from "./sheets.ts";

/** The report as tables for people. */
export function formatEvaluation(reports: readonly OriginReport[]): string {
	return reports
		.map((report) => [titleOf(report), ...warningsOf(report), ...sheetsOf(report).map(formatSheet)].join("\n\n"))
		.join("\n\n\n");
}

/** The report as a page of its own, with plots for each origin. */
export async function renderEvaluation(reports: readonly OriginReport[]): Promise<string> {
	const parts: string[] = [];
	for (const report of reports)
		parts.push(heading(titleOf(report)), ...warningsOf(report).map(note), ...sheetsOf(report).map(sheetTable), await churnPlots(report));
	return page("Evaluation", parts);
}

/** The plots of one origin; with the losses of a training, those too. */
export async function churnPlots(report: ChurnReport, curve: readonly number[] = []): Promise<string> {
	if (report.all.numCustomers === 0) return "";
	const drawn = [await reliabilityPlot(report)];
	// Of churners that there are none of, no share can be found.
	if (report.all.baseRate > 0) drawn.push(await gainPlot(report), await liftPlot(report));
	if (report.slices.length > 0) drawn.push(await slicePlot(report.slices));
	if (curve.length > 1) drawn.push(await curvePlot(curve));
	return plots(drawn);
}

function titleOf({ origin, model }: OriginReport): string {
	return `${origin} ${model}`;
}

function warningsOf({ isOver, hasSeen }: OriginReport): string[] {
	return [
		...(isOver ? [] : ["Less than the days asked about follow in the data: customers count as lost that are only not known yet."]),
		...(hasSeen ? ["The model learned from days after this origin: its figures flatter it."] : []),
	];
}

function sheetsOf(report: OriginReport): Sheet[] {
	return [...churnSheets(report), mixSheet(report.mix)];
}
