import type { Portfolio } from "../portfolio/portfolio.ts";
import { rowsById } from "../portfolio/portfolio.ts";
import { type Day, parseDay } from "../units.ts";
import type { Policy } from "./policy.ts";

/** Says, in words, which experiment keeps a rep (row) from contacting a customer (row) on a date; null: none does. */
export type HeldOutBy = (customer: number, rep: number, date: Day) => string | null;

/** Reads the policy's hold-outs; customers and reps that the portfolio does not have are passed over. */
export function readHoldOuts({ tables: { customers, reps } }: Portfolio, { hold_outs: holdOuts }: Policy): HeldOutBy {
	if (holdOuts.length === 0) return () => null;
	const rows = rowsById(customers, "customer_id");
	const repRows = rowsById(reps, "rep_id");
	const read = holdOuts.map(({ experiment, from, to, customers: ids, rep_days: repDays }) => ({
		experiment,
		from: parseDay(from),
		to: parseDay(to),
		rows: new Set(ids.map((id) => rows.get(id))),
		repDays: new Set(repDays.flatMap(({ rep_id, dates }) => dates.map((date) => `${repRows.get(rep_id)} ${parseDay(date)}`))),
	}));
	return (customer, rep, date) => {
		for (const { experiment, from, to, rows: held, repDays } of read) {
			if (from <= date && date <= to && held.has(customer)) return `the experiment ${experiment} holds the customer out`;
			if (repDays.size > 0 && repDays.has(`${rep} ${date}`)) return `the experiment ${experiment} holds the rep's day out`;
		}
		return null;
	};
}
