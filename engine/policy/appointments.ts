import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Day } from "../units.ts";

/** Promised contacts of the horizon, as rows of the table. */
export interface Appointments {
	/** Of a rep, by date, then row. */
	of(rep: number): readonly number[];
	/** Dates on which somebody promised to contact the customer; no other contact is made on them. */
	datesOf(customer: number): readonly Day[];
	/** Is the row the customer's only or first promise of its day? A second one cannot be kept: one contact a day. */
	isFirstOfDay(row: number): boolean;
}

const NONE: readonly number[] = [];

/** Appointments on a date from `from` to `to` with reps of the table. */
export function buildAppointments({ tables: { appointments, reps } }: Portfolio, from: Day, to: Day): Appointments {
	const on = appointments.days.on;
	const { customer_id: customers, rep_id: repRows } = appointments.refs;
	const rows = Array.from({ length: appointments.numRows }, (_, row) => row).filter(
		(row) => on[row] >= from && on[row] <= to && repRows[row] >= 0 && repRows[row] < reps.numRows && customers[row] >= 0,
	);
	const byRep = Map.groupBy(rows, (row) => repRows[row]);
	for (const promised of byRep.values()) promised.sort((a, b) => on[a] - on[b] || a - b);
	const byCustomer = Map.groupBy(rows, (row) => customers[row]);
	const datesByCustomer = new Map([...byCustomer].map(([customer, promised]) => [customer, [...new Set(promised.map((row) => on[row]))]]));
	return {
		of: (rep) => byRep.get(rep) ?? NONE,
		datesOf: (customer) => datesByCustomer.get(customer) ?? NONE,
		isFirstOfDay: (row) => byCustomer.get(customers[row])?.find((other) => on[other] === on[row]) === row,
	};
}
