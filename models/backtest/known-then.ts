import { type Policy, validatePolicy } from "../../engine/index.ts";
import type { Portfolio, Table } from "../../engine/portfolio/portfolio.ts";
import { type Day, formatDay, NULL_CODE } from "../../engine/units.ts";

/** Columns that say how things stand today, by table: at an earlier day they would tell what came after it. */
const STANDS_TODAY = {
	customers: ["status", "blocked", "credit_status", "credit_limit", "open_balance", "open_orders_value", "overdue_amount", "overdue_days"],
	products: ["active", "stock_quantity"],
} as const;
/** Tables whose rows do not say when they were made. */
const UNDATED = ["appointments", "campaigns", "targets"] as const;

/**
 * A portfolio as far as it is known to have been at an earlier day: without columns that say how things stand today, and without promises,
 * campaigns and targets, which do not say when they were made. Dated rows stay; whoever reads them cuts them.
 */
export function knownThen(portfolio: Portfolio): Portfolio {
	const { tables } = portfolio;
	const changed = {
		...Object.fromEntries(
			Object.entries(STANDS_TODAY).map(([name, columns]) => [name, forget(tables[name as keyof typeof STANDS_TODAY], columns)]),
		),
		...Object.fromEntries(UNDATED.map((name) => [name, { ...tables[name], numRows: 0, numStubs: 0, length: 0 }])),
	};
	return { ...portfolio, tables: { ...tables, ...changed } };
}

function forget(table: Table, columns: readonly string[]): Table {
	const numbers = { ...table.numbers };
	const codes = { ...table.codes };
	for (const column of columns) {
		if (column in numbers) numbers[column] = new Float64Array(table.length).fill(Number.NaN);
		if (column in codes) codes[column] = new Uint8Array(table.length).fill(NULL_CODE);
	}
	return { ...table, numbers, codes };
}

/** A policy's effects as of an earlier day: measured ones that used later outcomes are what was assumed before. */
export function effectsThen(policy: unknown, day: Day): Pick<Policy, "effects"> {
	const { effects } = validatePolicy(policy);
	return {
		effects: effects.map(({ measured, ...effect }) => {
			if (measured === undefined) return effect;
			return measured.as_of > formatDay(day) ? { ...effect, order_logit: measured.assumed_order_logit } : { ...effect, measured };
		}),
	};
}
