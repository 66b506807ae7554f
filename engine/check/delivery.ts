import { parseWeekdays } from "../portfolio/calendar/calendar.ts";
import { WEEK_PARITIES } from "../portfolio/schema.ts";
import { type Day, isoWeekOf, NULL_CODE, type Seconds, weekdayOf } from "../units.ts";
import type { CheckContext } from "./context.ts";

/** When a customer is delivered to. */
interface DeliveryRule {
	/** Bit mask of weekdays, bit 0 = Monday; null: every working day. */
	readonly weekdays: number | null;
	readonly parity: (typeof WEEK_PARITIES)[number] | null;
	readonly leadDays: number;
}

/** Latest time of day for an order; NaN for none. */
export function cutoffOf({ portfolio }: CheckContext, customer: number): Seconds {
	const route = portfolio.tables.customers.refs.route_id[customer];
	return route < 0 ? Number.NaN : portfolio.tables.delivery_routes.numbers.cutoff_time[route];
}

/**
 * First delivery days that an order at a contact can have, by each reading of the rule that the text allows (whether a customer's
 * own delivery days keep its route's week parity, whether its city's holidays count); empty where none is in time.
 */
export function deliveriesOf(context: CheckContext, customer: number, day: Day, start: Seconds): Day[] {
	const isLate = start > cutoffOf(context, customer);
	const orderDay = isLate ? nextWorkingDay(context, day) : day;
	const { state, city_code: city } = context.portfolio.tables.customers.texts;
	const places = [[], [state.at(customer), city.at(customer)]];
	const days = rulesOf(context, customer).flatMap((rule) =>
		places.flatMap((regions) => firstDelivery(context, rule, orderDay, regions) ?? []),
	);
	return [...new Set(days)];
}

function rulesOf({ portfolio }: CheckContext, customer: number): DeliveryRule[] {
	const { customers, delivery_routes: routes } = portfolio.tables;
	const route = customers.refs.route_id[customer];
	const own = customers.texts.delivery_days.at(customer);
	const text = own ?? (route < 0 ? null : routes.texts.days.at(route));
	const ownLead = customers.numbers.delivery_lead_days[customer];
	const lead = Number.isNaN(ownLead) && route >= 0 ? routes.numbers.lead_days[route] : ownLead;
	const code = route < 0 ? NULL_CODE : routes.codes.week_parity[route];
	const rule = { weekdays: text === null ? null : parseWeekdays(text), parity: null, leadDays: Number.isNaN(lead) ? 0 : lead };
	if (code === NULL_CODE || text === null) return [rule];
	const alternate = { ...rule, parity: WEEK_PARITIES[code] };
	return own === null ? [alternate] : [rule, alternate];
}

function firstDelivery(context: CheckContext, rule: DeliveryRule, orderDay: Day, regions: readonly (string | null)[]): Day | null {
	let loading = orderDay;
	for (let lead = 0; lead < rule.leadDays; lead++) loading = nextWorkingDay(context, loading);
	for (let day = loading; day <= loading + context.policy.delivery.max_wait_days; day++) {
		if (delivers(context, rule, day, regions)) return day;
	}
	return null;
}

function delivers({ calendar }: CheckContext, { weekdays, parity }: DeliveryRule, day: Day, regions: readonly (string | null)[]): boolean {
	if (weekdays === null) return calendar.isWorkingDay(day) && !calendar.isHoliday(day, regions);
	if (calendar.isHoliday(day, regions) || (weekdays & (1 << weekdayOf(day))) === 0) return false;
	return parity === null || (parity === "A") === (isoWeekOf(day) % 2 === 1);
}

function nextWorkingDay({ calendar }: CheckContext, day: Day): Day {
	let next = day + 1;
	while (!calendar.isWorkingDay(next)) next++;
	return next;
}
