import Table from "cli-table3";
import type { Command } from "commander";
import { createEngine, type ForecastDocument, readPortfolio } from "../../engine/index.ts";
import { forecastPage } from "../pages/forecast-page.ts";
import { asOfOption, given, jsonOption, modelOption, validateFolder, validateOutFile } from "./options.ts";
import { readPlanJson } from "./read-plan.ts";
import { tellWarnings } from "./report.ts";
import { type DocumentFlags, documentFormatOption, languageOption, writeDocument } from "./write-document.ts";

interface ForecastFlags extends DocumentFlags {
	readonly asOf: number;
	readonly plan?: string;
	readonly model?: string;
}

type Range = ForecastDocument["groups"][number]["figures"][number]["without_plan"];

/** The forecast as a table for people: a row a part and horizon. */
export function formatForecast({ groups, notes, currency, level, as_of, calibration }: ForecastDocument): string {
	const money = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
	const shown = (range: Range, scale: number): string =>
		`${money.format(range.mean / scale)} (${money.format(range.lower / scale)}–${money.format(range.upper / scale)})`;
	const table = new Table({
		head: ["", "days", `revenue, ${currency}`, `margin, ${currency}`, "positivated customers"],
		style: { head: [], border: [], compact: true },
	});
	for (const { by, id, figures } of groups)
		for (const days of new Set(figures.map(({ horizon_days }) => horizon_days))) {
			const cells = figures
				.filter(({ horizon_days }) => horizon_days === days)
				.map(({ metric, without_plan, with_plan }) => {
					const scale = metric === "positivation" ? 1 : 100;
					return with_plan ? `${shown(without_plan, scale)} → ${shown(with_plan, scale)}` : shown(without_plan, scale);
				});
			table.push([by === "total" ? by : `${by} ${id ?? "none"}`, days, ...cells]);
		}
	const inside = calibration.coverage.reduce((sum, { num_inside }) => sum + num_inside, 0);
	const all = calibration.coverage.reduce((sum, { num_intervals }) => sum + num_intervals, 0);
	const measured =
		all > 0 ? `; at ${calibration.origins.length} past days they held ${((100 * inside) / all).toFixed(0)} % of ${all} figures` : "";
	return [
		`Forecast from ${as_of}, with ${100 * level} % intervals${measured}`,
		table.toString(),
		...notes.map(({ code, detail }) => `${code}: ${detail}`),
	].join("\n");
}

async function run(folder: string, flags: ForecastFlags): Promise<void> {
	const { asOf, plan, model, out } = flags;
	validateFolder(folder);
	validateOutFile(out);
	const planJson = plan === undefined ? undefined : await readPlanJson(plan);
	const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
	tellWarnings(portfolio.reports);
	const engine = await createEngine({ threads: 1, ...given({ model }) });
	try {
		const document = await engine.forecast(portfolio, { asOf, plan: planJson });
		await writeDocument(document, flags, {
			...document,
			table: () => formatForecast(document),
			page: (speech) => forecastPage(speech, document, null),
		});
	} finally {
		await engine.close();
	}
}

/** `carteira forecast`: what the next 30, 60 and 90 days will bring. */
export function addForecastCommand(program: Command): void {
	program
		.command("forecast")
		.description("forecast sales, margin and positivated customers of the next 30, 60 and 90 days, with intervals")
		.argument("<folder>", "portfolio folder; only orders is needed")
		.addOption(asOfOption().makeOptionMandatory())
		.option("--plan <plan.json>", "a plan of that day: what it adds to usual service")
		.addOption(modelOption())
		.option("--out <file>", "write the forecast: forecast.json, or a page forecast.html")
		.addOption(documentFormatOption())
		.addOption(languageOption())
		.addOption(jsonOption())
		.action(run);
}
