import { z } from "zod";
import { FORECAST_GROUPINGS, type ForecastDocument, forecastDocument, parseDay } from "../../engine/index.ts";
import { forecastPage } from "../pages/forecast-page.ts";
import { todayIn } from "../daily/today.ts";
import { askedDate, planParams, portfolioParams, responses } from "../schemas/common.ts";
import { documentOrPage, languageQuery, linksOf, sendPage, wantsPage } from "../http/send-page.ts";
import type { Services } from "../services.ts";
import { createSlots } from "../slots.ts";
import { planOf } from "../subjects.ts";
import type { App } from "../app-type.ts";

/** Forecasts kept in memory, since a page and its figures are asked for together. */
const MOST_KEPT = 4;
/** Forecasts at once: each takes a thread and a portfolio's memory. */
const MOST_AT_ONCE = 1;

const forecastQuery = z.strictObject({
	as_of: askedDate.optional().meta({ description: "default: the day of the plan asked for, else the published plan's, else today" }),
	by: z.enum(FORECAST_GROUPINGS).optional().meta({ description: "the total and the parts of one grouping; default: all" }),
	plan: planParams.shape.id.optional().meta({ description: "a plan of as_of, whose contacts are held against usual service" }),
	language: languageQuery,
});

/** What the next days will bring. */
export function registerForecastRoutes(app: App, services: Services): void {
	const { engine } = services;
	const kept = new Map<string, Promise<ForecastDocument>>();
	const slots = createSlots(MOST_AT_ONCE);

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/forecast",
		config: { scope: "read" },
		schema: {
			operationId: "getForecast",
			summary: "Sales, margin and positivated customers of the next 30, 60 and 90 days",
			description: "By rep, line and segment, with 80 % intervals calibrated on the portfolio's own past, without and with a plan.",
			tags: ["portfolios"],
			params: portfolioParams,
			querystring: forecastQuery,
			response: responses(documentOrPage(forecastDocument, "the forecast, as JSON or a page by Accept"), 404, 406, 422),
		},
		handler: async (request, reply) => {
			const isPage = wantsPage(request);
			const { portfolios, store, name: tenant } = request.tenant;
			const { portfolio: name } = request.params;
			const { by, plan: planId } = request.query;
			const { snapshot } = await portfolios.read(name);
			const plan = planId === undefined ? undefined : await store.readPlan(await planOf(request.tenant, name, planId));
			const stated = request.query.as_of ?? plan?.as_of ?? (await store.publishedPlan(name))?.order.as_of;
			const asOf = stated ?? (await todayIn(services, request.tenant, name));
			const key = JSON.stringify([tenant, name, snapshot.sha, asOf, planId]);
			let forecast = kept.get(key);
			if (!forecast) {
				forecast = slots.run(() => engine.forecastSnapshot(snapshot, { asOf: parseDay(asOf), plan }));
				kept.set(key, forecast);
				forecast.catch(() => kept.delete(key));
				for (const oldest of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(oldest);
			}
			const whole = await forecast;
			const document =
				by === undefined ? whole : { ...whole, groups: whole.groups.filter((group) => group.by === "total" || group.by === by) };
			if (!isPage) return document;
			const order = { ...document, asked: request.query.language, links: linksOf(name, "forecast", request.query) };
			return sendPage(request, reply, order, (speech, links) => forecastPage(speech, document, links));
		},
	});
}
