import { type Day, parseDay, parseTime, type Seconds } from "../units.ts";
import { appointmentKey, type CheckContext } from "./context.ts";
import type { DayShape, EntryShape, RepShape } from "./shape.ts";
import { type Interval, type WorkDay, workDayOf } from "./work-day.ts";

/** An entry with its times as numbers and its ids as rows. */
export interface ContactView {
	readonly entry: EntryShape;
	readonly pointer: string;
	/** Rows of customers and reps, -1 for unknown ids. */
	readonly customer: number;
	readonly rep: number;
	readonly day: Day;
	readonly isVisit: boolean;
	readonly arrive: Seconds;
	readonly start: Seconds;
	readonly end: Seconds;
	/** Row of appointments, -1 for none. */
	readonly appointment: number;
	/** Of a revised plan: it happened, so no rule of planning judges it. */
	readonly isFact: boolean;
	/** It happened and nobody was reached: it keeps no gap and nothing was sold. */
	readonly isMissed: boolean;
}

/** Where a day of a revised plan went on. */
export interface Resumed {
	readonly at: Seconds;
	/** Row of the customer at whose place the rep is; -1: the start place. */
	readonly place: number;
	readonly factor: number;
}

/** A rep's day. */
export interface AgendaView {
	readonly shape: DayShape;
	readonly pointer: string;
	readonly rep: number;
	readonly day: Day;
	readonly start: Seconds;
	readonly end: Seconds;
	readonly breaks: readonly Interval[];
	readonly contacts: readonly ContactView[];
	/** Null where the rep does not work on the day. */
	readonly work: WorkDay | null;
	/** Null: the day stands as it was planned before it began. */
	readonly resumed: Resumed | null;
}

/** A rep's part of the plan. */
export interface RepView {
	readonly shape: RepShape;
	readonly pointer: string;
	/** Row of reps, -1 for an unknown id. */
	readonly rep: number;
	readonly agendas: readonly AgendaView[];
}

/** A context with the plan's agendas laid out. */
export interface Checked extends CheckContext {
	readonly reps: readonly RepView[];
	/** Contacts of known customers and reps, by customer, oldest first. */
	readonly contacts: ReadonlyMap<number, readonly ContactView[]>;
}

/** The plan's agendas with times, dates and ids resolved. */
export function viewReps(context: CheckContext): RepView[] {
	return context.plan.reps.map((shape, index) => {
		const pointer = `/reps/${index}`;
		const rep = context.repRows.get(shape.rep_id) ?? -1;
		return { shape, pointer, rep, agendas: shape.days.map((day, at) => viewDay(context, day, `${pointer}/days/${at}`, rep)) };
	});
}

/** Contacts of known customers and reps by customer, oldest first. */
export function contactsByCustomer(reps: readonly RepView[]): Map<number, ContactView[]> {
	const contacts = new Map<number, ContactView[]>();
	for (const contact of contactsOf(reps)) {
		const group = contacts.get(contact.customer);
		if (group) group.push(contact);
		else contacts.set(contact.customer, [contact]);
	}
	for (const group of contacts.values()) group.sort((a, b) => a.day - b.day || a.start - b.start);
	return contacts;
}

/** Every contact of a known customer in the agenda of a known rep. */
export function contactsOf(reps: readonly RepView[]): ContactView[] {
	return reps.flatMap(({ agendas }) =>
		agendas.flatMap(({ contacts }) => contacts.filter(({ customer, rep }) => customer >= 0 && rep >= 0)),
	);
}

function viewDay(context: CheckContext, shape: DayShape, pointer: string, rep: number): AgendaView {
	const day = parseDay(shape.date);
	const resumed = resumedOn(context, rep, shape.date);
	const isPast = shape.date < (context.plan.receipt.revision?.now.slice(0, 10) ?? "");
	return {
		shape,
		pointer,
		rep,
		day,
		start: parseTime(shape.start),
		end: parseTime(shape.end),
		breaks: shape.breaks.map(({ start, end }): Interval => [parseTime(start), parseTime(end)]),
		contacts: shape.entries.map((entry, at) =>
			viewContact(context, entry, `${pointer}/entries/${at}`, rep, day, isPast ? Number.POSITIVE_INFINITY : (resumed?.at ?? 0)),
		),
		resumed,
		work: rep < 0 ? null : workDayOf(context, rep, day),
	};
}

function resumedOn({ plan, customerRows, repRows }: CheckContext, rep: number, date: string): Resumed | null {
	const found = plan.receipt.revision?.resumptions.find((row) => row.date === date && repRows.get(row.rep_id) === rep);
	if (!found) return null;
	return { at: parseTime(found.at), place: customerRows.get(found.from_customer_id ?? "") ?? -1, factor: found.travel_factor };
}

/** `from`: contacts that start before it are what happened. */
function viewContact(context: CheckContext, entry: EntryShape, pointer: string, rep: number, day: Day, from: Seconds): ContactView {
	const customer = context.customerRows.get(entry.customer_id) ?? -1;
	return {
		entry,
		pointer,
		customer,
		rep,
		day,
		isVisit: entry.channel === "visit",
		arrive: parseTime(entry.arrive),
		start: parseTime(entry.start),
		end: parseTime(entry.end),
		appointment: context.appointments.get(appointmentKey(customer, rep, day)) ?? -1,
		isFact: entry.status !== undefined || parseTime(entry.start) < from,
		isMissed: entry.status === "not_reached",
	};
}
