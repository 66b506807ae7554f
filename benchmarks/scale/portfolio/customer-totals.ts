import type { History } from "../../../engine/portfolio/history.ts";
import { createIsSale } from "../../../engine/portfolio/history.ts";
import type { Portfolio } from "../../../engine/portfolio/portfolio.ts";
import { ORDER_KINDS, ORDER_STATUS } from "../../../engine/portfolio/schema.ts";
import type { Cents, Day } from "../../../engine/units.ts";

/** Sums over all customers of what is known of each: what every engine must agree on. Money in currency units, times in days. */
export interface Totals {
	/** With at least a line that was not cancelled. */
	readonly customers: number;
	readonly lines: number;
	readonly returns: number;
	/** Days with a sale. */
	readonly purchases: number;
	/** Different products, of each customer. */
	readonly products: number;
	readonly value: number;
	readonly margin: number;
	readonly value_90: number;
	readonly value_365: number;
	readonly margin_365: number;
	/** Of each customer's gaps between purchases; the deviation is a sample's. */
	readonly gap_mean: number;
	readonly gap_deviation: number;
	/** From the first purchase to the last. */
	readonly days: number;
}

export const TOTAL_NAMES = [
	"customers",
	"lines",
	"returns",
	"purchases",
	"products",
	"value",
	"margin",
	"value_90",
	"value_365",
	"margin_365",
	"gap_mean",
	"gap_deviation",
	"days",
] as const satisfies readonly (keyof Totals)[];

/** The totals that differ between two answers by more than rounding. */
export function differences(a: Totals, b: Totals): string[] {
	return TOTAL_NAMES.filter((name) => !(Math.abs(a[name] - b[name]) <= 1e-6 * Math.max(1, Math.abs(a[name])))).map(
		(name) => `${name}: ${a[name]} and ${b[name]}`,
	);
}

/** What aggregate.sql asks, from a history as the engine holds it: one pass over each customer's purchases and lines. */
export function totalsOf(portfolio: Portfolio, history: History, asOf: Day): Totals {
	const totals = { ...EMPTY };
	addLines(totals, portfolio, history, asOf);
	addRhythms(totals, history);
	return totals;
}

const EMPTY: Record<keyof Totals, number> = {
	customers: 0,
	lines: 0,
	returns: 0,
	purchases: 0,
	products: 0,
	value: 0,
	margin: 0,
	value_90: 0,
	value_365: 0,
	margin_365: 0,
	gap_mean: 0,
	gap_deviation: 0,
	days: 0,
};

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
const RETURN = ORDER_KINDS.indexOf("return");

function addLines(totals: Record<keyof Totals, number>, { tables }: Portfolio, history: History, asOf: Day): void {
	const { orders, products } = tables;
	const { lineStart, line, numCustomers } = history;
	const { ordered_on: orderedOn } = orders.days;
	const { quantity, net_value: netValue, margin } = orders.numbers;
	const { status, kind } = orders.codes;
	const { product_id: product } = orders.refs;
	const marginRate = products.numbers.margin_rate;
	const isSale = createIsSale(orders);
	const boughtBy = new Int32Array(products.length).fill(-1);
	let [value, margins, value90, value365, margin365]: Cents[] = [0, 0, 0, 0, 0];
	for (let c = 0; c < numCustomers; c++) {
		let numLines = 0;
		for (let i = lineStart[c]; i < lineStart[c + 1]; i++) {
			const row = line[i];
			if (status[row] === CANCELLED) continue;
			numLines++;
			const isReturn = kind[row] === RETURN || quantity[row] < 0;
			const sign = isReturn && netValue[row] > 0 ? -1 : 1;
			const net = sign * netValue[row];
			const gained = sign * (Number.isNaN(margin[row]) ? netValue[row] * marginRate[product[row]] : margin[row]);
			value += net;
			margins += gained;
			if (orderedOn[row] >= asOf - 90) value90 += net;
			if (orderedOn[row] >= asOf - 365) {
				value365 += net;
				margin365 += gained;
			}
			if (isReturn) totals.returns++;
			if (isSale(row) && boughtBy[product[row]] !== c) {
				boughtBy[product[row]] = c;
				totals.products++;
			}
		}
		totals.lines += numLines;
		if (numLines > 0) totals.customers++;
	}
	totals.value = value / 100;
	totals.margin = margins / 100;
	totals.value_90 = value90 / 100;
	totals.value_365 = value365 / 100;
	totals.margin_365 = margin365 / 100;
}

function addRhythms(totals: Record<keyof Totals, number>, { eventStart, eventDay, numCustomers }: History): void {
	for (let c = 0; c < numCustomers; c++) {
		const [from, to] = [eventStart[c], eventStart[c + 1]];
		const count = to - from;
		totals.purchases += count;
		if (count < 2) continue;
		const span = eventDay[to - 1] - eventDay[from];
		const mean = span / (count - 1);
		let squares = 0;
		for (let i = from + 1; i < to; i++) squares += (eventDay[i] - eventDay[i - 1] - mean) ** 2;
		totals.days += span;
		totals.gap_mean += mean;
		if (count > 2) totals.gap_deviation += Math.sqrt(squares / (count - 2));
	}
}
