import { type Day, NULL_CODE, NULL_DAY } from "../../engine/units.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio, Table } from "../../engine/portfolio/portfolio.ts";
import { ORDER_KINDS, ORDER_STATUS } from "../../engine/portfolio/schema.ts";

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
const RETURN = ORDER_KINDS.indexOf("return");
const SALE = ORDER_KINDS.indexOf("sale");

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

/** Folds each customer's lines, which are in order of day, into one event a day with a sale. */
function collectEvents(portfolio: Portfolio, lines: Grouped): Pick<History, "eventStart" | "eventDay" | "eventValue" | "eventMargin"> {
	const { orders, products } = portfolio.tables;
	const { ordered_on: orderedOn } = orders.days;
	const { net_value: netValue, margin } = orders.numbers;
	const { status } = orders.codes;
	const product = orders.refs.product_id;
	const marginRate = products.numbers.margin_rate;
	const numCustomers = lines.start.length - 1;
	const isSale = createIsSale(orders);
	const signOf = createSignOf(orders);

	const eventStart = new Int32Array(numCustomers + 1);
	// At most one event a line; cut to size at the end.
	const eventDay = new Int32Array(lines.row.length);
	const eventValue = new Float64Array(lines.row.length);
	const eventMargin = new Float64Array(lines.row.length);
	let numEvents = 0;
	for (let c = 0; c < numCustomers; c++) {
		let day = NULL_DAY;
		let value = 0;
		let margins = 0;
		let isPurchase = false;
		for (let i = lines.start[c]; i <= lines.start[c + 1]; i++) {
			const row = i < lines.start[c + 1] ? lines.row[i] : -1;
			if (row < 0 || orderedOn[row] !== day) {
				if (isPurchase) {
					eventDay[numEvents] = day;
					eventValue[numEvents] = value;
					eventMargin[numEvents++] = Math.round(margins);
				}
				if (row < 0) break;
				day = orderedOn[row];
				value = margins = 0;
				isPurchase = false;
			}
			if (status[row] === CANCELLED) continue;
			const sign = signOf(row);
			value += sign * netValue[row];
			margins += sign * (Number.isNaN(margin[row]) ? netValue[row] * marginRate[product[row]] : margin[row]);
			if (isSale(row)) isPurchase = true;
		}
		eventStart[c + 1] = numEvents;
	}
	return {
		eventStart,
		eventDay: eventDay.slice(0, numEvents),
		eventValue: eventValue.slice(0, numEvents),
		eventMargin: eventMargin.slice(0, numEvents),
	};
}

/** Is an order line a sale: quantity above 0, not cancelled, and neither return nor bonus nor exchange? */
function createIsSale({ numbers, codes }: Table): (row: number) => boolean {
	const { quantity } = numbers;
	const { status, kind } = codes;
	return (row) => quantity[row] > 0 && status[row] !== CANCELLED && (kind[row] === SALE || kind[row] === NULL_CODE);
}

/** What the money of an order line counts by: some systems write returns with a positive value beside the negative quantity. */
function createSignOf({ numbers, codes }: Table): (row: number) => 1 | -1 {
	const { quantity, net_value: netValue } = numbers;
	return (row) => ((quantity[row] < 0 || codes.kind[row] === RETURN) && netValue[row] > 0 ? -1 : 1);
}
