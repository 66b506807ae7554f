import type { Cents } from "../units.ts";
import type { Basis } from "./basis.ts";
import type { Campaign } from "./campaigns.ts";
import type { CaseContext } from "./case-context.ts";
import type { Assortment, Offer } from "./offers.ts";
import { shifted } from "./value.ts";

/** Suggestions that a contact has time for. */
const NUM_OFFERED = 5;
/** P(buys from a campaign) of a customer for whom the models suggest none of its products. */
const UNKNOWN_CAMPAIGN = 0.02;

/** What the offers of a period bring when a contact with this effect is made. */
export interface OfferGain {
	/** Margin of the new products that the contact adds to an order. */
	readonly mix: Cents;
	/** Of each campaign: P(buys from it | an order) without and with the contact, and what a purchase brings. */
	readonly campaigns: readonly { readonly before: number; readonly after: number; readonly gain: Cents }[];
	readonly newProducts: number;
}

const NO_GAIN: OfferGain = { mix: 0, campaigns: [], newProducts: 0 };

/** New products are worth the rise of their propensity, as far as the headroom reaches and only in orders that reach the minimum. */
export function offerGain(context: CaseContext, basis: Basis, assortment: Assortment | undefined, channel: number): OfferGain {
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
		campaigns: campaigns.map((campaign) => campaignGain(campaign, offers, logit)),
		newProducts: added.reduce((sum, { propensity }) => sum + propensity, 0),
	};
}

/** The chance that some product of the campaign is bought, and the mean margin of one with the value of the conversion, less the discount. */
function campaignGain(campaign: Campaign, offers: readonly Offer[], logit: number): OfferGain["campaigns"][number] {
	const members = offers.filter(({ product }) => campaign.includes(product)).slice(0, NUM_OFFERED);
	const meanOf = (amount: (offer: Offer) => Cents): Cents =>
		members.reduce((sum, offer) => sum + amount(offer), 0) / Math.max(1, members.length);
	const before = members.length === 0 ? UNKNOWN_CAMPAIGN : 1 - members.reduce((none, { propensity }) => none * (1 - propensity), 1);
	const discount = campaign.discountRate * meanOf(({ value }) => value);
	const gain = meanOf(({ margin }) => margin) + campaign.valuePerConversion - discount;
	return { before, after: shifted(before, logit), gain: Math.max(0, gain) };
}
