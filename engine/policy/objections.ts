import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Day } from "../units.ts";
import { contactDay, createLastReached } from "./classify.ts";
import type { Policy } from "./policy.ts";

export interface LiveObjection {
	readonly rule: Policy["objections"][number];
	/** Day of the contact that met it. */
	readonly on: Day;
}

/** The objection of the last contact that reached the customer, where the policy has a rule for it and it is still live; else null. */
export function liveObjectionOf(
	{
		portfolio,
		history,
		policy,
		asOf,
	}: { readonly portfolio: Portfolio; readonly history: History; readonly policy: Policy; readonly asOf: Day },
	customer: number,
): LiveObjection | null {
	if (policy.objections.length === 0) return null;
	const { contacts } = portfolio.tables;
	const last = createLastReached(contacts, history)(customer);
	const code = last < 0 ? null : contacts.texts.objection.at(last);
	const rule = code === null ? undefined : policy.objections.find((objection) => objection.code === code);
	if (!rule) return null;
	const on = contactDay(contacts.numbers.contacted_at[last]);
	return asOf - on <= Math.max(policy.objection_days, rule.defer_days ?? 0) ? { rule, on } : null;
}
