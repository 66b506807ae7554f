import { CarteiraError } from "../../engine/index.ts";
import { createOnce, keyOf, sendAnswer } from "../http/idempotency.ts";
import { erasureAnswer } from "../jobs/erasures.ts";
import { customerParams, responses } from "../schemas/common.ts";
import { erasureView } from "../schemas/erasures.ts";
import type { Services } from "../services.ts";
import type { Tenant } from "../tenants.ts";
import type { App } from "../app-type.ts";

/** Milliseconds for a snapshot and all plans to be written anew. */
const ERASURE_TIMEOUT = 900_000;

async function holds({ portfolios }: Tenant, name: string, customerId: string): Promise<boolean> {
	const { portfolio } = await portfolios.read(name);
	const { texts, length } = portfolio.tables.customers;
	for (let row = 0; row < length; row++) if (texts.customer_id.at(row) === customerId) return true;
	return false;
}

/** What a person, or whoever keeps its data, may ask for. */
export function registerErasureRoute(app: App, { erasures }: Services): void {
	const once = createOnce();

	app.route({
		method: "DELETE",
		url: "/v1/portfolios/:portfolio/customers/:customer_id",
		config: { scope: "admin" },
		handlerTimeout: ERASURE_TIMEOUT,
		schema: {
			operationId: "eraseCustomer",
			summary: "Erase a customer's personal data everywhere it is held",
			description:
				"Its rows of all tables go, with those set aside, contacts that wait, calendars and rules; plans, runs, reports, the feed and remembered answers keep money and counts under a pseudonym. Open syncs are aborted, unless nothing was held. Asked for, it is done, whatever happens. A customer of this id that is sent later is a new one. Backups are not reached. Takes Idempotency-Key, which alone is remembered: not for whom it was used.",
			tags: ["portfolios"],
			params: customerParams,
			response: responses({ 200: erasureView }, 404, 409, 422),
		},
		handler: async (request, reply) => {
			const { portfolio, customer_id } = request.params;
			const { tenant } = request;
			await tenant.portfolios.require(portfolio);
			const asked = keyOf(request, "");
			// Whom the key was used for is not known any more, but that customer is gone.
			if (asked && (await tenant.store.findAnswer(asked)) && (await holds(tenant, portfolio, customer_id)))
				throw new CarteiraError(
					"INVALID_INPUT",
					`the Idempotency-Key ${asked.key} was used before, for another customer or before this one was sent again`,
				);
			const answer = await once(request, "", async (key) => {
				const report = await erasures.erase(tenant.name, portfolio, customer_id, key?.key ?? null);
				if (report === null) throw new CarteiraError("NOT_FOUND", `portfolio ${portfolio} holds nothing of customer ${customer_id}`);
				return erasureAnswer(portfolio, report);
			});
			return sendAnswer(reply, answer);
		},
	});
}
