import { createIsSale, type History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { createBestOf } from "./best-of.ts";

/** Customers whose baskets say which products go together; a stride through the portfolio beyond it. */
const MAX_CUSTOMERS = 20_000;
/** Products of one customer that count, the latest. */
const MAX_PRODUCTS = 80;
/** Neighbours kept for a product. */
export const NUM_SIMILAR = 30;
/** Customers of doubt in a similarity: pairs seen once or twice are worth little. */
const SHRINK = 5;

/** What the whole portfolio says of each product before a day. */
export interface ItemStatistics {
	/** Share of the portfolio's purchase events of the last 90 days that hold the product. */
	readonly popularity: Float32Array;
	/** log of that share over the share in the 90 days before. */
	readonly trend: Float32Array;
	/** Mean net value of a sale line, cents; NaN where it was never sold. */
	readonly lineValue: Float64Array;
	/** [product × NUM_SIMILAR + i]: products bought by the same customers, most similar first, -1 for none; and how similar, 0 … 1. */
	readonly similar: Int32Array;
	readonly similarity: Float32Array;
	/** The products with the largest popularity, best first. */
	readonly popular: Int32Array;
}

/** Counts products over a history. */
export function countItems(portfolio: Portfolio, history: History): ItemStatistics {
	const numProducts = portfolio.tables.products.length;
	const { popularity, trend, lineValue } = countSales(portfolio, history, numProducts);
	const popular = Int32Array.from(popularity.keys())
		.filter((item) => popularity[item] > 0)
		.sort((a, b) => popularity[b] - popularity[a] || a - b)
		.subarray(0, 200);
	return { popularity, trend, lineValue, popular, ...findSimilar(customersByProducts(portfolio, history), numProducts) };
}

function countSales(portfolio: Portfolio, history: History, numProducts: number) {
	const { orders } = portfolio.tables;
	const isSale = createIsSale(portfolio.tables.orders);
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

/** Products of each sampled customer, as compressed rows, the latest bought first. */
function customersByProducts(portfolio: Portfolio, history: History): { start: Int32Array; item: Int32Array } {
	const { orders } = portfolio.tables;
	const isSale = createIsSale(portfolio.tables.orders);
	const stride = Math.max(1, Math.ceil(history.numCustomers / MAX_CUSTOMERS));
	const start = [0];
	const item: number[] = [];
	for (let customer = 0; customer < history.numCustomers; customer += stride) {
		const seen = new Set<number>();
		for (let i = history.lineStart[customer + 1] - 1; i >= history.lineStart[customer] && seen.size < MAX_PRODUCTS; i--) {
			const row = history.line[i];
			if (isSale(row)) seen.add(orders.refs.product_id[row]);
		}
		item.push(...seen);
		start.push(item.length);
	}
	return { start: Int32Array.from(start), item: Int32Array.from(item) };
}

/** Cosine between products over customers, the counts of a product's neighbours gathered in one dense row at a time. */
function findSimilar(bought: { start: Int32Array; item: Int32Array }, numProducts: number) {
	const { byItem, owner } = transpose(bought, numProducts);
	const together = new Float64Array(numProducts);
	const similar = new Int32Array(numProducts * NUM_SIMILAR).fill(-1);
	const similarity = new Float32Array(numProducts * NUM_SIMILAR);
	const best = createBestOf(NUM_SIMILAR);
	const countOf = (item: number): number => byItem[item + 1] - byItem[item];
	for (let item = 0; item < numProducts; item++) {
		const touched: number[] = [];
		for (let at = byItem[item]; at < byItem[item + 1]; at++) {
			for (let i = bought.start[owner[at]]; i < bought.start[owner[at] + 1]; i++) {
				const other = bought.item[i];
				if (together[other]++ === 0) touched.push(other);
			}
		}
		best.length = 0;
		for (const other of touched)
			if (other !== item) best.offer(other, together[other] / (Math.sqrt(countOf(item) * countOf(other)) + SHRINK));
		similar.set(best.item.subarray(0, best.length), item * NUM_SIMILAR);
		similarity.set(best.value.subarray(0, best.length), item * NUM_SIMILAR);
		for (const other of touched) together[other] = 0;
	}
	return { similar, similarity };
}

function transpose(bought: { start: Int32Array; item: Int32Array }, numProducts: number): { byItem: Int32Array; owner: Int32Array } {
	const byItem = new Int32Array(numProducts + 1);
	for (const item of bought.item) byItem[item + 1]++;
	for (let item = 0; item < numProducts; item++) byItem[item + 1] += byItem[item];
	const owner = new Int32Array(bought.item.length);
	const next = byItem.slice();
	for (let row = 0; row + 1 < bought.start.length; row++)
		for (let i = bought.start[row]; i < bought.start[row + 1]; i++) owner[next[bought.item[i]]++] = row;
	return { byItem, owner };
}
