import { CHANNELS } from "../portfolio/schema.ts";
import type { Cents, Day } from "../units.ts";
import type { Basis } from "./basis.ts";
import { TERMS } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import { COLLECT_ONLY } from "./credit.ts";
import { type OfferGain, offerGain } from "./offer-gain.ts";
import type { CaseDay, ValuedOption } from "./options.ts";
import { PROSPECT } from "./phase.ts";
import type { Standing } from "./standing.ts";
import { avoidedDisruption, retentionAmount, saleAmount, saturationOf, shifted } from "./value.ts";

const SALE = TERMS.indexOf("sale");
const RETENTION = TERMS.indexOf("retention");
const MIX = TERMS.indexOf("mix");
const COLLECTION = TERMS.indexOf("collection");
const CADENCE = TERMS.indexOf("cadence");
const CAMPAIGN = TERMS.indexOf("campaign");
const GOAL = TERMS.indexOf("goal");
const DELIVERY_WAIT = TERMS.indexOf("delivery_wait");
const CHANNEL_COST = TERMS.indexOf("channel_cost");
const ROUTE_DAY = TERMS.indexOf("route_day");
const CHANGE = TERMS.indexOf("change");

/** Most that one term may be, in cents: a million currency units, so that sums over a plan stay exact in 32 bits a contact. */
const MAX_TERM = 1e8;

/** After the terms of an option: its delivery_wait after the cut-off, and the share of the overdue amount that it leaves. */
const WAIT_AFTER = TERMS.length;
const UNCOLLECTED = TERMS.length + 1;
const NUM_AMOUNTS = TERMS.length + 2;

/**
 * Amounts of a customer's options as rows of NUM_AMOUNTS: cents in order of TERMS before saturation and rounding (cadence: of a day
 * of disruption), then the two above.
 */
export type Amounts = Float64Array;

/** Values the options of one customer; what only the channel and the period decide is worked out once. */
export function amountsOf(
	context: CaseContext,
	rep: number,
	basis: Basis,
	options: readonly ValuedOption[],
	days: readonly CaseDay[],
): Amounts {
	const amounts = new Float64Array(options.length * NUM_AMOUNTS);
	const gains = new Map<number, OfferGain>();
	for (const [nth, valued] of options.entries()) {
		const { channel, day } = valued.option;
		const period = context.offers.periodOf(days[day].date);
		const key = period * CHANNELS.length + channel;
		const gain = gains.get(key) ?? offerGain(context, basis, basis.assortments[period], channel);
		gains.set(key, gain);
		const row = amounts.subarray(nth * NUM_AMOUNTS, (nth + 1) * NUM_AMOUNTS);
		if (basis.standing.worth.canSell) addSaleTerms(context, rep, basis, valued, days[day].date, gain, row);
		addOtherTerms(context, rep, basis, valued, days[day].date, row);
	}
	return amounts;
}

/** What an order that the contact brings about is worth: nothing of it holds for customers that may not be sold to. */
function addSaleTerms(
	{ policy, plans, goals }: CaseContext,
	rep: number,
	{ standing, phase, cls, chance }: Basis,
	{ option, waitBefore, waitAfter }: ValuedOption,
	date: Day,
	gain: OfferGain,
	row: Float64Array,
): void {
	const { weights, pull_forward: pullForward } = policy.value;
	const { worth, customer } = standing;
	const before = chance[option.day];
	const after = shifted(before, plans.orderLogit(phase, cls, option.channel));
	const order = { value: worth.orderValue, margin: worth.orderMargin, newProducts: gain.newProducts };
	row[SALE] = weights.sale * saleAmount(worth.orderMargin, before, after, pullForward);
	row[MIX] = weights.mix * after * gain.mix;
	for (const campaign of gain.campaigns) {
		row[CAMPAIGN] += weights.campaign * Math.max(0, after * campaign.after - before * campaign.before) * campaign.gain;
	}
	row[GOAL] = weights.goal * (after - before) * goals.centsOf(rep, customer, date, order);
	if (phase === PROSPECT) row[RETENTION] = weights.retention * (after - before) * worth.remainingValue;
	const waitRate = policy.delivery.wait_cost_rate_per_day * worth.orderMargin * after;
	row[DELIVERY_WAIT] = -wholeCents(waitRate * waitBefore);
	row[WAIT_AFTER] = -wholeCents(waitRate * waitAfter);
}

/** Retention, collection, cadence and the costs of a contact. */
function addOtherTerms(
	context: CaseContext,
	rep: number,
	{ standing, phase, cls, overdue }: Basis,
	{ option, isOffDay }: ValuedOption,
	date: Day,
	row: Float64Array,
): void {
	const { policy, plans, classification } = context;
	const { weights } = policy.value;
	const { worth, cadence, customer, plan } = standing;
	const { channel } = option;
	const recovers = policy.credit.collection_probability[CHANNELS[channel]];
	const changeCost = wholeCents(100 * policy.stability.change_cost);
	if (phase !== PROSPECT && classification.credit[customer] < COLLECT_ONLY) {
		const logit = plans.retentionLogit(phase, cls, channel);
		row[RETENTION] = weights.retention * retentionAmount(worth.churnRisk, logit, worth.remainingValue, cadence.interval);
	}
	row[COLLECTION] = weights.collection * overdue * recovers;
	row[CADENCE] = weights.cadence * 100 * plan.disruption_cost_per_day * serviceShare(context, standing, channel);
	row[CHANNEL_COST] = -wholeCents(100 * policy.channel_costs[CHANNELS[channel]]);
	row[ROUTE_DAY] = isOffDay ? -changeCost : 0;
	row[CHANGE] = isChange(context, rep, customer, date) ? -changeCost : 0;
	row[UNCOLLECTED] = 1 - recovers;
}

/** Share of the service standard that a contact by the channel meets. A promised channel that the plan does not have meets it like the last. */
function serviceShare({ policy }: CaseContext, { channels }: Standing, channel: number): number {
	const shares = policy.value.service_share_by_preference;
	const preference = channels.find((allowed) => allowed.channel === channel)?.preference ?? shares.length;
	return shares[Math.min(preference, shares.length - 1)];
}

/** Would the contact be one that the published agendas of its date do not have? Advice may change at no price. */
function isChange({ published, publishedDates, stageOf }: CaseContext, rep: number, customer: number, date: Day): boolean {
	if (!publishedDates.has(date) || stageOf(rep) !== undefined) return false;
	return !published?.get(customer)?.some((contact) => contact.date === date && contact.rep === rep);
}

function wholeCents(amount: number): Cents {
	return Math.round(Math.min(amount, MAX_TERM));
}

/** Writes the terms of a customer's n-th option, on `date`, in whole cents and returns their sum, the entry's value. */
export function writeTerms(
	context: CaseContext,
	basis: Basis,
	amounts: Amounts,
	nth: number,
	date: Day,
	previous: Day | null,
	afterCutoff: boolean,
	out: Int32Array,
): Cents {
	const { cadence } = basis.standing;
	const row = nth * NUM_AMOUNTS;
	const takenBefore = basis.taken.findLast((other) => other < date) ?? null;
	const last = Math.max(previous ?? basis.lastContact, takenBefore ?? basis.lastContact);
	const end = basis.taken.find((other) => other > date) ?? basis.end; // disruption after it is the other agenda's to avoid
	const isSaturated = previous !== null || takenBefore !== null || basis.wasContacted;
	const left = isSaturated ? saturationOf(date - last, cadence.interval, context.policy.value.saturation_days) : 1;
	const uncollected = previous === null ? 1 : amounts[row + UNCOLLECTED] * left;
	out[SALE] = wholeCents(amounts[row + SALE] * left);
	out[RETENTION] = wholeCents(amounts[row + RETENTION] * left);
	out[MIX] = wholeCents(amounts[row + MIX] * left);
	out[COLLECTION] = wholeCents(amounts[row + COLLECTION] * uncollected);
	out[CADENCE] = wholeCents(amounts[row + CADENCE] * avoidedDisruption(last, date, end, cadence.maxGap));
	out[CAMPAIGN] = wholeCents(amounts[row + CAMPAIGN] * left);
	out[GOAL] = wholeCents(amounts[row + GOAL] * left);
	out[DELIVERY_WAIT] = amounts[row + (afterCutoff ? WAIT_AFTER : DELIVERY_WAIT)];
	out[CHANNEL_COST] = amounts[row + CHANNEL_COST];
	out[ROUTE_DAY] = amounts[row + ROUTE_DAY];
	out[CHANGE] = amounts[row + CHANGE];
	let sum = 0;
	for (let term = 0; term < TERMS.length; term++) sum += out[term];
	return sum;
}
