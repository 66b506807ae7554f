import type { PlanDocument, Violation } from "./agenda/plan-document.ts";
import type { PlanContext } from "./agenda/context.ts";
import { checkPlan } from "./check/check-plan.ts";
import type { CheckOptions } from "./check/context.ts";
import { type PlanHooks, planPortfolio, type PlanRequest, understand } from "./plan.ts";
import type { Portfolio } from "./portfolio/portfolio.ts";
import { recomputeTerms } from "./recompute-terms.ts";
import { loadPredictor, type Predictor } from "./scoring/predictor.ts";
import { type Day, parseDay } from "./units.ts";
import { assess, assessRequest, type Assessment } from "./replan/assess.ts";
import { readAs } from "./replan/request.ts";
import { createDesk, type Desk, readPlan } from "./replan/desk.ts";
import { createPool } from "./workers/pool.ts";

export interface EngineOptions {
	/** Solver threads; default: the machine's. */
	readonly threads?: number;
	/** Model folder; default: the one shipped. */
	readonly model?: string;
}

/** A running engine: it owns the solver threads and the loaded model until it is closed. */
export interface Engine {
	/** Plans a portfolio; the same request and iterations give the same bytes on any number of threads. */
	plan(portfolio: Portfolio, request: PlanRequest, hooks?: PlanHooks): Promise<PlanDocument>;
	/** Scores and classification of every customer at a day, without planning. */
	score(portfolio: Portfolio, request: { readonly asOf: Day; readonly policy?: unknown }): Promise<PlanContext>;
	/**
	 * Recomputes a plan from the inputs and lists every rule it breaks. The money of each contact is recomputed too where the engine
	 * holds the plan's model and, for a plan that priced changes to a published one, is given that one. Of a revision, what it kept and how
	 * much it changed are judged beside the plan `revised`.
	 */
	check(portfolio: Portfolio, plan: unknown, published?: PlanDocument, revised?: unknown): Promise<readonly Violation[]>;
	/**
	 * A desk at which a plan is revised, questioned and explained: the inputs are read once, as of the plan's day, so that each decision takes
	 * milliseconds. `published` is the plan whose changes were priced when the plan was made. INVALID_INPUT where it is no plan.
	 */
	desk(portfolio: Portfolio, plan: unknown, published?: PlanDocument): Promise<Desk>;
	/** Scores a plan made by people, lists what it breaks and what the optimiser would change first. INVALID_INPUT names what does not fit. */
	assess(portfolio: Portfolio, order: unknown, policy?: unknown): Promise<Assessment>;
	close(): Promise<void>;
}

/** Starts an engine. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
	const predictor = await loadPredictor(options.model);
	const pool = createPool(options.threads === undefined ? {} : { threads: options.threads });
	return {
		plan: (portfolio, request, hooks) => planPortfolio(portfolio, request, { predictor, pool }, hooks),
		score: async (portfolio, request) => understand(portfolio, request, predictor),
		check: async (portfolio, plan, published, revised) =>
			checkPlan(portfolio, plan, { valuer: valuerOf(portfolio, predictor, published), ...(revised !== undefined && { revised }) }),
		desk: async (portfolio, plan, published) => openDesk(portfolio, plan, published, predictor),
		assess: async (portfolio, order, policy) => assessPlan(portfolio, order, policy, predictor),
		close: () => pool.close(),
	};
}

function openDesk(portfolio: Portfolio, plan: unknown, published: PlanDocument | undefined, predictor: Predictor): Desk {
	const { as_of, policy } = readPlan(plan);
	return createDesk(understand(portfolio, { asOf: parseDay(as_of), policy }, predictor), published);
}

function assessPlan(portfolio: Portfolio, order: unknown, policy: unknown, predictor: Predictor): Assessment {
	const { as_of } = readAs(assessRequest, order, "evaluation");
	const desk = createDesk(understand(portfolio, { asOf: parseDay(as_of), policy }, predictor));
	return assess(desk, order, (plan) => checkPlan(portfolio, plan, { valuer: valuerOf(portfolio, predictor, undefined) }));
}

/** Values a plan's contacts anew; null without its model, or without the published plan that it priced changes to. */
function valuerOf(portfolio: Portfolio, predictor: Predictor, published: PlanDocument | undefined): CheckOptions["valuer"] {
	return (plan) => {
		if (predictor.model !== plan.receipt.model || (plan.receipt.published ?? null) !== (published?.plan_id ?? null)) return null;
		const context = understand(portfolio, { asOf: parseDay(plan.as_of), policy: plan.policy }, predictor);
		return recomputeTerms(context, plan, published);
	};
}
