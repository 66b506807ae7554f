import { createBriefer } from "./agenda/brief.ts";
import type { PlanContext } from "./agenda/context.ts";
import { kpisOf } from "./agenda/kpis.ts";
import { createVoice } from "./agenda/messages.ts";
import type { PlanDocument, Receipt, RepPlan, Unplanned, UnmetRequired } from "./agenda/plan-document.ts";
import { problemOf } from "./agenda/problem-of.ts";
import { canonicalJson, digestOf, planIdOf } from "./agenda/receipt.ts";
import { publishedContacts, publishedDates } from "./agenda/published.ts";
import { repPlanOf } from "./agenda/rep-plan.ts";
import { unmetOf, unplannedOf } from "./agenda/unplanned.ts";
import { CarteiraError } from "./errors.ts";
import { type Cases, prepareCases } from "./policy/cases.ts";
import type { RepCase } from "./policy/case.ts";
import { effectsBasisOf } from "./policy/effect-rows.ts";
import { dataThroughOf } from "./portfolio/data-through.ts";
import { MOST_LISTED, MOST_STALE_DAYS } from "./portfolio/feed.ts";
import { type Portfolio, rowsById } from "./portfolio/portfolio.ts";
import { type Population, validateSlice } from "./policy/population.ts";
import { REQUIRED_TO_PLAN, type TableName } from "./portfolio/schema.ts";
import type { Predictor } from "./scoring/predictor.ts";
import { buildProblem, type Solution } from "./solver/problem.ts";
import { type Day, formatDay } from "./units.ts";
import { ENGINE, type Question, type PopulationOptions, understand } from "./understand.ts";
import type { SolverPool } from "./workers/pool.ts";

export { ENGINE, understand } from "./understand.ts";

const DEFAULT_SECONDS = 5;

export interface PlanRequest extends Question {
	/** Ids; default: every rep of the table. */
	readonly reps?: readonly string[];
	readonly seed?: number;
	/** Search iterations a rep; by rep id, the counts of a receipt repeat its plan exactly. */
	readonly iterations?: number | Readonly<Record<string, number>>;
	/** Wall-clock seconds of search a rep; 5 where neither is given. */
	readonly seconds?: number;
	/** The published plan, whose changes have a price. */
	readonly published?: PlanDocument;
}

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

interface Services {
	readonly predictor: Predictor;
	readonly pool: SolverPool;
}

/** What one rep contributes to a plan. */
interface RepResult {
	readonly plan: RepPlan;
	readonly iterations: number;
	readonly unplanned: readonly Unplanned[];
	readonly unmet: readonly UnmetRequired[];
	/** Dates on which this agenda contacts a customer. */
	readonly contacted: readonly (readonly [customer: number, date: Day])[];
}

/**
 * Plans every rep's days: portfolio → scores → phases → values → solve → plan. With a population the portfolio may be a slice that holds
 * the customers of the reps asked for, and those that managers among them are called in for.
 */
export async function planPortfolio(
	portfolio: Portfolio,
	request: PlanRequest,
	services: Services,
	hooks: PlanHooks = {},
	options: PopulationOptions = {},
): Promise<PlanDocument> {
	requireTables(portfolio);
	const selected = selectReps(portfolio, request.reps);
	if (options.population) validateSlice(options.population, portfolio, request.reps ? selected : null);
	hooks.onProgress?.({ phase: "scoring", repsDone: 0, numReps: portfolio.tables.reps.numRows, valueCents: 0, boundCents: 0 });
	const context = understand(portfolio, request, services.predictor, options);
	const { published } = request;
	const cases = prepareCases({ ...context, published: publishedContacts(portfolio, published), publishedDates: publishedDates(published) });
	const results = await solveAll(context, cases, selected, request, services.pool, hooks);
	return documentOf(context, cases, selected, request, results);
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
	context: PlanContext,
	cases: Cases,
	selected: ReadonlySet<number>,
	request: PlanRequest,
	pool: SolverPool,
	hooks: PlanHooks,
): Promise<Map<number, RepResult>> {
	const voice = createVoice(context.policy.language, context.policy.currency);
	const brief = createBriefer(context, voice);
	const results = new Map<number, RepResult>();
	const totals = { value: 0, bound: 0 };
	for (const wave of cases.waves) {
		const taken = takenContacts(results.values());
		const queue = wave.filter((rep) => selected.has(rep));
		const next = async (): Promise<void> => {
			for (let rep = queue.shift(); rep !== undefined; rep = queue.shift()) {
				const repCase = cases.build(rep, taken);
				const solution = await solveCase(context, repCase, request, pool, hooks.stop);
				results.set(rep, {
					plan: repPlanOf(context, repCase, solution, brief, voice),
					iterations: solution.iterations,
					unplanned: unplannedOf(context, repCase, solution),
					unmet: unmetOf(context, repCase, solution),
					contacted: contactedBy(repCase, solution),
				});
				totals.value += solution.value;
				totals.bound += solution.upperBound;
				hooks.onProgress?.({
					phase: "solving",
					repsDone: results.size,
					numReps: selected.size,
					valueCents: totals.value,
					boundCents: totals.bound,
				});
			}
		};
		await Promise.all(Array.from({ length: pool.numThreads + 1 }, next)); // one case is built while the threads solve
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

function takenContacts(results: Iterable<RepResult>): ReadonlyMap<number, readonly Day[]> {
	const taken = new Map<number, Day[]>();
	for (const { contacted } of results) {
		for (const [customer, date] of contacted) taken.set(customer, [...(taken.get(customer) ?? []), date]);
	}
	return taken;
}

function contactedBy(repCase: RepCase, solution: Solution): [number, Day][] {
	return solution.schedules.flatMap(({ slot, contacts }) =>
		contacts.map(({ option }): [number, Day] => [repCase.options[option].customer, repCase.days[repCase.slots[slot].day]]),
	);
}

function documentOf(
	context: PlanContext,
	cases: Cases,
	selected: ReadonlySet<number>,
	request: PlanRequest,
	results: ReadonlyMap<number, RepResult>,
): PlanDocument {
	const { policy, horizon, asOf } = context;
	const inOrder = [...selected].sort((a, b) => a - b).flatMap((rep) => results.get(rep) ?? []);
	const inWaves = cases.order.flatMap((rep) => results.get(rep) ?? []);
	const receipt = receiptOf(context, request, inOrder);
	const reps = inOrder.map(({ plan }) => plan);
	const unmet = inOrder.flatMap((result) => result.unmet);
	const unplanned = leftByAll(context, inWaves, request.reps ? [] : cases.orphans);
	return {
		plan_id: planIdOf(receipt),
		as_of: formatDay(asOf),
		horizon: { from: formatDay(asOf), to: formatDay(horizon[horizon.length - 1]) },
		currency: policy.currency,
		policy,
		receipt,
		kpis: kpisOf(reps, unplanned),
		reps,
		unplanned,
		unmet_required: unmet,
		warnings: warningsOf(context),
	};
}

/**
 * Customers that no agenda holds and no promise names, once each. Of several agendas that leave one out, the first with the most to
 * gain speaks; what it says is proven only if every one of them proves it.
 */
function leftByAll({ portfolio }: PlanContext, results: readonly RepResult[], orphans: Cases["orphans"]): Unplanned[] {
	const { customer_id: ids } = portfolio.tables.customers.texts;
	const left = new Map(
		orphans.map((orphan) => orphanOf(ids.at(orphan.customer) ?? "", orphan.reasons)).map((row) => [row.customer_id, row]),
	);
	for (const { unplanned } of results) {
		for (const row of unplanned) left.set(row.customer_id, mergeLeft(left.get(row.customer_id), row));
	}
	for (const { contacted, unmet } of results) {
		for (const [customer] of contacted) left.delete(ids.at(customer) ?? "");
		for (const { customer_id } of unmet) left.delete(customer_id);
	}
	return [...left.values()];
}

function mergeLeft(one: Unplanned | undefined, other: Unplanned): Unplanned {
	if (!one) return other;
	const isOpen = ({ reasons }: Unplanned): boolean => reasons.some(({ proven }) => !proven);
	const isProven = !isOpen(one) && !isOpen(other);
	const speaker = isOpen(other) && (!isOpen(one) || other.value_forgone_cents > one.value_forgone_cents) ? other : one;
	const rest = (speaker === one ? other : one).reasons.filter(({ code }) => !speaker.reasons.some((reason) => reason.code === code));
	const reasons = isProven ? [...speaker.reasons, ...rest] : speaker.reasons.map((reason) => ({ ...reason, proven: false }));
	return { ...speaker, reasons };
}

function orphanOf(customerId: string, reasons: Unplanned["reasons"]): Unplanned {
	return { customer_id: customerId, rep_id: null, reasons, value_forgone_cents: 0, next_best_day: null };
}

function receiptOf(
	{ portfolio, policy, scores, asOf, population }: PlanContext,
	request: PlanRequest,
	results: readonly RepResult[],
): Receipt {
	return {
		as_of: formatDay(asOf),
		inputs_digest: portfolio.digest,
		policy_digest: digestOf(canonicalJson(policy)),
		effects: effectsBasisOf(policy),
		model: scores.model,
		engine: ENGINE,
		travel: "straight",
		seed: request.seed ?? 1,
		iterations: Object.fromEntries(results.map(({ plan, iterations }) => [plan.rep_id, iterations])),
		data_through: dataThrough(portfolio, asOf, population),
		...(population && isOlder(population, portfolio) && { population: population.of.inputs }),
		published: request.published?.plan_id ?? null,
		...(request.reps && { reps: [...request.reps].sort((a, b) => (a < b ? -1 : 1)) }),
	};
}

/** Last dates of the whole portfolio; of a slice of newer inputs, its own where they are later. */
function dataThrough(portfolio: Portfolio, asOf: Day, population: Population | undefined): Receipt["data_through"] {
	const through = { ...population?.dataThrough };
	for (const [table, day] of Object.entries(dataThroughOf(portfolio.tables, asOf)) as [TableName, Day][])
		through[table] = Math.max(day, through[table] ?? day);
	return Object.fromEntries(Object.entries(through).map(([table, day]) => [table, formatDay(day)]));
}

function isOlder({ of }: Population, portfolio: Portfolio): boolean {
	return of.inputs !== portfolio.digest;
}

function warningsOf({ portfolio, history, feed, policy, asOf, population }: PlanContext): string[] {
	const warnings = portfolio.reports.flatMap((report) => [
		...report.warnings,
		...(report.numQuarantined > 0 ? [`${report.table}: ${report.numQuarantined} rows were set aside`] : []),
	]);
	if (history.eventDay.length === 0 && !population?.numEvents)
		warnings.push(`orders: none before ${formatDay(asOf)}; every customer counts as a prospect`);
	if (feed.staleDays > 0) {
		const count = `${feed.staleDays}${feed.staleDays === MOST_STALE_DAYS ? " or more" : ""} working days`;
		const beyond = feed.staleDays > policy.stale_after_days ? `, more than stale_after_days ${policy.stale_after_days}` : "";
		warnings.push(`orders: nothing trusted since ${formatDay(feed.silenceFrom)} (${count}${beyond}); silence is counted up to then`);
	}
	if (population && isOlder(population, portfolio))
		warnings.push(
			`population: classes, seasons, products and team results are those of the inputs ${population.of.inputs}, before the latest import`,
		);
	if (feed.missingDays.length > 0) warnings.push(`orders: no orders on ${firstDates(feed.missingDays)}`);
	if (feed.thinDays.length > 0) warnings.push(`orders: abnormally few on ${firstDates(feed.thinDays)}`);
	return warnings;
}

function firstDates(days: readonly Day[]): string {
	const most = 10;
	const numMore = days.length === MOST_LISTED ? "many" : days.length - most;
	const more = days.length > most ? ` and ${numMore} more` : "";
	return `${days.slice(0, most).map(formatDay).join(", ")}${more}`;
}
