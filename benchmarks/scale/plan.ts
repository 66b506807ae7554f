import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { createEngine, parseDay, parseTime, readPortfolio, type RepPlan } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";

/**
 * The main job on synthetic distributors: seconds of each stage, certified gap, and how busy the reps are. The data are generated, so
 * the figures say what the software does, not what a company would gain.
 */
const options = new Command()
	.option("--customers <n>", "customers", "3000")
	.option("--reps <n>", "reps that sell", "10")
	.option("--seed <n>", "seed of the data and the search", "7")
	.option("--as-of <date>", "first day planned", "2026-11-23")
	.option("--seconds <n>", "search seconds a rep", "20")
	.option("--iterations <n>", "search iterations a rep, in place of seconds")
	.option("--mode <mode>", "routing_mode", "free")
	.option("--threads <n>", "solver threads", String(availableParallelism()))
	.parse()
	.opts<Record<"customers" | "reps" | "seed" | "asOf" | "seconds" | "mode" | "threads", string> & { iterations?: string }>();

const seconds: Record<string, number> = {};
async function timed<T>(stage: string, work: () => Promise<T>): Promise<T> {
	const start = performance.now();
	const result = await work();
	seconds[stage] = (performance.now() - start) / 1000;
	return result;
}

/** Service and all travel over shift less breaks. */
function busyOf(rep: RepPlan): { busy: number; visits: number; calls: number } {
	const entries = rep.days.flatMap((day) => day.entries);
	const service = entries.reduce((sum, entry) => sum + parseTime(entry.end) - parseTime(entry.start), 0);
	const travel = rep.days.reduce((sum, day) => sum + day.travel_seconds, 0);
	const visits = entries.filter(({ channel }) => channel === "visit").length;
	return { busy: (service + travel) / rep.work_seconds, visits, calls: entries.length - visits };
}

const folder = await mkdtemp(join(tmpdir(), "carteira-scale-"));
try {
	const asOf = parseDay(options.asOf);
	const [seed, threads] = [Number(options.seed), Number(options.threads)];
	const size = { customers: Number(options.customers), reps: Number(options.reps) };
	await timed("generate", () => generate({ ...size, seed, asOf, format: "csv", out: folder }));
	const portfolio = await timed("read", () => readPortfolio(folder));
	const engine = await timed("start", () => createEngine({ threads }));
	const budget = options.iterations ? { iterations: Number(options.iterations) } : { seconds: Number(options.seconds) };
	const request = { asOf, seed, ...budget, policy: { routing_mode: options.mode } };
	const plan = await timed("plan", () => engine.plan(portfolio, request));
	const violations = await timed("check", () => engine.check(portfolio, plan));
	await engine.close();

	console.log(
		`${options.customers} customers, ${options.reps} reps, as of ${options.asOf}, ${options.mode}, seed ${seed}, ${JSON.stringify(budget)}, ${threads} threads (synthetic)`,
	);
	for (const rep of plan.reps) {
		const { busy, visits, calls } = busyOf(rep);
		const gap = rep.gap === null ? "–" : `${(100 * rep.gap).toFixed(2)} %`;
		console.log(
			`  ${rep.rep_id}  gap ${gap}  busy ${(100 * busy).toFixed(1)} % of ${(rep.work_seconds / 3600).toFixed(1)} h, due ${(rep.due_seconds / 3600).toFixed(1)} h  visits ${visits}  remote ${calls}  value ${rep.value_cents}`,
		);
	}
	const stages = Object.entries(seconds).map(([stage, time]) => `${stage} ${time.toFixed(1)} s`);
	console.log(
		`mean gap ${(100 * (plan.kpis.mean_gap ?? 0)).toFixed(2)} %  busy ${(100 * (plan.kpis.busy_share ?? 0)).toFixed(1)} %  violations ${violations.length}  ${stages.join("  ")}  peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
	);
	if (violations.length > 0) process.exitCode = 1;
} finally {
	await rm(folder, { recursive: true });
}
