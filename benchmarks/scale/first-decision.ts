import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import {
	buildStore,
	createEngine,
	type Decision,
	type DecisionKind,
	openSnapshot,
	parseDay,
	type PlanDocument,
} from "../../engine/index.ts";
import { writePlanFile } from "../../server/store/plan-file.ts";
import { generate } from "../../models/generator/generate.ts";
import { wholeOf } from "../option-values.ts";

/**
 * How long whoever asks first waits for a decision about a large portfolio's plan, and whoever asks next about other reps: an engine that has
 * just started, its decision thread included, with the store and the plan on disk. Milliseconds of the clock and of CPU. Making 100,000 customers
 * and the plan of their reps takes eight CPU minutes, by steps that `--at` keeps, so that a run that was cut goes on where it was.
 */
const options = new Command()
	.option("--customers <n>", "customers", "100000")
	.option("--reps <n>", "reps that sell", "330")
	.option("--seed <n>", "seed of the data", "7")
	.option("--iterations <n>", "of the plan, for each rep", "100")
	.option("--at <folder>", "where store and plan are kept between runs; default: a folder that is removed")
	.parse()
	.opts<Record<"customers" | "reps" | "seed" | "iterations", string> & { at?: string }>();

const asOf = parseDay("2026-11-23");
const folder = options.at ?? mkdtempSync(join(tmpdir(), "carteira-first-"));
const [store, file] = [join(folder, "store"), join(folder, "plan.json")];

async function prepare(): Promise<void> {
	if (existsSync(file)) return;
	if (!existsSync(store)) await prepareStore();
	say("planning every rep");
	const engine = await createEngine();
	const plan = await engine.planSnapshot(openSnapshot(store), { asOf, iterations: wholeOf("--iterations", options.iterations, 0, 1e7) });
	await engine.close();
	await writePlanFile(file, plan);
}

async function prepareStore(): Promise<void> {
	const size = { customers: wholeOf("--customers", options.customers, 1, 1e7), reps: wholeOf("--reps", options.reps, 1, 1e4) };
	const files = join(folder, "files");
	say("making customers and their orders");
	await generate({ ...size, seed: Number(options.seed), asOf, format: "parquet", out: files });
	say("building the store");
	rmSync(`${store}.part`, { recursive: true, force: true });
	await buildStore(files, `${store}.part`);
	renameSync(`${store}.part`, store);
	rmSync(files, { recursive: true });
}

const say = (step: string): void => console.error(`${Math.round(performance.now() / 1000)} s: ${step}`);

/** Answers a question to an engine, with what it cost. */
async function timed<Kind extends DecisionKind>(decide: (decision: Decision<Kind>) => Promise<unknown>, decision: Decision<Kind>) {
	const [started, before] = [performance.now(), process.cpuUsage()];
	await decide(decision);
	const { user, system } = process.cpuUsage(before);
	return { wall: Math.round(performance.now() - started), cpu: Math.round((user + system) / 1000) };
}

try {
	await prepare();
	const plan: PlanDocument = JSON.parse(readFileSync(file, "utf8"));
	const { sha } = openSnapshot(store);
	const subject = { portfolio: { folder: store, sha }, plan: { plan_id: plan.plan_id, file }, published: null };
	const busy = plan.reps.filter(({ days }) => days[0]?.entries.length > 3);
	const left = plan.unplanned.filter(({ rep_id, reasons }) => rep_id !== null && reasons.some(({ proven }) => !proven));
	const of = (rep_id: string) => left.find((row) => row.rep_id === rep_id)?.customer_id ?? left[0].customer_id;
	const rep = (nth: number) => busy[nth % busy.length];
	const delayed = ({ rep_id, days: [{ date, entries }] }: PlanDocument["reps"][number]) => ({
		now: `${date}T${entries[1].end}`,
		events: [{ type: "delayed", rep_id, minutes: 45 }],
	});
	const engine = await createEngine({ threads: 1 });
	const ask = (decision: Decision) => timed((asked: Decision) => engine.decide(asked), decision);
	const costs = {
		first_suggestion: await ask({ kind: "suggest", subject, order: { customer_id: of(rep(0).rep_id) } }),
		same_rep: await ask({ kind: "suggest", subject, order: { customer_id: of(rep(0).rep_id) } }),
		another_rep: await ask({ kind: "suggest", subject, order: { customer_id: of(rep(1).rep_id) } }),
		what_if_of_another: await ask({ kind: "what-if", subject, order: { force: [{ customer_id: of(rep(2).rep_id) }] } }),
		replan: await ask({ kind: "replan", subject, order: delayed(rep(0)) }),
		replan_of_another: await ask({ kind: "replan", subject, order: delayed(rep(3)) }),
	};
	await engine.close();
	const megabytes = { plan: Math.round(statSync(file).size / 1e6), peak: Math.round(process.resourceUsage().maxRSS / 1024) };
	const { customers, reps } = options;
	console.log(JSON.stringify({ data: "synthetic", customers: Number(customers), reps: Number(reps), megabytes, costs }));
} finally {
	if (options.at === undefined) rmSync(folder, { recursive: true, force: true });
}
