import type { Day } from "../units.ts";
import type { ContactOption, RepCase } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import type { Basis } from "./basis.ts";

/** Products that a contact shows. */
const NUM_SHOWN = 6;

/**
 * Products to offer on a contact, best first: what the models suggest, as far as it is active, in stock and in the customer's price
 * table on the day; what its segment buys most where the models know nothing of the customer. Nothing where nothing may be sold.
 */
export function productsOf(context: CaseContext, basis: Basis, option: ContactOption, date: Day): ReturnType<RepCase["productsOf"]> {
	const { offers } = context;
	const assortment = basis.assortments[offers.periodOf(date)];
	if (!assortment || option.kind === "collect") return [];
	if (assortment.offers.length === 0) return favouritesOf(context, option, date);
	return assortment.offers.slice(0, NUM_SHOWN).map(({ product, propensity, value, reason }) => ({
		product,
		propensity,
		expectedCents: Math.round(propensity * value),
		reason,
	}));
}

function favouritesOf({ offers }: CaseContext, { customer }: ContactOption, date: Day): ReturnType<RepCase["productsOf"]> {
	return offers
		.favouritesOf(customer, offers.periodOf(date))
		.slice(0, NUM_SHOWN)
		.map(({ product, share, value }) => ({ product, propensity: share, expectedCents: Math.round(share * value), reason: "cross_sell" }));
}
