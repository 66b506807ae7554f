import { pageQuery, portfolioParams, responses } from "../schemas/common.ts";
import { changesView } from "../schemas/changes.ts";
import type { Services } from "../services.ts";
import type { App } from "../app-type.ts";

/** What happened to a portfolio, to be read as often as one likes. */
export function registerChangeRoutes(app: App, { changes }: Services): void {
	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/changes",
		config: { scope: "read" },
		schema: {
			operationId: "listChanges",
			summary: "What happened to a portfolio, the oldest first",
			description:
				"Written in the transaction of what it tells. Ask again with `after` the `next_after` of the last answer: nothing is missed.",
			tags: ["portfolios"],
			params: portfolioParams,
			querystring: pageQuery,
			response: responses({ 200: changesView }, 404),
		},
		handler: async (request) => {
			const { portfolio } = request.params;
			const { after, limit } = request.query;
			await request.tenant.portfolios.require(portfolio);
			const found = await changes.list(request.tenant.name, { portfolio, after, limit });
			return { portfolio, changes: found, next_after: found.at(-1)?.sequence ?? after };
		},
	});
}
