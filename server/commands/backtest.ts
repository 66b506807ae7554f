import { type Command, Option } from "commander";
import { createEngine, type Portfolio, readPortfolio, validatePolicy } from "../../engine/index.ts";
import { backtest, type BacktestOptions, formatBacktest } from "../../models/index.ts";
import { backtestPage } from "../pages/backtest-page.ts";
import { dayArgument, given, jsonOption, modelOption, seedOption, validateFolder, validateOutFile, wholeArgument } from "./options.ts";
import { tell } from "./progress.ts";
import { tellWarnings } from "./report.ts";
import { type DocumentFlags, documentFormatOption, languageOption, writeDocument } from "./write-document.ts";

interface BacktestFlags extends DocumentFlags {
	readonly from: number;
	readonly to: number;
	readonly origins: number;
	readonly windowDays?: number;
	readonly solve?: number;
	readonly model?: string;
	readonly seed?: number;
}

type Solve = NonNullable<BacktestOptions["solve"]>;

async function replay(portfolio: Portfolio, { solve: iterations, ...flags }: BacktestFlags) {
	const { from, to, origins, windowDays, model, seed } = flags;
	const options = { from, to, origins, onProgress: tell, ...given({ windowDays, model, seed }) };
	if (iterations === undefined) return backtest(portfolio, options);
	const engine = await createEngine(given({ model }));
	try {
		const solve: Solve = (past, request) => engine.plan(past, { ...request, seed: seed ?? 1, iterations });
		return await backtest(portfolio, { ...options, solve });
	} finally {
		await engine.close();
	}
}

async function run(folder: string, flags: BacktestFlags): Promise<void> {
	validateFolder(folder);
	validateOutFile(flags.out);
	const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });
	tellWarnings(portfolio.reports);
	const document = await replay(portfolio, flags);
	await writeDocument(document, flags, {
		currency: document.currency,
		language: validatePolicy(portfolio.policy).language,
		table: () => formatBacktest(document),
		page: (speech) => backtestPage(speech, document, null),
	});
}

/** `carteira backtest`: whom the value of a contact would have put first, and what those customers then did. */
export function addBacktestCommand(program: Command): void {
	program
		.command("backtest")
		.description("replay the portfolio's own past: whom the plan would have put first, against naive orders and what reps did")
		.argument("<folder>", "portfolio folder")
		.addOption(new Option("--from <date>", "first origin").argParser(dayArgument).makeOptionMandatory())
		.addOption(new Option("--to <date>", "last origin; its window must be over in the data").argParser(dayArgument).makeOptionMandatory())
		.addOption(new Option("--origins <n>", "origins, evenly between the two").argParser(wholeArgument(1, 100)).default(6))
		.addOption(new Option("--window-days <n>", "days that tell who stopped; default: 90").argParser(wholeArgument(7, 180)))
		.addOption(
			new Option("--solve <iterations>", "also solve a plan at each origin, with so many search steps a rep").argParser(
				wholeArgument(0, 1_000_000),
			),
		)
		.addOption(modelOption())
		.addOption(seedOption())
		.option("--out <file>", "write the answer: backtest.json, or a page backtest.html")
		.addOption(documentFormatOption())
		.addOption(languageOption())
		.addOption(jsonOption())
		.action(run);
}
