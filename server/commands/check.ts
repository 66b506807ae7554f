import Table from "cli-table3";
import type { Command } from "commander";
import { type Portfolio, type Violation, createEngine, readPortfolio } from "../../engine/index.ts";
import { EXIT, type SetExit } from "./exit.ts";
import { given, jsonOption, modelOption, validateFolder } from "./options.ts";
import { readPlanJson, readPublished } from "./read-plan.ts";
import { tell } from "./progress.ts";

const MAX_LISTED = 100;

function formatViolations(violations: readonly Violation[]): string {
	const table = new Table({ head: ["rule", "where", "what"], style: { head: [], border: [], compact: true }, wordWrap: true });
	for (const { rule, pointer, message } of violations.slice(0, MAX_LISTED)) table.push([rule, pointer, message]);
	const numLeft = violations.length - MAX_LISTED;
	return `${table.toString()}\n${numLeft > 0 ? `… and ${numLeft} more\n` : ""}`;
}

interface CheckFlags {
	readonly model?: string;
	readonly published?: string;
	readonly json?: true;
}

async function checkOnce(portfolio: Portfolio, plan: unknown, flags: CheckFlags): Promise<readonly Violation[]> {
	const published = flags.published === undefined ? undefined : await readPublished(flags.published);
	const engine = await createEngine({ threads: 1, ...given({ model: flags.model }) });
	try {
		return await engine.check(portfolio, plan, published);
	} finally {
		await engine.close();
	}
}

/** `carteira check`: recomputes a plan from the inputs and lists every rule it breaks. */
export function addCheckCommand(program: Command, setExit: SetExit): void {
	program
		.command("check")
		.description("check a plan against its portfolio, independently of the solver; exit code 1 when a rule is broken")
		.argument("<folder>", "portfolio folder")
		.argument("<plan>", "plan.json")
		.option("--published <plan.json>", "the plan that was in force, where changes to it were priced")
		.addOption(modelOption())
		.addOption(jsonOption())
		.action(async (folder: string, planFile: string, flags: CheckFlags) => {
			const { json } = flags;
			validateFolder(folder);
			const plan = await readPlanJson(planFile);
			const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });
			const violations = await checkOnce(portfolio, plan, flags);
			if (violations.length > 0) setExit(EXIT.violations);
			if (json) process.stdout.write(`${JSON.stringify({ num_violations: violations.length, violations })}\n`);
			else if (violations.length > 0) process.stdout.write(formatViolations(violations));
			else tell("no violations");
		});
}
