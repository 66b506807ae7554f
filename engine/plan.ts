import { createBriefer } from "./agenda/brief.ts";
import type { PlanContext } from "./agenda/context.ts";
import { createVoice, type Voice } from "./agenda/messages.ts";
import type { PlanDocument } from "./agenda/plan-document.ts";
import { problemOf } from "./agenda/problem-of.ts";
import { publishedContacts, publishedDates } from "./agenda/published.ts";
import { repPlanOf } from "./agenda/rep-plan.ts";
import { unmetOf, unplannedOf } from "./agenda/unplanned.ts";
import { documentOf, type RepResult } from "./document.ts";
import { CarteiraError } from "./errors.ts";
import { type Cases, namedOrphans, prepareCases } from "./policy/cases.ts";
import type { RepCase } from "./policy/case.ts";
import { type Portfolio, rowsById } from "./portfolio/portfolio.ts";
import { validateSlice } from "./policy/population.ts";
import { REQUIRED_TO_PLAN } from "./portfolio/schema.ts";
import type { PlanRequest } from "./question.ts";
import type { Predictor } from "./scoring/predictor.ts";
import { buildProblem } from "./solver/problem.ts";
import type { Solution } from "./solver/solution.ts";
import type { Day } from "./units.ts";
import { type PopulationOptions, settingBy, understand } from "./understand.ts";
import type { SolverPool } from "./workers/pool.ts";

const DEFAULT_SECONDS = 5;

export interface PlanProgress {
	readonly phase: "scoring" | "solving";
	readonly repsDone: number;
	readonly numReps: number;
	readonly valueCents: number;
	readonly boundCents: number;
}

export interface PlanHooks {
	onProgress?(progress: PlanProgress): void;
	/** Shared one-cell flag: 1 stops the search and keeps the best plan so far. */
	readonly stop?: Int32Array;
}

export interface Services {
	readonly predictor: Predictor;
	readonly pool: SolverPool;
}

/** Where one rep is planned: the inputs understood, and the cases of their customers. */
interface Desk {
	readonly context: PlanContext;
	readonly cases: Cases;
	readonly voice: Voice;
	readonly brief: ReturnType<typeof createBriefer>;
}

export interface PlanOptions extends PopulationOptions {
	/**
	 * Cuts the slice of a rep, with the customers named beside its own. With it and a population no more than one slice a thread is ever
	 * understood at once, while the threads solve, and of the portfolio itself only its small tables are read.
	 */
	readonly slice?: (repIds: readonly string[], customerIds: readonly string[]) => Portfolio;
}

/**
 * Plans every rep's days: portfolio → scores → phases → values → solve → plan. With a population the portfolio may be a slice that holds
 * the customers of the reps asked for, and those that managers among them are called in for; or the whole, with a way to cut slices.
 */
export async function planPortfolio(
	portfolio: Portfolio,
	request: PlanRequest,
	services: Services,
	hooks: PlanHooks = {},
	options: PlanOptions = {},
): Promise<PlanDocument> {
	requireTables(portfolio);
	const selected = selectReps(portfolio, request.reps);
	const { population, slice } = options;
	if (population) validateSlice(population, portfolio, request.reps ? selected : null);
	hooks.onProgress?.({ phase: "scoring", repsDone: 0, numReps: portfolio.tables.reps.numRows, valueCents: 0, boundCents: 0 });
	const deskAt = (inputs: Portfolio): Desk => openDesk(understand(inputs, request, services.predictor, options), request.published);
	const solve = (deskOf: (rep: number) => Desk, waves: Cases["waves"]): Promise<Map<number, RepResult>> =>
		solveAll(deskOf, waves, selected, request, services.pool, hooks);
	if (population && slice) {
		const idOf = (rep: number): string => portfolio.tables.reps.texts.rep_id.at(rep) ?? "";
		const { escalated, waves, orphans } = population.cases;
		const setting = settingBy(population, portfolio, request, services.predictor.model, options.populationOf);
		const results = await solve((rep) => {
			const own = slice([idOf(rep)], escalated.get(rep) ?? []);
			validateSlice(population, own, [rep]);
			return deskAt(own);
		}, waves);
		return documentOf({ ...setting, orphans }, request, results);
	}
	const desk = deskAt(portfolio);
	const { context, cases } = desk;
	const hasOrders = context.history.eventDay.length > 0 || (population?.numEvents ?? 0) > 0;
	const setting = { ...context, model: context.scores.model, hasOrders, orphans: namedOrphans(cases.orphans, portfolio) };
	return documentOf(setting, request, await solve(() => desk, cases.waves));
}

function openDesk(context: PlanContext, published: PlanDocument | undefined): Desk {
	const { portfolio, policy } = context;
	const voice = createVoice(policy.language, policy.currency);
	const inputs = { ...context, published: publishedContacts(portfolio, published), publishedDates: publishedDates(published) };
	return { context, cases: prepareCases(inputs), voice, brief: createBriefer(context, voice) };
}

function requireTables(portfolio: Portfolio): void {
	const missing = REQUIRED_TO_PLAN.filter((table) => !portfolio.given.has(table));
	if (missing.length > 0)
		throw new CarteiraError("INVALID_INPUT", `a plan needs the tables ${REQUIRED_TO_PLAN.join(", ")}; missing: ${missing.join(", ")}`);
}

function selectReps(portfolio: Portfolio, ids: readonly string[] | undefined): ReadonlySet<number> {
	const { reps } = portfolio.tables;
	const rows = new Map([...rowsById(reps, "rep_id")].filter(([, row]) => row < reps.numRows)); // a stub is no rep to plan
	const unknown = (ids ?? []).filter((id) => !rows.has(id));
	if (unknown.length > 0) throw new CarteiraError("INVALID_INPUT", `reps that the table does not have: ${unknown.slice(0, 10).join(", ")}`);
	return new Set(ids ? ids.map((id) => rows.get(id) ?? -1) : rows.values());
}

/**
 * Solves the waves in order: agendas that take customers over from others first. Inside a wave reps are independent, so the plan does
 * not depend on which thread ends first.
 */
async function solveAll(
	deskOf: (rep: number) => Desk,
	waves: Cases["waves"],
	selected: ReadonlySet<number>,
	request: PlanRequest,
	pool: SolverPool,
	hooks: PlanHooks,
): Promise<Map<number, RepResult>> {
	const results = new Map<number, RepResult>();
	const totals = { value: 0, bound: 0 };
	for (const wave of waves) {
		const taken = takenContacts(results.values());
		const inWave = wave.filter((rep) => selected.has(rep));
		const done = new Map<number, RepResult>();
		const queue = [...inWave];
		const next = async (): Promise<void> => {
			for (let rep = queue.shift(); rep !== undefined; rep = queue.shift()) {
				const { context, cases, brief, voice } = deskOf(rep);
				const repCase = cases.build(rep, takenIn(context.portfolio, taken));
				const solution = await solveCase(context, repCase, request, pool, hooks.stop);
				done.set(rep, {
					plan: repPlanOf(context, repCase, solution, brief, voice),
					iterations: solution.iterations,
					unplanned: unplannedOf(context, repCase, solution),
					unmet: unmetOf(context, repCase, solution),
					contacted: contactedBy(context.portfolio, repCase, solution),
				});
				totals.value += solution.value;
				totals.bound += solution.upperBound;
				hooks.onProgress?.({
					phase: "solving",
					repsDone: results.size + done.size,
					numReps: selected.size,
					valueCents: totals.value,
					boundCents: totals.bound,
				});
			}
		};
		await Promise.all(Array.from({ length: pool.numThreads + 1 }, next)); // one case is built while the threads solve
		for (const rep of inWave) {
			const result = done.get(rep);
			if (result) results.set(rep, result);
		}
	}
	return results;
}

function solveCase(
	context: PlanContext,
	repCase: RepCase,
	request: PlanRequest,
	pool: SolverPool,
	stop: Int32Array | undefined,
): Promise<Solution> {
	const { iterations, seconds, seed = 1 } = request;
	const repId = context.portfolio.tables.reps.texts.rep_id.at(repCase.rep) ?? "";
	const mine = typeof iterations === "object" ? (iterations[repId] ?? 0) : iterations;
	const budget = mine === undefined ? { seconds: seconds ?? DEFAULT_SECONDS } : { iterations: mine };
	const problem = buildProblem(problemOf(repCase, context.portfolio, context.policy));
	return pool.solve(problem.buffer, { seed, ...budget, ...(stop && { stop }) });
}

/** Dates by customer, by id: rows are a slice's own. */
function takenContacts(results: Iterable<RepResult>): ReadonlyMap<string, readonly Day[]> {
	const taken = new Map<string, Day[]>();
	for (const { contacted } of results) {
		for (const [customerId, date] of contacted) taken.set(customerId, [...(taken.get(customerId) ?? []), date]);
	}
	return taken;
}

function takenIn({ tables: { customers } }: Portfolio, taken: ReadonlyMap<string, readonly Day[]>): ReadonlyMap<number, readonly Day[]> {
	const rows = new Map<number, readonly Day[]>();
	if (taken.size === 0) return rows;
	for (let row = 0; row < customers.length; row++) {
		const dates = taken.get(customers.texts.customer_id.at(row) ?? "");
		if (dates) rows.set(row, dates);
	}
	return rows;
}

function contactedBy({ tables: { customers } }: Portfolio, repCase: RepCase, solution: Solution): [string, Day][] {
	return solution.schedules.flatMap(({ slot, contacts }) =>
		contacts.map(({ option }): [string, Day] => [
			customers.texts.customer_id.at(repCase.options[option].customer) ?? "",
			repCase.days[repCase.slots[slot].day],
		]),
	);
}
