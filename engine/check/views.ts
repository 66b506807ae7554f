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
	return {
		shape,
		pointer,
		rep,
		day,
		start: parseTime(shape.start),
		end: parseTime(shape.end),
		breaks: shape.breaks.map(({ start, end }): Interval => [parseTime(start), parseTime(end)]),
		contacts: shape.entries.map((entry, at) => viewContact(context, entry, `${pointer}/entries/${at}`, rep, day)),
		work: rep < 0 ? null : workDayOf(context, rep, day),
	};
}

function viewContact(context: CheckContext, entry: EntryShape, pointer: string, rep: number, day: Day): ContactView {
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
	};
}
