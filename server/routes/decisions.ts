import { createHash } from "node:crypto";
import { z } from "zod";
import { assessRequest, diffPlans, replan, replanRequest, suggest, suggestRequest, whatIf, whatIfRequest } from "../../engine/index.ts";
import { createDesks } from "../desks.ts";
import { createOnce, sendAnswer } from "../idempotency.ts";
import { planParams, portfolioParams, responses } from "../schemas/common.ts";
import { assessmentView, diffView, revisionView, suggestionsView, whatIfView } from "../schemas/decisions.ts";
import type { Services } from "../services.ts";
import type { FirstAnswer } from "../store/store.ts";
import { planView } from "../views.ts";
import type { App } from "./app-type.ts";

/** What is decided about a plan: revisions, differences, suggestions, what-if; and plans made by people. */
export function registerDecisionRoutes(app: App, services: Services): void {
	const { store, portfolios, engine } = services;
	const openDesk = createDesks(services);
	const once = createOnce(store);

	app.route({
		method: "POST",
		url: "/v1/plans/:id/revisions",
		schema: {
			summary: "Replan during the day",
			description:
				"A new immutable plan: what is done, under way, promised or pinned stays; at most `max_changes` contacts change beyond what the events force. Takes Idempotency-Key. Publish it to put it in force.",
			tags: ["decisions"],
			params: planParams,
			body: replanRequest,
			response: responses({ 200: revisionView, 201: revisionView }, 404, 409, 413, 415, 422),
		},
		handler: async (request, reply) => {
			const digest = createHash("sha256").update(JSON.stringify(request.body)).digest("hex");
			const answer = await once(request, digest, async (key): Promise<FirstAnswer> => {
				const { id, plan, desk, portfolio } = await openDesk(request.params.id);
				const revision = replan(desk, plan, request.body);
				const isNew = revision.plan.plan_id !== plan.plan_id;
				const order = { portfolio, as_of: plan.as_of };
				const made = isNew ? (await store.createPlan(order)).id : id;
				if (isNew) {
					await store.setStatus(made, "scoring");
					await store.savePlan(made, "completed", revision.plan);
				}
				const body = { plan: planView(await store.getPlan(made), null), diff: revision.diff, unmet_wishes: revision.unmet_wishes };
				const first = { status: isNew ? 201 : 200, location: `/v1/plans/${made}`, body: JSON.stringify(body) };
				if (key) await store.saveAnswer(key, first);
				return first;
			});
			return sendAnswer(reply, answer);
		},
	});

	app.route({
		method: "GET",
		url: "/v1/plans/:id/diff",
		schema: {
			summary: "What a plan does otherwise than another",
			tags: ["decisions"],
			params: planParams,
			querystring: z.strictObject({ against: planParams.shape.id.meta({ description: "id of the plan compared with" }) }),
			response: responses({ 200: diffView }, 404, 409),
		},
		handler: async (request) => {
			const { plan, desk } = await openDesk(request.params.id);
			const other = await store.getPlan(request.query.against);
			return diffPlans(desk, await store.readPlan(other.id), plan);
		},
	});

	app.route({
		method: "POST",
		url: "/v1/plans/:id/suggestions",
		schema: {
			summary: "Days and times for one customer",
			description: "Ranked by the change of value, with detour and who is displaced. Nothing is changed or promised by it.",
			tags: ["decisions"],
			params: planParams,
			body: suggestRequest,
			response: responses({ 200: suggestionsView }, 404, 409, 413, 415, 422),
		},
		handler: async (request) => {
			const { plan, desk } = await openDesk(request.params.id);
			return suggest(desk, plan, request.body);
		},
	});

	app.route({
		method: "POST",
		url: "/v1/plans/:id/what-if",
		schema: {
			summary: "What would be otherwise",
			description: "Force or forbid contacts, or widen limits: the difference of the re-solved plans, and whom it displaces.",
			tags: ["decisions"],
			params: planParams,
			body: whatIfRequest,
			response: responses({ 200: whatIfView }, 404, 409, 413, 415, 422),
		},
		handler: async (request) => {
			const { plan, desk } = await openDesk(request.params.id);
			const { plan: _plan, ...answer } = whatIf(desk, plan, request.body);
			return answer;
		},
	});

	app.route({
		method: "POST",
		url: "/v1/portfolios/:portfolio/evaluations",
		schema: {
			summary: "Score and check a plan made by people",
			description: "Its value, what it breaks in the words of check, and what the optimiser would change first.",
			tags: ["decisions"],
			params: portfolioParams,
			body: assessRequest,
			response: responses({ 200: assessmentView }, 404, 413, 415, 422),
		},
		handler: async (request) => {
			const { portfolio } = await portfolios.read(request.params.portfolio);
			const { plan: _plan, ...answer } = await engine.assess(portfolio, request.body);
			return answer;
		},
	});
}
