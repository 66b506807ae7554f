import { CarteiraError } from "../../engine/index.ts";
import { explanationParams, responses } from "../schemas/common.ts";
import { explanationView } from "../schemas/plan.ts";
import type { Services } from "../services.ts";
import type { StoredMention } from "../store/store.ts";
import { subjectOf } from "../subjects.ts";
import type { Tenant } from "../tenants.ts";
import type { App } from "../app-type.ts";

/** What else the plan could do with the customer; null where the portfolio, as it stands now, does not allow the question any more. */
async function alternativesOf({ engine }: Pick<Services, "engine">, tenant: Tenant, id: string, customer_id: string) {
	try {
		const { subject } = await subjectOf(tenant, id);
		return await engine.decide({ kind: "alternatives", subject, order: { customer_id } });
	} catch (error) {
		if (error instanceof CarteiraError && (error.code === "INVALID_INPUT" || error.code === "NOT_FOUND")) return null;
		throw error;
	}
}

/** Why a plan does what it does with a customer, and what it could do instead. */
export function registerExplanationRoute(app: App, services: Services): void {
	app.route({
		method: "GET",
		url: "/v1/plans/:id/explanations/:customer_id",
		config: { scope: "read" },
		schema: {
			operationId: "explainCustomer",
			summary: "What a plan says of one customer, and why, in money",
			description:
				"With what the plan would be worth more or less without each contact, and with one on other days, at other times and by other channels.",
			tags: ["agendas"],
			params: explanationParams,
			response: responses({ 200: explanationView }, 404, 409),
		},
		handler: async (request) => {
			const { store } = request.tenant;
			const plan = await store.getPlan(request.params.id);
			const { customer_id } = request.params;
			const mentions = await store.mentionsOf(plan.id, customer_id);
			if (mentions.length === 0) throw new CarteiraError("NOT_FOUND", `plan ${plan.id} does not know customer ${customer_id}`);
			const whatIsSaid = (kind: StoredMention["kind"]): object[] =>
				mentions
					.filter((mention) => mention.kind === kind)
					.map(({ repId, date, json }) => {
						const told: object = JSON.parse(json);
						return kind === "entry" ? { rep_id: repId, date, ...told } : told;
					});
			return {
				id: plan.id,
				plan_id: plan.head?.plan_id,
				customer_id,
				entries: whatIsSaid("entry"),
				unplanned: whatIsSaid("unplanned"),
				unmet_required: whatIsSaid("unmet"),
				alternatives: await alternativesOf(services, request.tenant, plan.id, customer_id),
			};
		},
	});
}
