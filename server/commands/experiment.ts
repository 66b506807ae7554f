import { type Command, Option } from "commander";
import { type Portfolio, readPortfolio, validatePolicy } from "../../engine/index.ts";
import {
	EXPERIMENT_UNITS,
	type ExperimentUnit,
	designExperiment,
	type ExperimentDesign,
	type ExperimentReport,
	formatDesign,
	formatExperiment,
	reportExperiment,
} from "../../models/index.ts";
import { writeDurably } from "../durable-file.ts";
import { experimentPage } from "../pages/experiment-page.ts";
import { asOfOption, dayArgument, jsonOption, numberArgument, seedOption, validateFolder, validateOutFile } from "./options.ts";
import { type DocumentFlags, documentFormatOption, languageOption, writeDocument } from "./write-document.ts";

interface DesignFlags extends DocumentFlags {
	readonly name: string;
	readonly from: number;
	readonly to: number;
	readonly share: number;
	readonly unit?: ExperimentUnit;
	readonly seed?: number;
}

interface ReportFlags extends DocumentFlags {
	readonly name: string;
	readonly asOf: number;
}

const open = (folder: string): Promise<Portfolio> => readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });

/** Writes a design or a report where and how the flags say. */
async function show(portfolio: Portfolio, document: ExperimentDesign | ExperimentReport, flags: DocumentFlags, table: () => string) {
	const { currency, language } = validatePolicy(portfolio.policy);
	await writeDocument(document, flags, { currency, language, table, page: (speech) => experimentPage(speech, document, null) });
}

async function design(folder: string, { name, out, ...flags }: DesignFlags) {
	validateFolder(folder);
	validateOutFile(out);
	const portfolio = await open(folder);
	const { from, to, share, unit, seed = 1 } = flags;
	return { portfolio, found: designExperiment(portfolio, { experiment: name, from, to, share, seed, ...(unit && { unit }) }) };
}

async function runDesign(folder: string, flags: DesignFlags): Promise<void> {
	const { portfolio, found } = await design(folder, flags);
	await show(portfolio, found, flags, () => formatDesign(found));
}

async function runAssign(folder: string, flags: DesignFlags & { readonly out: string }): Promise<void> {
	const { policy, unit, num_held_out, num_units, guardrails } = (await design(folder, flags)).found;
	await writeDurably(flags.out, (file) => file.writeFile(`${JSON.stringify(policy, null, "\t")}\n`));
	const answer = { out: flags.out, num_held_out, num_units, guardrails };
	process.stdout.write(
		flags.json
			? `${JSON.stringify(answer)}\n`
			: `${flags.out} ${num_held_out} of ${num_units} ${unit === "customer" ? "customers" : "days of reps"} held out\n`,
	);
}

async function runReport(folder: string, flags: ReportFlags): Promise<void> {
	validateFolder(folder);
	validateOutFile(flags.out);
	const portfolio = await open(folder);
	const report = reportExperiment(portfolio, { experiment: flags.name, asOf: flags.asOf });
	await show(portfolio, report, flags, () => formatExperiment(report));
}

/** Flags of what is shown to people. */
function shown(command: Command): Command {
	return command.addOption(documentFormatOption()).addOption(languageOption());
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
	shown(drawing(experiment.command("design").description("state what a hold-out could find, before it is drawn")))
		.option("--out <file>", "write the design: design.json, or a page design.html")
		.action(runDesign);
	drawing(experiment.command("assign").description("write the hold-out as fields of a policy, for policy.json or plan --policy"))
		.requiredOption("--out <holdout.json>", "the file to write")
		.action(runAssign);
	shown(experiment.command("report"))
		.description("what planning brought, with intervals, and who is ready for the next step of the roll-out")
		.argument("<folder>", "portfolio folder, whose policy.json has the hold-out")
		.requiredOption("--name <experiment>", "of the policy's hold_outs")
		.addOption(asOfOption().makeOptionMandatory())
		.option("--out <file>", "write the report: report.json, or a page report.html")
		.addOption(jsonOption())
		.action(runReport);
}
