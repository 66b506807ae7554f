import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import {
	CarteiraError,
	createEngine,
	type Desk,
	type Engine,
	type PlanDocument,
	type Portfolio,
	readPortfolio,
	replan,
	suggest,
	whatIf,
} from "../../engine/index.ts";
import { writePlanFile } from "../store/plan-file.ts";
import { given, modelOption, validateFolder, validateOutFile } from "./options.ts";
import { readPlanJson, readPublished } from "./read-plan.ts";

interface DecideFlags {
	readonly published?: string;
	readonly model?: string;
	readonly out?: string;
}

interface Decision {
	readonly folder: string;
	/** Where the request lies; `-`: standard input. */
	readonly request: string;
	readonly flags: DecideFlags;
}

async function readRequest(path: string): Promise<unknown> {
	const text = await readFile(path === "-" ? "/dev/stdin" : path, "utf8").catch((error: Error) => {
		throw new CarteiraError("NOT_FOUND", `request ${path} cannot be read: ${error.message}`);
	});
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new CarteiraError("INVALID_INPUT", `request ${path} is not JSON: ${error instanceof Error ? error.message : "unreadable"}`);
	}
}

/** Answers on stdout as JSON; a plan goes to `--out`, where one is named. */
async function tellAnswer({ plan, ...answer }: { readonly plan?: PlanDocument }, { out }: DecideFlags): Promise<void> {
	if (out !== undefined && plan) await writePlanFile(out, plan);
	process.stdout.write(`${JSON.stringify(out === undefined && plan ? { ...answer, plan } : answer)}\n`);
}

async function withEngine(
	{ folder, request, flags }: Decision,
	work: (engine: Engine, portfolio: Portfolio, order: unknown) => Promise<object>,
): Promise<void> {
	validateFolder(folder);
	validateOutFile(flags.out);
	const order = await readRequest(request);
	const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });
	const engine = await createEngine({ threads: 1, ...given({ model: flags.model }) });
	try {
		await tellAnswer(await work(engine, portfolio, order), flags);
	} finally {
		await engine.close();
	}
}

/** A command on a plan file: `decide` answers a request at its desk. */
function addDeskCommand(
	program: Command,
	name: string,
	description: string,
	decide: (desk: Desk, plan: unknown, order: unknown) => object,
): void {
	program
		.command(name)
		.description(description)
		.argument("<folder>", "portfolio folder")
		.argument("<plan>", "plan.json")
		.argument("<request>", "request as JSON, the body that the API takes; - reads standard input")
		.option("--published <plan.json>", "the plan that was in force, where changes to it were priced")
		.option("--out <file>", "write the plan of the answer to a file")
		.addOption(modelOption())
		.action(async (folder: string, planFile: string, request: string, flags: DecideFlags) => {
			const plan = await readPlanJson(planFile);
			const published = flags.published === undefined ? undefined : await readPublished(flags.published);
			await withEngine({ folder, request, flags }, async (engine, portfolio, order) =>
				decide(await engine.desk(portfolio, plan, published), plan, order),
			);
		});
}

/** `carteira replan`, `suggest`, `what-if` and `assess`: decisions about a plan, in files. */
export function addDecideCommands(program: Command): void {
	addDeskCommand(program, "replan", "revise a plan during its days: what is done or promised stays", replan);
	addDeskCommand(program, "suggest", "rank days and times for one customer", suggest);
	addDeskCommand(program, "what-if", "what forcing, forbidding or relaxing would bring or cost", whatIf);
	program
		.command("assess")
		.description("score and check a plan made by people, and show what would be changed first")
		.argument("<folder>", "portfolio folder")
		.argument("<request>", "agendas as JSON, the body that the API takes; - reads standard input")
		.option("--out <file>", "write the plan, with its times and values, to a file")
		.addOption(modelOption())
		.action((folder: string, request: string, flags: DecideFlags) =>
			withEngine({ folder, request, flags }, async (engine, portfolio, order) => engine.assess(portfolio, order)),
		);
}
