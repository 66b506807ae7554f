import { type CheckContext, createContext } from "../../engine/check/context.ts";
import { readShape } from "../../engine/check/shape.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { AS_OF, smallPlan } from "./small-plan.ts";
import { portfolioOf, type Row, type Rows } from "./tables.ts";

/** What the checks know of some rows at 2026-11-23, under the small plan's policy with other members. */
export function contextOf(
	rows: Rows,
	policyOver: Readonly<Record<string, unknown>> = {},
	expectedInterval: ArrayLike<number> = [],
): CheckContext {
	const shape = readShape(smallPlan(policyOver));
	if (!("plan" in shape)) throw new Error("the small plan has lost its shape");
	return createContext(portfolioOf(rows), shape.plan, () => {}, { expectedInterval });
}

/** Orders of a customer so many days before as_of. */
export function ordersBefore(customer_id: string, daysAgo: readonly number[], net_value = 100): Row[] {
	return daysAgo.map((days) => ({
		order_id: `${customer_id}${days}`,
		customer_id,
		ordered_on: formatDay(parseDay(AS_OF) - days),
		product_id: "P",
		quantity: 1,
		net_value,
	}));
}
