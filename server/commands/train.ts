import { type Command, Option } from "commander";
import { CarteiraError, type Portfolio, readPortfolio } from "../../engine/index.ts";
import { exportTrainingTable, train } from "../../models/index.ts";
import { asOfOption, given, jsonOption, seedOption, validateFolder, validateOutFile, validateOutFolder } from "./options.ts";
import { createProgress, tell, warn } from "./progress.ts";
import { tellWarnings } from "./report.ts";

const TASKS = ["churn", "mix", "all"] as const;

interface TrainFlags {
	readonly asOf: number;
	readonly task: (typeof TASKS)[number];
	readonly seed?: number;
	readonly out?: string;
	readonly export?: string;
	readonly json?: true;
}

/** Writes the training table with a bar; answers the number of rows. */
async function writeTable(portfolio: Portfolio, asOf: number, out: string): Promise<number> {
	const progress = createProgress("exporting");
	try {
		return await exportTrainingTable(portfolio, { asOf, out, onProgress: (done, total) => progress.update(done, total, "origins") });
	} finally {
		progress.end();
	}
}

async function run(folder: string, { asOf, task, seed, out, export: table, json }: TrainFlags): Promise<void> {
	validateFolder(folder);
	if (out === undefined && table === undefined)
		throw new CarteiraError("USAGE", "expected --out for a model, or --export for its training table");
	if (out !== undefined) validateOutFolder(out);
	if (table !== undefined) validateOutFile(table, "--export");
	const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
	tellWarnings(portfolio.reports);
	const rows = table === undefined ? undefined : await writeTable(portfolio, asOf, table);
	const summary = out === undefined ? undefined : await train(portfolio, { asOf, task, out, onProgress: tell, ...given({ seed }) });
	if (summary?.fallback !== undefined)
		warn(`no net of its own for churn, the scores are those of a buy-till-you-die model: ${summary.fallback}`);
	const answer = { ...summary, ...(rows !== undefined && { table, rows }) };
	const words = [
		...(rows === undefined ? [] : [`${table} ${rows} rows`]),
		...(summary ? [`${summary.folder} ${summary.model}, ${summary.seconds} s`] : []),
	];
	process.stdout.write(json ? `${JSON.stringify(answer)}\n` : `${words.join("\n")}\n`);
}

/** `carteira train`: the models from a portfolio's own orders. */
export function addTrainCommand(program: Command): void {
	program
		.command("train")
		.description("train the models on a portfolio's own orders")
		.argument("<folder>", "portfolio folder; only orders is needed")
		.addOption(asOfOption().makeOptionMandatory())
		.addOption(new Option("--task <task>", "what to train").choices(TASKS).default("all"))
		.addOption(seedOption())
		.option("--out <folder>", "the model folder to write")
		.option("--export <table.parquet>", "write the churn net's training table, for a network trained elsewhere")
		.addOption(jsonOption())
		.action(run);
}
