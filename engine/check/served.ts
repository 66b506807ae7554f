import { CHANNELS } from "../portfolio/schema.ts";
import { parseChannels } from "../portfolio/calendar/calendar.ts";
import type { Day } from "../units.ts";
import { isManager, kindOf, serverOn } from "./action-plans.ts";
import { heldOutOn, isBlocked, lastReached } from "./check-contacts.ts";
import { isFull, rungOf } from "./credit.ts";
import type { Checked } from "./views.ts";
import type { WorkDay } from "./work-day.ts";

/** A day on which a rep of the plan, no manager, surely serves a customer and works. */
export interface ServedDay {
	readonly rep: number;
	readonly day: Day;
	readonly work: WorkDay;
}

/** Answers on which days a customer is served over all agendas of the plan, ascending. */
export function createServedDays(context: Checked): (customer: number) => ServedDay[] {
	const works = new Map(
		context.reps.map(({ rep, agendas }) => [rep, new Map(agendas.flatMap(({ day, work }) => (work ? [[day, work] as const] : [])))]),
	);
	const days = Array.from({ length: context.lastDay - context.asOf + 1 }, (_, after) => context.asOf + after);
	return (customer) =>
		days.flatMap((day) => {
			const rep = serverOn(context, customer, day);
			const work = works.get(rep)?.get(day);
			return work && !isManager(context, rep) ? [{ rep, day, work }] : [];
		});
}

/** Has a customer delivery days of its own or of its route? Others are delivered to on every working day. */
export function hasDeliveryDays({ portfolio: { tables } }: Checked, customer: number): boolean {
	return tables.customers.texts.delivery_days.at(customer) !== null || tables.customers.refs.route_id[customer] >= 0;
}

/** Is a day past the minimum gap to the history, by the customer's own gap or, without one, by that of every action plan? */
export function isPastGap(context: Checked, customer: number, day: Day): boolean {
	const own = context.portfolio.tables.customers.numbers.min_gap_days[customer];
	const longest = Number.isNaN(own) ? Math.max(...context.policy.action_plans.map(({ min_gap_days }) => min_gap_days)) : own;
	return day - lastReached(context, customer) >= Math.max(1, longest);
}

/**
 * Does no rule that holds in every plan stand against a contact on the day? Says so only where the data leave no doubt: whatever
 * action plan applies has a remote channel that the customer agreed to and the shift holds, and an order can be delivered.
 */
export function isSurelyOpen(context: Checked, customer: number, { rep, day, work }: ServedDay): boolean {
	if (isBlocked(context, customer) || isFull(context, customer) || rungOf(context, customer) === "collections_team") return false;
	if (heldOutOn(context, customer, rep, day) !== null) return false;
	if (hasDeliveryDays(context, customer) || !context.calendar.isWorkingDay(day) || !isPastGap(context, customer, day)) return false;
	const text = context.portfolio.tables.customers.texts.channels.at(customer);
	const agreed = text === null ? -1 : parseChannels(text);
	const plans = context.policy.action_plans.filter(({ rep_kind: kind }) => kind === null || kind === kindOf(context, rep));
	return plans.every(({ channels }) =>
		channels.some(
			({ channel, minutes }) =>
				channel !== "visit" && ((agreed >> CHANNELS.indexOf(channel)) & 1) === 1 && minutes * 60 <= work.close - work.open,
		),
	);
}
