import type { PlanDocument, Violation } from "./agenda/plan-document.ts";
import type { PlanContext } from "./agenda/context.ts";
import { assessPlan, type Decided, type Decision, type DecisionKind, openDesk } from "./decisions/decide.ts";
import { checkPlan } from "./check/check-plan.ts";
import { forecastHere, forecastInThread, type ForecastRequest } from "./forecast-thread.ts";
import type { ForecastDocument } from "./forecast/forecast-document.ts";
import type { DistantMonitor, StoredLook } from "./monitor/look.ts";
import { planSnapshot } from "./plan-snapshot.ts";
import { type PlanHooks, type PlanOptions, planPortfolio } from "./plan.ts";
import type { Population } from "./policy/population.ts";
import type { Portfolio } from "./portfolio/portfolio.ts";
import type { PlanRequest, Question } from "./question.ts";
import type { Snapshot } from "./portfolio/snapshot/snapshot.ts";
import type { Assessment } from "./replan/assess.ts";
import type { Desk } from "./replan/desk.ts";
import { loadPredictor } from "./scoring/predictor.ts";
import { surveyPopulation, understand } from "./understand.ts";
import { valuerOf } from "./valuer.ts";
import { createDecisionThread } from "./decisions/decision-thread.ts";
import { createMonitorThread } from "./monitor/monitor-thread.ts";
import { createPool } from "./workers/pool.ts";

export interface EngineOptions {
	/** Solver threads; default: the machine's. */
	readonly threads?: number;
	/** Model folder; default: the one shipped. */
	readonly model?: string;
}

/** A running engine: it owns the solver threads and the loaded model until it is closed. */
export interface Engine {
	/**
	 * Plans a portfolio; the same request and iterations give the same bytes on any number of threads. With a population the portfolio may
	 * be a slice that holds the customers of the reps asked for, or come with a way to cut slices: the plan is the same as from the whole.
	 */
	plan(portfolio: Portfolio, request: PlanRequest, hooks?: PlanHooks, options?: PlanOptions): Promise<PlanDocument>;
	/** Plans from a snapshot of a store; a large one rep by rep from slices, with what all others contribute kept in the store. */
	planSnapshot(snapshot: Snapshot, request: PlanRequest, hooks?: PlanHooks): Promise<PlanDocument>;
	/** Scores and classification of every customer at a day, without planning. */
	score(portfolio: Portfolio, request: Question): Promise<PlanContext>;
	/** Measures a whole portfolio once, so that each of its reps can be planned from a slice. */
	survey(portfolio: Portfolio, request: Question): Promise<Population>;
	/** Forecasts sales, margin and positivation, with intervals calibrated on the portfolio's own past. INVALID_INPUT for a plan of another day. */
	forecast(portfolio: Portfolio, request: ForecastRequest): Promise<ForecastDocument>;
	/** The same of a snapshot, in a thread of its own. */
	forecastSnapshot(snapshot: Snapshot, request: ForecastRequest): Promise<ForecastDocument>;
	/** Looks at a snapshot, on a thread of its own that keeps the last looks open. Its questions reject with BUSY where too many wait. */
	monitorSnapshot(snapshot: Snapshot, look: Omit<StoredLook, "portfolio">): DistantMonitor;
	/**
	 * Recomputes a plan from the inputs and lists every rule it breaks. The money of each contact is recomputed too where the engine
	 * holds the plan's model and is given what the receipt names beside it: the published plan whose changes had a price, the population
	 * of earlier inputs. Of a revision, what it kept and how much it changed are judged beside the plan `revised`.
	 */
	check(
		portfolio: Portfolio,
		plan: unknown,
		published?: PlanDocument,
		revised?: unknown,
		population?: Population,
	): Promise<readonly Violation[]>;
	/**
	 * A desk at which a plan is revised, questioned and explained: the inputs are read once, as of the plan's day, so that each decision takes
	 * milliseconds. `published` is the plan whose changes were priced when the plan was made. INVALID_INPUT where it is no plan.
	 */
	desk(portfolio: Portfolio, plan: unknown, published?: PlanDocument): Promise<Desk>;
	/** Scores a plan made by people, lists what it breaks and what the optimiser would change first. INVALID_INPUT names what does not fit. */
	assess(portfolio: Portfolio, order: unknown, policy?: unknown): Promise<Assessment>;
	/** Answers a decision about stored plans on a thread of its own, which keeps the last desks open. BUSY where too many wait. */
	decide<Kind extends DecisionKind>(decision: Decision<Kind>): Promise<Decided<Kind>>;
	close(): Promise<void>;
}

/** Starts an engine. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
	const predictor = await loadPredictor(options.model);
	const pool = createPool(options.threads === undefined ? {} : { threads: options.threads });
	const decisions = createDecisionThread(options.model);
	const looks = createMonitorThread();
	return {
		plan: (portfolio, request, hooks, population) => planPortfolio(portfolio, request, { predictor, pool }, hooks, population),
		planSnapshot: (snapshot, request, hooks = {}) => planSnapshot(snapshot, request, { predictor, pool }, hooks, { model: options.model }),
		score: async (portfolio, request) => understand(portfolio, request, predictor),
		survey: async (portfolio, request) => surveyPopulation(portfolio, request, predictor),
		forecast: async (portfolio, request) => forecastHere(portfolio, request, predictor),
		forecastSnapshot: ({ folder, sha }, request) =>
			forecastInThread({ store: folder, sha, request, ...(options.model !== undefined && { model: options.model }) }),
		monitorSnapshot: ({ folder, sha }, look) => looks.open({ ...look, portfolio: { folder, sha } }),
		check: async (portfolio, plan, published, revised, population) =>
			checkPlan(portfolio, plan, {
				valuer: valuerOf(portfolio, predictor, published, population),
				...(revised !== undefined && { revised }),
			}),
		desk: async (portfolio, plan, published) => openDesk(portfolio, plan, published, predictor),
		assess: async (portfolio, order, policy) => assessPlan(portfolio, order, policy, predictor),
		decide: (decision) => decisions.run(decision),
		close: async () => void (await Promise.all([pool.close(), decisions.close(), looks.close()])),
	};
}
