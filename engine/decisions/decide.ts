import { createVoice } from "../agenda/messages.ts";
import { type DesksOptions, openDesks } from "./desks.ts";
import { keyOfStored, readStored, type StoredPlan, type StoredPortfolio } from "../stored-plan.ts";
import type { PlanDocument } from "../agenda/plan-document.ts";
import { checkPlan } from "../check/check-plan.ts";
import { validatePolicy } from "../policy/policy.ts";
import { openSnapshot } from "../portfolio/snapshot/snapshot.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type Alternatives, alternatives } from "../replan/alternatives.ts";
import { assess, type Assessment, assessRequest } from "../replan/assess.ts";
import { createDesk, type Desk, readPlan } from "../replan/desk.ts";
import { diffPlans, type PlanDiff } from "../replan/diff.ts";
import { replan, type Revision } from "../replan/replan.ts";
import { readAs } from "../replan/request.ts";
import { suggest, type Suggestions } from "../replan/suggest.ts";
import { whatIf, type WhatIfAnswer } from "../replan/what-if.ts";
import { loadPredictor, type Predictor } from "../scoring/predictor.ts";
import { createShelf } from "../shelf.ts";
import { understand } from "../understand.ts";
import { parseDay } from "../units.ts";
import { valuerOf } from "../valuer.ts";

/** A plan with the inputs that it is decided about by. */
export interface Subject {
	readonly portfolio: StoredPortfolio;
	readonly plan: StoredPlan;
	/** In force when the plan was made, if its changes were priced. */
	readonly published: StoredPlan | null;
}

interface AtDesk {
	readonly subject: Subject;
	/** The body that the API takes. */
	readonly order: unknown;
}

/** What each kind of decision needs, and what it answers: plans that nobody keeps stay where they were made, since copying one can take seconds. */
export interface Decisions {
	readonly replan: { readonly asked: AtDesk; readonly answer: Revision };
	readonly suggest: { readonly asked: AtDesk; readonly answer: Suggestions };
	readonly "what-if": { readonly asked: AtDesk; readonly answer: Omit<WhatIfAnswer, "plan"> };
	readonly alternatives: { readonly asked: AtDesk; readonly answer: Alternatives };
	readonly diff: { readonly asked: { readonly before: StoredPlan; readonly after: StoredPlan }; readonly answer: PlanDiff };
	readonly assess: {
		readonly asked: { readonly portfolio: StoredPortfolio; readonly order: unknown };
		readonly answer: Omit<Assessment, "plan">;
	};
}
export type DecisionKind = keyof Decisions;
export type Decision<Kind extends DecisionKind = DecisionKind> = {
	[Each in Kind]: { readonly kind: Each } & Decisions[Each]["asked"];
}[Kind];
export type Decided<Kind extends DecisionKind> = Decisions[Kind]["answer"];

/** What the thread of decisions is handed. */
export interface DecideTask {
	readonly decision: Decision;
	/** Model folder; undefined: the one shipped. */
	readonly model: string | undefined;
}

/** Answers decisions about stored plans and keeps what the last ones needed; made to live on a thread of its own. */
export type Decider = (decision: Decision) => Decided<DecisionKind>;

const MOST_PLANS = 4;

export async function createDecider(model?: string, options?: DesksOptions): Promise<Decider> {
	const predictor = await loadPredictor(model);
	const desks = openDesks(predictor, options);
	const plans = createShelf<PlanDocument>(MOST_PLANS);
	const planOf = (stored: StoredPlan): PlanDocument => plans.get(keyOfStored(stored), () => readStored(stored));
	const sitDown = ({ portfolio, plan: stored, published }: Subject, order: unknown) => {
		const plan = planOf(stored);
		const desk = desks.of(portfolio, plan, published ? planOf(published) : undefined, order);
		desk.keep(plan);
		return { desk, plan };
	};
	return (decision) => {
		if (decision.kind === "diff") {
			const after = planOf(decision.after);
			const { language, currency } = validatePolicy(after.policy);
			return diffPlans({ voice: createVoice(language, currency) }, planOf(decision.before), after);
		}
		if (decision.kind === "assess") {
			const { folder, sha } = decision.portfolio;
			return withoutPlan(assessPlan(openSnapshot(folder, sha).portfolio(), decision.order, undefined, predictor));
		}
		const { desk, plan } = sitDown(decision.subject, decision.order);
		if (decision.kind === "suggest") return suggest(desk, plan, decision.order);
		if (decision.kind === "what-if") return withoutPlan(whatIf(desk, plan, decision.order));
		if (decision.kind === "alternatives") return alternatives(desk, plan, decision.order);
		const revision = replan(desk, plan, decision.order);
		plans.get(keyOfStored({ ...decision.subject.plan, plan_id: revision.plan.plan_id }), () => revision.plan); // the next event of the day is about it
		return revision;
	};
}

function withoutPlan<Answer extends { readonly plan: PlanDocument }>(whole: Answer): Omit<Answer, "plan"> {
	const { plan: _, ...answer } = whole;
	return answer;
}

/** A desk for the plans of a plan's day and policy. */
export function openDesk(portfolio: Portfolio, plan: unknown, published: PlanDocument | undefined, predictor: Predictor): Desk {
	const { as_of, policy } = readPlan(plan);
	return createDesk(understand(portfolio, { asOf: parseDay(as_of), policy }, predictor), published);
}

/** Scores a plan made by people at a desk of its own. */
export function assessPlan(portfolio: Portfolio, order: unknown, policy: unknown, predictor: Predictor): Assessment {
	const { as_of } = readAs(assessRequest, order, "evaluation");
	const desk = createDesk(understand(portfolio, { asOf: parseDay(as_of), policy }, predictor));
	return assess(desk, order, (plan) => checkPlan(portfolio, plan, { valuer: valuerOf(portfolio, predictor, undefined, undefined) }));
}
