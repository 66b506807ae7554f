import { createIsSale, type History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { firstEventFrom } from "../scoring/churn-inputs.ts";
import type { Cents } from "../units.ts";

/** Purchases that old no longer say what a segment buys. */
const RECENT_DAYS = 180;
const NUM_FAVOURITES = 20;

/** A product that a segment buys: share of its recent purchases that hold it, and mean net value of a line. */
export interface Favourite {
	readonly product: number;
	readonly share: number;
	readonly value: Cents;
}

/** What customers of each segment, or of none, buy most, best first. */
export type Favourites = ReadonlyMap<string | null, readonly Favourite[]>;

/** What customers of a segment buy most: all there is to offer to one that never bought. */
export function countFavourites({ tables: { customers, orders } }: Portfolio, history: History): Favourites {
	const counts = new Map<string | null, Map<number, { lines: number; value: number }>>();
	const purchases = new Map<string | null, number>();
	const isSale = createIsSale(orders);
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const segment = customers.texts.segment.at(customer);
		const products = counts.get(segment) ?? new Map<number, { lines: number; value: number }>();
		counts.set(segment, products);
		for (let at = history.lineStart[customer + 1] - 1; at >= history.lineStart[customer]; at--) {
			const row = history.line[at];
			if (orders.days.ordered_on[row] < history.before - RECENT_DAYS) break;
			if (!isSale(row)) continue;
			const product = orders.refs.product_id[row];
			const seen = products.get(product) ?? { lines: 0, value: 0 };
			if (seen.lines === 0) products.set(product, seen);
			seen.lines++;
			seen.value += orders.numbers.net_value[row];
		}
		const first = firstEventFrom(history, customer, history.before - RECENT_DAYS);
		purchases.set(segment, (purchases.get(segment) ?? 0) + history.eventStart[customer + 1] - first);
	}
	return new Map([...counts].map(([segment, products]) => [segment, rank(products, purchases.get(segment) ?? 0)]));
}

function rank(products: ReadonlyMap<number, { lines: number; value: number }>, numPurchases: number): Favourite[] {
	return [...products]
		.map(([product, { lines, value }]) => ({ product, share: Math.min(1, lines / Math.max(1, numPurchases)), value: value / lines }))
		.sort((a, b) => b.share - a.share || a.product - b.product)
		.slice(0, NUM_FAVOURITES);
}
