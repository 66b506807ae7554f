import { once } from "node:events";
import { extname } from "node:path";
import { type Command, Option } from "commander";
import pc from "picocolors";
import {
	type Engine,
	type PlanDocument,
	type PlanHooks,
	type PlanRequest,
	type Portfolio,
	type Snapshot,
	createEngine,
	formatAgendaCsv,
	formatAgendaIcs,
	formatAgendaTable,
	isStore,
	openSnapshot,
	readPortfolio,
	validatePolicy,
} from "../../engine/index.ts";
import { writeDurably } from "../durable-file.ts";
import { daySheetPage } from "../pages/day-sheet-page.ts";
import { chooseLanguage, createSpeech } from "../pages/speech.ts";
import { createPlaces } from "../places.ts";
import { writePlan, writePlanFile } from "../store/plan-file.ts";
import {
	asOfOption,
	given,
	horizonOption,
	iterationsOption,
	jsonOption,
	modelOption,
	secondsOption,
	seedOption,
	threadsOption,
	today,
	validateFolder,
	validateOutFile,
} from "./options.ts";
import { createProgress, tell, warn } from "./progress.ts";
import { readPolicyFields, readPublished, readSearch } from "./read-plan.ts";
import { tellReports } from "./report.ts";
import { languageOption } from "./write-document.ts";

const FORMATS = ["table", "json", "csv", "ics", "html"] as const;
type Format = (typeof FORMATS)[number];

interface PlanFlags {
	readonly asOf: number;
	readonly horizonDays?: number;
	readonly seed?: number;
	readonly iterations?: number;
	readonly iterationsOf?: string;
	readonly seconds?: number;
	readonly threads?: number;
	readonly model?: string;
	readonly rep?: string[];
	readonly policy?: string;
	readonly published?: string;
	readonly out?: string;
	readonly format?: Format;
	readonly json?: true;
	readonly language?: string;
}

/** The format asked for, else the one that the file's ending names. */
function formatOf({ format, json, out }: PlanFlags): Format {
	if (format !== undefined) return format;
	const ending = extname(out ?? "").slice(1);
	const named = FORMATS.find((known) => known === ending);
	return named ?? (json || out !== undefined ? "json" : "table");
}

async function writeStdout(bytes: string | Buffer): Promise<void> {
	if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
}

const width = (): number => process.stdout.columns ?? 160;

/** The sheets of every rep and day, to print. */
function pageOf(plan: PlanDocument, portfolio: Portfolio, asked: string | undefined): Promise<string> {
	const { language } = validatePolicy(plan.policy);
	const speech = createSpeech(chooseLanguage(asked, undefined, language), plan.currency);
	const agendas = plan.reps.flatMap(({ rep_id, days }) => days.map((day) => ({ rep_id, day })));
	return daySheetPage(speech, { plan_ids: [plan.plan_id], horizon: plan.horizon, agendas, placeOf: createPlaces(portfolio) }, null);
}

function textOf(plan: PlanDocument, format: Exclude<Format, "json" | "html">, color: boolean): string {
	if (format === "csv") return formatAgendaCsv(plan);
	if (format === "ics") return formatAgendaIcs(plan);
	return formatAgendaTable(plan, { color, width: width() });
}

async function writeResult(plan: PlanDocument, portfolio: Portfolio, flags: PlanFlags): Promise<void> {
	const format = formatOf(flags);
	const { out } = flags;
	const page = format === "html" ? await pageOf(plan, portfolio, flags.language) : null;
	if (out === undefined) {
		if (format === "json") await writePlan(plan, writeStdout);
		else if (format === "html") await writeStdout(page ?? "");
		else await writeStdout(textOf(plan, format, pc.isColorSupported && process.stdout.isTTY));
		return;
	}
	if (format === "json") await writePlanFile(out, plan);
	else await writeDurably(out, (file) => file.writeFile(format === "html" ? (page ?? "") : textOf(plan, format, false)));
	if (flags.json) await writeStdout(`${JSON.stringify({ plan_id: plan.plan_id, out, kpis: plan.kpis, warnings: plan.warnings })}\n`);
	else await writeStdout(textOf(plan, "table", pc.isColorSupported && process.stdout.isTTY));
}

/** Plans with a bar; the first Ctrl-C ends the search and keeps the best plan so far, the second ends the process. */
async function planWithProgress(
	engine: Engine,
	inputs: { readonly portfolio: Portfolio; readonly snapshot: Snapshot | null },
	request: PlanRequest,
): Promise<PlanDocument> {
	const stop = new Int32Array(new SharedArrayBuffer(4));
	const progress = createProgress("planning");
	const onSignal = (): void => {
		tell("stopping; the best plan so far is kept");
		Atomics.store(stop, 0, 1);
	};
	process.once("SIGINT", onSignal);
	try {
		const hooks: PlanHooks = { stop, onProgress: ({ repsDone, numReps }) => progress.update(repsDone, numReps, "reps") };
		const { portfolio, snapshot } = inputs;
		return await (snapshot ? engine.planSnapshot(snapshot, request, hooks) : engine.plan(portfolio, request, hooks));
	} finally {
		process.off("SIGINT", onSignal);
		progress.end();
	}
}

async function run(folder: string, flags: PlanFlags): Promise<void> {
	validateFolder(folder);
	validateOutFile(flags.out);
	const { asOf, horizonDays, seconds, rep: reps, threads, model } = flags;
	const { seed, iterations } = flags.iterationsOf === undefined ? flags : await readSearch(flags.iterationsOf);
	const published = flags.published === undefined ? undefined : await readPublished(flags.published);
	const policy = flags.policy === undefined ? undefined : await readPolicyFields(flags.policy);
	const portfolio = await readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] });
	const snapshot = isStore(folder) ? openSnapshot(folder) : null;
	tellReports(portfolio.reports);
	const engine = await createEngine(given({ threads, model }));
	try {
		const plan = await planWithProgress(
			engine,
			{ portfolio, snapshot },
			{
				asOf,
				...given({ horizonDays, seed, iterations, seconds, reps, policy, published }),
			},
		);
		for (const warning of plan.warnings) warn(warning);
		await writeResult(plan, portfolio, flags);
	} finally {
		await engine.close();
	}
}

/** `carteira plan`: a portfolio folder in, every rep's agenda out. */
export function addPlanCommand(program: Command): void {
	program
		.command("plan")
		.description("plan every rep's days from a portfolio folder")
		.argument("<folder>", "portfolio folder")
		.addOption(asOfOption().default(today(), "today"))
		.addOption(horizonOption())
		.addOption(seedOption())
		.addOption(iterationsOption())
		.addOption(
			new Option("--iterations-of <plan.json>", "seed and search steps a rep of that plan; repeats it exactly").conflicts([
				"iterations",
				"seconds",
				"seed",
			]),
		)
		.addOption(secondsOption())
		.addOption(threadsOption())
		.addOption(modelOption())
		.option("--rep <id...>", "plan these reps only")
		.option("--policy <fields.json>", "fields laid over the folder's policy.json, such as those that effects writes")
		.option("--published <plan.json>", "the plan in force, whose changes have a price")
		.option("--out <file>", "write the plan to a file, whole or not at all")
		.addOption(new Option("--format <format>", "default: by the file's ending, a table on a terminal").choices(FORMATS))
		.addOption(languageOption())
		.addOption(jsonOption())
		.action(run);
}
