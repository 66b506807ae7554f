import { createIsSale, type History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Day } from "../units.ts";

/** A product of a customer's core is in at least this share of the earlier orders. */
const CORE_SHARE = 1 / 3;

/** Breadth of what a customer buys. */
export interface Basket {
	readonly numProducts: number;
	/** Sale lines. */
	readonly numLines: number;
	/** Share of the core products that the last orders lack; 0 without a core. */
	readonly lostCoreShare: number;
	/** Return lines as a share of all lines. */
	readonly returnShare: number;
}

export interface BasketReader {
	/** `lastOrders`: the day from which on orders are the last ones; `numEarlier`: how many orders lie before it. */
	read(customer: number, lastOrders: Day, numEarlier: number): Basket;
}

/** Reads baskets customer by customer; scratch is two cells a product. */
export function createBasketReader(portfolio: Portfolio, history: History): BasketReader {
	const { orders, products } = portfolio.tables;
	const product = orders.refs.product_id;
	const orderedOn = orders.days.ordered_on;
	const isSale = createIsSale(orders);
	const earlierDays = new Int32Array(products.length);
	const lastDay = new Int32Array(products.length);
	const bought: number[] = [];

	function read(customer: number, lastOrders: Day, numEarlier: number): Basket {
		const [from, to] = [history.lineStart[customer], history.lineStart[customer + 1]];
		let numLines = 0;
		for (let i = from; i < to; i++) {
			const row = history.line[i];
			if (!isSale(row)) continue;
			numLines++;
			const [item, day] = [product[row], orderedOn[row]];
			if (lastDay[item] === 0) bought.push(item);
			if (lastDay[item] !== day + 1 && day < lastOrders) earlierDays[item]++;
			lastDay[item] = day + 1; // lines come by day; one more than the day, so that 0 says not bought
		}
		const { core, lost } = countCore(lastOrders, numEarlier);
		const basket = {
			numProducts: bought.length,
			numLines,
			lostCoreShare: core > 0 ? lost / core : 0,
			returnShare: to > from ? (to - from - numLines) / (to - from) : 0,
		};
		for (const item of bought) earlierDays[item] = lastDay[item] = 0;
		bought.length = 0;
		return basket;
	}

	function countCore(lastOrders: Day, numEarlier: number): { core: number; lost: number } {
		let [core, lost] = [0, 0];
		for (const item of bought) {
			if (earlierDays[item] < Math.max(2, CORE_SHARE * numEarlier)) continue;
			core++;
			if (lastDay[item] - 1 < lastOrders) lost++;
		}
		return { core, lost };
	}

	return { read };
}
