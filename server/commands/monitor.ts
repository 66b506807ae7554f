import { type Command, InvalidArgumentError, Option } from "commander";
import {
	CarteiraError,
	FIGURE_IDS,
	FIGURES,
	type FigureId,
	type Grouping,
	GROUPINGS,
	type MonitorCustomers,
	type MonitorDocument,
	openMonitor,
	readPortfolio,
	RATIO_IDS,
	RATIOS,
} from "../../engine/index.ts";
import { monitorPage } from "../pages/monitor-page.ts";
import { asOfOption, jsonOption, validateFolder, validateOutFile, wholeArgument } from "./options.ts";
import { readPublished } from "./read-plan.ts";
import { tellWarnings } from "./report.ts";
import { type DocumentFlags, documentFormatOption, languageOption, writeDocument } from "./write-document.ts";

type MonitorFlags = {
	readonly asOf: number;
	readonly plan?: string;
	readonly by?: Grouping;
	readonly drill?: FigureId;
	readonly cell?: Readonly<Record<string, string>>;
	readonly after: number;
	readonly limit: number;
} & DocumentFlags &
	Readonly<Partial<Record<Grouping, string>>>;

async function run(folder: string, flags: MonitorFlags): Promise<void> {
	const { asOf, plan: path, by, drill, cell = {}, after, limit, json } = flags;
	validateFolder(folder);
	validateOutFile(flags.out);
	const only = onlyOf(flags);
	const plan = path === undefined ? undefined : await readPublished(path);
	const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });
	tellWarnings(portfolio.reports);
	const monitor = openMonitor(portfolio, { asOf, ...(plan && { plan }) });
	if (drill !== undefined) {
		refuseAlien(drill, cell);
		const found = monitor.customers(drill, { cell, after, limit, ...(only && { only }) });
		process.stdout.write(json ? `${JSON.stringify(found)}\n` : formatCustomers(found));
		return;
	}
	const document = monitor.document({ ...(by && { by }), ...(only && { only }) });
	const { currency, language } = document;
	const page: Parameters<typeof writeDocument>[2]["page"] = (speech) => monitorPage(speech, document, null);
	await writeDocument(document, flags, { currency, language, table: () => formatMonitor(document), page });
}

function onlyOf(flags: MonitorFlags): { readonly by: Grouping; readonly key: string } | null {
	const asked = GROUPINGS.flatMap((by) => (flags[by] === undefined ? [] : [{ by, key: flags[by] }]));
	if (asked.length > 1) throw new CarteiraError("USAGE", `--${asked.map(({ by }) => by).join(" and --")} were given; expected one of them`);
	return asked[0] ?? null;
}

function refuseAlien(figure: FigureId, cell: Readonly<Record<string, string>>): void {
	const own: readonly string[] = FIGURES[figure].cells;
	const alien = Object.keys(cell).filter((name) => !own.includes(name));
	if (alien.length > 0)
		throw new CarteiraError("USAGE", `--cell ${alien.join(", ")}: ${figure} has no such cell; expected among ${own.join(", ")}`);
}

/** Figures of all customers asked for, tab by tab. */
function formatMonitor({ language, total, as_of }: MonitorDocument): string {
	const tongue = language.toLowerCase().startsWith("pt") ? "pt" : "en";
	const lines = [`${as_of}  ${total.num_customers}`];
	for (const ratio of RATIO_IDS) lines.push(`${RATIOS[ratio].title[tongue]}  ${total.ratios[ratio] ?? "–"}`);
	for (const figure of FIGURE_IDS) {
		const { cells, measures, title } = FIGURES[figure];
		lines.push("", title[tongue], [...cells, "customers", ...measures].join("\t"));
		for (const row of total.figures[figure]) {
			const values: Readonly<Record<string, string | number | null>> = row;
			lines.push([...cells, "customers", ...measures].map((name) => String(values[name] ?? "–")).join("\t"));
		}
	}
	return lines.join("\n");
}

function formatCustomers({ customers, num_customers: count, next_after: next }: MonitorCustomers): string {
	const lines = customers.map(({ customer_id, name, rep_id, phase, class: cls, cell, measures, on, evidence }) =>
		[
			customer_id,
			name,
			rep_id,
			phase,
			cls,
			...Object.values(cell),
			...Object.values(measures),
			on,
			evidence && `${evidence.table} ${evidence.id} ${evidence.on ?? ""} ${evidence.detail}`,
		]
			.map((value) => String(value ?? "–"))
			.join("\t"),
	);
	return `${[...lines, `${customers.length} / ${count}${next === null ? "" : `, --after ${next}`}`].join("\n")}\n`;
}

function cellArgument(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
	const at = text.indexOf("=");
	if (at < 1) throw new InvalidArgumentError("expected name=value, such as phase=active");
	return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** `carteira monitor`: management figures, and the customers behind each. */
export function addMonitorCommand(program: Command): void {
	const command = program
		.command("monitor")
		.description("management figures of a day: phases, flows, coverage, cadence debt, positivation, breaks by cause, load, targets")
		.argument("<folder>", "portfolio folder or store")
		.addOption(asOfOption().makeOptionMandatory())
		.option("--plan <plan.json>", "a plan whose contacts count")
		.addOption(new Option("--by <group>", "figures of each group too (in JSON)").choices(GROUPINGS));
	for (const by of GROUPINGS) command.option(`--${by} <id>`, `only the customers of this ${by}`);
	command
		.addOption(new Option("--drill <figure>", "the customers behind a figure").choices(FIGURE_IDS))
		.option("--cell <name=value>", "with --drill: only those of a cell; may be given again", cellArgument)
		.addOption(new Option("--after <n>", "with --drill: customers passed over").argParser(wholeArgument(0, 100_000_000)).default(0))
		.addOption(new Option("--limit <n>", "with --drill: at most so many").argParser(wholeArgument(1, 100_000)).default(100))
		.option("--out <file>", "write the figures: monitor.json, or a page monitor.html")
		.addOption(documentFormatOption())
		.addOption(languageOption())
		.addOption(jsonOption())
		.action(run);
}
