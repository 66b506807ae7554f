import { z } from "zod";
import { planPart, type ReviewDocument, reviewDocument, reviewInThread, type ReviewPlan } from "../../engine/index.ts";
import { reviewPage } from "../pages/review-page.ts";
import { portfolioParams, responses } from "../schemas/common.ts";
import { documentOrPage, languageQuery, linksOf, sendPage, wantsPage } from "../http/send-page.ts";
import { createSlots } from "../slots.ts";
import type { Tenant } from "../tenants.ts";
import type { App } from "../app-type.ts";

/** Reviews at once: each takes a thread and a portfolio's memory. */
const MOST_AT_ONCE = 1;

const reviewParams = z.strictObject({
	portfolio: portfolioParams.shape.portfolio,
	month: z
		.string()
		.regex(/^(19|20)\d{2}-(0[1-9]|1[0-2])$/, "expected a month YYYY-MM")
		.meta({ description: "YYYY-MM" }),
});

/** What a month was like, and what to change. */
export function registerReviewRoutes(app: App): void {
	const slots = createSlots(MOST_AT_ONCE);

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/reviews/:month",
		config: { scope: "read" },
		schema: {
			operationId: "getReview",
			summary: "The review of a month: what worked, what did not, what to change",
			description:
				"Each figure with the customers behind it, from what was known by the month's end. Overrides of published agendas are shown with what the customers then did, those of RCAs not at all.",
			tags: ["portfolios"],
			params: reviewParams,
			querystring: z.strictObject({ language: languageQuery }),
			response: responses(documentOrPage(reviewDocument, "the review, as JSON or a page by Accept"), 404, 406, 422),
		},
		handler: async (request, reply) => {
			const isPage = wantsPage(request);
			const { portfolio, month } = request.params;
			const document = await slots.run(() => review(request.tenant, portfolio, month));
			if (!isPage) return document;
			const { language } = request.query;
			const order = { ...document, asked: language, links: linksOf(portfolio, "reviews", { month, language }) };
			return sendPage(request, reply, order, (speech, links) => reviewPage(speech, document, links));
		},
	});
}

async function review({ portfolios, store }: Tenant, portfolio: string, month: string): Promise<ReviewDocument> {
	const { snapshot } = await portfolios.read(portfolio);
	const plans: ReviewPlan[] = [];
	for (const { id } of await store.plansInForce(portfolio, `${month}-01`, `${month}-31`)) plans.push(planPart(await store.readPlan(id)));
	return reviewInThread({ store: snapshot.folder, sha: snapshot.sha, question: { month, plans } });
}
