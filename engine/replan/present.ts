import type { Entry, Resumption } from "../agenda/plan-document.ts";
import { CarteiraError } from "../errors.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { type Day, formatDay, formatTime, parseTime, type Seconds, SECONDS_PER_DAY } from "../units.ts";
import type { Held } from "./desk.ts";
import type { Moment, ReplanEvent } from "./request.ts";

const VISIT = CHANNELS.indexOf("visit");

/** Where a rep stands in its day: what happened, and from where and when it goes on. */
export interface Present {
	/** Contacts of the day that are done, were tried, or are under way, with their times as they were; in order. */
	readonly facts: readonly Held[];
	/** The other contacts of the day, in order. */
	readonly rest: readonly Held[];
	/** Breaks of the day that were taken, or have begun. */
	readonly taken: readonly Pause[];
	readonly at: Seconds;
	/** Customer at whose place the rep is; -1: the start place. */
	readonly place: number;
	readonly placeId: string | null;
	/** Of the road's usual times. */
	readonly factor: number;
	readonly isAbsent: boolean;
}

/** A break that an agenda lists. */
export interface Pause {
	readonly start: Seconds;
	readonly end: Seconds;
}

/** What the events say of one rep's day; those that name other reps are ignored. */
interface DayEvents {
	readonly byCustomer: ReadonlyMap<string, Extract<ReplanEvent, { type: "done" | "not_reached" | "cancelled" }>>;
	readonly delay: Seconds;
	readonly isAbsent: boolean;
	readonly factor: number | null;
}

/**
 * A rep's day at a moment. What should have ended by then is taken for done as planned, unless an event says otherwise; what has begun is
 * finished; and who is on the way to a customer goes there, unless the customer cancelled or the rep was held up.
 */
export function presentOf(
	held: readonly Held[],
	breaks: readonly Pause[],
	repId: string,
	events: readonly ReplanEvent[],
	moment: Moment,
	before: Resumption | undefined,
): Present {
	const said = eventsOf(events, repId, formatDay(moment.day));
	const facts: Held[] = [];
	const rest: Held[] = [];
	let isHeldUp = said.delay > 0 || said.isAbsent || (said.factor !== null && said.factor !== 1);
	let at = before ? parseTime(before.at) : 0;
	let running = 0;
	for (const contact of held.filter(({ date }) => date === moment.day)) {
		const event = said.byCustomer.get(contact.entry.customer_id);
		if (event?.type === "cancelled") continue;
		const last = facts.at(-1);
		if (event) {
			facts.push(told(contact, event, moment));
			isHeldUp ||= event.type === "not_reached";
		} else if (contact.entry.status || (contact.end <= moment.time && contact.start >= (last?.end ?? 0))) facts.push(contact);
		else if (contact.start <= moment.time && contact.end > moment.time && contact.start >= (last?.end ?? 0)) {
			running = Math.min(SECONDS_PER_DAY, contact.end + said.delay);
			facts.push(said.delay === 0 ? contact : withTimes(contact, contact.start, running));
		} else if (isUnderWay(contact, moment, last, at) && !isHeldUp && rest.length === 0) facts.push(contact);
		else rest.push(contact);
	}
	facts.sort((a, b) => a.start - b.start);
	const ended = Math.max(0, ...facts.map(({ end }) => end));
	at = Math.max(at, running > 0 ? running : moment.time + said.delay, ended);
	const taken = breaks.filter(
		(pause) => pause.start < moment.time && !facts.some(({ start, end }) => start < pause.end && pause.start < end),
	);
	at = Math.min(SECONDS_PER_DAY, Math.max(at, ...taken.map(({ end }) => end))); // what is late beyond midnight is lost to the day
	const visited = facts.findLast(({ channel }) => channel === VISIT);
	return {
		facts,
		rest,
		taken,
		at,
		place: visited?.customer ?? -1,
		placeId: visited?.entry.customer_id ?? null,
		factor: said.factor ?? before?.travel_factor ?? 1,
		isAbsent: said.isAbsent || (before?.closed ?? false),
	};
}

/** Has the rep left for the contact, and nothing happened since that would have kept it? */
function isUnderWay({ channel, arrive, entry, start }: Held, { time }: Moment, last: Held | undefined, from: Seconds): boolean {
	const left = arrive - entry.travel_seconds;
	return channel === VISIT && entry.travel_seconds > 0 && left < time && start > time && left >= Math.max(last?.end ?? 0, from);
}

function eventsOf(events: readonly ReplanEvent[], repId: string, date: string): DayEvents {
	const byCustomer = new Map<string, Extract<ReplanEvent, { type: "done" | "not_reached" | "cancelled" }>>();
	let delay = 0;
	let isAbsent = false;
	let factor: number | null = null;
	for (const event of events) {
		if (event.rep_id !== repId) continue;
		if (event.type === "done" || event.type === "not_reached") byCustomer.set(event.customer_id, event);
		else if (event.type === "cancelled" && (event.date ?? date) === date) byCustomer.set(event.customer_id, event);
		else if (event.type === "delayed") delay += event.minutes * 60;
		else if (event.type === "absent") isAbsent = true;
		else if (event.type === "road") factor = event.factor;
	}
	return { byCustomer, delay, isAbsent, factor };
}

/** A contact as an event tells it. One that was planned for later needs its times. */
function told(contact: Held, event: Extract<ReplanEvent, { type: "done" | "not_reached" }>, { time }: Moment): Held {
	const start = event.start === undefined ? contact.start : parseTime(event.start);
	const end =
		event.end === undefined ? (event.start === undefined ? contact.end : start + contact.end - contact.start) : parseTime(event.end);
	const isShort = event.type === "not_reached" && event.end === undefined;
	const ended = isShort || event.end === undefined ? Math.min(end, Math.max(time, start + 1)) : end;
	if (start >= ended || ended > time)
		throw new CarteiraError(
			"INVALID_INPUT",
			`event ${event.type} of customer ${event.customer_id}: from ${formatTime(start)} to ${formatTime(ended)}; expected times that end by now ${formatTime(time)}`,
		);
	const { entry } = contact;
	const costs = entry.terms.filter(({ name }) => name === "channel_cost");
	const what: Partial<Entry> =
		event.type === "done"
			? { status: "done", outcome: event.outcome, ...(event.objection !== undefined && { objection: event.objection }) }
			: // Nobody was reached: nothing was earned, the way was made.
				{ status: "not_reached", outcome: "not_reached", terms: costs, value_cents: costs.reduce((sum, { cents }) => sum + cents, 0) };
	return withTimes({ ...contact, entry: { ...entry, ...what } }, start, ended);
}

function withTimes(contact: Held, start: Seconds, end: Seconds): Held {
	const arrive = Math.min(contact.arrive, start);
	return {
		...contact,
		arrive,
		start,
		end,
		entry: { ...contact.entry, arrive: formatTime(arrive), start: formatTime(start), end: formatTime(end) },
	};
}

/** Dates from a day on that some absence of the plan's revisions or of the events covers, after the day itself. */
export function absentDates(
	repId: string,
	absences: readonly { readonly rep_id: string; readonly from: string; readonly until: string }[],
	dates: readonly Day[],
): ReadonlySet<Day> {
	const mine = absences.filter(({ rep_id }) => rep_id === repId);
	return new Set(dates.filter((date) => mine.some(({ from, until }) => from.slice(0, 10) < formatDay(date) && formatDay(date) <= until)));
}
