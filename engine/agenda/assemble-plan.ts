import { effectsBasisOf } from "../policy/effect-rows.ts";
import type { TableName } from "../portfolio/schema.ts";
import { type Day, formatDay } from "../units.ts";
import type { PlanContext } from "./context.ts";
import { kpisOf } from "./kpis.ts";
import type { PlanDocument, Receipt } from "./plan-document.ts";
import { canonicalJson, digestOf, planIdOf } from "./receipt.ts";

/** A plan around its parts: named after its receipt, with the key figures of its agendas. */
export function assemblePlan(
	{ asOf, horizon, policy }: Pick<PlanContext, "asOf" | "horizon" | "policy">,
	receipt: Receipt,
	{ reps, unplanned, unmet_required, warnings }: Pick<PlanDocument, "reps" | "unplanned" | "unmet_required" | "warnings">,
): PlanDocument {
	return {
		plan_id: planIdOf(receipt),
		as_of: formatDay(asOf),
		horizon: { from: formatDay(asOf), to: formatDay(horizon[horizon.length - 1]) },
		currency: policy.currency,
		policy,
		receipt,
		kpis: kpisOf(reps, unplanned),
		reps,
		unplanned,
		unmet_required,
		warnings,
	};
}

/** What a receipt begins with: the inputs, the rules and the model. */
export function receiptHead({ portfolio, policy, asOf }: Pick<PlanContext, "portfolio" | "policy" | "asOf">, model: string) {
	return {
		as_of: formatDay(asOf),
		inputs_digest: portfolio.digest,
		policy_digest: digestOf(canonicalJson(policy)),
		effects: effectsBasisOf(policy),
		model,
	};
}

/** Last days of tables, as a receipt states them. */
export function throughDates(days: Readonly<Partial<Record<TableName, Day>>>): Receipt["data_through"] {
	return Object.fromEntries(Object.entries(days).map(([table, day]) => [table, formatDay(day)]));
}
