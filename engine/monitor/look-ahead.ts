import { createSales, type SummedSales } from "../policy/monthly-sales.ts";
import { buildHistory } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Question } from "../question.ts";
import { rulesOf } from "../understand.ts";
import { phasesAtStarts } from "./flows.ts";
import { periodsOf } from "./periods.ts";

/** The part of a look that rests on orders alone, and on no other part: whatever works it out, the look is the same. */
export interface LookAhead {
	readonly sales: readonly SummedSales[];
	/** Phase codes of all customers at the beginning of each month that flows are told of. */
	readonly phases: readonly Uint8Array[];
}

/** Sums the sales that a look asks for, and tells the phases of its months. */
export function lookAhead(portfolio: Portfolio, question: Question): LookAhead {
	const { policy, calendar } = rulesOf(portfolio, question);
	const { asOf } = question;
	const known = { portfolio, policy, history: buildHistory(portfolio, asOf) };
	const { since, asked } = periodsOf(portfolio, calendar, asOf);
	const salesOf = createSales(known, since);
	return { sales: asked.map((of) => ({ of, sales: salesOf(...of) })), phases: phasesAtStarts({ ...known, asOf }) };
}
