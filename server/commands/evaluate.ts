import { extname } from "node:path";
import { type Command, Option } from "commander";
import { readPortfolio } from "../../engine/index.ts";
import { evaluate, formatEvaluation, renderEvaluation } from "../../models/index.ts";
import { writeDurably } from "../durable-file.ts";
import { dayArgument, given, jsonOption, modelOption, seedOption, validateFolder, validateOutFile } from "./options.ts";
import { tell } from "./progress.ts";

interface EvaluateFlags {
	readonly asOf: number[];
	readonly baselines?: true;
	readonly model?: string;
	readonly seed?: number;
	readonly out?: string;
	readonly json?: true;
}

type Reports = Awaited<ReturnType<typeof evaluate>>;

const asJson = (reports: Reports): string => `${JSON.stringify(reports, null, "\t")}\n`;
const asText = (reports: Reports): string => `${formatEvaluation(reports)}\n`;

/** The report in the format that the file's ending names. */
async function formatFor(out: string, reports: Reports): Promise<string> {
	const ending = extname(out);
	if (ending === ".html") return renderEvaluation(reports);
	return ending === ".json" ? asJson(reports) : asText(reports);
}

async function run(folder: string, { asOf: origins, baselines, model, seed, out, json }: EvaluateFlags): Promise<void> {
	validateFolder(folder);
	validateOutFile(out);
	const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
	const reports = await evaluate(portfolio, { origins, onProgress: tell, ...given({ baselines, model, seed }) });
	if (out !== undefined) {
		const text = await formatFor(out, reports);
		await writeDurably(out, (file) => file.writeFile(text));
	}
	process.stdout.write(json ? asJson(reports) : asText(reports));
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
		.addOption(modelOption())
		.addOption(seedOption())
		.option("--out <file>", "write the report: .html a page with plots, .json, or text")
		.addOption(jsonOption())
		.action(run);
}
