import { REP_KINDS } from "../portfolio/schema.ts";
import { allLinesOf, linesOfCustomers } from "../portfolio/recent-lines.ts";
import { once } from "../portfolio/snapshot/lazy.ts";
import type { Day } from "../units.ts";
import { buildActionPlans, cadenceOf } from "./action-plan.ts";
import { type CauseInputs, causeOf, cutOf, type Found, type Proof } from "./break-causes.ts";
import { type Cause, PHASES } from "./case.ts";
import { contactDay } from "./classify.ts";
import { buildOwnership, type Ownership } from "./ownership.ts";
import { INACTIVATING, INACTIVE, phaseOf } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** Purchases from which on a customer bought with a certain regularity. */
const REGULAR_PURCHASES = 3;
const ACTIVE = PHASES.indexOf("active");
const FIELD_EMPLOYEE = REP_KINDS.indexOf("field_employee");

/** A customer that bought with a certain regularity and stopped. */
export interface Break {
	readonly customer: number;
	/** When the order that did not come was expected. */
	readonly on: Day;
	readonly cause: Cause;
	/** Null of an unknown cause. */
	readonly proof: Proof | null;
}

export interface BreakInputs extends CauseInputs {
	readonly policy: Policy;
	/** Days between orders, by row of customers. */
	readonly expectedInterval: ArrayLike<number>;
}

/**
 * Answers whether a customer broke off, since when and why: it bought three times at least and is, by its orders alone, inactivating or
 * inactive. So a customer that closed counts, and one that is still new does not.
 */
export function createBreaks(inputs: BreakInputs, cutBefore = cutsIn(inputs)): (customer: number) => Break | null {
	const { history, classification, expectedInterval, policy, asOf } = inputs;
	const eventsOf = once(() => serviceEventsBy(inputs));
	return (customer) => {
		const [start, end] = [history.eventStart[customer], history.eventStart[customer + 1]];
		if (end - start < REGULAR_PURCHASES) return null;
		const last = classification.lastOrderDay[customer];
		const interval = expectedInterval[customer];
		const rhythm = {
			isClosed: false,
			numEvents: end - start,
			firstOrder: history.eventDay[start],
			lastOrder: last,
			expectedInterval: interval,
		};
		const { phase } = phaseOf(rhythm, policy.phases, asOf, last + classification.daysSinceLastOrder[customer]);
		if (phase !== INACTIVATING && phase !== INACTIVE) return null;
		const on = Math.min(asOf - 1, last + Math.round(interval));
		return { customer, on, ...causeOf(inputs, customer, last, on, eventsOf().get(customer) ?? [], cutBefore) };
	};
}

/** Tells what was cut of a customer's last order, by all lines of the history. */
function cutsIn({ portfolio, history, asOf }: BreakInputs): (customer: number, last: Day) => Found | null {
	const lines = allLinesOf(portfolio, history);
	return (customer, last) => cutOf(lines, customer, last, asOf);
}

/** The breaks of a portfolio, by row of customers. The order lines are read of those alone whose cause nothing else tells. */
export function findBreaks(inputs: BreakInputs): Break[] {
	const { portfolio, history, classification, asOf } = inputs;
	const open: number[] = [];
	const breakOf = createBreaks(inputs, (customer) => {
		open.push(customer);
		return null;
	});
	const breaks: Break[] = [];
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const found = breakOf(customer);
		if (found) breaks.push(found);
	}
	const lines = linesOfCustomers(portfolio, history, Int32Array.from(open));
	let nth = 0;
	return breaks.map((found) => {
		if (found.customer !== open[nth]) return found;
		return { ...found, ...cutOf(lines, nth++, classification.lastOrderDay[found.customer], asOf) };
	});
}

/** Rows of service events before as_of by customer, in order of time. */
function serviceEventsBy({ portfolio, asOf }: BreakInputs): ReadonlyMap<number, readonly number[]> {
	const { service_events: events } = portfolio.tables;
	const rows = Array.from({ length: events.numRows }, (_, row) => row).filter((row) => contactDay(events.numbers.at[row]) < asOf);
	rows.sort((a, b) => events.numbers.at[a] - events.numbers.at[b] || a - b);
	return Map.groupBy(rows, (row) => events.refs.customer_id[row]);
}

/** Answers the maximum gap that a customer has, or would have, as an active one. Who owns it is worked out when that is first asked. */
export function createActiveMaxGap(
	{ portfolio, classification, policy, asOf }: Omit<BreakInputs, "activeMaxGap" | "expectedInterval">,
	ownershipOf: () => Ownership = once(() => buildOwnership(portfolio, [asOf])),
): (customer: number) => number {
	const { customers, assignments, reps } = portfolio.tables;
	const plans = buildActionPlans(policy);
	return (customer) => {
		const ownership = ownershipOf();
		const owner = ownership.ownerOf(customer);
		const kind = owner < 0 ? FIELD_EMPLOYEE : reps.codes.kind[owner];
		const plan = plans.planOf(ACTIVE, classification.class[customer], classification.potential[customer], kind);
		const row = ownership.assignmentOn(customer, asOf);
		return cadenceOf(plan, customers, customer, row < 0 ? Number.NaN : assignments.numbers.interval_days[row]).maxGap;
	};
}
