import { createIsSale, type History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Day } from "../units.ts";

/** Weight of an order against the one after it, for habits and for what is in use now. */
const SLOW_DECAY = 0.95;
const FAST_DECAY = 0.7;

/** What is known of one product in one customer's history. */
export interface Item {
	readonly product: number;
	count: number;
	readonly firstDay: number;
	lastDay: number;
	/** Positions among the customer's orders, oldest 0. */
	readonly firstOrder: number;
	lastOrder: number;
	slow: number;
	fast: number;
	value: number;
}

/** What one customer buys. */
export interface Personal {
	readonly items: readonly Item[];
	readonly numOrders: number;
	readonly numLines: number;
	/** Products in the last order. */
	readonly lastLines: number;
	/** Day of the last order. */
	readonly lastDay: Day;
	/** Sum of the slow weights of the orders: the largest weight that a product can have. */
	readonly slowTotal: number;
	readonly fastTotal: number;
	/** Products bought for the first time in the last five orders, an order. */
	readonly newProductsAnOrder: number;
}

/** Reads what one customer bought, product by product, in one pass over its lines. */
export function createPersonalReader(portfolio: Portfolio, history: History): (customer: number) => Personal {
	const { orders } = portfolio.tables;
	const isSale = createIsSale(portfolio.tables.orders);
	return (customer) => {
		const numOrders = history.eventStart[customer + 1] - history.eventStart[customer];
		const items = new Map<number, Item>();
		let [order, day, numLines, lastLines, numNew] = [-1, -1, 0, 0, 0];
		for (let i = history.lineStart[customer]; i < history.lineStart[customer + 1]; i++) {
			const row = history.line[i];
			if (!isSale(row)) continue;
			if (orders.days.ordered_on[row] !== day) {
				day = orders.days.ordered_on[row];
				order++;
				lastLines = 0;
			}
			const product = orders.refs.product_id[row];
			let item = items.get(product);
			if (!item) {
				item = { product, count: 0, firstDay: day, lastDay: -1, firstOrder: order, lastOrder: -1, slow: 0, fast: 0, value: 0 };
				items.set(product, item);
				if (order > 0 && order >= numOrders - 5) numNew++;
			}
			item.value += orders.numbers.net_value[row];
			if (item.lastDay === day) continue; // a second line of the same day adds value, not a purchase
			numLines++;
			lastLines++;
			item.count++;
			item.lastDay = day;
			item.lastOrder = order;
			item.slow += SLOW_DECAY ** (numOrders - 1 - order);
			item.fast += FAST_DECAY ** (numOrders - 1 - order);
		}
		return {
			items: [...items.values()],
			numOrders,
			numLines,
			lastLines,
			lastDay: day,
			slowTotal: (1 - SLOW_DECAY ** numOrders) / (1 - SLOW_DECAY),
			fastTotal: (1 - FAST_DECAY ** numOrders) / (1 - FAST_DECAY),
			newProductsAnOrder: numNew / Math.max(1, Math.min(5, numOrders - 1)),
		};
	};
}
