import { z } from "zod";
import { CLASSES, CarteiraError, type Entry, PHASES, type PlanContext, parseDay, validatePolicy } from "../../engine/index.ts";
import { createContexts } from "../contexts.ts";
import { customerView } from "../customer-view.ts";
import { todayIn } from "../daily/today.ts";
import { askedDate, customerParams, portfolioParams, responses } from "../schemas/common.ts";
import { customerView as customerSchema, portfolioView } from "../schemas/portfolio.ts";
import type { Services } from "../services.ts";
import type { StoredMention } from "../store/store.ts";
import { dataThroughView, publishedView, tablesView } from "../views.ts";
import type { App } from "../app-type.ts";

const asOfQuery = z.strictObject({
	as_of: askedDate.optional().meta({ description: "default: the published plan's; of a customer else today, where the company is" }),
});

/** Customers per phase and class, the empty ones left out. */
function countClasses({ classification, portfolio }: PlanContext): object[] {
	const counts = new Int32Array(PHASES.length * CLASSES.length);
	for (let row = 0; row < portfolio.tables.customers.length; row++) {
		counts[classification.phase[row] * CLASSES.length + classification.class[row]]++;
	}
	return PHASES.flatMap((phase, i) =>
		CLASSES.map((name, j) => ({ phase, class: name, num_customers: counts[i * CLASSES.length + j] })),
	).filter(({ num_customers }) => num_customers > 0);
}

/** What a portfolio holds, its policy, and one customer of it. */
export function registerPortfolioRoutes(app: App, services: Services): void {
	const contexts = createContexts(services.engine);

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio",
		config: { scope: "read" },
		schema: {
			operationId: "getPortfolio",
			summary: "What a portfolio holds",
			tags: ["portfolios"],
			params: portfolioParams,
			querystring: asOfQuery,
			response: responses({ 200: portfolioView }, 404, 422),
		},
		handler: async (request) => {
			const { portfolios, store } = request.tenant;
			const name = request.params.portfolio;
			const { portfolio } = await portfolios.read(name);
			const published = await store.publishedPlan(name);
			const asOf = request.query.as_of ?? published?.order.as_of ?? null;
			return {
				portfolio: name,
				digest: portfolio.digest,
				tables: tablesView(portfolio),
				data_through: dataThroughView(portfolio),
				published: publishedView(published),
				as_of: asOf,
				classification: asOf === null ? [] : countClasses(await contexts.get(request.tenant, name, parseDay(asOf))),
			};
		},
	});

	app.route({
		method: "PUT",
		url: "/v1/portfolios/:portfolio/policy",
		config: { scope: "write" },
		schema: {
			operationId: "putPolicy",
			summary: "Replace the policy",
			description: "Fields left out have their defaults.",
			tags: ["portfolios"],
			params: portfolioParams,
			body: z.record(z.string(), z.unknown()),
			response: responses({ 200: z.looseObject({}).meta({ description: "the effective policy" }) }, 413, 415, 422),
		},
		handler: async (request) => {
			const policy = validatePolicy(request.body);
			await request.tenant.portfolios.writePolicy(request.params.portfolio, request.body);
			return policy;
		},
	});

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/customers/:customer_id",
		config: { scope: "read" },
		schema: {
			operationId: "getCustomer",
			summary: "One customer: scores, phase, class, history, next contact",
			tags: ["portfolios"],
			params: customerParams,
			querystring: asOfQuery,
			response: responses({ 200: customerSchema }, 404, 422),
		},
		handler: async (request) => {
			const { store } = request.tenant;
			const { portfolio: name, customer_id } = request.params;
			const published = await store.publishedPlan(name);
			const asOf = request.query.as_of ?? published?.order.as_of ?? (await todayIn(services, request.tenant, name));
			const context = await contexts.get(request.tenant, name, parseDay(asOf));
			const view = customerView(context, customer_id);
			if (view === null) throw new CarteiraError("NOT_FOUND", `portfolio ${name} has no customer ${customer_id}`);
			const mentions = published ? await store.mentionsOf(published.id, customer_id) : [];
			return { ...view, next_contact: nextContact(mentions) };
		},
	});
}

/** The customer's first contact in the published plan. */
function nextContact(mentions: readonly StoredMention[]): object | null {
	const [first] = mentions.filter(({ kind }) => kind === "entry").sort((a, b) => ((a.date ?? "") < (b.date ?? "") ? -1 : 1));
	if (!first) return null;
	const { start, channel, entry_id }: Entry = JSON.parse(first.json);
	return { rep_id: first.repId, date: first.date, start, channel, entry_id };
}
