import { createHash } from "node:crypto";
import { z } from "zod";
import { assessRequest, replanRequest, suggestRequest, whatIfRequest } from "../../engine/index.ts";
import { createOnce, sendAnswer } from "../http/idempotency.ts";
import { planParams, portfolioParams, responses } from "../schemas/common.ts";
import { assessmentView, diffView, revisionView, suggestionsView, whatIfView } from "../schemas/decisions.ts";
import type { Services } from "../services.ts";
import { storedPlan, subjectOf } from "../subjects.ts";
import type { FirstAnswer, PlanRecord } from "../store/store.ts";
import { planView } from "../views.ts";
import type { App } from "../app-type.ts";
import { outcomesOf, postOutcomes } from "./outcomes.ts";

/** What is decided about a plan: revisions, differences, suggestions, what-if; and plans made by people. */
export function registerDecisionRoutes(app: App, services: Services): void {
	const { engine } = services;
	const once = createOnce();

	app.route({
		method: "POST",
		url: "/v1/plans/:id/revisions",
		config: { scope: "plan" },
		schema: {
			operationId: "revisePlan",
			summary: "Replan during the day",
			description:
				"A new immutable plan: what is done, under way, promised or pinned stays; at most `max_changes` contacts change beyond what the events force. Contacts that were done, not reached or cancelled become rows of `contacts`. Takes Idempotency-Key. Publish it to put it in force.",
			tags: ["decisions"],
			params: planParams,
			body: replanRequest,
			response: responses({ 200: revisionView, 201: revisionView }, 404, 409, 413, 415, 422),
		},
		handler: async (request, reply) => {
			const digest = createHash("sha256").update(JSON.stringify(request.body)).digest("hex");
			const { tenant } = request;
			const answer = await once(request, digest, async (key): Promise<FirstAnswer> => {
				const { id, order, subject } = await subjectOf(tenant, request.params.id);
				const { plan: revised, ...rest } = await engine.decide({ kind: "replan", subject, order: request.body });
				const answerOf =
					(status: number) =>
					(record: PlanRecord): FirstAnswer => ({
						status,
						location: `/v1/plans/${record.id}`,
						body: JSON.stringify({ plan: planView(record), diff: rest.diff, unmet_wishes: rest.unmet_wishes }),
					});
				if (revised.plan_id === subject.plan.plan_id) return answerOf(200)(await tenant.store.getPlan(id));
				const created = answerOf(201);
				const { portfolio, as_of } = order;
				// First, because they are true whatever becomes of the plan; posting them again changes nothing.
				await postOutcomes(services.tenants, tenant.name, portfolio, outcomesOf(revised, rest.diff));
				const remembered = key === null ? undefined : { key, answerOf: created };
				return created(await tenant.store.addPlan({ portfolio, as_of }, revised, remembered, subject.plan.era));
			});
			return sendAnswer(reply, answer);
		},
	});

	app.route({
		method: "GET",
		url: "/v1/plans/:id/diff",
		config: { scope: "read" },
		schema: {
			operationId: "diffPlans",
			summary: "What a plan does otherwise than another",
			tags: ["decisions"],
			params: planParams,
			querystring: z.strictObject({ against: planParams.shape.id.meta({ description: "id of the plan compared with" }) }),
			response: responses({ 200: diffView }, 404, 409, 422),
		},
		handler: async (request) => {
			const { tenant, params, query } = request;
			const [before, after] = [await storedPlan(tenant, query.against), await storedPlan(tenant, params.id)];
			return engine.decide({ kind: "diff", before, after });
		},
	});

	app.route({
		method: "POST",
		url: "/v1/plans/:id/suggestions",
		config: { scope: "read" },
		schema: {
			operationId: "suggestTimes",
			summary: "Days and times for one customer",
			description: "Ranked by the change of value, with detour and who is displaced. Nothing is changed or promised by it.",
			tags: ["decisions"],
			params: planParams,
			body: suggestRequest,
			response: responses({ 200: suggestionsView }, 404, 409, 413, 415, 422),
		},
		handler: async (request) => {
			const { subject } = await subjectOf(request.tenant, request.params.id);
			return engine.decide({ kind: "suggest", subject, order: request.body });
		},
	});

	app.route({
		method: "POST",
		url: "/v1/plans/:id/what-if",
		config: { scope: "read" },
		schema: {
			operationId: "askWhatIf",
			summary: "What would be otherwise",
			description: "Force or forbid contacts, or widen limits: the difference of the re-solved plans, and whom it displaces.",
			tags: ["decisions"],
			params: planParams,
			body: whatIfRequest,
			response: responses({ 200: whatIfView }, 404, 409, 413, 415, 422),
		},
		handler: async (request) => {
			const { subject } = await subjectOf(request.tenant, request.params.id);
			return engine.decide({ kind: "what-if", subject, order: request.body });
		},
	});

	app.route({
		method: "POST",
		url: "/v1/portfolios/:portfolio/evaluations",
		config: { scope: "read" },
		schema: {
			operationId: "evaluatePlan",
			summary: "Score and check a plan made by people",
			description: "Its value, what it breaks in the words of check, and what the optimiser would change first.",
			tags: ["decisions"],
			params: portfolioParams,
			body: assessRequest,
			response: responses({ 200: assessmentView }, 404, 413, 415, 422),
		},
		handler: async (request) => {
			const { snapshot } = await request.tenant.portfolios.read(request.params.portfolio);
			const { folder, sha } = snapshot;
			return engine.decide({ kind: "assess", portfolio: { folder, sha }, order: request.body });
		},
	});
}
