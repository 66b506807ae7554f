import type { Command } from "commander";
import { buildStore, CarteiraError, compactStore, isStore } from "../../engine/index.ts";
import { importOnlineRetail } from "../../models/generator/online-retail.ts";
import { importNetwork } from "../../models/index.ts";
import { given, jsonOption, seedOption, validateFolder, validateOutFolder } from "./options.ts";
import { tell } from "./progress.ts";
import { tellReports } from "./report.ts";

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

interface NetworkFlags {
	readonly out: string;
	readonly model?: string;
	readonly json?: true;
}

async function runNetwork(folder: string, { out, model: base, json }: NetworkFlags): Promise<void> {
	validateFolder(folder);
	validateOutFolder(out);
	const summary = await importNetwork(folder, { out, ...given({ base }) });
	process.stdout.write(json ? `${JSON.stringify(summary)}\n` : `${summary.folder} ${summary.model}\n`);
}

interface StoreFlags {
	readonly out: string;
	readonly json?: true;
}

async function runPortfolio(folder: string, { out, json }: StoreFlags): Promise<void> {
	validateFolder(folder);
	validateOutFolder(out);
	if (isStore(folder)) throw new CarteiraError("USAGE", `${folder} is a store already; expected a folder with one file a table`);
	const { digest, reports } = await buildStore(folder, out);
	if (json) process.stdout.write(`${JSON.stringify({ out, digest, reports })}\n`);
	else {
		tellReports(reports);
		process.stdout.write(`${out}\n`);
	}
}

async function runCompact(store: string, { json }: Pick<StoreFlags, "json">): Promise<void> {
	validateFolder(store);
	const compacted = await compactStore(store, true);
	if (json) process.stdout.write(`${JSON.stringify({ store, compacted })}\n`);
	else process.stdout.write(`${store} ${compacted ? "compacted" : "had nothing appended"}\n`);
}

/** `carteira import`: tables as a store, public order data as a portfolio folder, a network trained elsewhere as a model folder. */
export function addImportCommand(program: Command): void {
	const command = program
		.command("import")
		.description("make a store of a portfolio folder, a portfolio folder of other data, or a model folder of a network trained elsewhere");
	command
		.command("portfolio")
		.description("of a portfolio folder: a store, which all commands take in its place and open at once")
		.argument("<folder>", "portfolio folder, one file a table")
		.requiredOption("--out <store>", "the store to make, or in which to put another portfolio in place of what it holds")
		.addOption(jsonOption())
		.action(runPortfolio);
	command
		.command("compact")
		.description("merge what was appended to a store; the server does so by itself")
		.argument("<store>", "portfolio store")
		.addOption(jsonOption())
		.action(runCompact);
	command
		.command("online-retail")
		.description("of the order lines of Online Retail II; reps and places, which it lacks, are synthesised")
		.argument("<file>", "online_retail_II.csv.gz")
		.requiredOption("--out <folder>", "the portfolio folder to write")
		.addOption(seedOption().default(1))
		.addOption(jsonOption())
		.action(run);
	command
		.command("network")
		.description("of a churn network trained on `train --export`; it must say of its samples what it said where it was trained")
		.argument("<folder>", "network.json with network.bin, or with a TensorFlow.js layers model")
		.requiredOption("--out <folder>", "the model folder to write")
		.option("--model <folder>", "model whose mix nets are kept; default: the one shipped")
		.addOption(jsonOption())
		.action(runNetwork);
}
