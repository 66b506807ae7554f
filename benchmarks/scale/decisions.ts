import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { createEngine, parseDay, type PlanDocument, readPortfolio, replan, suggest } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import { randomOrders } from "../../test/replan/random-day.ts";
import { wholeOf } from "../option-values.ts";

/**
 * How long a decision takes at an open desk: replannings of seeded days of random events, for each rep concerned, and suggestions for customers
 * left out. CPU milliseconds beside those of the clock, since other work on the machine only moves the latter; the first decision about each rep,
 * which builds its case, is told apart.
 */
const options = new Command()
	.option("--customers <n>", "customers", "3000")
	.option("--reps <n>", "reps that sell", "10")
	.option("--seed <n>", "seed of the data", "7")
	.option("--iterations <n>", "of the plan, for each rep", "20000")
	.option("--days <n>", "seeded days", "60")
	.parse()
	.opts<Record<"customers" | "reps" | "seed" | "iterations" | "days", string>>();

const asOf = parseDay("2026-11-23");

interface Cost {
	readonly cpu: number;
	readonly wall: number;
}

function timed<T>(costs: Cost[], work: () => T, share = 1): T {
	const [started, before] = [performance.now(), process.cpuUsage()];
	const result = work();
	const { user, system } = process.cpuUsage(before);
	costs.push({ cpu: (user + system) / 1000 / share, wall: (performance.now() - started) / share });
	return result;
}

function summaryOf(costs: readonly Cost[]): object {
	const at = (of: keyof Cost, share: number): number => {
		const sorted = costs.map((cost) => cost[of]).sort((a, b) => a - b);
		return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
	};
	return { n: costs.length, cpu_p50: at("cpu", 0.5), cpu_p95: at("cpu", 0.95), wall_p50: at("wall", 0.5), wall_p95: at("wall", 0.95) };
}

const folder = mkdtempSync(join(tmpdir(), "carteira-decisions-"));
const engine = await createEngine();
try {
	const size = { customers: wholeOf("--customers", options.customers, 1, 1e6), reps: wholeOf("--reps", options.reps, 1, 1e4) };
	await generate({ ...size, seed: Number(options.seed), asOf, format: "parquet", out: folder });
	const portfolio = await readPortfolio(folder);
	const plan = await engine.plan(portfolio, { asOf, iterations: wholeOf("--iterations", options.iterations, 1, 1e7) });
	const desk = await engine.desk(portfolio, plan);
	const [first, later, suggestions]: [Cost[], Cost[], Cost[]] = [[], [], []];
	const seen = new Set<string>();
	const live = (order: Parameters<Parameters<typeof randomOrders>[1]>[0], before: PlanDocument): PlanDocument => {
		const reps = [...new Set(order.events?.map(({ rep_id }) => rep_id))];
		const isFirst = reps.some((repId) => !seen.has(repId));
		for (const repId of reps) seen.add(repId);
		return timed(isFirst ? first : later, () => replan(desk, before, order), reps.length).plan;
	};
	for (let seed = 1; seed <= wholeOf("--days", options.days, 1, 1e4); seed++) randomOrders(seed, live, plan);
	const left = plan.unplanned.filter(({ reasons }) => reasons.every(({ proven }) => !proven)).slice(0, 200);
	for (const { customer_id } of left) timed(suggestions, () => suggest(desk, plan, { customer_id }));
	const figures = { first: summaryOf(first), replan: summaryOf(later), suggest: summaryOf(suggestions) };
	console.log(JSON.stringify({ data: "synthetic", ...size, ...figures }));
} finally {
	await engine.close();
	rmSync(folder, { recursive: true, force: true });
}
