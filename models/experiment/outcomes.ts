import type { Policy } from "../../engine/index.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createIsSale, createSignOf } from "../../engine/portfolio/purchase-events.ts";
import { ORDER_STATUS } from "../../engine/portfolio/schema.ts";
import type { Day } from "../../engine/units.ts";
import type { OutcomeMetric } from "./experiment-document.ts";

/** The day up to which orders are known when a day begins: an experiment that begins later is designed by the last days on record. */
export function knownUntil({ tables: { orders } }: Portfolio, day: Day): Day {
	return orders.days.ordered_on.reduce((end, on) => (on < day && on >= end ? on + 1 : end), Math.min(0, day));
}

const NOT_SOLD = [ORDER_STATUS.indexOf("cancelled"), ORDER_STATUS.indexOf("cut")];

/** What a customer bought from a day up to another, that one left out: cents, order days, and 1 where it was positivated. */
export function outcomesOf(
	portfolio: Portfolio,
	{ lineStart, line }: History,
	{ positivation, value: { default_margin_rate } }: Policy,
	customer: number,
	from: Day,
	to: Day,
): Readonly<Record<OutcomeMetric, number>> {
	const { orders, products } = portfolio.tables;
	const [isSale, signOf] = [createIsSale(orders), createSignOf(orders)];
	const { net_value: netValue, margin: stated } = orders.numbers;
	const [days, bought] = [new Set<Day>(), new Set<number>()];
	let [revenue, margin] = [0, 0];
	for (let i = lineStart[customer]; i < lineStart[customer + 1]; i++) {
		const row = line[i];
		const day = orders.days.ordered_on[row];
		if (day < from || day >= to || NOT_SOLD.includes(orders.codes.status[row])) continue;
		const product = orders.refs.product_id[row];
		const rate = products.numbers.margin_rate[product];
		revenue += signOf(row) * netValue[row];
		margin += signOf(row) * (Number.isNaN(stated[row]) ? netValue[row] * (Number.isNaN(rate) ? default_margin_rate : rate) : stated[row]);
		if (!isSale(row)) continue;
		days.add(day);
		bought.add(product);
	}
	const isReached = revenue >= 100 * positivation.min_value && bought.size >= positivation.min_products;
	return { revenue, margin, orders: days.size, positivation: Number(isReached) };
}
