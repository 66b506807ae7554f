import type { DayPlan, Entry, PlanDocument, RepPlan } from "../agenda/plan-document.ts";
import { TERMS } from "../policy/case.ts";
import type { Day } from "../units.ts";
import type { Desk, Held } from "./desk.ts";

/**
 * A rep's agendas as they are, from a date on valued anew where other agendas now contact its customers on other days. The very same part where
 * nothing of that has changed.
 */
export function revalued(desk: Desk, before: PlanDocument, after: PlanDocument, part: RepPlan, today: string): RepPlan {
	if (!isConcerned(desk, before, after, part)) return part;
	const rep = desk.repRows.get(part.rep_id) ?? -1;
	const held = desk.heldBy(part);
	const isOther = isContactedOtherwise(desk, before, after, rep);
	const concerned = new Map(held.filter(({ customer }) => isOther(customer)).map((contact) => [contact.entry.entry_id, contact]));
	const valueOf = valuer(desk, after, rep, held, concerned);
	const days = part.days.map((day): DayPlan => {
		if (day.date < today) return day;
		return { ...day, entries: day.entries.map((entry) => (concerned.has(entry.entry_id) ? valueOf(entry) : entry)) };
	});
	const sum = (all: readonly DayPlan[]): number =>
		all.reduce((cents, { entries }) => cents + entries.reduce((more, entry) => more + entry.value_cents, 0), 0);
	const value = part.value_cents + sum(days) - sum(part.days);
	const bound = Math.max(value, part.upper_bound_cents);
	return { ...part, days, value_cents: value, upper_bound_cents: bound, gap: bound > 0 ? (bound - value) / bound : null };
}

/** Do agendas made before a rep's contact some of its customers on other dates than in an earlier plan? */
export function isConcerned(desk: Desk, before: PlanDocument, after: PlanDocument, part: RepPlan): boolean {
	const isOther = isContactedOtherwise(desk, before, after, desk.repRows.get(part.rep_id) ?? -1);
	return desk.contactsOf(part).some(([customer]) => isOther(customer));
}

function isContactedOtherwise(desk: Desk, before: PlanDocument, after: PlanDocument, rep: number): (customer: number) => boolean {
	const [was, is] = [desk.takenBefore(before, rep), desk.takenBefore(after, rep)];
	return (customer) => was.get(customer) !== is.get(customer) && String(was.get(customer)) !== String(is.get(customer));
}

function valuer(
	desk: Desk,
	plan: PlanDocument,
	rep: number,
	held: readonly Held[],
	concerned: ReadonlyMap<string, Held>,
): (entry: Entry) => Entry {
	const repCase = desk.partOf(plan, rep, new Set([...concerned.values()].map(({ customer }) => customer)));
	const terms = new Int32Array(TERMS.length);
	return (entry) => {
		const contact = concerned.get(entry.entry_id);
		if (!contact || entry.status === "not_reached") return entry;
		const { customer, date, channel, start } = contact;
		const option = repCase.options.findIndex(
			(candidate) =>
				candidate.customer === customer &&
				candidate.channel === channel &&
				repCase.days[candidate.day] === date &&
				candidate.windows.some(([from, to]) => from <= start && start <= to),
		);
		if (option < 0) return entry;
		const value = repCase.termsInto(option, previousOf(held, contact), start > repCase.options[option].cutoff, terms);
		return {
			...entry,
			value_cents: value,
			terms: TERMS.map((name, at) => ({ name, cents: terms[at] })).filter(({ cents }) => cents !== 0),
		};
	};
}

function previousOf(held: readonly Held[], { customer, date }: Held): Day | null {
	return held.findLast((other) => other.customer === customer && other.date < date && other.entry.status !== "not_reached")?.date ?? null;
}
