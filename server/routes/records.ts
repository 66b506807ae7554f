import { z } from "zod";
import { pageQuery, portfolioParams, responses } from "../schemas/common.ts";
import { auditView, importsView } from "../schemas/records.ts";
import type { Services } from "../services.ts";
import type { App } from "../app-type.ts";

/** What was done to a tenant's data, and the service's own figures. */
export function registerRecordRoutes(app: App, { audit, metrics }: Services): void {
	app.route({
		method: "GET",
		url: "/v1/audit",
		config: { scope: "admin" },
		schema: {
			operationId: "listAudit",
			summary: "Who changed what, the oldest first",
			tags: ["service"],
			querystring: pageQuery,
			response: responses({ 200: auditView }),
		},
		handler: async (request) => {
			const { after, limit } = request.query;
			const found = await audit.list(request.tenant.name, after, limit);
			const entries = found.map(({ sequence, at, keyId, method, path, status, traceId }) => {
				return { sequence, at, key_id: keyId, method, path, status, trace_id: traceId };
			});
			return { entries, next_after: entries.at(-1)?.sequence ?? after };
		},
	});

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/imports",
		config: { scope: "read" },
		schema: {
			operationId: "listImports",
			summary: "Reports of the latest hundred imports, the latest first",
			tags: ["portfolios"],
			params: portfolioParams,
			response: responses({ 200: importsView }, 404),
		},
		handler: async (request) => {
			const { portfolio } = request.params;
			await request.tenant.portfolios.require(portfolio);
			const found = await request.tenant.store.importsOf(portfolio);
			const imports = found.map(({ mode, at, digest, report }) => {
				const told: object = JSON.parse(report);
				return { mode, at, body_digest: digest, report: told };
			});
			return { portfolio, imports };
		},
	});

	app.route({
		method: "GET",
		url: "/metrics",
		config: { scope: "admin", rateLimit: false },
		schema: {
			operationId: "getMetrics",
			summary: "Figures of the service, as OpenMetrics",
			tags: ["service"],
			response: responses({ 200: { description: "the figures", content: { "application/openmetrics-text": { schema: z.string() } } } }),
		},
		handler: async (_request, reply) => {
			const { type, text } = await metrics.read();
			return reply.type(type).send(text);
		},
	});
}
