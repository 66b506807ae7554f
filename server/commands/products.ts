import { type Command, Option } from "commander";
import { readPortfolio } from "../../engine/index.ts";
import { writeProducts } from "../../models/index.ts";
import { asOfOption, given, jsonOption, modelOption, validateFolder, validateOutFile, wholeArgument } from "./options.ts";
import { tellWarnings } from "./report.ts";

interface ProductsFlags {
	readonly asOf: number;
	readonly model?: string;
	readonly top: number;
	readonly newOnly?: true;
	readonly out: string;
	readonly json?: true;
}

async function run(folder: string, { asOf, model, top, newOnly, out, json }: ProductsFlags): Promise<void> {
	validateFolder(folder);
	validateOutFile(out);
	const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
	tellWarnings(portfolio.reports);
	const { rows, model: name } = await writeProducts(portfolio, { asOf, top, out, ...given({ model, newOnly }) });
	process.stdout.write(json ? `${JSON.stringify({ out, rows, model: name })}\n` : `${out} ${rows} suggestions, ${name}\n`);
}

/** `carteira products`: what to offer to every customer. */
export function addProductsCommand(program: Command): void {
	program
		.command("products")
		.description("write the products to offer to every customer, best first")
		.argument("<folder>", "portfolio folder; only orders is needed")
		.addOption(asOfOption().makeOptionMandatory())
		.addOption(modelOption())
		.addOption(new Option("--top <n>", "products a customer").argParser(wholeArgument(1, 1000)).default(20))
		.option("--new-only", "only products that the customer never bought")
		.requiredOption("--out <mix.csv>", "the file to write")
		.addOption(jsonOption())
		.action(run);
}
