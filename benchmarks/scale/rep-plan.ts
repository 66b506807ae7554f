import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { problemOf } from "../../engine/agenda/problem-of.ts";
import {
	createEngine,
	loadPopulation,
	parseDay,
	type Population,
	populationKey,
	type Portfolio,
	readPortfolio,
	savePopulation,
	surveyPopulation,
	understand,
} from "../../engine/index.ts";
import { prepareCases } from "../../engine/policy/cases.ts";
import { loadPredictor } from "../../engine/scoring/predictor.ts";
import { buildProblem } from "../../engine/solver/problem.ts";
import { generate } from "../../models/generator/generate.ts";
import { sliceOf } from "../../test/slice-of.ts";
import { wholeOf } from "../option-values.ts";

/**
 * What a rep's plan costs before it is searched: from the whole portfolio, and from a slice with the portfolio's population, which is
 * surveyed once. CPU seconds beside those of the clock, since other work on the machine only moves the latter. Reading the portfolio and
 * cutting the slices are left out. Exit code 1 where a plan from a slice is not the whole's to the byte.
 */
const options = new Command()
	.option("--customers <n>", "customers", "10000")
	.option("--reps <n>", "reps that sell", "50")
	.option("--seed <n>", "seed of the data", "7")
	.option("--sample <n>", "reps planned from slices", "5")
	.parse()
	.opts<Record<"customers" | "reps" | "seed" | "sample", string>>();

const ITERATIONS = 20;
const asOf = parseDay("2026-11-23");

interface Cost {
	readonly seconds: number;
	readonly cpu: number;
}
const costs: Record<string, Cost[]> = {};

function timed<T>(step: string, work: () => T): T {
	const [started, before] = [performance.now(), process.cpuUsage()];
	const result = work();
	const { user, system } = process.cpuUsage(before);
	(costs[step] ??= []).push({ seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 });
	return result;
}

const predictor = await loadPredictor();
const engine = await createEngine({ threads: 1 });
const folder = mkdtempSync(join(tmpdir(), "carteira-rep-plan-"));
try {
	const size = { customers: wholeOf("--customers", options.customers, 1, 1e7), reps: wholeOf("--reps", options.reps, 1, 1e4) };
	await generate({ ...size, seed: Number(options.seed), asOf, format: "parquet", out: join(folder, "portfolio") });
	const portfolio = await readPortfolio(join(folder, "portfolio"));
	const population = stored(
		timed("survey", () => surveyPopulation(portfolio, { asOf }, predictor)),
		portfolio,
	);
	const { texts, numRows } = portfolio.tables.reps;
	const ids = Array.from({ length: numRows }, (_, row) => texts.rep_id.at(row) ?? "");
	const sample = Math.min(numRows, wholeOf("--sample", options.sample, 1, 1e4));
	const chosen = Array.from({ length: sample }, (_, i) => Math.floor((i * numRows) / sample));
	problemBy("whole", portfolio, chosen[0]);
	const slices = chosen.map((rep) => sliceOf(portfolio, [ids[rep]], population.cases.escalated.get(rep) ?? []));
	for (const [i, rep] of chosen.entries()) problemBy("slice", slices[i], rep, population);
	const request = { asOf, reps: [ids[chosen[0]]], iterations: ITERATIONS };
	const plan = await engine.plan(slices[0], request, {}, { population });
	const isSame = JSON.stringify(plan) === JSON.stringify(await engine.plan(portfolio, request));
	const rows = { customers: portfolio.tables.customers.length, lines: portfolio.tables.orders.numRows };
	const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
	console.log(JSON.stringify({ data: "synthetic", ...rows, reps: numRows, isSame, peak_megabytes: megabytes, costs: medians() }));
	if (!isSame) process.exitCode = 1;
} finally {
	await engine.close();
	rmSync(folder, { recursive: true });
}

/** The population as another process would have it. */
function stored(population: Population, portfolio: Portfolio): Population {
	const path = join(folder, "population");
	timed("save", () => savePopulation(path, population));
	console.error(`population: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
	return timed("load", () => loadPopulation(path, populationKey(portfolio, { asOf }, predictor.model)));
}

function problemBy(way: string, portfolio: Portfolio, rep: number, population?: Population): void {
	const context = timed(`${way}: understand`, () => understand(portfolio, { asOf }, predictor, population ? { population } : {}));
	const cases = timed(`${way}: prepare`, () => prepareCases(context));
	const repCase = timed(`${way}: case`, () => cases.build(rep, new Map()));
	timed(`${way}: problem`, () => buildProblem(problemOf(repCase, portfolio, context.policy)));
}

/** Of each step over the reps, to the millisecond. */
function medians(): Record<string, Cost> {
	const middle = (values: number[]): number => Number(values.sort((a, b) => a - b)[values.length >> 1].toFixed(3));
	return Object.fromEntries(
		Object.entries(costs).map(([step, all]) => [
			step,
			{ seconds: middle(all.map(({ seconds }) => seconds)), cpu: middle(all.map(({ cpu }) => cpu)) },
		]),
	);
}
