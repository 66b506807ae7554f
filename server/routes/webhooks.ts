import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { CarteiraError } from "../../engine/index.ts";
import { createOnce, sendAnswer } from "../http/idempotency.ts";
import { pageQuery, responses } from "../schemas/common.ts";
import { deliveriesView, newWebhookView, webhookBody, webhookParams, webhookView, webhooksView } from "../schemas/webhooks.ts";
import type { Services } from "../services.ts";
import type { FirstAnswer } from "../store/store.ts";
import { type WebhookRecord, newWebhookId } from "../store/webhook-rows.ts";
import { validateTarget } from "../webhooks/addresses.ts";
import type { App } from "../app-type.ts";

const SECRET_BYTES = 32;

function viewOf({ id, url, types, state, createdAt, after, attempts, nextAt, lastError }: WebhookRecord): object {
	const next = state === "active" && attempts > 0 ? new Date(nextAt).toISOString() : null;
	return { id, url, types, state, created_at: createdAt, after, attempts, next_attempt_at: next, last_error: lastError };
}

/** Receivers of changes. */
export function registerWebhookRoutes(app: App, { config, webhooks, clock }: Services): void {
	const once = createOnce();

	/** The answer that is given, of the one that is kept: the secret stands in the webhook's row alone. */
	async function withSecret(tenant: string, body: string): Promise<string> {
		const view: { readonly id: string } = JSON.parse(body);
		const secret = await webhooks.secretOf(tenant, view.id).catch((error: unknown) => {
			if (!(error instanceof CarteiraError && error.code === "NOT_FOUND")) throw error;
			throw new CarteiraError("CONFLICT", `webhook ${view.id}, which was made with this Idempotency-Key, was removed`);
		});
		return JSON.stringify({ ...view, secret });
	}

	app.route({
		method: "POST",
		url: "/v1/webhooks",
		config: { scope: "admin" },
		schema: {
			operationId: "createWebhook",
			summary: "Have changes sent as they happen",
			description:
				"From now on, in their order, at least once each, signed by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). Any answer but 2xx is tried again, after longer and longer pauses, until the limit in GET /v1/limits. Redirects are not followed. Takes Idempotency-Key.",
			tags: ["webhooks"],
			body: webhookBody,
			response: responses({ 201: newWebhookView }, 409, 413, 415, 422),
		},
		handler: async (request, reply) => {
			const { url, types } = request.body;
			validateTarget(url, config.allowPrivateWebhooks);
			const digest = createHash("sha256").update(JSON.stringify(request.body)).digest("hex");
			const answer = await once(request, digest, async (key) => {
				const secret = `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
				const answerOf = (hook: WebhookRecord): FirstAnswer => ({
					status: 201,
					location: `/v1/webhooks/${hook.id}`,
					body: JSON.stringify(viewOf(hook)), // kept under the key, so without the secret
				});
				const createdAt = new Date(clock()).toISOString();
				const hook = { id: newWebhookId(), tenant: request.tenant.name, url, types: types ?? null, createdAt, secret };
				return answerOf(await webhooks.create(hook, config.limits.max_webhooks, key === null ? undefined : { key, answerOf }));
			});
			return sendAnswer(reply, { ...answer, body: await withSecret(request.tenant.name, answer.body) });
		},
	});

	app.route({
		method: "GET",
		url: "/v1/webhooks",
		config: { scope: "admin" },
		schema: { operationId: "listWebhooks", summary: "The webhooks", tags: ["webhooks"], response: responses({ 200: webhooksView }) },
		handler: async (request) => ({ webhooks: (await webhooks.list(request.tenant.name)).map(viewOf) }),
	});

	app.route({
		method: "GET",
		url: "/v1/webhooks/:id",
		config: { scope: "admin" },
		schema: {
			operationId: "getWebhook",
			summary: "How a webhook is doing",
			tags: ["webhooks"],
			params: webhookParams,
			response: responses({ 200: webhookView }, 404),
		},
		handler: async (request) => viewOf(await webhooks.get(request.tenant.name, request.params.id)),
	});

	app.route({
		method: "DELETE",
		url: "/v1/webhooks/:id",
		config: { scope: "admin" },
		schema: {
			operationId: "deleteWebhook",
			summary: "Send nothing more",
			tags: ["webhooks"],
			params: webhookParams,
			response: responses({ 204: z.undefined().meta({ description: "it is gone" }) }, 404),
		},
		handler: async (request, reply) => {
			await webhooks.remove(request.tenant.name, request.params.id);
			return reply.code(204).send();
		},
	});

	app.route({
		method: "POST",
		url: "/v1/webhooks/:id/replay",
		config: { scope: "admin" },
		schema: {
			operationId: "replayWebhook",
			summary: "Send again what comes after a change",
			description: "Under the ids of the first time. A webhook that was given up is taken up again.",
			tags: ["webhooks"],
			params: webhookParams,
			querystring: pageQuery.pick({ after: true }),
			response: responses({ 202: webhookView }, 404),
		},
		handler: async (request, reply) =>
			reply.code(202).send(viewOf(await webhooks.replay(request.tenant.name, request.params.id, request.query.after))),
	});

	app.route({
		method: "GET",
		url: "/v1/webhooks/:id/deliveries",
		config: { scope: "admin" },
		schema: {
			operationId: "listDeliveries",
			summary: "What was tried and what came of it, the oldest first; about the latest thousand",
			tags: ["webhooks"],
			params: webhookParams,
			querystring: pageQuery,
			response: responses({ 200: deliveriesView }, 404),
		},
		handler: async (request) => {
			const { id } = request.params;
			const { after, limit } = request.query;
			const deliveries = await webhooks.deliveries(request.tenant.name, id, { after, limit });
			return { id, deliveries, next_after: deliveries.at(-1)?.number ?? after };
		},
	});
}
