import { CHANNELS } from "../portfolio/schema.ts";
import { type Cents, type Day, NULL_DAY } from "../units.ts";
import { TERMS } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import { CASH, COLLECT_ONLY } from "./credit.ts";
import type { Assortment } from "./offers.ts";
import type { CaseDay, ValuedOption } from "./options.ts";
import { PROSPECT } from "./phase.ts";
import type { Standing } from "./standing.ts";
import { avoidedDisruption, orderChance, retentionAmount, saleAmount, saturationOf, shifted } from "./value.ts";

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

/** Suggestions that a contact has time for. */
const NUM_OFFERED = 5;
/** P(buys from a campaign) of a customer for whom the models suggest none of its products. */
const UNKNOWN_CAMPAIGN = 0.02;

/** One customer's amounts that hold for all its options with a rep. */
export interface Basis {
	readonly standing: Standing;
	readonly phase: number;
	readonly cls: number;
	/** Day of the last contact of the history, or where nothing is known the day that makes service due at as_of. */
	readonly lastContact: Day;
	readonly wasContacted: boolean;
	/** Day up to which disruption counts: the horizon's end and one interval more. */
	readonly end: Day;
	/** P(order within the interval | no contact) by index of the case's days. */
	readonly chance: Float64Array;
	/** By period; none for customers that may not be sold to. */
	readonly assortments: readonly Assortment[];
	/** To be collected by a contact; 0 where the ladder asks for none. */
	readonly overdue: Cents;
}

export function basisOf(context: CaseContext, standing: Standing, days: readonly CaseDay[]): Basis {
	const { classification, scores, policy, asOf, offers, portfolio } = context;
	const { customer, cadence, worth } = standing;
	const phase = classification.phase[customer];
	const last = classification.lastContactDay[customer];
	const chanceOn = (date: Day): number =>
		phase === PROSPECT ? policy.value.prospect_order_probability : orderChance(scores, customer, date - asOf, cadence.interval);
	const rung = classification.credit[customer];
	const isCollected = rung === CASH || rung === COLLECT_ONLY;
	return {
		standing,
		phase,
		cls: classification.class[customer],
		lastContact: last === NULL_DAY ? asOf - cadence.maxGap : last,
		wasContacted: last !== NULL_DAY,
		end: context.lastDate + cadence.interval,
		chance: Float64Array.from(days, ({ date }) => chanceOn(date)),
		assortments: Array.from({ length: worth.canSell ? offers.numPeriods : 0 }, (_, period) =>
			offers.assortmentOf(customer, period, worth.marginRate),
		),
		overdue: isCollected ? portfolio.tables.customers.numbers.overdue_amount[customer] || 0 : 0,
	};
}

/** What the offers of a period bring when a contact with this effect is made. */
interface OfferGain {
	/** Margin of the new products that the contact adds to an order. */
	readonly mix: Cents;
	/** Of each campaign: P(buys from it | an order) without and with the contact, and what a purchase brings. */
	readonly campaigns: readonly { readonly before: number; readonly after: number; readonly gain: Cents }[];
	readonly newProducts: number;
}

const NO_GAIN: OfferGain = { mix: 0, campaigns: [], newProducts: 0 };

/** New products are worth the rise of their propensity, as far as the headroom reaches and only in orders that reach the minimum. */
function offerGain(context: CaseContext, basis: Basis, assortment: Assortment | undefined, channel: number): OfferGain {
	if (!assortment) return NO_GAIN;
	const { offers, campaigns } = assortment;
	const { worth, customer } = basis.standing;
	const logit = context.plans.orderLogit(basis.phase, basis.cls, channel);
	const minOrder = context.portfolio.tables.customers.numbers.min_order_value[customer];
	const rise = (propensity: number): number => context.policy.value.mix_attach_rate * (shifted(propensity, logit) - propensity);
	const added = offers.filter(({ isNew, isCampaign }) => isNew && !isCampaign).slice(0, NUM_OFFERED);
	const value = added.reduce((sum, offer) => sum + rise(offer.propensity) * offer.value, 0);
	const margin = added.reduce((sum, offer) => sum + rise(offer.propensity) * offer.margin, 0);
	const isBelowMinimum = worth.orderValue + value < minOrder;
	const fits = value > 0 ? Math.min(1, worth.room / value) : 0;
	return {
		mix: isBelowMinimum ? 0 : Math.max(0, margin) * fits,
		campaigns: campaigns.map((campaign) => {
			const members = offers.filter(({ product }) => campaign.includes(product)).slice(0, NUM_OFFERED);
			const before = members.length === 0 ? UNKNOWN_CAMPAIGN : 1 - members.reduce((none, { propensity }) => none * (1 - propensity), 1);
			const sold = members.length === 0 ? 0 : members.reduce((sum, offer) => sum + offer.value, 0) / members.length;
			const margin = members.length === 0 ? 0 : members.reduce((sum, offer) => sum + offer.margin, 0) / members.length;
			return {
				before,
				after: shifted(before, logit),
				gain: Math.max(0, margin + campaign.valuePerConversion - campaign.discountRate * sold),
			};
		}),
		newProducts: added.reduce((sum, { propensity }) => sum + propensity, 0),
	};
}

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
	row[DELIVERY_WAIT] = -Math.round(waitRate * waitBefore);
	row[WAIT_AFTER] = -Math.round(waitRate * waitAfter);
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
	const changeCost = Math.round(100 * policy.stability.change_cost);
	if (phase !== PROSPECT && classification.credit[customer] < COLLECT_ONLY) {
		const logit = plans.retentionLogit(phase, cls, channel);
		row[RETENTION] = weights.retention * retentionAmount(worth.churnRisk, logit, worth.remainingValue, cadence.interval);
	}
	row[COLLECTION] = weights.collection * overdue * recovers;
	row[CADENCE] = weights.cadence * 100 * plan.disruption_cost_per_day * serviceShare(context, standing, channel);
	row[CHANNEL_COST] = -Math.round(100 * policy.channel_costs[CHANNELS[channel]]);
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

/** Would the contact be one that the published agendas of its date do not have? */
function isChange({ published, publishedDates }: CaseContext, rep: number, customer: number, date: Day): boolean {
	if (!publishedDates.has(date)) return false;
	return !published?.get(customer)?.some((contact) => contact.date === date && contact.rep === rep);
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
	const last = previous ?? basis.lastContact;
	const isSaturated = previous !== null || basis.wasContacted;
	const left = isSaturated ? saturationOf(date - last, cadence.interval, context.policy.value.saturation_days) : 1;
	const uncollected = previous === null ? 1 : amounts[row + UNCOLLECTED] * left;
	out[SALE] = Math.round(amounts[row + SALE] * left);
	out[RETENTION] = Math.round(amounts[row + RETENTION] * left);
	out[MIX] = Math.round(amounts[row + MIX] * left);
	out[COLLECTION] = Math.round(amounts[row + COLLECTION] * uncollected);
	out[CADENCE] = Math.round(amounts[row + CADENCE] * avoidedDisruption(last, date, basis.end, cadence.maxGap));
	out[CAMPAIGN] = Math.round(amounts[row + CAMPAIGN] * left);
	out[GOAL] = Math.round(amounts[row + GOAL] * left);
	out[DELIVERY_WAIT] = amounts[row + (afterCutoff ? WAIT_AFTER : DELIVERY_WAIT)];
	out[CHANNEL_COST] = amounts[row + CHANNEL_COST];
	out[ROUTE_DAY] = amounts[row + ROUTE_DAY];
	out[CHANGE] = amounts[row + CHANGE];
	let sum = 0;
	for (let term = 0; term < TERMS.length; term++) sum += out[term];
	return sum;
}
