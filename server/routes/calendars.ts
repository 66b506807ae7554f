import { z } from "zod";
import { type CalendarContact, CarteiraError, type DayPlan, formatCalendarIcs } from "../../engine/index.ts";
import { negotiate } from "../media.ts";
import { id, portfolioName, responses } from "../schemas/common.ts";
import type { Services } from "../services.ts";
import { daysBefore, type PromisedContact, TOLD_DAYS } from "../store/calendar-rows.ts";
import type { Store } from "../store/store.ts";
import type { App } from "./app-type.ts";
import { NOT_MODIFIED, sendTagged, todayOf } from "./agendas.ts";

const calendarParams = z.strictObject({ portfolio: portfolioName, rep: id });
const spoken = z.looseObject({ language: z.string().default("en"), time_zone: z.string().default("UTC") });

/** A rep's contacts as a calendar to subscribe to. */
export function registerCalendarRoute(app: App, { clock }: Services): void {
	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/calendars/:rep",
		config: { scope: "read" },
		schema: {
			summary: "A rep's calendar, to subscribe to",
			description: `Contacts of published agendas from ${TOLD_DAYS} days ago on. A contact keeps its UID where a publication moves it; SEQUENCE grows with publications; what was dropped is STATUS:CANCELLED.`,
			tags: ["agendas"],
			params: calendarParams,
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
			return sendTagged(request, reply, type, formatCalendarIcs(head, await contactsOf(store, rep, promised, time_zone)));
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
