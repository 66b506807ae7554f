import { extname } from "node:path";
import { type Command, Option } from "commander";
import { readPortfolio } from "../../engine/index.ts";
import { evaluate, formatDrift, formatEvaluation, measureDrift, renderDrift, renderEvaluation } from "../../models/index.ts";
import { writeDurably } from "../durable-file.ts";
import { dayArgument, given, jsonOption, seedOption, validateFolder, validateOutFile, wholeArgument } from "./options.ts";
import { tell } from "./progress.ts";
import { tellWarnings } from "./report.ts";

interface EvaluateFlags {
	readonly asOf: number[];
	readonly baselines?: true;
	readonly drift?: true;
	readonly model?: string;
	readonly horizonDays?: number;
	readonly seed?: number;
	readonly out?: string;
	readonly json?: true;
}

/** A report in every form that it can be asked for. */
interface Answer {
	readonly json: () => string;
	readonly text: () => string;
	readonly html: () => string | Promise<string>;
}

function answerOf<Report>(
	reports: readonly Report[],
	text: (reports: readonly Report[]) => string,
	html: (reports: readonly Report[]) => string | Promise<string>,
): Answer {
	return {
		json: () => `${JSON.stringify(reports, null, "\t")}\n`,
		text: () => `${text(reports)}\n`,
		html: () => html(reports),
	};
}

async function ask(folder: string, { asOf: origins, drift, baselines, model, horizonDays, seed }: EvaluateFlags): Promise<Answer> {
	const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
	tellWarnings(portfolio.reports);
	if (drift) {
		const reports = origins.map((asOf) => measureDrift(portfolio, { asOf, ...given({ model }) }));
		return answerOf(await Promise.all(reports), formatDrift, renderDrift);
	}
	const options = { origins, onProgress: tell, ...given({ baselines, model, horizonDays, seed }) };
	return answerOf(await evaluate(portfolio, options), formatEvaluation, renderEvaluation);
}

/** The report in the format that the file's ending names. */
async function formatFor(out: string, answer: Answer): Promise<string> {
	const ending = extname(out);
	if (ending === ".html") return answer.html();
	return ending === ".json" ? answer.json() : answer.text();
}

async function run(folder: string, flags: EvaluateFlags): Promise<void> {
	const { out, json } = flags;
	validateFolder(folder);
	validateOutFile(out);
	const answer = await ask(folder, flags);
	if (out !== undefined) {
		const text = await formatFor(out, answer);
		await writeDurably(out, (file) => file.writeFile(text));
	}
	process.stdout.write(json ? answer.json() : answer.text());
}

/** `carteira evaluate`: the models judged on the portfolio's own past. */
export function addEvaluateCommand(program: Command): void {
	program
		.command("evaluate")
		.description("judge the models on the portfolio's own past, at one or more days")
		.argument("<folder>", "portfolio folder; only orders is needed")
		.addOption(
			new Option("--as-of <dates>", "days asked from, with commas between them")
				.argParser((text: string) => text.split(",").map(dayArgument))
				.makeOptionMandatory(),
		)
		.option("--baselines", "measure simple models beside")
		.addOption(
			new Option("--drift", "instead: how far the portfolio of each day is from what the model was trained on").conflicts([
				"baselines",
				"horizonDays",
			]),
		)
		.option("--model <folder>", "model folder or registry to judge; default: one trained at each day, and with --drift the one shipped")
		.addOption(
			new Option("--horizon-days <n>", "days of the question asked of all customers; default: 90").argParser(wholeArgument(1, 180)),
		)
		.addOption(seedOption())
		.option("--out <file>", "write the report: .html a page with plots, .json, or text")
		.addOption(jsonOption())
		.action(run);
}
