import { type Calendar, parseWeekdays } from "../portfolio/calendar/calendar.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type Day, isoWeekOf, type Seconds, weekdayOf } from "../units.ts";

/** When a customer's orders are taken to it. */
export interface DeliveryRule {
	/** Bit mask of weekdays, bit 0 = Monday; 0: every working day. */
	readonly weekdays: number;
	/** 0: odd ISO weeks, 1: even ones, -1: every week. */
	readonly parity: number;
	/** Working days from order day to loading day. */
	readonly leadDays: number;
	/** A contact that starts later is an order of the next working day; null: none. */
	readonly cutoff: Seconds | null;
}

/** The first delivery after an order. */
export interface Delivery {
	readonly deliversOn: Day;
	/** Calendar days from loading day to delivery. */
	readonly wait: number;
}

/** Days and lead are the customer's, else its route's; cut-off and, with the route's days, week parity are the route's. */
export function deliveryRuleOf({ tables: { customers, delivery_routes: routes } }: Portfolio, customer: number): DeliveryRule {
	const route = customers.refs.route_id[customer];
	const isKnown = route >= 0 && route < routes.numRows;
	const own = customers.texts.delivery_days.at(customer);
	const days = own ?? (isKnown ? routes.texts.days.at(route) : null);
	const parity = own === null && isKnown ? routes.codes.week_parity[route] : -1;
	const ownLead = customers.numbers.delivery_lead_days[customer];
	const lead = Number.isNaN(ownLead) && isKnown ? routes.numbers.lead_days[route] : ownLead;
	const cutoff = isKnown ? routes.numbers.cutoff_time[route] : Number.NaN;
	return {
		weekdays: days === null ? 0 : parseWeekdays(days),
		parity: parity === 0 || parity === 1 ? parity : -1,
		leadDays: Number.isNaN(lead) ? 0 : lead,
		cutoff: Number.isNaN(cutoff) ? null : cutoff,
	};
}

/** The first day after a day, or the n-th, that is worked; the day itself for n = 0. */
export function addWorkingDays(calendar: Calendar, day: Day, count: number): Day {
	let result = day;
	for (let left = count; left > 0; ) if (calendar.isWorkingDay(++result)) left--;
	return result;
}

/** Delivery of an order taken on a day: the first delivery day from the loading day within `maxWait` calendar days; null: too late. */
export function findDelivery(rule: DeliveryRule, orderDay: Day, calendar: Calendar, maxWait: number): Delivery | null {
	const loading = addWorkingDays(calendar, orderDay, rule.leadDays);
	for (let wait = 0; wait <= maxWait; wait++) {
		if (isDeliveryDay(rule, loading + wait, calendar)) return { deliversOn: loading + wait, wait };
	}
	return null;
}

function isDeliveryDay(rule: DeliveryRule, day: Day, calendar: Calendar): boolean {
	if (rule.weekdays === 0) return calendar.isWorkingDay(day);
	if (((rule.weekdays >> weekdayOf(day)) & 1) === 0 || calendar.isHoliday(day)) return false;
	return rule.parity < 0 || (isoWeekOf(day) + 1) % 2 === rule.parity;
}

/** Deliveries of a contact by whether it starts up to the cut-off or after it; without a cut-off `after` is null. */
export interface ContactDelivery {
	readonly cutoff: Seconds | null;
	readonly before: Delivery | null;
	readonly after: Delivery | null;
}

/** Remembers deliveries by rule and day: customers of a route share them. */
export function createDeliveries(calendar: Calendar, maxWait: number): (rule: DeliveryRule, day: Day) => ContactDelivery {
	const known = new Map<string, Map<Day, ContactDelivery>>();
	return (rule, day) => {
		const key = `${rule.weekdays} ${rule.parity} ${rule.leadDays} ${rule.cutoff}`;
		const days = known.get(key) ?? new Map<Day, ContactDelivery>();
		if (days.size === 0) known.set(key, days);
		const found = days.get(day) ?? {
			cutoff: rule.cutoff,
			before: findDelivery(rule, day, calendar, maxWait),
			after: rule.cutoff === null ? null : findDelivery(rule, addWorkingDays(calendar, day, 1), calendar, maxWait),
		};
		days.set(day, found);
		return found;
	};
}
