import type { Day } from "../../engine/units.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio, Table } from "../../engine/portfolio/portfolio.ts";
import { ORDER_KINDS, ORDER_STATUS } from "../../engine/portfolio/schema.ts";

/** The history of tables in any order: grouped, sorted and folded anew. */
export function slowHistory(portfolio: Portfolio, before: Day): History {
	const { customers, orders, contacts } = portfolio.tables;
	const lines = groupByCustomer(orders, customers.length, orders.days.ordered_on, before);
	const events = collectEvents(portfolio, lines);
	const met = groupByCustomer(contacts, customers.length, contacts.numbers.contacted_at, before * 86_400);
	return {
		before,
		numCustomers: customers.length,
		...events,
		lineStart: lines.start,
		line: lines.row,
		contactStart: met.start,
		contact: met.row,
	};
}

interface Grouped {
	readonly start: Int32Array;
	readonly row: Int32Array;
}

/** Rows whose time lies before a limit, by customer, then time, then row. */
function groupByCustomer(table: Table, numCustomers: number, time: ArrayLike<number>, limit: number): Grouped {
	const customer = table.refs.customer_id;
	const start = new Int32Array(numCustomers + 1);
	for (let row = 0; row < table.numRows; row++) if (time[row] < limit) start[customer[row] + 1]++;
	for (let c = 0; c < numCustomers; c++) start[c + 1] += start[c];
	const next = start.slice();
	const rows = new Int32Array(start[numCustomers]);
	for (let row = 0; row < table.numRows; row++) if (time[row] < limit) rows[next[customer[row]]++] = row;
	for (let c = 0; c < numCustomers; c++) sortByTime(rows, start[c], start[c + 1], time);
	return { start, row: rows };
}

/** Sorts a slice of rows by time, then row. Files are mostly in order of time already, so that most slices are left as they are. */
function sortByTime(rows: Int32Array, from: number, to: number, time: ArrayLike<number>): void {
	let sorted = true;
	for (let i = from + 1; i < to && sorted; i++) sorted = time[rows[i - 1]] <= time[rows[i]];
	if (!sorted) rows.subarray(from, to).sort((a, b) => time[a] - time[b] || a - b);
}

/** Each customer's days with a sale, from the lines that were not cancelled. */
function collectEvents(portfolio: Portfolio, lines: Grouped): Pick<History, "eventStart" | "eventDay" | "eventValue" | "eventMargin"> {
	const { orders, products } = portfolio.tables;
	const { quantity, net_value: netValue, margin } = orders.numbers;
	const kindOf = (row: number): string => ORDER_KINDS[orders.codes.kind[row]] ?? "sale";
	const isSale = (row: number): boolean => quantity[row] > 0 && kindOf(row) === "sale";
	// Some systems write returns with a positive value beside the negative quantity.
	const isTakenBack = (row: number): boolean => (quantity[row] < 0 || kindOf(row) === "return") && netValue[row] > 0;
	const signed = (row: number, cents: number): number => (isTakenBack(row) ? -cents : cents);
	const marginOf = (row: number): number =>
		Number.isNaN(margin[row]) ? netValue[row] * products.numbers.margin_rate[orders.refs.product_id[row]] : margin[row];
	const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

	const eventStart = [0];
	const events: { day: Day; value: number; margin: number }[] = [];
	for (let c = 0; c + 1 < lines.start.length; c++) {
		const rows = [...lines.row.subarray(lines.start[c], lines.start[c + 1])];
		const kept = rows.filter((row) => ORDER_STATUS[orders.codes.status[row]] !== "cancelled");
		for (const [day, ofDay] of Map.groupBy(kept, (row) => orders.days.ordered_on[row])) {
			if (!ofDay.some(isSale)) continue;
			const value = sum(ofDay.map((row) => signed(row, netValue[row])));
			events.push({ day, value, margin: Math.round(sum(ofDay.map((row) => signed(row, marginOf(row))))) });
		}
		eventStart.push(events.length);
	}
	return {
		eventStart: Int32Array.from(eventStart),
		eventDay: Int32Array.from(events, ({ day }) => day),
		eventValue: Float64Array.from(events, ({ value }) => value),
		eventMargin: Float64Array.from(events, ({ margin }) => margin),
	};
}
