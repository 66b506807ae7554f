import ical, { ICalCalendarMethod, ICalEventStatus } from "ical-generator";
import { Temporal } from "temporal-polyfill";
import { createVoice, type Voice } from "../messages.ts";
import type { Entry } from "../plan-document.ts";
import { type AgendaFilter, type AgendaSource, customerNameOf, policyText, selectAgendas } from "./select.ts";
import { formatVtimezone } from "./vtimezone.ts";

/** What the rep reads when opening the event: why, what to offer, by when, in the policy's language. */
function describe({ brief, products, reason, value_cents: value }: Entry, voice: Voice): string {
	const offers = products.map(({ product_id, name, expected_cents: cents }) => `${name ?? product_id} (${voice.money(cents)})`).join(", ");
	const facts = [
		reason,
		offers && voice.say("offer", { products: offers }),
		brief.order_by && voice.say("orderUntil", { orderBy: brief.order_by.slice(0, 5) }),
		brief.delivers_on && voice.say("delivery", { delivers: voice.date(brief.delivers_on) }),
		brief.last_order_on && voice.say("lastOrder", { date: brief.last_order_on }),
		brief.overdue_cents > 0 && voice.say("overdue", { overdue: voice.money(brief.overdue_cents), overdueDays: brief.overdue_days }),
		brief.open_complaint && voice.say("complaint", { complaint: brief.open_complaint }),
		brief.last_objection && voice.say("lastObjection", { objection: brief.last_objection }),
		voice.say("worth", { value: voice.money(value) }),
	];
	return facts.filter(Boolean).join("\n");
}

/**
 * The selected agendas as an iCalendar file (RFC 5545): an event an entry, its UID the `entry_id`, so that a calendar that already
 * holds the event moves it. Times are local in the rep's zone, which the file defines. The stamp is the plan's as_of, not a clock.
 * A calendar is for reps: agendas of teams in `shadow` stay out and the file says so; those that are advice are tentative events.
 */
export function formatAgendaIcs(plan: AgendaSource, filter: AgendaFilter = {}): string {
	const language = policyText(plan, "language", "en");
	const voice = createVoice(language, plan.currency);
	const calendar = ical({
		name: filter.rep === undefined ? "Carteira" : `Carteira ${filter.rep}`,
		prodId: { company: "Carteira", product: "agenda", language: language.slice(0, 2).toUpperCase() },
		method: ICalCalendarMethod.PUBLISH,
		timezone: { name: null, generator: (name) => formatVtimezone(name, plan.horizon.from, plan.horizon.to) },
	});
	const stamp = Temporal.Instant.from(`${plan.as_of}T00:00:00Z`);
	const agendas = selectAgendas(plan, filter);
	if (agendas.some(({ day }) => day.stage === "shadow")) calendar.x("X-CARTEIRA-REASON", "shadow");
	for (const { rep, day } of agendas) {
		if (day.stage === "shadow") continue;
		const zone = day.time_zone;
		for (const entry of day.entries) {
			calendar.createEvent({
				id: entry.entry_id,
				stamp,
				timezone: zone,
				start: Temporal.PlainDateTime.from(`${day.date}T${entry.start}`).toZonedDateTime(zone),
				end: Temporal.PlainDateTime.from(`${day.date}T${entry.end}`).toZonedDateTime(zone),
				summary: `${entry.channel} · ${customerNameOf(entry)} · ${entry.objective}`,
				description: describe(entry, voice),
				...(day.stage === "advise" && { status: ICalEventStatus.TENTATIVE }),
				categories: [{ name: entry.kind }, { name: rep.rep_id }],
			});
		}
	}
	return calendar.toString();
}
