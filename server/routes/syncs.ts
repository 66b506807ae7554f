import { z } from "zod";
import { portfolioParams, responses } from "../schemas/common.ts";
import { syncParams, syncView, watermarksView } from "../schemas/syncs.ts";
import type { Services } from "../services.ts";
import type { SyncRecord } from "../store/syncs.ts";
import { dataThroughView, tableReportView } from "../views.ts";
import type { App } from "../app-type.ts";

/** Milliseconds for the tables of a sync to be read. */
const COMMIT_TIMEOUT = 900_000;

/** A sync as clients see it. */
export function viewOfSync({ id, portfolio, status, createdAt, expiresAt, parts, report }: SyncRecord): object {
	return {
		id,
		portfolio,
		status,
		created_at: createdAt,
		expires_at: new Date(expiresAt).toISOString(),
		parts: parts.map(({ table, mode, range, digest, numBytes }) => ({ table, mode, range, digest, num_bytes: numBytes })),
		reports: report === null ? null : (JSON.parse(report) as object[]),
	};
}

/** Tables that become one snapshot together, and what is held; the tables themselves are staged by the routes of tables. */
export function registerSyncRoutes(app: App, { tenants }: Services): void {
	app.route({
		method: "POST",
		url: "/v1/portfolios/:portfolio/syncs",
		config: { scope: "write" },
		schema: {
			operationId: "beginSync",
			summary: "Begin a sync: several tables that become one snapshot, or none",
			tags: ["portfolios"],
			params: portfolioParams,
			response: responses({ 201: syncView }),
		},
		handler: async (request, reply) => {
			const { portfolio } = request.params;
			const sync = await request.tenant.syncs.open(portfolio);
			return reply.code(201).header("location", `/v1/portfolios/${portfolio}/syncs/${sync.id}`).send(viewOfSync(sync));
		},
	});

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/syncs/:sync",
		config: { scope: "read" },
		schema: {
			operationId: "getSync",
			summary: "A sync and what was sent for it",
			tags: ["portfolios"],
			params: syncParams,
			response: responses({ 200: syncView }, 404),
		},
		handler: async ({ params: { portfolio, sync }, tenant }) => viewOfSync(await tenant.syncs.get(portfolio, sync)),
	});

	app.route({
		method: "POST",
		url: "/v1/portfolios/:portfolio/syncs/:sync/commit",
		config: { scope: "write" },
		handlerTimeout: COMMIT_TIMEOUT,
		schema: {
			operationId: "commitSync",
			summary: "Make one snapshot of all tables that were sent, or none",
			description:
				"The tables are to fit together; where they do not, nothing is changed and the sync stays open. A committed sync answers what it answered.",
			tags: ["portfolios"],
			params: syncParams,
			response: responses({ 200: syncView }, 404, 409, 422),
		},
		handler: async ({ params: { portfolio, sync }, tenant }) => {
			const done = await tenant.syncs.commit(portfolio, sync, (report) => JSON.stringify(tableReportView(report)));
			return viewOfSync(done);
		},
	});

	app.route({
		method: "DELETE",
		url: "/v1/portfolios/:portfolio/syncs/:sync",
		config: { scope: "write" },
		schema: {
			operationId: "abortSync",
			summary: "Abort a sync",
			tags: ["portfolios"],
			params: syncParams,
			response: responses({ 204: z.undefined().meta({ description: "aborted; what was sent is gone" }) }, 404, 409),
		},
		handler: async ({ params: { portfolio, sync }, tenant }, reply) => {
			await tenant.syncs.abort(portfolio, sync);
			return reply.code(204).send();
		},
	});

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/watermarks",
		config: { scope: "read" },
		schema: {
			operationId: "getWatermarks",
			summary: "How far each table goes that is held",
			tags: ["portfolios"],
			params: portfolioParams,
			response: responses({ 200: watermarksView }, 404, 422),
		},
		handler: async ({ params: { portfolio: name }, tenant }) => {
			const { snapshot, portfolio } = await tenant.portfolios.read(name);
			const through = dataThroughView(portfolio);
			const tables = portfolio.reports.map(({ table, digest, numQuarantined }) => {
				const { numRows } = portfolio.tables[table];
				return [table, { num_rows: numRows, data_through: through[table] ?? null, digest, rows_quarantined: numQuarantined }];
			});
			const waiting = tenants.held.of(tenant.name).countWaiting(name);
			return { portfolio: name, snapshot: snapshot.sha, contacts_waiting: waiting, tables: Object.fromEntries(tables) as object };
		},
	});
}
