import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { CarteiraError, formatDay, mergePolicy, parseDay, validatePolicy } from "../../engine/index.ts";
import { createOnce, sendAnswer } from "../http/idempotency.ts";
import { planParams, portfolioParams, responses } from "../schemas/common.ts";
import { planOrderBody, planView as planSchema, validationView } from "../schemas/plan.ts";
import type { Services } from "../services.ts";
import type { Portfolios } from "../store/portfolios.ts";
import type { FirstAnswer, PlanOrder, PlanRecord, Store } from "../store/store.ts";
import { dataThroughView, planView } from "../views.ts";
import type { App } from "../app-type.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const viewQuery = z.strictObject({
	view: z.enum(["full", "summary"]).default("full").meta({ description: "summary: without agendas and customers left out" }),
});

/** Milliseconds in which a plan must be with its client, however large. */
const DOWNLOAD_TIMEOUT = 900_000;

/** Seconds that a client is ready to wait, from `Prefer: wait=` (RFC 7240). */
function waitOf(prefer: string | string[] | undefined, maxSeconds: number): number {
	const match = /(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/.exec([prefer ?? []].flat().join(","));
	return Math.min(maxSeconds, Number(match?.[1] ?? 0));
}

const locationOf = (id: string): string => `/v1/plans/${id}`;

/** Joins the service's fields and a stored plan.json into one object, without holding the plan in memory. */
async function* joinJson(head: object, plan: Readable): AsyncGenerator<Buffer> {
	yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},`);
	let isFirst = true;
	for await (const chunk of plan) {
		const bytes: Buffer = chunk;
		yield isFirst ? bytes.subarray(1) : bytes; // the plan's own opening brace
		isFirst = false;
	}
}

/** Orders, states and bodies of plans. */
export function registerPlanRoutes(app: App, services: Services): void {
	const { config, plans, engine, clock } = services;
	const once = createOnce();

	const answerOf = (plan: PlanRecord): FirstAnswer => ({
		status: 202,
		location: locationOf(plan.id),
		body: JSON.stringify(planView(plan)),
	});

	async function sendPlan(reply: FastifyReply, store: Store, plan: PlanRecord): Promise<FastifyReply> {
		void reply.type(JSON_TYPE);
		if (plan.head === null) return reply.send(JSON.stringify(planView(plan)));
		return reply.send(Readable.from(joinJson(planView({ ...plan, head: null }), await store.openPlan(plan.id))));
	}

	/** The plan of an order; null where it was discarded, of which the first answer knows nothing. */
	async function findPlan(store: Store, id: string): Promise<PlanRecord | null> {
		return store.getPlan(id).catch((error: unknown) => {
			if (error instanceof CarteiraError && error.code === "NOT_FOUND") return null;
			throw error;
		});
	}

	/** The order's policy is judged as it will hold: laid over the portfolio's. */
	async function validateOverlay(portfolios: Portfolios, name: string, overlay: NonNullable<PlanOrder["policy"]>): Promise<void> {
		validatePolicy(mergePolicy((await portfolios.policyOf(name)) ?? {}, overlay));
	}

	async function validateOrder(portfolios: Portfolios, order: PlanOrder): Promise<object> {
		const { portfolio } = await portfolios.read(order.portfolio);
		const missing = (["customers", "orders", "reps"] as const).filter((table) => !portfolio.given.has(table));
		if (missing.length > 0) throw new CarteiraError("INVALID_INPUT", `a plan needs the tables ${missing.join(", ")}, which are not there`);
		const { texts, numRows } = portfolio.tables.reps;
		const known = new Set(Array.from({ length: numRows }, (_, row) => texts.rep_id.at(row)));
		const unknown = (order.reps ?? []).filter((rep) => !known.has(rep));
		if (unknown.length > 0)
			throw new CarteiraError("INVALID_INPUT", `reps that the table does not have: ${unknown.slice(0, 10).join(", ")}`);
		const horizonDays = order.horizon_days === undefined ? {} : { horizon_days: order.horizon_days };
		const { horizon } = await engine.score(portfolio, { asOf: parseDay(order.as_of), policy: { ...order.policy, ...horizonDays } });
		return {
			valid: true,
			portfolio: order.portfolio,
			as_of: order.as_of,
			horizon: { from: order.as_of, to: formatDay(horizon[horizon.length - 1]) },
			data_through: dataThroughView(portfolio),
			warnings: portfolio.reports.flatMap(({ warnings }) => warnings),
		};
	}

	app.route({
		method: "POST",
		url: "/v1/portfolios/:portfolio/plans",
		config: { scope: "plan" },
		handlerTimeout: (config.limits.max_wait_seconds + 60) * 1000,
		schema: {
			operationId: "orderPlan",
			summary: "Order a plan",
			description: "202 with Location; with `Prefer: wait=10` 200 with the plan, if it is done by then. Takes Idempotency-Key.",
			tags: ["plans"],
			params: portfolioParams,
			body: planOrderBody(config.limits),
			response: responses({ 200: z.union([planSchema, validationView]), 202: planSchema }, 404, 409, 413, 415, 422),
		},
		handler: async (request, reply) => {
			const { tenant } = request;
			const { store, portfolios } = tenant;
			const { mode, ...fields } = request.body;
			const order: PlanOrder = { portfolio: request.params.portfolio, ...fields };
			await portfolios.require(order.portfolio);
			if (order.policy) await validateOverlay(portfolios, order.portfolio, order.policy);
			if (mode === "validate") return validateOrder(portfolios, order);
			const digest = createHash("sha256").update(JSON.stringify(order)).digest("hex");
			const wait = waitOf(request.headers.prefer, config.limits.max_wait_seconds);
			const answer = await once(request, digest, async (key) => {
				const plan = await plans.submit(tenant, order, key === null ? undefined : { key, answerOf });
				return answerOf(plan);
			});
			const id = answer.location?.slice(locationOf("").length) ?? "";
			if (wait > 0) await plans.ended(tenant, id, wait);
			const plan = wait > 0 ? await findPlan(store, id) : null;
			if (plan === null || plan.finishedAt === null) return sendAnswer(reply, answer);
			return sendPlan(reply.header("preference-applied", `wait=${wait}`).header("location", locationOf(id)), store, plan);
		},
	});

	app.route({
		method: "GET",
		url: "/v1/plans/:id",
		config: { scope: "read" },
		handlerTimeout: DOWNLOAD_TIMEOUT,
		schema: {
			operationId: "getPlan",
			summary: "A plan",
			description: "Its state while it is made; once made, plan.json with the state beside it.",
			tags: ["plans"],
			params: planParams,
			querystring: viewQuery,
			response: responses({ 200: planSchema }, 404),
		},
		handler: async (request, reply) => {
			const { store } = request.tenant;
			const plan = await store.getPlan(request.params.id);
			return request.query.view === "summary" ? planView(plan) : sendPlan(reply, store, plan);
		},
	});

	app.route({
		method: "POST",
		url: "/v1/plans/:id/publish",
		config: { scope: "plan" },
		schema: {
			operationId: "publishPlan",
			summary: "Publish a plan",
			description: "Its agendas are the ones in force; the portfolio's plan published before is superseded.",
			tags: ["plans"],
			params: planParams,
			response: responses({ 200: planSchema }, 404, 409),
		},
		handler: async (request) => planView(await request.tenant.store.publishPlan(request.params.id, clock())),
	});

	app.route({
		method: "POST",
		url: "/v1/plans/:id/stop",
		config: { scope: "plan" },
		schema: {
			operationId: "stopPlan",
			summary: "End a plan with the best found so far",
			tags: ["plans"],
			params: planParams,
			response: responses({ 202: planSchema }, 404, 409),
		},
		handler: async (request, reply) => {
			const plan = await request.tenant.store.getPlan(request.params.id);
			await plans.stop(request.tenant, plan.id);
			return reply.code(202).send(planView(plan));
		},
	});

	app.route({
		method: "DELETE",
		url: "/v1/plans/:id",
		config: { scope: "plan" },
		schema: {
			operationId: "discardPlan",
			summary: "Discard a plan",
			tags: ["plans"],
			params: planParams,
			response: responses({ 204: z.undefined().meta({ description: "it is gone" }) }, 404, 409),
		},
		handler: async (request, reply) => {
			const plan = await request.tenant.store.getPlan(request.params.id);
			await plans.discard(request.tenant, plan.id);
			return reply.code(204).send();
		},
	});
}
