import type { PlanContext } from "./agenda/context.ts";
import { TERMS } from "./policy/case.ts";
import { prepareCases } from "./policy/cases.ts";

/** What contacting each customer is worth at most, by row of the customers table. */
export interface ContactValues {
	/** Cents of the best contact that some rep could make in the horizon, travel apart; NaN where none is possible. */
	readonly best: Float64Array;
	/** Row of the rep of that contact; -1 where none is possible. */
	readonly rep: Int32Array;
}

/** Values every contact that the rules allow in the horizon, each as if it were its customer's only one: nothing is allocated. */
export function contactValuesOf(context: PlanContext): ContactValues {
	const cases = prepareCases(context);
	const numCustomers = context.portfolio.tables.customers.length;
	const best = new Float64Array(numCustomers).fill(Number.NaN);
	const rep = new Int32Array(numCustomers).fill(-1);
	const terms = new Int32Array(TERMS.length);
	for (const row of cases.order) {
		const repCase = cases.build(row, new Map());
		for (const [at, { customer }] of repCase.options.entries()) {
			const value = repCase.termsInto(at, null, false, terms);
			if (value <= best[customer]) continue;
			best[customer] = value;
			rep[customer] = row;
		}
	}
	return { best, rep };
}
