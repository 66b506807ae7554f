import { createSales, type SummedSales } from "../policy/monthly-sales.ts";
import { buildHistory } from "../portfolio/history.ts";
import { lastBefore } from "../portfolio/data-through.ts";
import type { Portfolio, RecentLines } from "../portfolio/portfolio.ts";
import type { Question } from "../question.ts";
import { rulesOf } from "../understand.ts";
import type { Day } from "../units.ts";
import { phasesAtStarts } from "./month-phases.ts";
import { periodsOf } from "./periods.ts";

/** The part of a look that rests on orders alone, and on no other part: whatever works it out, the look is the same. */
export interface LookAhead {
	readonly sales: readonly SummedSales[];
	/** Last day with order lines, cancelled ones too; −Infinity without any. */
	readonly ordersThrough: Day;
	/** Phase codes of all customers at the beginning of each month that flows are told of. */
	readonly phases: readonly Uint8Array[];
}

/** Sums the sales that a look asks for, and tells the phases of its months. */
export function lookAhead(portfolio: Portfolio, question: Question): LookAhead {
	const { policy, calendar } = rulesOf(portfolio, question);
	const { asOf } = question;
	const known = { portfolio, policy, history: buildHistory(portfolio, asOf) };
	const { since, asked } = periodsOf(portfolio, calendar, asOf);
	const { salesOf, lines } = createSales(known, since);
	return {
		sales: asked.map((of) => ({ of, sales: salesOf(...of) })),
		ordersThrough: ordersThrough(portfolio, lines(), asOf),
		phases: phasesAtStarts({ ...known, asOf }),
	};
}

/** The last day with order lines before as_of: mostly among the recent ones; where it is not, all lines are gone through. */
export function ordersThrough({ tables }: Portfolio, { orders, start, row }: RecentLines, asOf: Day): Day {
	const { ordered_on: orderedOn } = orders.days;
	let last = Number.NEGATIVE_INFINITY;
	for (let i = 0; i < start[start.length - 1]; i++) {
		const day = orderedOn[row === null ? i : row[i]];
		if (day > last && day < asOf) last = day;
	}
	return Number.isFinite(last) ? last : lastBefore(tables.orders.days.ordered_on, asOf);
}
