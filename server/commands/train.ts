import { type Command, Option } from "commander";
import { readPortfolio } from "../../engine/index.ts";
import { train } from "../../models/index.ts";
import { asOfOption, given, jsonOption, seedOption, validateFolder, validateOutFolder } from "./options.ts";
import { tell } from "./progress.ts";

const TASKS = ["churn", "mix", "all"] as const;

interface TrainFlags {
	readonly asOf: number;
	readonly task: (typeof TASKS)[number];
	readonly seed?: number;
	readonly out: string;
	readonly json?: true;
}

async function run(folder: string, { asOf, task, seed, out, json }: TrainFlags): Promise<void> {
	validateFolder(folder);
	validateOutFolder(out);
	const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
	const summary = await train(portfolio, { asOf, task, out, onProgress: tell, ...given({ seed }) });
	process.stdout.write(json ? `${JSON.stringify(summary)}\n` : `${summary.folder} ${summary.model}, ${summary.seconds} s\n`);
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
		.requiredOption("--out <folder>", "the model folder to write")
		.addOption(jsonOption())
		.action(run);
}
