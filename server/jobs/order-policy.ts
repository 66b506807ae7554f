import { type Portfolio, mergePolicy, validatePolicy } from "../../engine/index.ts";
import type { PlanOrder, Store } from "../store/store.ts";

/** The order's policy with the refusals that have not expired beside the rules that it, or the portfolio's, has itself. */
export async function policyOf(
	store: Pick<Store, "contactRules">,
	{ policy: own }: Pick<Portfolio, "policy">,
	{ portfolio: name, as_of, policy }: Pick<PlanOrder, "portfolio" | "as_of" | "policy">,
): Promise<PlanOrder["policy"]> {
	const stored = await store.contactRules(name, as_of);
	if (stored.length === 0) return policy;
	const { contact_rules: stated } = validatePolicy(mergePolicy(own ?? {}, policy ?? {}));
	const refused = stored.map(({ customer_id, rep_id, from, until, reason }) => ({ customer_id, rep_id, from, until, reason }));
	return { ...policy, contact_rules: [...stated, ...refused] };
}
