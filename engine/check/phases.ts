import { CUSTOMER_STATUS } from "../portfolio/schema.ts";
import type { Day } from "../units.ts";
import type { CheckContext } from "./context.ts";

const CLOSED = CUSTOMER_STATUS.indexOf("closed");
/** Relative tolerance on a threshold, which comes from an interval held as a 32-bit float. */
const NEAR = 1e-5;

/** Day of a customer's first and last purchase before as_of; null for a customer that never bought. */
export function ordersOf({ history }: CheckContext, customer: number): { first: Day; last: Day } | null {
	const [from, to] = [history.eventStart[customer], history.eventStart[customer + 1]];
	return from === to ? null : { first: history.eventDay[from], last: history.eventDay[to - 1] };
}

/** Days without an order, counted to the day up to which silence means something; 0 at least. */
export function silenceOf({ silenceFrom }: CheckContext, last: Day): number {
	return Math.max(0, silenceFrom - last);
}

/**
 * Phases that a customer may have: one, but for a silence right at a threshold, for a first order that is new by the one and not by
 * the other of two days to count to (as_of, or the last day with trusted orders), and for a closed customer that never ordered.
 */
export function phasesOf(context: CheckContext, customer: number): string[] {
	const { policy, portfolio, asOf, silenceFrom } = context;
	const isClosed = portfolio.tables.customers.codes.status[customer] === CLOSED;
	const orders = ordersOf(context, customer);
	if (!orders) return isClosed ? ["prospect", "ex_customer"] : ["prospect"];
	if (isClosed) return ["ex_customer"];
	const ages = [asOf - orders.first, silenceFrom - orders.first];
	const isNew = ages.map((age) => age < policy.phases.new_days);
	const settled = isNew.every(Boolean) ? [] : silentPhases(context, customer, silenceOf(context, orders.last));
	return isNew.some(Boolean) ? ["new", ...settled] : settled;
}

function silentPhases(context: CheckContext, customer: number, silence: number): string[] {
	const { pre_inactive, inactivating, inactive, ex_customer } = context.policy.phases;
	const interval = context.expectedInterval[customer] || 0; // where it is not known only the floors hold
	const thresholdOf = ({ ratio, floor_days, ceiling_days }: typeof inactive): number =>
		Math.min(ceiling_days, Math.max(floor_days, ratio * interval));
	const ladder: readonly (readonly [string, number])[] = [
		["ex_customer", ex_customer.days],
		["inactive", thresholdOf(inactive)],
		["inactivating", thresholdOf(inactivating)],
		["pre_inactive", thresholdOf(pre_inactive)],
		["active", 0],
	];
	const deepest = (days: number): string => ladder.find(([, threshold]) => days >= threshold)?.[0] ?? "active";
	return [...new Set([deepest(silence), deepest(silence * (1 - NEAR)), deepest(silence * (1 + NEAR))])];
}
