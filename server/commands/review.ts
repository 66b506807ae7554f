import Table from "cli-table3";
import type { Command } from "commander";
import { ENGINE, planPart, readPortfolio, type ReviewDocument, reviewMonth, type ReviewPlan } from "../../engine/index.ts";
import { reviewPage } from "../pages/review-page.ts";
import { jsonOption, validateFolder, validateOutFile } from "./options.ts";
import { readPlanJson } from "./read-plan.ts";
import { tellWarnings } from "./report.ts";
import { type DocumentFlags, documentFormatOption, languageOption, writeDocument } from "./write-document.ts";

interface ReviewFlags extends DocumentFlags {
	readonly month: string;
	readonly plan?: readonly string[];
}

/** The review as tables for people. */
export function formatReview({ month, currency, results, changes, warnings }: ReviewDocument): string {
	const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
	const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
	const style = { head: [], border: [], compact: true };
	const table = new Table({ head: ["", "month", "month before", "change", ""], style });
	for (const { id, unit, value, before, change, verdict } of results) {
		const scale = unit === "cents" ? 100 : 1;
		const name = unit === "cents" ? `${id}, ${currency}` : id;
		table.push([
			name,
			number.format(value / scale),
			number.format(before / scale),
			change === null ? "–" : percent.format(change),
			verdict,
		]);
	}
	const toChange = new Table({ head: ["to change", "", "figure"], style });
	for (const { code, subject, figure } of changes) toChange.push([code, subject, Number(figure.toFixed(2))]);
	return [
		`Review of ${month}`,
		table.toString(),
		...(changes.length > 0 ? [toChange.toString()] : ["Nothing to change."]),
		...warnings.map(({ code, detail }) => `${code}: ${detail}`),
	].join("\n");
}

async function run(folder: string, flags: ReviewFlags): Promise<void> {
	validateFolder(folder);
	validateOutFile(flags.out);
	const plans: ReviewPlan[] = [];
	for (const file of flags.plan ?? []) plans.push(planPart(await readPlanJson(file)));
	const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders"] });
	tellWarnings(portfolio.reports);
	const document = reviewMonth(portfolio, { month: flags.month, plans, engine: ENGINE });
	await writeDocument(document, flags, {
		...document,
		table: () => formatReview(document),
		page: (speech) => reviewPage(speech, document, null),
	});
}

/** `carteira review`: what worked in a month, what did not, what to change. */
export function addReviewCommand(program: Command): void {
	program
		.command("review")
		.description("review a month: what worked, what did not, what to change")
		.argument("<folder>", "portfolio folder; customers and orders are needed, contacts and reps wanted")
		.requiredOption("--month <YYYY-MM>", "the month; nothing dated after it is looked at")
		.option("--plan <file...>", "plans and revisions in force in the month, the first published first")
		.option("--out <file>", "write the review: review.json, or a page review.html")
		.addOption(documentFormatOption())
		.addOption(languageOption())
		.addOption(jsonOption())
		.action(run);
}
