import { CHANNELS, CUSTOMER_STATUS } from "../portfolio/schema.ts";
import { parseChannels, intervalsOn, parseHours } from "../portfolio/calendar/calendar.ts";
import { type Day, formatDay, NULL_DAY, SECONDS_PER_DAY } from "../units.ts";
import { actionPlansOf, escalationReps, hasReached, isManager, kindOf, objectionsOf, repsOf } from "./action-plans.ts";
import { placeOfCustomer } from "./places.ts";
import { type Checked, type ContactView, contactsOf } from "./views.ts";

const OPEN = CUSTOMER_STATUS.indexOf("open");

/** Who contacts whom, by which channel, for how long, and how often. */
export function checkContacts(context: Checked): void {
	for (const contact of contactsOf(context.reps)) {
		if (contact.isFact) continue;
		checkRep(context, contact);
		checkDuration(context, contact);
		checkShownGap(context, contact);
		if (contact.isVisit && !placeOfCustomer(context, contact.customer)) {
			context.report("visit-without-place", contact.pointer, `customer ${contact.entry.customer_id} has no coordinates`);
		}
		if (contact.appointment >= 0) continue; // a promise is kept whatever the rules below say
		checkChannel(context, contact);
		checkHours(context, contact);
		checkBlocked(context, contact);
	}
	for (const contacts of context.contacts.values()) checkGaps(context, contacts);
}

/** Is a customer of those that only appointments may reach? */
export function isBlocked({ portfolio }: Checked, customer: number): boolean {
	const { status, blocked } = portfolio.tables.customers.codes;
	return blocked[customer] === 1 || (status[customer] < CUSTOMER_STATUS.length && status[customer] !== OPEN);
}

/** What some experiment holds out on the day, the customer or the rep's day; null: neither. */
export function heldOutOn({ policy, portfolio: { tables } }: Checked, customer: number, rep: number, day: Day): string | null {
	const date = formatDay(day);
	const [customerId, repId] = [tables.customers.texts.customer_id.at(customer) ?? "", tables.reps.texts.rep_id.at(rep)];
	const isHeld = policy.hold_outs.some(({ from, to, customers }) => from <= date && date <= to && customers.includes(customerId));
	if (isHeld) return `customer ${customerId}`;
	const isDay = policy.hold_outs.some(({ rep_days: rows }) => rows.some(({ rep_id, dates }) => rep_id === repId && dates.includes(date)));
	return isDay ? `${date} of rep ${repId}` : null;
}

/** Day of the last contact of the history that reached the customer; NULL_DAY for none. */
export function lastReached({ portfolio, history }: Checked, customer: number): Day {
	const { contacts } = portfolio.tables;
	for (let at = history.contactStart[customer + 1] - 1; at >= history.contactStart[customer]; at--) {
		const row = history.contact[at];
		if (hasReached(contacts, row)) return Math.floor(contacts.numbers.contacted_at[row] / SECONDS_PER_DAY);
	}
	return NULL_DAY;
}

/** Least days between a contact and the one before it: the customer's, else its action plan's; 0 where nothing says. */
export function minGapsOf(context: Checked, contact: ContactView): number[] {
	const own = context.portfolio.tables.customers.numbers.min_gap_days[contact.customer];
	if (!Number.isNaN(own)) return [own];
	return actionPlansOf(context, contact).map(({ min_gap_days }) => min_gap_days);
}

function checkRep(context: Checked, contact: ContactView): void {
	const { rep, customer, day, entry, pointer, appointment } = contact;
	if (appointment >= 0) return;
	if (isManager(context, rep) && entry.kind !== "escalation") {
		context.report("manager-contact", `${pointer}/kind`, `${entry.kind} in the agenda of a ${kindOf(context, rep)}`);
	} else if (entry.kind === "escalation") {
		const targets = escalationReps(context, customer, entry);
		if (!targets.includes(rep)) context.report("escalation", pointer, `customer ${entry.customer_id} is not escalated to this rep`);
	} else {
		const reps = repsOf(context, customer, day);
		// A customer without any rep is one to be assigned; nothing says to whom.
		if (reps.length > 0 && !reps.includes(rep)) context.report("assigned-rep", pointer, `customer ${entry.customer_id} is not this rep's`);
	}
}

function checkChannel(context: Checked, contact: ContactView): void {
	const { customer, entry, pointer } = contact;
	const code = CHANNELS.findIndex((channel) => channel === entry.channel);
	const agreed = context.portfolio.tables.customers.texts.channels.at(customer);
	const plans = actionPlansOf(context, contact);
	const isPlanned =
		plans.length === 0 ||
		plans.some(({ channels }) => channels.some(({ channel }) => channel === entry.channel)) ||
		objectionsOf(context, customer).some(({ channel }) => channel === entry.channel);
	if (code < 0) context.report("channel", `${pointer}/channel`, `${entry.channel} is none of ${CHANNELS.join(", ")}`);
	else if (agreed !== null && (parseChannels(agreed) & (1 << code)) === 0) {
		context.report("channel", `${pointer}/channel`, `customer ${entry.customer_id} agreed to ${agreed}, not to ${entry.channel}`);
	} else if (!isPlanned) context.report("channel", `${pointer}/channel`, `${entry.channel} is not in the action plan`);
}

function checkHours({ portfolio, calendar, report }: Checked, { isVisit, customer, day, start, end, entry, pointer }: ContactView): void {
	const { visit_hours: hours, state, city_code: city } = portfolio.tables.customers.texts;
	const text = hours.at(customer);
	if (!isVisit || text === null) return;
	const intervals = intervalsOn(parseHours(text), day, calendar.isHoliday(day, [state.at(customer), city.at(customer)]));
	const isInside = intervals.some(([open, close]) => open <= start && end <= close);
	if (!isInside) report("visit-hours", pointer, `${entry.start}-${entry.end} is not inside one interval of ${text} on ${formatDay(day)}`);
}

function checkBlocked(context: Checked, { customer, rep, day, entry, pointer }: ContactView): void {
	const what = heldOutOn(context, customer, rep, day);
	if (what !== null) context.report("held-out", pointer, `an experiment holds ${what} out`);
	const date = formatDay(day);
	const repId = context.portfolio.tables.reps.texts.rep_id.at(rep) ?? "";
	const rule = context.policy.contact_rules.find(
		({ customer_id, rep_id, from, until }) =>
			customer_id === entry.customer_id && (rep_id === null || rep_id === repId) && from <= date && date <= until,
	);
	if (rule) context.report("contact-rule", pointer, `a rule until ${rule.until} keeps ${repId} from ${entry.customer_id}`);
	if (isBlocked(context, customer))
		context.report("blocked", pointer, `customer ${entry.customer_id} is blocked, closed or not to be contacted`);
}

function checkDuration(context: Checked, contact: ContactView): void {
	const minutes = minutesOf(context, contact);
	const lasts = contact.end - contact.start;
	if (minutes.length === 0 || minutes.some((length) => Math.abs(lasts - length * 60) < 1)) return;
	context.report("duration", contact.pointer, `${lasts} s, expected ${minutes.join(" or ")} min`);
}

/** Minutes that a contact may last; empty where nothing says. */
function minutesOf(context: Checked, contact: ContactView): number[] {
	const { customers, appointments } = context.portfolio.tables;
	const promised = contact.appointment < 0 ? Number.NaN : appointments.numbers.minutes[contact.appointment];
	if (!Number.isNaN(promised)) return [promised];
	const own = customers.numbers.service_minutes[contact.customer];
	if (contact.isVisit && !Number.isNaN(own)) return [own];
	const planned = actionPlansOf(context, contact).flatMap(({ channels }) => channels);
	const alike = planned.filter(({ channel }) => channel === contact.entry.channel);
	return alike.map(({ minutes }) => minutes);
}

function checkShownGap(context: Checked, contact: ContactView): void {
	const gaps = minGapsOf(context, contact);
	const shown = contact.entry.min_gap_days;
	const isShown = gaps.length === 0 || gaps.includes(shown) || (contact.appointment >= 0 && shown === 0);
	if (!isShown) context.report("min-gap-shown", `${contact.pointer}/min_gap_days`, `${shown}, expected ${gaps.join(" or ")}`);
}

/** One contact a day, and the minimum gap between consecutive contacts and to the history; a customer's contacts, oldest first. */
function checkGaps(context: Checked, all: readonly ContactView[]): void {
	const contacts = all.filter(({ isMissed }) => !isMissed);
	if (contacts.length === 0) return;
	const reached = lastReached(context, contacts[0].customer);
	for (const [index, contact] of contacts.entries()) {
		const { day, entry, pointer, appointment } = contact;
		const before = contacts[index - 1];
		const gap = Math.min(...minGapsOf(context, contact), Number.MAX_SAFE_INTEGER);
		const least = gap === Number.MAX_SAFE_INTEGER ? 0 : gap;
		if (before?.day === day) context.report("one-contact-a-day", pointer, `customer ${entry.customer_id} is also at ${before.pointer}`);
		if (appointment >= 0) continue;
		if (before && before.appointment < 0 && before.day !== day && day - before.day < least) {
			context.report("min-gap", pointer, `${day - before.day} days after ${before.pointer}, at least ${least}`);
		}
		if (reached !== NULL_DAY && day - reached < least) {
			context.report("min-gap-history", pointer, `${day - reached} days after the contact of ${formatDay(reached)}, at least ${least}`);
		}
	}
}
