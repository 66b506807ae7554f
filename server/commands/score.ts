import { type Command, Option } from "commander";
import { readPortfolio } from "../../engine/index.ts";
import { writeScores } from "../../models/index.ts";
import { asOfOption, given, jsonOption, modelOption, validateFolder, validateOutFile, wholeArgument } from "./options.ts";
import { warn } from "./progress.ts";
import { tellWarnings } from "./report.ts";

interface ScoreFlags {
	readonly asOf: number;
	readonly model?: string;
	readonly horizonDays: number;
	readonly out: string;
	readonly json?: true;
}

async function run(folder: string, { asOf, model, horizonDays, out, json }: ScoreFlags): Promise<void> {
	validateFolder(folder);
	validateOutFile(out);
	const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
	tellWarnings(portfolio.reports);
	const { rows, model: name, warnings } = await writeScores(portfolio, { asOf, horizonDays, out, ...given({ model }) });
	for (const warning of warnings) warn(warning);
	process.stdout.write(json ? `${JSON.stringify({ out, rows, model: name, warnings })}\n` : `${out} ${rows} customers, ${name}\n`);
}

/** `carteira score`: churn risk, expected orders and value of every customer. */
export function addScoreCommand(program: Command): void {
	program
		.command("score")
		.description("write churn risk, expected orders and value of every customer")
		.argument("<folder>", "portfolio folder; only orders is needed")
		.addOption(asOfOption().makeOptionMandatory())
		.addOption(modelOption())
		.addOption(new Option("--horizon-days <n>", "days of the window").argParser(wholeArgument(1, 180)).default(90))
		.requiredOption("--out <scores.csv>", "the file to write")
		.addOption(jsonOption())
		.action(run);
}
