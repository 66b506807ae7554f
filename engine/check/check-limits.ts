import { isVisitDay, parseVisitDays, type VisitDay } from "../portfolio/calendar.ts";
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
		if (!contact.isVisit || contact.customer < 0 || contact.appointment >= 0 || contact.entry.kind === "escalation") continue;
		const { days, isHard } = visitDaysOf(context, contact);
		const isFixedDay = days.length > 0 && isVisitDay(days, contact.day);
		if (policy.routing_mode === "fixed" && !isFixedDay) report("fixed-day", contact.pointer, "not a visit day of the customer");
		if (isHard && !isFixedDay) report("hard-visit-day", contact.pointer, "not one of the customer's hard visit days");
		if (days.length > 0 && !isFixedDay) swaps++;
	}
	const most = policy.stability.max_swaps_per_day;
	if (policy.routing_mode === "guided" && swaps > most)
		report("swap-limit", pointer, `${swaps} visits off their customers' days, at most ${most}`);
}

/**
 * Fixed days on which a customer is visited, by the assignments of the day and of as_of: who stands in for the owner may keep the
 * owner's days. They are hard where every owner's assignment says so.
 */
function visitDaysOf(context: Checked, { customer, day }: ContactView): { days: VisitDay[]; isHard: boolean } {
	const { texts, codes } = context.portfolio.tables.assignments;
	const rows = new Set([...assignmentsOn(context, customer, day), ...assignmentsOn(context, customer, context.asOf)]);
	const stating = [...rows].filter((row) => texts.visit_days.at(row) !== null);
	const owning = [...rows].filter((row) => codes.role[row] === OWNER);
	return {
		days: stating.flatMap((row) => parseVisitDays(texts.visit_days.at(row) ?? "")),
		isHard: owning.length > 0 && owning.every((row) => codes.visit_day_rule[row] === HARD && stating.includes(row)),
	};
}
