import { isVisitDay, parseVisitDays } from "../portfolio/calendar/calendar.ts";
import { VISIT_DAY_RULES } from "../portfolio/schema.ts";
import { assignmentsOn, OWNER } from "./action-plans.ts";
import type { AgendaView, Checked, ContactView } from "./views.ts";

const HARD = VISIT_DAY_RULES.indexOf("hard");

/** The rep's limits of a day, and the days on which customers are visited. */
export function checkLimits(context: Checked): void {
	for (const { agendas } of context.reps) {
		for (const agenda of agendas) {
			if (agenda.rep < 0) continue;
			checkCounts(context, agenda);
			checkVisitDays(context, agenda);
		}
	}
}

function checkCounts({ portfolio, report }: Checked, { rep, contacts, shape, pointer }: AgendaView): void {
	const { max_visits: visits, max_calls: calls, max_travel_minutes: minutes } = portfolio.tables.reps.numbers;
	if (contacts.length > 0 && contacts.every(({ isFact }) => isFact)) return; // what happened is no plan
	const numVisits = contacts.filter(({ isVisit }) => isVisit).length;
	const numCalls = contacts.length - numVisits;
	// No limit is NaN, which no count exceeds.
	if (numVisits > visits[rep]) report("max-visits", pointer, `${numVisits} visits, at most ${visits[rep]}`);
	if (numCalls > calls[rep]) report("max-calls", pointer, `${numCalls} remote contacts, at most ${calls[rep]}`);
	if (shape.travel_seconds > minutes[rep] * 60)
		report("max-travel", pointer, `${shape.travel_seconds} s of travel, at most ${minutes[rep]} min`);
}

function checkVisitDays(context: Checked, { contacts, pointer }: AgendaView): void {
	const { policy, report } = context;
	let swaps = 0;
	for (const contact of contacts) {
		if (!contact.isVisit || contact.customer < 0 || contact.appointment >= 0 || contact.isFact || contact.entry.kind === "escalation")
			continue;
		const { isFixedDay, isOff, isHard } = visitDayOf(context, contact);
		if (policy.routing_mode === "fixed" && !isFixedDay) report("fixed-day", contact.pointer, "not a visit day of the customer");
		if (isOff && isHard) report("hard-visit-day", contact.pointer, "not one of the customer's hard visit days");
		if (isOff) swaps++;
	}
	const most = policy.stability.max_swaps_per_day;
	if (policy.routing_mode === "guided" && swaps > most)
		report("swap-limit", pointer, `${swaps} visits off their customers' days, at most ${most}`);
}

/** What a visit's day is for the customer. */
interface VisitDayOf {
	/** A fixed day of some assignment. */
	readonly isFixedDay: boolean;
	/** A fixed day of none, though all state some. */
	readonly isOff: boolean;
	/** All assignments are hard about it. */
	readonly isHard: boolean;
}

/**
 * Reads the assignments of the visiting rep and of the customer's owners, of the day and of as_of: the contract does not say whether
 * who stands in for the owner keeps the owner's days. A customer that no assignment gives an owner may have no fixed days.
 */
function visitDayOf(context: Checked, { customer, rep, day }: ContactView): VisitDayOf {
	const { texts, codes, refs } = context.portfolio.tables.assignments;
	const valid = [...new Set([...assignmentsOn(context, customer, day), ...assignmentsOn(context, customer, context.asOf)])];
	const rows = valid.filter((row) => refs.rep_id[row] === rep || codes.role[row] === OWNER);
	const daysOf = rows.map((row) => texts.visit_days.at(row)).map((text) => (text === null ? [] : parseVisitDays(text)));
	const isFixedDay = daysOf.some((days) => isVisitDay(days, day));
	const isOwned = rows.some((row) => codes.role[row] === OWNER);
	return {
		isFixedDay,
		isOff: isOwned && !isFixedDay && daysOf.every((days) => days.length > 0),
		isHard: rows.every((row) => codes.visit_day_rule[row] === HARD),
	};
}
