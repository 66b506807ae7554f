import { churnPlots } from "./charts.ts";
import type { OriginReport } from "../evaluation/origin-report.ts";
import { heading, note, page, sheetTable } from "./page.ts";
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
