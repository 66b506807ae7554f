import { z } from "zod";
import { askedDate, isoDate, portfolioName, portfolioParams, responses } from "../schemas/common.ts";
import { dateAt } from "../daily/occurrences.ts";
import type { Services } from "../services.ts";
import type { App } from "../app-type.ts";

const ruleParams = z.strictObject({
	portfolio: portfolioName,
	id: z.string().regex(/^[a-z0-9_]{1,80}$/, "expected the id of a contact rule"),
});
const ruleView = z.looseObject({
	id: z.string(),
	rep_id: z.string(),
	customer_id: z.string(),
	from: isoDate,
	until: isoDate,
	reason: z.string(),
	plan_id: z.string().meta({ description: "the revision in which the rep refused" }),
});
const rulesView = z.looseObject({ portfolio: z.string(), rules: z.array(ruleView) }).meta({ id: "ContactRules" });

/** What reps refused for longer than a day. */
export function registerContactRuleRoutes(app: App, { clock }: Services): void {
	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/contact-rules",
		config: { scope: "read" },
		schema: {
			operationId: "listContactRules",
			summary: "What keeps reps from customers until it expires",
			description:
				"Made by refusals with `until` of revisions. Every plan made while a rule holds leaves the customer out on its days, promises apart, as BLOCKED.",
			tags: ["decisions"],
			params: portfolioParams,
			querystring: z.strictObject({
				on: askedDate.optional().meta({ description: "rules that hold on this date or later; default: today" }),
			}),
			response: responses({ 200: rulesView }, 404),
		},
		handler: async (request) => {
			const { portfolio } = request.params;
			await request.tenant.portfolios.require(portfolio);
			const rules = await request.tenant.store.contactRules(portfolio, request.query.on ?? dateAt(clock(), "UTC"));
			return { portfolio, rules };
		},
	});

	app.route({
		method: "DELETE",
		url: "/v1/portfolios/:portfolio/contact-rules/:id",
		config: { scope: "plan" },
		schema: {
			operationId: "deleteContactRule",
			summary: "Take a rule back",
			tags: ["decisions"],
			params: ruleParams,
			response: responses({ 204: z.undefined().meta({ description: "plans made from now on do not know it" }) }, 404),
		},
		handler: async (request, reply) => {
			await request.tenant.store.forgetContactRule(request.params.portfolio, request.params.id);
			return reply.code(204).send();
		},
	});
}
