import type { Command } from "commander";
import { importOnlineRetail } from "../../models/generator/online-retail.ts";
import { jsonOption, seedOption, validateOutFolder } from "./options.ts";
import { tell } from "./progress.ts";

interface ImportFlags {
	readonly out: string;
	readonly seed: number;
	readonly json?: true;
}

async function run(file: string, { out, seed, json }: ImportFlags): Promise<void> {
	validateOutFolder(out);
	const summary = await importOnlineRetail(file, out, { seed });
	if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
	else {
		tell("reps and places are synthesised; SYNTHESISED.md in the folder says what is");
		process.stdout.write(`${out}\n`);
	}
}

/** `carteira import`: public order data as a portfolio folder. */
export function addImportCommand(program: Command): void {
	program
		.command("import")
		.description("make a portfolio folder of other data")
		.command("online-retail")
		.description("of the order lines of Online Retail II; reps and places, which it lacks, are synthesised")
		.argument("<file>", "online_retail_II.csv.gz")
		.requiredOption("--out <folder>", "the portfolio folder to write")
		.addOption(seedOption().default(1))
		.addOption(jsonOption())
		.action(run);
}
