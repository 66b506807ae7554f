import { createIsSale, type History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { createBestOf } from "./best-of.ts";
import { sampleCustomers } from "./sample-customers.ts";

/** Customers whose baskets say which products go together, at most. */
const MAX_CUSTOMERS = 20_000;
/** Products of one customer that count, the latest. */
const MAX_PRODUCTS = 80;
/** Neighbours kept for a product. */
export const NUM_SIMILAR = 30;
/** Customers of doubt in a similarity: pairs seen once or twice are worth little. */
const SHRINK = 5;

/** Products bought by the same customers. */
export interface ItemSimilarity {
	/** [product × NUM_SIMILAR + i]: most similar first, -1 for none; and how similar, 0 … 1. */
	readonly similar: Int32Array;
	readonly similarity: Float32Array;
}

/** Measures over a history which products go together. */
export function measureSimilarity(portfolio: Portfolio, history: History): ItemSimilarity {
	return findSimilar(customersByProducts(portfolio, history), portfolio.tables.products.length);
}

/** Products of each sampled customer, as compressed rows, the latest bought first. */
function customersByProducts(portfolio: Portfolio, history: History): { start: Int32Array; item: Int32Array } {
	const { orders } = portfolio.tables;
	const isSale = createIsSale(portfolio.tables.orders);
	const start = [0];
	const item: number[] = [];
	for (const customer of sampleCustomers(history, MAX_CUSTOMERS)) {
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
function findSimilar(bought: { start: Int32Array; item: Int32Array }, numProducts: number): ItemSimilarity {
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
