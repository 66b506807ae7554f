import { z } from "zod";
import type { PlanContext } from "../agenda/context.ts";
import { CarteiraError } from "../errors.ts";
import { type ActionPlans, buildActionPlans, cadenceOf } from "../policy/action-plan.ts";
import { contactDay } from "../policy/classify.ts";
import { effectRowsOf } from "../policy/effect-rows.ts";
import { CLASSES } from "../policy/case.ts";
import type { Ownership } from "../policy/ownership.ts";
import { PROSPECT } from "../policy/phase.ts";
import { orderChance, shifted } from "../policy/value.ts";
import { createWorth } from "../policy/worth.ts";
import { rowsById } from "../portfolio/portfolio.ts";
import { CHANNELS, DIRECTIONS, OUTCOMES, REP_KINDS } from "../portfolio/schema.ts";
import { type Day, formatDay, parseDay } from "../units.ts";
import { UNKNOWN_REACH } from "./pictures.ts";

/** Days of usual service that are looked at. */
const USUAL_DAYS = 90;
/** An assumed effect may as well be nothing or twice as much: its interval is as wide as itself. */
const ASSUMED_SPREAD = 1;
const CANCELLED = OUTCOMES.indexOf("cancelled");
const INBOUND = DIRECTIONS.indexOf("inbound");
const FIELD_EMPLOYEE = REP_KINDS.indexOf("field_employee");

/** What is read of a plan. */
const planShape = z.looseObject({
	plan_id: z.string().nullable().default(null),
	as_of: z.iso.date(),
	horizon: z.looseObject({ from: z.iso.date(), to: z.iso.date() }),
	receipt: z.looseObject({ reps: z.array(z.string()).optional() }).optional(),
	reps: z.array(
		z.looseObject({
			days: z.array(
				z.looseObject({
					date: z.iso.date(),
					entries: z.array(z.looseObject({ customer_id: z.string(), channel: z.enum(CHANNELS) })),
				}),
			),
		}),
	),
});
export type ForecastPlan = z.output<typeof planShape>;

/** INVALID_INPUT where a plan is none, or is of another day. */
export function readForecastPlan(plan: unknown, asOf: Day): ForecastPlan {
	const found = planShape.safeParse(plan);
	if (!found.success) {
		const [{ path, message }] = found.error.issues;
		throw new CarteiraError("INVALID_INPUT", `the plan, at /${path.join("/")}: ${message}`);
	}
	if (parseDay(found.data.as_of) !== asOf)
		throw new CarteiraError("INVALID_INPUT", `the plan is of ${found.data.as_of}; expected one of ${formatDay(asOf)}`);
	return found.data;
}

/** What a plan brings a customer over usual service, in the plan's days. */
export interface CustomerGain {
	readonly customer: number;
	/** Orders won that would not have come later anyway, and the money of one. */
	readonly orders: number;
	/** The same at the ends of what each channel's effect may be: of a channel that the plan takes contacts from, the other way round. */
	readonly ordersLower: number;
	readonly ordersUpper: number;
	readonly orderValue: number;
	readonly orderMargin: number;
}

export interface PlanGain {
	readonly numContacts: number;
	readonly usualContacts: number;
	readonly customers: readonly CustomerGain[];
}

/**
 * Holds a plan's contacts against those that usual service would make in the same days, by what contacts are taken to do. The scores are
 * those under usual service, so that only the difference is a gain; a customer that the plan leaves out loses its usual contacts, unless the
 * plan was not made for its rep.
 */
export function planGainOf(context: PlanContext, plan: ForecastPlan, ownership: Ownership): PlanGain {
	const { portfolio, policy, classification, scores, asOf } = context;
	const { customers, reps, assignments } = portfolio.tables;
	const plans = buildActionPlans(policy);
	const effects = effectRowsOf(policy);
	const worthOf = createWorth(portfolio, scores, classification, policy);
	const planned = plannedContacts(plan, rowsById(customers, "customer_id"));
	const days = parseDay(plan.horizon.to) - parseDay(plan.horizon.from) + 1;
	const repRows = rowsById(reps, "rep_id");
	const asked = plan.receipt?.reps && new Set(plan.receipt.reps.map((id) => repRows.get(id)));
	const gains: CustomerGain[] = [];
	let [numContacts, usualContacts] = [0, 0];
	for (let customer = 0; customer < customers.length; customer++) {
		const own = planned.get(customer) ?? [];
		const owner = ownership.ownerOf(customer);
		if (own.length === 0 && asked?.has(owner) === false) continue;
		const usual = usualContactsOf(context, customer, days);
		const difference = byChannel(own, usual);
		numContacts += own.length;
		usualContacts += usual.reduce((sum, count) => sum + count, 0);
		if (difference.every((count) => count === 0)) continue;
		const phase = classification.phase[customer];
		const cls = classification.class[customer];
		const kind = owner < 0 ? FIELD_EMPLOYEE : reps.codes.kind[owner];
		const row = ownership.assignmentOn(customer, asOf);
		const assigned = row < 0 ? Number.NaN : assignments.numbers.interval_days[row];
		const { interval } = cadenceOf(plans.planOf(phase, cls, classification.potential[customer], kind), customers, customer, assigned);
		const chance = phase === PROSPECT ? policy.value.prospect_order_probability : orderChance(scores, customer, 0, interval);
		const { orderValue, orderMargin } = worthOf(customer);
		const won = difference.map((count, channel) =>
			logitsOf(plans, effects, phase, cls, channel).map((logit) => count * (shifted(chance, logit) - chance)),
		);
		const total = (of: (ends: readonly number[]) => number): number =>
			(1 - policy.value.pull_forward) * won.reduce((sum, ends) => sum + of(ends), 0);
		gains.push({
			customer,
			orders: total(([, middle]) => middle),
			ordersLower: total((ends) => Math.min(...ends)),
			ordersUpper: total((ends) => Math.max(...ends)),
			orderValue,
			orderMargin,
		});
	}
	return { numContacts, usualContacts, customers: gains };
}

/** Lower end, middle and upper end of what a contact adds to the log-odds of an order. */
function logitsOf(
	plans: ActionPlans,
	effects: ReturnType<typeof effectRowsOf>,
	phase: number,
	cls: number,
	channel: number,
): readonly [number, number, number] {
	const logit = plans.orderLogit(phase, cls, channel);
	const measured = effects[(phase * CLASSES.length + cls) * CHANNELS.length + channel]?.measured;
	return measured ? [measured.lower, logit, measured.upper] : [logit - ASSUMED_SPREAD * logit, logit, logit + ASSUMED_SPREAD * logit];
}

/** Channels of the plan's contacts by customer. */
function plannedContacts(plan: ForecastPlan, rows: ReadonlyMap<string, number>): ReadonlyMap<number, readonly number[]> {
	const contacts = new Map<number, number[]>();
	for (const { customer_id, channel } of plan.reps.flatMap((rep) => rep.days.flatMap(({ entries }) => entries))) {
		const customer = rows.get(customer_id);
		if (customer === undefined)
			throw new CarteiraError("INVALID_INPUT", `the plan names the customer ${customer_id}, which the portfolio does not have`);
		const own = contacts.get(customer);
		if (own) own.push(CHANNELS.indexOf(channel));
		else contacts.set(customer, [CHANNELS.indexOf(channel)]);
	}
	return contacts;
}

/** Contacts by channel that usual service would make with a customer in so many days: as often as in the last 90. */
function usualContactsOf({ portfolio, history, asOf }: PlanContext, customer: number, days: number): number[] {
	const { contacts } = portfolio.tables;
	const usual = CHANNELS.map(() => 0);
	for (let i = history.contactStart[customer + 1] - 1; i >= history.contactStart[customer]; i--) {
		const row = history.contact[i];
		if (contactDay(contacts.numbers.contacted_at[row]) < asOf - USUAL_DAYS) break;
		if (contacts.codes.direction[row] === INBOUND || contacts.codes.outcome[row] === CANCELLED) continue;
		usual[contacts.codes.channel[row]] += days / USUAL_DAYS;
	}
	return usual;
}

function byChannel(planned: readonly number[], usual: readonly number[]): number[] {
	return usual.map((count, channel) => planned.filter((one) => one === channel).length - count);
}

/** Customers that so many orders won make positivated in a horizon: of those that would not have ordered, half, as where nothing is known. */
export function positivatedBy(orders: number, orderProbability: number): number {
	return UNKNOWN_REACH * (1 - orderProbability) * Math.max(-1, Math.min(1, orders));
}
