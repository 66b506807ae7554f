import { type Command, Option } from "commander";
import { readPortfolio } from "../../engine/index.ts";
import {
	EXPERIMENT_UNITS,
	type ExperimentUnit,
	designExperiment,
	type ExperimentDesign,
	formatDesign,
	formatExperiment,
	reportExperiment,
} from "../../models/index.ts";
import { writeDurably } from "../durable-file.ts";
import { asOfOption, dayArgument, jsonOption, numberArgument, seedOption, validateFolder, validateOutFile } from "./options.ts";

interface DesignFlags {
	readonly name: string;
	readonly from: number;
	readonly to: number;
	readonly share: number;
	readonly unit?: ExperimentUnit;
	readonly seed?: number;
	readonly out?: string;
	readonly json?: true;
}

async function design(folder: string, { name, out, ...flags }: DesignFlags): Promise<ExperimentDesign> {
	validateFolder(folder);
	validateOutFile(out);
	const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });
	return designExperiment(portfolio, {
		experiment: name,
		from: flags.from,
		to: flags.to,
		share: flags.share,
		seed: flags.seed ?? 1,
		...(flags.unit && { unit: flags.unit }),
	});
}

async function runDesign(folder: string, flags: DesignFlags): Promise<void> {
	const found = await design(folder, flags);
	process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : `${formatDesign(found)}\n`);
}

async function runAssign(folder: string, flags: DesignFlags & { readonly out: string }): Promise<void> {
	const { policy, unit, num_held_out, num_units, guardrails } = await design(folder, flags);
	await writeDurably(flags.out, (file) => file.writeFile(`${JSON.stringify(policy, null, "\t")}\n`));
	const answer = { out: flags.out, num_held_out, num_units, guardrails };
	process.stdout.write(
		flags.json
			? `${JSON.stringify(answer)}\n`
			: `${flags.out} ${num_held_out} of ${num_units} ${unit === "customer" ? "customers" : "days of reps"} held out\n`,
	);
}

async function runReport(
	folder: string,
	{ name, asOf, json }: { readonly name: string; readonly asOf: number; readonly json?: true },
): Promise<void> {
	validateFolder(folder);
	const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });
	const report = reportExperiment(portfolio, { experiment: name, asOf });
	process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${formatExperiment(report)}\n`);
}

/** Flags of design and assign, which draw the same lot. */
function drawing(command: Command): Command {
	return command
		.argument("<folder>", "portfolio folder")
		.requiredOption("--name <experiment>", "what the experiment is called")
		.addOption(new Option("--from <date>", "first day").argParser(dayArgument).makeOptionMandatory())
		.addOption(new Option("--to <date>", "last day").argParser(dayArgument).makeOptionMandatory())
		.addOption(
			new Option("--share <s>", "share held out; of a rep's days two a fortnight at least")
				.argParser(numberArgument(0.001, 0.5, false))
				.default(0.05),
		)
		.addOption(new Option("--unit <unit>", "what is drawn: customers, or days of each rep").choices(EXPERIMENT_UNITS).default("customer"))
		.addOption(seedOption())
		.addOption(jsonOption());
}

/** `carteira experiment design|assign|report`: a small random hold-out, and what planning brought against it. */
export function addExperimentCommand(program: Command): void {
	const experiment = program.command("experiment").description("measure what planning brings, by a small random hold-out of customers");
	drawing(experiment.command("design").description("state what a hold-out could find, before it is drawn")).action(runDesign);
	drawing(experiment.command("assign").description("write the hold-out as fields of a policy, for policy.json or plan --policy"))
		.requiredOption("--out <holdout.json>", "the file to write")
		.action(runAssign);
	experiment
		.command("report")
		.description("what planning brought, with intervals, and who is ready for the next step of the roll-out")
		.argument("<folder>", "portfolio folder, whose policy.json has the hold-out")
		.requiredOption("--name <experiment>", "of the policy's hold_outs")
		.addOption(asOfOption().makeOptionMandatory())
		.addOption(jsonOption())
		.action(runReport);
}
