import { mergePolicy, validatePolicy } from "../../engine/index.ts";
import type { PlanOrder } from "../store/store.ts";
import type { Tenant } from "../tenants.ts";

/** What of a tenant an order is made from. */
export type Shelf = Pick<Tenant, "store" | "portfolios">;

/** The order's policy with the refusals that have not expired beside the rules that it, or the portfolio's, has itself. */
export async function policyOf(
	{ store, portfolios }: Shelf,
	{ portfolio: name, as_of, policy }: Pick<PlanOrder, "portfolio" | "as_of" | "policy">,
): Promise<PlanOrder["policy"]> {
	const stored = await store.contactRules(name, as_of);
	if (stored.length === 0) return policy;
	const { portfolio } = await portfolios.read(name);
	const { contact_rules: stated } = validatePolicy(mergePolicy(portfolio.policy ?? {}, policy ?? {}));
	const refused = stored.map(({ customer_id, rep_id, from, until, reason }) => ({ customer_id, rep_id, from, until, reason }));
	return { ...policy, contact_rules: [...stated, ...refused] };
}
