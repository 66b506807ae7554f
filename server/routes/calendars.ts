import { z } from "zod";
import { type CalendarContact, CarteiraError, type DayPlan, formatCalendarIcs } from "../../engine/index.ts";
import { negotiate } from "../http/media.ts";
import { id, portfolioName, responses } from "../schemas/common.ts";
import type { Services } from "../services.ts";
import type { CalendarToken } from "../store/calendar-tokens.ts";
import { daysBefore, type PromisedContact, TOLD_DAYS } from "../store/calendar-rows.ts";
import type { Store } from "../store/store.ts";
import type { App } from "../app-type.ts";
import { NOT_MODIFIED, sendTagged, todayOf } from "./agendas.ts";

const calendarParams = z.strictObject({ portfolio: portfolioName, rep: id });
const spoken = z.looseObject({ language: z.string().default("en"), time_zone: z.string().default("UTC") });

const tokenView = z
	.looseObject({ id: z.string(), portfolio: z.string(), rep_id: z.string(), created_at: z.string() })
	.meta({ id: "CalendarToken" });
const newTokenView = z
	.looseObject({
		...tokenView.shape,
		path: z.string().meta({ description: "the calendar's address below the service's, with the token; shown once" }),
	})
	.meta({ id: "NewCalendarToken" });

const viewOf = ({ id, portfolio, rep, createdAt }: CalendarToken): object => ({ id, portfolio, rep_id: rep, created_at: createdAt });

/** A rep's contacts as a calendar to subscribe to, and the token that opens it where no key can be sent. */
export function registerCalendarRoutes(app: App, services: Services): void {
	registerFeed(app, services);
	registerTokenRoutes(app, services);
}

function registerTokenRoutes(app: App, { calendarTokens }: Services): void {
	const url = "/v1/portfolios/:portfolio/calendars/:rep/token";
	const shared = { tags: ["agendas"], params: calendarParams };

	app.route({
		method: "PUT",
		url,
		config: { scope: "admin" },
		schema: {
			...shared,
			operationId: "renewCalendarToken",
			summary: "Make an address that a phone can subscribe to",
			description:
				"The address carries a token that opens this rep's calendar and nothing else, since calendars on phones can send no key. It is shown once and kept as a hash. A calendar has one token: making it anew ends the one before.",
			response: responses({ 200: newTokenView }, 404),
		},
		handler: async ({ params: { portfolio, rep }, tenant }) => {
			await tenant.portfolios.require(portfolio);
			const { token, text } = await calendarTokens.renew({ tenant: tenant.name, portfolio, rep });
			return { ...viewOf(token), path: `/v1/portfolios/${portfolio}/calendars/${encodeURIComponent(rep)}?token=${text}` };
		},
	});

	app.route({
		method: "GET",
		url,
		config: { scope: "admin" },
		schema: {
			...shared,
			operationId: "getCalendarToken",
			summary: "Whether a calendar can be subscribed to without a key, and since when",
			response: responses({ 200: tokenView }, 404),
		},
		handler: async ({ params: { portfolio, rep }, tenant }) => {
			const token = await calendarTokens.get({ tenant: tenant.name, portfolio, rep });
			if (token === null) throw new CarteiraError("NOT_FOUND", `the calendar of ${rep} in ${portfolio} has no token`);
			return viewOf(token);
		},
	});

	app.route({
		method: "DELETE",
		url,
		config: { scope: "admin" },
		schema: {
			...shared,
			operationId: "revokeCalendarToken",
			summary: "Close a calendar to whoever has its address",
			response: responses({ 204: z.undefined().meta({ description: "the token opens nothing any more" }) }, 404),
		},
		handler: async ({ params: { portfolio, rep }, tenant }, reply) => {
			await calendarTokens.revoke({ tenant: tenant.name, portfolio, rep });
			return reply.code(204).send();
		},
	});
}

function registerFeed(app: App, { clock }: Services): void {
	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/calendars/:rep",
		config: { scope: "read", takesCalendarToken: true },
		schema: {
			operationId: "getCalendar",
			summary: "A rep's calendar, to subscribe to",
			description: `Contacts of published agendas from ${TOLD_DAYS} days ago on. A contact keeps its UID where a publication moves it; SEQUENCE grows with publications; what was dropped is STATUS:CANCELLED.`,
			tags: ["agendas"],
			params: calendarParams,
			querystring: z.strictObject({
				token: z.string().max(200).optional().meta({ description: "in place of a key, as PUT …/token told it" }),
			}),
			response: responses(
				{ 200: { description: "the calendar", content: { "text/calendar": { schema: z.string() } } }, ...NOT_MODIFIED },
				404,
				406,
			),
		},
		handler: async (request, reply) => {
			const type = negotiate(request.headers.accept, ["text/calendar"]);
			const { portfolio, rep } = request.params;
			const { store } = request.tenant;
			const published = await store.publishedPlan(portfolio);
			if (published?.head == null) throw new CarteiraError("NOT_FOUND", `portfolio ${portfolio} has no published plan`);
			const promised = await store.promisedContacts(portfolio, rep, daysBefore(todayOf(published, clock()), TOLD_DAYS));
			const { language, time_zone } = spoken.parse(published.head.policy);
			const head = { rep_id: rep, language, currency: published.head.currency, told_at: published.publishedAt ?? published.createdAt };
			return sendTagged(request, reply, type, formatCalendarIcs(head, await contactsOf(store, rep, promised, time_zone)), "no-store");
		},
	});
}

/** Contacts with what the plan that had them last says of them. */
async function contactsOf(store: Store, rep: string, promised: readonly PromisedContact[], zone: string): Promise<CalendarContact[]> {
	const days = new Map<string, Promise<Map<string, DayPlan>>>();
	const seen = new Map<string, number>();
	const contacts: CalendarContact[] = [];
	for (const { uid, sequence, isDropped, planId, customerId, date } of promised) {
		const found = days.get(planId) ?? daysOf(store, planId, rep);
		days.set(planId, found);
		const day = (await found).get(date);
		const key = JSON.stringify([planId, date, customerId]);
		const nth = seen.get(key) ?? 0;
		seen.set(key, nth + 1);
		const entry = day?.entries.filter(({ customer_id }) => customer_id === customerId).at(nth) ?? null;
		if (day?.stage === "shadow") continue; // which reps are not shown
		contacts.push({
			uid,
			sequence,
			isCancelled: isDropped,
			isAdvice: day?.stage === "advise",
			customer_id: customerId,
			date,
			entry,
			time_zone: day?.time_zone ?? zone,
		});
	}
	return contacts;
}

/** A rep's days in a plan by date; none where the plan was discarded. */
async function daysOf(store: Store, planId: string, rep: string): Promise<Map<string, DayPlan>> {
	const agendas = await store.agendasOf(planId, { rep }).catch((error: unknown) => {
		if (error instanceof CarteiraError && error.code === "NOT_FOUND") return [];
		throw error;
	});
	return new Map(
		agendas.map(({ date, json }) => {
			const day: DayPlan = JSON.parse(json);
			return [date, day];
		}),
	);
}
