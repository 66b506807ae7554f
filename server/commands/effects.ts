import type { Command } from "commander";
import { readPortfolio } from "../../engine/index.ts";
import { formatEffects, measureEffects } from "../../models/index.ts";
import { writeDurably } from "../durable-file.ts";
import { asOfOption, given, jsonOption, modelOption, validateFolder, validateOutFile } from "./options.ts";
import { warn } from "./progress.ts";

interface EffectsFlags {
	readonly asOf: number;
	readonly model?: string;
	readonly out?: string;
	readonly json?: true;
}

async function run(folder: string, { asOf, model, out, json }: EffectsFlags): Promise<void> {
	validateFolder(folder);
	validateOutFile(out);
	const portfolio = await readPortfolio(folder, { requireTables: ["orders", "contacts"] });
	const report = await measureEffects(portfolio, { asOf, ...given({ model }) });
	for (const warning of report.warnings) warn(warning);
	if (out !== undefined) await writeDurably(out, (file) => file.writeFile(`${JSON.stringify(report.policy, null, "\t")}\n`));
	process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${formatEffects(report)}\n`);
}

/** `carteira effects`: what contacts change, measured by those that a lot withheld. */
export function addEffectsCommand(program: Command): void {
	program
		.command("effects")
		.description("re-estimate what contacts change, from those made and those that a lot held out")
		.argument("<folder>", "portfolio folder; needs orders and contacts")
		.addOption(asOfOption().makeOptionMandatory())
		.addOption(modelOption())
		.option("--out <effects.json>", "write the effects as fields of a policy, for plan --policy or policy.json")
		.addOption(jsonOption())
		.action(run);
}
