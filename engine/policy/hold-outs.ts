import { rowsById } from "../portfolio/portfolio.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type Day, parseDay } from "../units.ts";
import type { Policy } from "./policy.ts";

/** Answers which experiment holds a customer out on a date: its name, or null. */
export type HeldOutBy = (customer: number, date: Day) => string | null;

/** Reads the policy's hold-outs; customers that the portfolio does not have are passed over. */
export function readHoldOuts({ tables: { customers } }: Portfolio, { hold_outs: holdOuts }: Policy): HeldOutBy {
	if (holdOuts.length === 0) return () => null;
	const rows = rowsById(customers, "customer_id");
	const read = holdOuts.map(({ experiment, from, to, customers: ids }) => ({
		experiment,
		from: parseDay(from),
		to: parseDay(to),
		rows: new Set(ids.map((id) => rows.get(id))),
	}));
	return (customer, date) => read.find((one) => one.from <= date && date <= one.to && one.rows.has(customer))?.experiment ?? null;
}
