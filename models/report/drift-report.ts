import type { Calibration, DriftReport } from "../evaluation/drift.ts";
import { heading, note, page, paragraph, sheetTable } from "./page.ts";
import { decimals, formatSheet, percent, type Sheet } from "./sheets.ts";

/** The drift of each day for people. */
export function formatDrift(reports: readonly DriftReport[]): string {
	return reports
		.map((report) => [titleOf(report), summaryOf(report), ...warningsOf(report), ...sheetsOf(report).map(formatSheet)].join("\n\n"))
		.join("\n\n\n");
}

/** The drift of each day as a page of its own. */
export function renderDrift(reports: readonly DriftReport[]): string {
	const parts = reports.flatMap((report) => [
		heading(titleOf(report)),
		paragraph(summaryOf(report)),
		...warningsOf(report).map(note),
		...sheetsOf(report).map(sheetTable),
	]);
	return page("Drift", parts);
}

function titleOf({ model, asOf, numCustomers }: DriftReport): string {
	return `${asOf} ${model}, ${numCustomers} customers that ordered in the year before`;
}

function summaryOf({ columns }: DriftReport): string {
	if (columns === null) return "Inputs cannot be compared: the model folder holds no reference, or nobody has ordered.";
	const count = (state: string): number => columns.filter((column) => column.state === state).length;
	return `${columns.length} inputs: ${count("stable")} stable, ${count("moved")} moved (PSI from 0.1), ${count("shifted")} shifted (from 0.25).`;
}

function warningsOf({ calibration }: DriftReport): string[] {
	return calibration?.hasSeen ? ["The model learned from days after the origin of the calibration: its figures flatter it."] : [];
}

function sheetsOf({ columns, baseRate, calibration }: DriftReport): Sheet[] {
	const drifted = (columns ?? []).filter(({ state }) => state !== "stable");
	const told = (share: number | null): string => (share === null ? "–" : percent(share));
	return [
		{
			title: "Share without an order in 90 days",
			head: ["", "share"],
			rows: [
				["when the model was trained", told(baseRate.trained)],
				["at the newest finished origin", told(baseRate.now)],
			],
		},
		...(calibration ? [calibrationSheet(calibration)] : []),
		...(drifted.length > 0
			? [
					{
						title: "Inputs that are not as the model learned them",
						head: ["", "PSI", "KS", "state"],
						rows: drifted.map(({ name, psi, ks, state }) => [name, decimals(psi), decimals(ks), state]),
					},
				]
			: []),
	];
}

function calibrationSheet({ origin, numCustomers, baseRate, meanScore, logLoss, ece }: Calibration): Sheet {
	return {
		title: `Calibration: ${numCustomers} customers on ${origin}`,
		head: ["", "did not", "said", "log-loss ↓", "ECE ↓"],
		rows: [["no order in 90 days", percent(baseRate), percent(meanScore), decimals(logLoss), decimals(ece)]],
	};
}
