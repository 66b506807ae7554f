import { contactDay, isReached } from "../policy/classify.ts";
import { REP_KINDS } from "../portfolio/schema.ts";
import { type Day, formatDay, parseDay } from "../units.ts";
import { behind, type MonthView } from "./month-view.ts";
import { plannedDays } from "./rep-loads.ts";
import { type Decision, DECISIONS, type ReviewOverrides } from "./review-document.ts";

/** Days from a contact's date in which what the customer did counts as its result. */
const RESULT_DAYS = 14;
const MOST_REASONS = 10;

interface Decided {
	readonly decision: Decision;
	readonly customer: number;
	readonly day: Day;
	readonly reason: string | null;
}

/**
 * What reps did with the contacts of their agendas, and what the customers then did. How often agendas are followed is no figure: a
 * decision is only shown with its result, and those of RCAs and of days that were advice or only compared not at all.
 */
export function overridesOf(view: MonthView): ReviewOverrides[] {
	if (view.plans.length === 0) return [];
	const decided = findDecisions(view);
	return DECISIONS.map((decision) =>
		outcomeOf(
			view,
			decision,
			decided.filter((row) => row.decision === decision),
		),
	);
}

/** Reps for whom an agenda is a recommendation. */
export function isRca({ portfolio }: MonthView, rep: number): boolean {
	return REP_KINDS[portfolio.tables.reps.codes.kind[rep]] === "rca";
}

function findDecisions(view: MonthView): Decided[] {
	const { portfolio, plans, month } = view;
	const { customers, reps } = portfolio.tables;
	const rowsOf = (ids: { at(row: number): string | null; length: number }) =>
		new Map(Array.from({ length: ids.length }, (_, row) => [ids.at(row) ?? "", row] as const));
	const customerOf = rowsOf(customers.texts.customer_id);
	const repOf = rowsOf(reps.texts.rep_id);
	const found = new Map<string, Decided>();
	const days = plannedDays(plans, formatDay(month.from), formatDay(month.until - 1));
	const advised = new Set(days.filter(({ day }) => day.stage !== undefined).map(({ repId, day }) => `${day.date} ${repId}`));
	const note = (decision: Decision, repId: string, customerId: string, date: string, reason: string | null): void => {
		const [customer, rep, day] = [customerOf.get(customerId), repOf.get(repId), parseDay(date)];
		if (
			customer === undefined ||
			rep === undefined ||
			isRca(view, rep) ||
			advised.has(`${date} ${repId}`) ||
			!(day >= month.from && day < month.until)
		)
			return;
		const key = `${date} ${repId} ${customerId}`;
		if (decision !== "untouched" || !found.has(key)) found.set(key, { decision, customer, day, reason });
	};
	for (const { receipt } of plans)
		for (const { type, rep_id: repId, customer_id: customerId, date, reason } of receipt.revision?.events ?? []) {
			const decision = DECISIONS.find((known) => known === type);
			if (decision && typeof customerId === "string" && typeof date === "string")
				note(decision, repId, customerId, date, typeof reason === "string" ? reason : null);
		}
	for (const { repId, day } of days)
		for (const { customer_id: customerId } of day.entries) note("untouched", repId, customerId, day.date, null);
	return [...found.values()];
}

function outcomeOf(view: MonthView, decision: Decision, rows: readonly Decided[]): ReviewOverrides {
	const over = rows.filter(({ day }) => day + RESULT_DAYS <= view.ordersUntil);
	const results = over.map((row) => ({ ...row, ...resultOf(view, row) }));
	const sum = (of: (result: (typeof results)[number]) => number): number => results.reduce((all, result) => all + of(result), 0);
	const [ordered, value] = [sum((row) => Number(row.ordered)), sum((row) => row.value)];
	const weights = new Float64Array(view.history.numCustomers);
	for (const { customer, value: bought } of results) weights[customer] += Math.max(1, bought);
	return {
		decision,
		num_over: over.length,
		num_open: rows.length - over.length,
		reached: sum((row) => Number(row.reached)),
		ordered,
		ordered_share: over.length > 0 ? ordered / over.length : null,
		value_cents: value,
		value_cents_each: over.length > 0 ? value / over.length : null,
		reasons: reasonsOf(results),
		...behind(view, weights),
	};
}

/** What the customer did in the days from a contact's date on. */
function resultOf({ portfolio, history }: MonthView, { customer, day }: Decided): { reached: boolean; ordered: boolean; value: number } {
	const { contacts } = portfolio.tables;
	const until = day + RESULT_DAYS;
	let [reached, ordered, value] = [false, false, 0];
	for (let i = history.contactStart[customer]; i < history.contactStart[customer + 1]; i++) {
		const row = history.contact[i];
		const on = contactDay(contacts.numbers.contacted_at[row]);
		reached ||= on >= day && on < until && isReached(contacts.codes.outcome[row]);
	}
	for (let i = history.eventStart[customer]; i < history.eventStart[customer + 1]; i++) {
		if (history.eventDay[i] < day || history.eventDay[i] >= until) continue;
		ordered = true;
		value += history.eventValue[i];
	}
	return { reached, ordered, value };
}

function reasonsOf(results: readonly (Decided & { ordered: boolean })[]): ReviewOverrides["reasons"] {
	const groups = Map.groupBy(
		results.filter(({ reason }) => reason !== null),
		({ reason }) => reason ?? "",
	);
	return [...groups]
		.map(([reason, rows]) => ({ reason, num: rows.length, ordered: rows.filter(({ ordered }) => ordered).length }))
		.sort((a, b) => b.num - a.num || (a.reason < b.reason ? -1 : 1))
		.slice(0, MOST_REASONS);
}
