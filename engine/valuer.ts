import type { PlanDocument } from "./agenda/plan-document.ts";
import type { CheckOptions } from "./check/context.ts";
import type { Population } from "./policy/population.ts";
import type { Portfolio } from "./portfolio/portfolio.ts";
import { recomputeTerms } from "./recompute-terms.ts";
import type { Predictor } from "./scoring/predictor.ts";
import { understand } from "./understand.ts";
import { parseDay } from "./units.ts";

/** Values a plan's contacts anew; null without its model, its population, or the published plan that it priced changes to. */
export function valuerOf(
	portfolio: Portfolio,
	predictor: Predictor,
	published: PlanDocument | undefined,
	population: Population | undefined,
): CheckOptions["valuer"] {
	return (plan) => {
		const { receipt } = plan;
		if (predictor.model !== receipt.model || (receipt.published ?? null) !== (published?.plan_id ?? null)) return null;
		if (receipt.population !== undefined && receipt.population !== population?.of.inputs) return null;
		const measured = receipt.population === undefined || !population ? {} : { population, populationOf: receipt.population };
		const context = understand(portfolio, { asOf: parseDay(plan.as_of), policy: plan.policy }, predictor, measured);
		return recomputeTerms(context, plan, published);
	};
}
