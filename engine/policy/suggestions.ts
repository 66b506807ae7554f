import type { Day } from "../units.ts";
import type { ContactOption, RepCase } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import type { Basis } from "./basis.ts";

/** Products that a contact shows. */
const NUM_SHOWN = 6;

/**
 * Products to offer on a contact, best first: what the models suggest, as far as it is active, in stock and in the customer's price
 * table on the day. Nothing where nothing may be sold.
 */
export function productsOf({ offers }: CaseContext, basis: Basis, option: ContactOption, date: Day): ReturnType<RepCase["productsOf"]> {
	const assortment = basis.assortments[offers.periodOf(date)];
	if (!assortment || option.kind === "collect") return [];
	return assortment.offers.slice(0, NUM_SHOWN).map(({ product, propensity, value, reason }) => ({
		product,
		propensity,
		expectedCents: Math.round(propensity * value),
		reason,
	}));
}
