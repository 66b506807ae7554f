import { rowsById } from "../portfolio/portfolio.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type Day, parseDay } from "../units.ts";
import type { Policy } from "./policy.ts";

type ContactRule = Policy["contact_rules"][number];

/** Answers which rule keeps a rep from a customer on a date; null: none. */
export type RuledOutBy = (rep: number, customer: number, date: Day) => ContactRule | null;

/** Reads the policy's contact rules; customers and reps that the portfolio does not have are passed over. */
export function readContactRules({ tables: { customers, reps } }: Portfolio, { contact_rules: rules }: Policy): RuledOutBy {
	if (rules.length === 0) return () => null;
	const [customerRows, repRows] = [rowsById(customers, "customer_id"), rowsById(reps, "rep_id")];
	const read = rules.map((rule) => ({
		rule,
		customer: customerRows.get(rule.customer_id) ?? -1,
		rep: rule.rep_id === null ? null : (repRows.get(rule.rep_id) ?? -1),
		from: parseDay(rule.from),
		until: parseDay(rule.until),
	}));
	const byCustomer = Map.groupBy(read, ({ customer }) => customer);
	return (rep, customer, date) =>
		byCustomer.get(customer)?.find((one) => (one.rep === null || one.rep === rep) && one.from <= date && date <= one.until)?.rule ?? null;
}
