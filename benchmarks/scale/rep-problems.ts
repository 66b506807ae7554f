import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemOf } from "../../engine/agenda/problem-of.ts";
import { understand } from "../../engine/understand.ts";
import { prepareCases } from "../../engine/policy/cases.ts";
import { isManager } from "../../engine/policy/ownership.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { readPortfolio } from "../../engine/portfolio/reading/read-portfolio.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { buildProblem } from "../../engine/solver/problem.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { generate } from "../../models/generator/generate.ts";
import { numInsideBefore } from "../../models/generator/staff.ts";
import type { SolveLaneOptions } from "./solve-options.ts";

/** A rep's problem, ready for the pool. */
export interface RepProblem {
	/** Seed of the distributor / rep id. */
	readonly name: string;
	readonly buffer: SharedArrayBuffer;
	readonly numCustomers: number;
	/** Kept where the solution will be recounted. */
	readonly spec: ProblemSpec | null;
}

/** Wall seconds on the main thread until the problems are there. */
export interface MakingSeconds {
	readonly generate: number;
	readonly read: number;
	/** Scores, classification and what the cases of a distributor share. */
	readonly score: number;
	/** Cases and problems of the reps. */
	readonly build: number;
}

/** The problems of a few distributors. */
export interface Chunk {
	readonly reps: readonly RepProblem[];
	readonly seconds: MakingSeconds;
}

/**
 * Makes distributor after distributor until there are enough reps, by the path that a plan takes: generated, read, scored, a case and a
 * problem a rep. Managers and reps without visits are left out, and reps do not see what others of the team contact. Only the problems of
 * one chunk are kept.
 */
export async function* makeChunks(options: SolveLaneOptions): AsyncGenerator<Chunk> {
	const predictor = await loadPredictor();
	const every = Math.ceil(options.reps / options.recount);
	const isRecounted = (rep: number): boolean => options.recount > 0 && rep % every === 0;
	let made = 0;
	for (let distributor = 0; made < options.reps; ) {
		const reps: RepProblem[] = [];
		const seconds = { generate: 0, read: 0, score: 0, build: 0 };
		for (let i = 0; i < options.chunk && made < options.reps; i++, distributor++) {
			for await (const rep of makeDistributor(options, options.seed + distributor, predictor, seconds)) {
				reps.push(isRecounted(made) ? rep : { ...rep, spec: null });
				if (++made === options.reps) break;
			}
		}
		yield { reps, seconds };
	}
}

type Stopwatch = { -readonly [stage in keyof MakingSeconds]: number };

async function* makeDistributor(
	options: SolveLaneOptions,
	seed: number,
	predictor: Predictor,
	seconds: Stopwatch,
): AsyncGenerator<RepProblem & { readonly spec: ProblemSpec }> {
	const portfolio = await readGenerated(options, seed, seconds);
	const scored = performance.now();
	const context = understand(portfolio, { asOf: options.asOf, horizonDays: options.days }, predictor);
	const cases = prepareCases({ ...context, published: new Map() });
	seconds.score += since(scored);
	for (const rep of cases.order) {
		const { reps } = portfolio.tables;
		if (isManager(reps, rep)) continue;
		const built = performance.now();
		const spec = problemOf(cases.build(rep, new Map()), portfolio, context.policy);
		if (!isOnTheRoad(spec)) continue;
		const { buffer, numCustomers } = buildProblem(spec);
		seconds.build += since(built);
		yield { name: `${seed}/${reps.texts.rep_id.at(rep) ?? rep}`, buffer, numCustomers, spec };
	}
}

/** A made portfolio, on disk for the time of reading only. Inside reps get twice a rep's customers, which come on top. */
async function readGenerated(options: SolveLaneOptions, seed: number, seconds: Stopwatch): Promise<Portfolio> {
	const { customers, repsEach, asOf } = options;
	const out = mkdtempSync(join(tmpdir(), "carteira-scale-"));
	try {
		const generated = performance.now();
		const size = { customers: customers * (repsEach + numInsideBefore(repsEach)), reps: repsEach };
		await generate({ ...size, seed, asOf, format: "csv", out });
		seconds.generate += since(generated);
		const read = performance.now();
		const portfolio = await readPortfolio(out);
		seconds.read += since(read);
		return portfolio;
	} finally {
		rmSync(out, { recursive: true });
	}
}

function isOnTheRoad(spec: ProblemSpec): boolean {
	return spec.options.some(({ channel }) => channel === 0) && spec.slots.some(({ maxVisits }) => maxVisits > 0);
}

function since(start: number): number {
	return (performance.now() - start) / 1000;
}
