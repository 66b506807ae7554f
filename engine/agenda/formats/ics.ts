import ical, { escape, type ICalCalendar, ICalCalendarMethod, ICalEventStatus } from "ical-generator";
import { Temporal } from "temporal-polyfill";
import { createVoice, type Voice } from "../messages.ts";
import type { Entry } from "../plan-document.ts";
import { type AgendaFilter, type AgendaSource, customerNameOf, policyText, selectAgendas } from "./select.ts";
import { formatVtimezone } from "./vtimezone.ts";

/** How often calendars are asked to look again. */
const REFRESH_SECONDS = 900;

/** What the rep reads when opening the event: why, what to offer, by when, in the policy's language. */
function describe({ brief, products, reason, value_cents: value }: Entry, voice: Voice): string {
	const offers = products.map(({ product_id, name, expected_cents: cents }) => `${name ?? product_id} (${voice.money(cents)})`).join(", ");
	const facts = [
		reason,
		brief.recovery?.advice, // absent in plans of before
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

/** A calendar without events yet. `from`, `to`: dates of its first and last. */
function createCalendar(name: string, language: string, from: string, to: string): ICalCalendar {
	return ical({
		name: escape(name, false), // of all texts the only one that the library writes as it is
		prodId: { company: "Carteira", product: "agenda", language: language.slice(0, 2).toUpperCase() },
		method: ICalCalendarMethod.PUBLISH,
		timezone: { name: null, generator: (zone) => formatVtimezone(zone, from, to) },
	});
}

/** What an event of an entry says, whatever calendar it is in. */
function eventOf(entry: Entry, date: string, zone: string, voice: Voice) {
	return {
		timezone: zone,
		start: Temporal.PlainDateTime.from(`${date}T${entry.start}`).toZonedDateTime(zone),
		end: Temporal.PlainDateTime.from(`${date}T${entry.end}`).toZonedDateTime(zone),
		summary: `${entry.channel} · ${customerNameOf(entry)} · ${entry.objective}`,
		description: describe(entry, voice),
	};
}

/**
 * The selected agendas as an iCalendar file (RFC 5545): an event an entry, its UID the `entry_id`, so that a calendar that already
 * holds the event moves it. Times are local in the rep's zone, which the file defines. The stamp is the plan's as_of, not a clock.
 * A calendar is for reps: agendas of teams in `shadow` stay out and the file says so; those that are advice are tentative events.
 */
export function formatAgendaIcs(plan: AgendaSource, filter: AgendaFilter = {}): string {
	const language = policyText(plan, "language", "en");
	const voice = createVoice(language, plan.currency);
	const name = filter.rep === undefined ? "Carteira" : `Carteira ${filter.rep}`;
	const calendar = createCalendar(name, language, plan.horizon.from, plan.horizon.to);
	const stamp = Temporal.Instant.from(`${plan.as_of}T00:00:00Z`);
	const agendas = selectAgendas(plan, filter);
	if (agendas.some(({ day }) => day.stage === "shadow")) calendar.x("X-CARTEIRA-REASON", "shadow");
	for (const { rep, day } of agendas) {
		if (day.stage === "shadow") continue;
		const status = day.stage === "advise" ? { status: ICalEventStatus.TENTATIVE } : {};
		for (const entry of day.entries) {
			const categories = [{ name: entry.kind }, { name: rep.rep_id }];
			calendar.createEvent({ id: entry.entry_id, stamp, ...eventOf(entry, day.date, day.time_zone, voice), ...status, categories });
		}
	}
	return calendar.toString();
}

/** A contact of a calendar that is subscribed to. */
export interface CalendarContact {
	readonly uid: string;
	/** Grows whenever calendars are told of the contact. */
	readonly sequence: number;
	readonly isCancelled: boolean;
	/** Of an agenda that is a recommendation. */
	readonly isAdvice: boolean;
	readonly customer_id: string;
	readonly date: string;
	/** Null: the plan that had it is gone; the date is all that is left. */
	readonly entry: Entry | null;
	readonly time_zone: string;
}

/** What a rep's calendar rests on. */
export interface CalendarHead {
	readonly rep_id: string;
	readonly language: string;
	readonly currency: string;
	/** ISO instant at which calendars were last told something. */
	readonly told_at: string;
}

/**
 * A rep's contacts as a calendar to subscribe to (RFC 5545): the UID is the contact's wherever it moves, SEQUENCE grows, and contacts
 * that a later publication dropped are `STATUS:CANCELLED`. `contacts`: by date.
 */
export function formatCalendarIcs({ rep_id, language, currency, told_at }: CalendarHead, contacts: readonly CalendarContact[]): string {
	const voice = createVoice(language, currency);
	const today = told_at.slice(0, 10);
	const calendar = createCalendar(`Carteira ${rep_id}`, language, contacts[0]?.date ?? today, contacts.at(-1)?.date ?? today);
	calendar.ttl(REFRESH_SECONDS);
	const stamp = Temporal.Instant.from(told_at);
	for (const { uid, sequence, isCancelled, isAdvice, customer_id, date, entry, time_zone } of contacts) {
		const shown =
			entry === null
				? { allDay: true, start: Temporal.PlainDate.from(date), summary: customer_id }
				: { ...eventOf(entry, date, time_zone, voice), categories: [{ name: entry.kind }] };
		const standing = isAdvice ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED;
		const status = isCancelled ? ICalEventStatus.CANCELLED : standing;
		calendar.createEvent({ id: uid, stamp, sequence, status, ...shown });
	}
	return calendar.toString();
}
