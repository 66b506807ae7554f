import ical, { ICalCalendarMethod } from "ical-generator";
import { Temporal } from "temporal-polyfill";
import type { Entry } from "../plan-document.ts";
import { type AgendaFilter, type AgendaSource, createMoneyFormat, customerNameOf, selectAgendas } from "./select.ts";
import { formatVtimezone } from "./vtimezone.ts";

/** What the rep reads when opening the event: why, what to offer, by when. */
function describe(entry: Entry, money: (cents: number) => string): string {
	const { brief } = entry;
	const offers = entry.products.map((product) => `${product.product_id} (${money(product.expected_cents)})`).join(", ");
	const facts = [
		entry.reason,
		offers && `Offer: ${offers}`,
		entry.order_by && `Order by ${entry.order_by}`,
		entry.delivers_on && `Delivers on ${entry.delivers_on}`,
		brief.last_order_on && `Last order ${brief.last_order_on}`,
		brief.overdue_cents > 0 && `Overdue ${money(brief.overdue_cents)} for ${brief.overdue_days} days`,
		brief.open_complaint && `Open complaint: ${brief.open_complaint}`,
		brief.last_objection && `Last objection: ${brief.last_objection}`,
		`Worth ${money(entry.value_cents)}`,
	];
	return facts.filter(Boolean).join("\n");
}

/**
 * The selected agendas as an iCalendar file (RFC 5545): an event an entry, its UID the `entry_id`, so that a calendar that already
 * holds the event moves it. Times are local in the rep's zone, which the file defines. The stamp is the plan's as_of, not a clock.
 */
export function formatAgendaIcs(plan: AgendaSource, filter: AgendaFilter = {}): string {
	const money = createMoneyFormat(plan);
	const calendar = ical({
		name: filter.rep === undefined ? "Carteira" : `Carteira ${filter.rep}`,
		prodId: { company: "Carteira", product: "agenda", language: "EN" },
		method: ICalCalendarMethod.PUBLISH,
		timezone: { name: null, generator: (name) => formatVtimezone(name, plan.horizon.from, plan.horizon.to) },
	});
	const stamp = Temporal.Instant.from(`${plan.as_of}T00:00:00Z`);
	for (const { rep, day } of selectAgendas(plan, filter)) {
		const zone = day.time_zone;
		for (const entry of day.entries) {
			calendar.createEvent({
				id: entry.entry_id,
				stamp,
				timezone: zone,
				start: Temporal.PlainDateTime.from(`${day.date}T${entry.start}`).toZonedDateTime(zone),
				end: Temporal.PlainDateTime.from(`${day.date}T${entry.end}`).toZonedDateTime(zone),
				summary: `${entry.channel} · ${customerNameOf(entry)} · ${entry.objective}`,
				description: describe(entry, money),
				categories: [{ name: entry.kind }, { name: rep.rep_id }],
			});
		}
	}
	return calendar.toString();
}
