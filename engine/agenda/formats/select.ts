import type { DayPlan, Entry, PlanDocument, RepPlan } from "../plan-document.ts";

/** The part of a plan that the formats read; a server that keeps plans in pieces need not put the whole together. */
export type AgendaSource = Pick<PlanDocument, "as_of" | "horizon" | "currency" | "policy"> & {
	readonly reps: readonly Pick<RepPlan, "rep_id" | "days">[];
};

/** Which agendas of a plan are wanted; what is absent does not narrow. */
export interface AgendaFilter {
	readonly rep?: string;
	/** `YYYY-MM-DD`. */
	readonly date?: string;
}

/** One rep's day of a plan. */
export interface Agenda {
	readonly rep: Pick<RepPlan, "rep_id" | "days">;
	readonly day: DayPlan;
}

/** The agendas that a filter lets through, in the plan's order. */
export function selectAgendas(plan: AgendaSource, filter: AgendaFilter): Agenda[] {
	return plan.reps
		.filter((rep) => filter.rep === undefined || rep.rep_id === filter.rep)
		.flatMap((rep) => rep.days.map((day) => ({ rep, day })))
		.filter(({ day }) => filter.date === undefined || day.date === filter.date);
}

/** What people call a customer: its name where it has one, else its id. */
export function customerNameOf(entry: Entry): string {
	return entry.brief.customer_name ?? entry.customer_id;
}

/** A text setting of the plan's effective policy, e.g. `time_zone`, or the fallback where the policy does not carry it. */
export function policyText(plan: AgendaSource, field: string, fallback: string): string {
	const policy: unknown = plan.policy;
	if (typeof policy !== "object" || policy === null) return fallback;
	const value: unknown = Object.entries(policy).find(([name]) => name === field)?.[1];
	return typeof value === "string" ? value : fallback;
}

/** Writes cents the way people of the plan's language write its currency. */
export function createMoneyFormat(plan: AgendaSource, digits: 0 | 2 = 2): (cents: number) => string {
	const format = new Intl.NumberFormat(policyText(plan, "language", "en"), {
		style: "currency",
		currency: plan.currency,
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	});
	return (cents) => format.format(cents / 100);
}
