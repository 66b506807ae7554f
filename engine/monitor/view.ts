import { type ActionPlans, buildActionPlans, cadenceOf } from "../policy/action-plan.ts";
import { createActiveMaxGap } from "../policy/breaks.ts";
import type { Classification } from "../policy/case.ts";
import { classify } from "../policy/classify.ts";
import { COLLECTIONS_TEAM } from "../policy/credit.ts";
import { createSales, type SalesOf } from "../policy/monthly-sales.ts";
import { buildOwnership, isManager, type Ownership } from "../policy/ownership.ts";
import type { ActionPlan, Policy } from "../policy/policy.ts";
import { once } from "../portfolio/snapshot/lazy.ts";
import type { Calendar } from "../portfolio/calendar/calendar.ts";
import { examineFeed } from "../portfolio/feed.ts";
import { buildHistory, type History } from "../portfolio/history.ts";
import type { FeedHealth, Portfolio } from "../portfolio/portfolio.ts";
import { CUSTOMER_STATUS, REP_KINDS } from "../portfolio/schema.ts";
import { intervalsBefore } from "../scoring/past-intervals.ts";
import { ticketsOf } from "../scoring/rhythm.ts";
import type { Question } from "../question.ts";
import { rulesOf } from "../understand.ts";
import type { Cents, Day } from "../units.ts";
import { phasesAtStarts } from "./month-phases.ts";
import { type LookAhead, ordersThrough } from "./look-ahead.ts";
import { periodsOf } from "./periods.ts";

const DAYS_SCORED = 90;
const FIELD_EMPLOYEE = REP_KINDS.indexOf("field_employee");
const OPEN = CUSTOMER_STATUS.indexOf("open");

/** What is known of every customer when as_of begins, without any model; arrays by row of the customers table. */
export interface View {
	readonly portfolio: Portfolio;
	readonly policy: Policy;
	readonly calendar: Calendar;
	readonly asOf: Day;
	/** Working days planned. */
	readonly horizon: readonly Day[];
	readonly feed: FeedHealth;
	readonly history: History;
	readonly classification: Classification;
	/** Days between orders; NaN for customers that never ordered. */
	readonly expectedInterval: Float32Array;
	/** Expected order in cents; NaN for customers that never ordered. */
	readonly ticket: Float64Array;
	/** Sales less returns of purchase days and their margin over the window of the ABC curve, cents. */
	readonly revenue: Float64Array;
	readonly margin: Float64Array;
	/** Phase codes at the beginning of each month told of. */
	readonly phasesAtStarts: () => readonly Uint8Array[];
	/** Sales of periods from last month's beginning on. */
	readonly salesOf: SalesOf;
	/** Last day with order lines before as_of; −Infinity without any. */
	readonly ordersThrough: () => Day;
	readonly ownership: Ownership;
	/** Row of reps; -1 without an owner. */
	readonly owner: Int32Array;
	/** 1: has a rep who may contact it. */
	readonly isServed: Uint8Array;
	/** The action plan's days, or the customer's own. */
	readonly interval: Float64Array;
	readonly maxGap: Float64Array;
	readonly planOf: (customer: number) => ActionPlan;
	/** The maximum gap that the customer has, or had, as an active one. */
	readonly activeMaxGap: (customer: number) => number;
}

/**
 * Looks at a whole portfolio as it stood when a day began: nothing dated on it or later is seen. `ahead` tells what another thread works out
 * meanwhile; it is asked for with the first figure that needs it.
 */
export function viewOf(portfolio: Portfolio, question: Question, ahead?: () => LookAhead): View {
	const { asOf } = question;
	const { policy, calendar, horizon } = rulesOf(portfolio, question);
	const history = buildHistory(portfolio, asOf);
	const feed = examineFeed(portfolio, asOf, calendar, history);
	const [expectedInterval] = intervalsBefore(portfolio, history, [feed.silenceFrom]);
	const ticket = ticketsOf(history);
	const expectedValue = new Float64Array(history.numCustomers);
	for (let customer = 0; customer < expectedValue.length; customer++)
		expectedValue[customer] = (ticket[customer] * DAYS_SCORED) / expectedInterval[customer];
	const known = { portfolio, history, policy, asOf };
	const scores = { expectedInterval, expectedValue };
	const classification = classify({ ...known, scores, silenceFrom: feed.silenceFrom });
	const sums = windowSums(history, policy, asOf);
	const ownership = buildOwnership(portfolio, [asOf]);
	const owner = new Int32Array(history.numCustomers);
	for (let customer = 0; customer < owner.length; customer++) owner[customer] = ownership.ownerOf(customer);
	return {
		...known,
		calendar,
		horizon,
		feed,
		classification,
		expectedInterval,
		ticket,
		...sums,
		phasesAtStarts: once(() => ahead?.().phases ?? phasesAtStarts({ ...known })),
		...salesBy(known, calendar, ahead),
		ownership,
		owner,
		isServed: servedBy(portfolio, classification, owner),
		...cadences(portfolio, policy, classification, ownership, owner),
		activeMaxGap: createActiveMaxGap({ ...known, classification }, () => ownership),
	};
}

function salesBy(
	known: Pick<View, "portfolio" | "history" | "policy" | "asOf">,
	calendar: Calendar,
	ahead?: () => LookAhead,
): Pick<View, "salesOf" | "ordersThrough"> {
	const { portfolio, asOf } = known;
	const { since } = periodsOf(portfolio, calendar, asOf);
	const made = once(() => createSales(known, since, ahead?.().sales));
	return {
		salesOf: (...of) => made().salesOf(...of),
		ordersThrough: () => ahead?.().ordersThrough ?? ordersThrough(portfolio, made().lines(), asOf),
	};
}

function windowSums(history: History, policy: Policy, asOf: Day): { revenue: Float64Array; margin: Float64Array } {
	const { numCustomers, eventStart, eventDay, eventValue, eventMargin } = history;
	const from = asOf - policy.classes.window_days;
	const { default_margin_rate: rate } = policy.value;
	const [revenue, margin] = [new Float64Array(numCustomers), new Float64Array(numCustomers)];
	for (let customer = 0; customer < numCustomers; customer++) {
		for (let event = eventStart[customer + 1] - 1; event >= eventStart[customer] && eventDay[event] >= from; event--) {
			revenue[customer] += eventValue[event];
			margin[customer] += marginOf(eventMargin[event], eventValue[event], rate);
		}
	}
	return { revenue, margin };
}

/** Margin where it is known, else the policy's share of the value. */
export function marginOf(margin: Cents, value: Cents, rate: number): Cents {
	return Number.isNaN(margin) ? Math.round(value * rate) : margin;
}

function servedBy({ tables: { customers, reps } }: Portfolio, { credit }: Classification, owner: Int32Array): Uint8Array {
	const { status, blocked } = customers.codes;
	const isOwner = Array.from({ length: reps.length }, (_, rep) => !isManager(reps, rep));
	const served = new Uint8Array(owner.length);
	for (let customer = 0; customer < served.length; customer++) {
		const rep = owner[customer];
		const isFree = blocked[customer] !== 1 && (status[customer] === OPEN || status[customer] >= CUSTOMER_STATUS.length);
		served[customer] = Number(rep >= 0 && isOwner[rep] && isFree && credit[customer] !== COLLECTIONS_TEAM);
	}
	return served;
}

function cadences(
	{ tables: { customers, assignments, reps } }: Portfolio,
	policy: Policy,
	{ asOf, phase, class: cls, potential }: Classification,
	ownership: Ownership,
	owner: Int32Array,
): Pick<View, "interval" | "maxGap" | "planOf"> {
	const plans: ActionPlans = buildActionPlans(policy);
	const planOf = (customer: number): ActionPlan => {
		const kind = owner[customer] < 0 ? FIELD_EMPLOYEE : reps.codes.kind[owner[customer]];
		return plans.planOf(phase[customer], cls[customer], potential[customer], kind);
	};
	const [interval, maxGap] = [new Float64Array(owner.length), new Float64Array(owner.length)];
	for (let customer = 0; customer < owner.length; customer++) {
		const row = ownership.assignmentOn(customer, asOf);
		const cadence = cadenceOf(planOf(customer), customers, customer, row < 0 ? Number.NaN : assignments.numbers.interval_days[row]);
		interval[customer] = cadence.interval;
		maxGap[customer] = cadence.maxGap;
	}
	return { interval, maxGap, planOf };
}
