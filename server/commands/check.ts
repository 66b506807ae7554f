import Table from "cli-table3";
import type { Command } from "commander";
import { type Portfolio, type Violation, createEngine, readPortfolio } from "../../engine/index.ts";
import { EXIT, type SetExit } from "./exit.ts";
import { jsonOption, validateFolder } from "./options.ts";
import { readPlanJson } from "./read-plan.ts";
import { tell } from "./progress.ts";

const MAX_LISTED = 100;

function formatViolations(violations: readonly Violation[]): string {
	const table = new Table({ head: ["rule", "where", "what"], style: { head: [], border: [], compact: true }, wordWrap: true });
	for (const { rule, pointer, message } of violations.slice(0, MAX_LISTED)) table.push([rule, pointer, message]);
	const numLeft = violations.length - MAX_LISTED;
	return `${table.toString()}\n${numLeft > 0 ? `… and ${numLeft} more\n` : ""}`;
}

async function checkOnce(portfolio: Portfolio, plan: unknown): Promise<readonly Violation[]> {
	const engine = await createEngine({ threads: 1 });
	try {
		return await engine.check(portfolio, plan);
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
		.addOption(jsonOption())
		.action(async (folder: string, planFile: string, { json }: { json?: true }) => {
			validateFolder(folder);
			const plan = await readPlanJson(planFile);
			const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });
			const violations = await checkOnce(portfolio, plan);
			if (violations.length > 0) setExit(EXIT.violations);
			if (json) process.stdout.write(`${JSON.stringify({ num_violations: violations.length, violations })}\n`);
			else if (violations.length > 0) process.stdout.write(formatViolations(violations));
			else tell("no violations");
		});
}
