import { type Command, Option } from "commander";
import { parseDay } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import { asOfOption, jsonOption, seedOption, numberArgument, validateOutFolder, wholeArgument } from "./options.ts";
import { createProgress, tell } from "./progress.ts";

const FORMATS = ["csv", "parquet", "arrow"] as const;

interface GenerateFlags {
	readonly customers: number;
	readonly reps: number;
	readonly seed: number;
	readonly holdOut: number;
	readonly asOf: number;
	readonly format: (typeof FORMATS)[number];
	readonly out: string;
	readonly json?: true;
}

async function run({ json, holdOut: holdOutShare, ...options }: GenerateFlags): Promise<void> {
	validateOutFolder(options.out);
	const progress = createProgress("generating");
	const summary = await generate({
		...options,
		holdOutShare,
		onProgress: ({ repsDone, numReps }) => progress.update(repsDone, numReps, "reps"),
	});
	progress.end();
	if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
	else {
		for (const [table, rows] of Object.entries(summary.rows)) tell(`  ${table.padEnd(16)} ${String(rows).padStart(12)} rows`);
		process.stdout.write(`${options.out}\n`);
	}
}

/** `carteira generate`: a synthetic distributor as a portfolio folder. */
export function addGenerateCommand(program: Command): void {
	program
		.command("generate")
		.description("make a realistic synthetic distributor: a portfolio folder with every table, a policy, and the truth beside it")
		.addOption(new Option("--customers <n>", "customers").argParser(wholeArgument(1, 5_000_000)).default(300))
		.addOption(new Option("--reps <n>", "reps that sell").argParser(wholeArgument(1, 10_000)).default(1))
		.addOption(seedOption().default(1))
		.addOption(
			new Option("--hold-out <share>", "share of the contacts that a lot withholds").argParser(numberArgument(0, 0.9, false)).default(0),
		)
		.addOption(asOfOption().default(parseDay("2026-11-23"), "2026-11-23"))
		.addOption(new Option("--format <format>", "format of the tables").choices(FORMATS).default("csv"))
		.requiredOption("--out <folder>", "the portfolio folder to write")
		.addOption(jsonOption())
		.action(run);
}
