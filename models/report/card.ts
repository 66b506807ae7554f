import type { BuyTillYouDie } from "../../engine/scoring/buy-till-you-die.ts";
import type { ModelManifest } from "../../engine/scoring/model-folder.ts";
import type { ChurnReport } from "../evaluation/evaluate-churn.ts";
import { churnPlots } from "./charts.ts";
import { facts, heading, note, page, paragraph, sheetTable } from "./page.ts";
import { churnSheets, percent } from "./sheets.ts";

/** The page that says what a model is: what it learned from, how it did on what it had not seen, what it looks at. */
export async function renderCard(manifest: ModelManifest, reports: readonly ChurnReport[]): Promise<string> {
	const { name, churn, training } = manifest;
	const parts = [facts(factsOf(manifest)), ...(training?.fallback ? [note(fallbackText(training.fallback))] : []), heading("Churn")];
	if (reports.length === 0)
		parts.push(paragraph("Nothing was held back to judge it on: the history was too short, or its nets came from elsewhere."));
	else parts.push(paragraph(HELD_BACK));
	for (const report of reports) parts.push(...churnSheets(report).map(sheetTable), await churnPlots(report, training?.curve));
	return page(name, [
		...parts,
		paragraph(orderModelsText(churn)),
		heading("What it looks at"),
		...(["churn", "replenish", "open"] as const).map((net) => paragraph(`${net}: ${manifest[net].inputs.join(", ")}`)),
		heading("What it does not say"),
		paragraph("The probabilities hold under usual service: nothing here measures what a contact changes."),
	]);
}

const HELD_BACK =
	"A net that knew only what was over 90 days before, asked about the 90 days that followed; when to stop training was chosen on the same days. Intervals are 95 %, by bootstrap over customers.";

function orderModelsText({ buyTillYouDie, bgNbd, bgShare }: ModelManifest["churn"]): string {
	const told = ({ k, r, alpha, a, b }: BuyTillYouDie): string =>
		`k = ${k}, r = ${r.toFixed(3)}, α = ${alpha.toFixed(3)}, a = ${a.toFixed(3)}, b = ${b.toFixed(3)}`;
	return `It starts from two buy-till-you-die models in intervals of the base, MBG/CNBD-k (${told(buyTillYouDie)}) and, with a share of ${percent(bgShare)}, BG/NBD (${told(bgNbd)}).`;
}

function fallbackText(why: string): string {
	return `The churn scores are those of the buy-till-you-die models: ${why}.`;
}

function factsOf({ trainedOn, asOf, seed, digest, churn, training }: ModelManifest): Record<string, unknown> {
	const story = training && {
		Events: `${training.numEvents} of ${training.numCustomers} customers, ${training.from} to ${training.to}`,
		"Data digest": training.data,
		Origins: training.origins.length === 0 ? "none" : `${training.origins.length}, ${training.origins.at(-1)} to ${training.origins[0]}`,
		Seeds: churn.numSeeds,
		Seconds: training.seconds,
		...(training.base && { "Other nets from": training.base }),
	};
	return { "Trained on": trainedOn, "History before": asOf, Seed: seed, ...story, "Weights digest": digest };
}
