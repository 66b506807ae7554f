import { createIsSale, type History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type ItemHabits, measureHabits } from "./item-habits.ts";
import { type ItemSimilarity, measureSimilarity } from "./item-similarity.ts";
import type { Rhythm } from "./rhythm.ts";

/** What the whole portfolio says of each product before a day. */
export interface ItemStatistics extends ItemHabits, ItemSimilarity {
	/** Share of the portfolio's purchase events of the last 90 days that hold the product. */
	readonly popularity: Float32Array;
	/** log of that share over the share in the 90 days before. */
	readonly trend: Float32Array;
	/** Mean net value of a sale line, cents; NaN where it was never sold. */
	readonly lineValue: Float64Array;
	/** Products that others began to buy lately, the most begun first. */
	readonly popular: Int32Array;
}

/** Counts products over a history. */
export function countItems(portfolio: Portfolio, history: History, rhythm: Rhythm): ItemStatistics {
	const numProducts = portfolio.tables.products.length;
	const sales = countSales(portfolio, history, numProducts);
	const habits = measureHabits(portfolio, history, usualInterval(rhythm));
	const popular = Int32Array.from(habits.recentAdoption.keys())
		.filter((item) => sales.popularity[item] > 0)
		.sort((a, b) => habits.recentAdoption[b] - habits.recentAdoption[a] || a - b)
		.subarray(0, 300);
	return { ...sales, ...habits, popular, ...measureSimilarity(portfolio, history) };
}

/** Mean interval around the customers, days. */
function usualInterval({ baseInterval }: Rhythm): number {
	return baseInterval.reduce((sum, days) => sum + days, 0) / Math.max(1, baseInterval.length);
}

function countSales(portfolio: Portfolio, history: History, numProducts: number) {
	const { orders } = portfolio.tables;
	const isSale = createIsSale(orders);
	const [recent, previous, lines, value] = [0, 0, 0, 0].map(() => new Float64Array(numProducts));
	for (const row of history.line) {
		if (!isSale(row)) continue;
		const item = orders.refs.product_id[row];
		const age = history.before - orders.days.ordered_on[row];
		if (age <= 90) recent[item]++;
		else if (age <= 180) previous[item]++;
		lines[item]++;
		value[item] += orders.numbers.net_value[row];
	}
	const eventsIn = (from: number, to: number): number => history.eventDay.reduce((n, day) => n + (day >= from && day < to ? 1 : 0), 0);
	const recentEvents = Math.max(1, eventsIn(history.before - 90, history.before));
	const previousEvents = Math.max(1, eventsIn(history.before - 180, history.before - 90));
	return {
		popularity: Float32Array.from(recent, (count) => Math.min(1, count / recentEvents)),
		trend: Float32Array.from(recent, (count, item) => Math.log((count + 2) / recentEvents / ((previous[item] + 2) / previousEvents))),
		lineValue: Float64Array.from(value, (sum, item) => sum / lines[item]),
	};
}
