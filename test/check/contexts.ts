import { type CheckContext, createContext } from "../../engine/check/context.ts";
import { readShape } from "../../engine/check/shape.ts";
import { smallPlan } from "./small-plan.ts";
import { portfolioOf, type Rows } from "./tables.ts";

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
