import { createIsSale, type History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { sampleCustomers } from "./sample-customers.ts";

/** Customers whose orders are counted, at most. */
const MAX_CUSTOMERS = 20_000;
/** Days that the long rates look back. */
const LONG = 365;
/** The recent window is one usual interval of the portfolio within these bounds, days. */
const MIN_RECENT = 7;
const MAX_RECENT = 45;
/** Orders of doubt: what a long rate weighs against the mean product, and a recent rate against the long one. */
const LONG_PRIOR = 10;
const RECENT_PRIOR = 20;

/**
 * How readily each product is bought again and begun, an order. The recent rates hold the season and what is new; both come from orders
 * before the day asked about, never from those to be foretold.
 */
export interface ItemHabits {
	/** P(in an order | customer bought it before), over a year and over one usual interval. */
	readonly repeatRate: Float32Array;
	readonly recentRepeat: Float32Array;
	/** P(in an order | customer never bought it), likewise. First orders of customers do not count. */
	readonly adoption: Float32Array;
	readonly recentAdoption: Float32Array;
}

interface Counts {
	numOrders: number;
	/** Orders of customers that had the product, those of them that held it, and orders that held it for the first time. */
	readonly owned: Float64Array;
	readonly repeated: Float64Array;
	readonly begun: Float64Array;
}

/** Counts repeats and beginnings order by order. */
export function measureHabits(portfolio: Portfolio, history: History, usualInterval: number): ItemHabits {
	const recentDays = Math.max(MIN_RECENT, Math.min(MAX_RECENT, Math.round(usualInterval)));
	const [long, recent] = countHabits(portfolio, history, [LONG, recentDays]);
	const all = (of: Float64Array): number => of.reduce((sum, count) => sum + count, 0);
	const meanRepeat = (all(long.repeated) + 1) / (all(long.owned) + 10);
	const meanBegun = (all(long.begun) + 1) / (long.numOrders * long.owned.length - all(long.owned) + 1000);
	const rate = (hits: number, chances: number, prior: number, weight: number): number => (hits + weight * prior) / (chances + weight);
	const repeatRate = Float32Array.from(long.owned, (chances, item) => rate(long.repeated[item], chances, meanRepeat, LONG_PRIOR));
	const adoption = Float32Array.from(long.owned, (owned, item) =>
		rate(long.begun[item], Math.max(0, long.numOrders - owned), meanBegun, LONG_PRIOR),
	);
	return {
		repeatRate,
		recentRepeat: repeatRate.map((prior, item) => rate(recent.repeated[item], recent.owned[item], prior, RECENT_PRIOR)),
		adoption,
		recentAdoption: adoption.map((prior, item) =>
			rate(recent.begun[item], Math.max(0, recent.numOrders - recent.owned[item]), prior, RECENT_PRIOR),
		),
	};
}

function countHabits(portfolio: Portfolio, history: History, windows: readonly number[]): Counts[] {
	const { orders, products } = portfolio.tables;
	const isSale = createIsSale(orders);
	const counts = windows.map(() => ({
		numOrders: 0,
		owned: new Float64Array(products.length),
		repeated: new Float64Array(products.length),
		begun: new Float64Array(products.length),
	}));
	const isOwned = new Uint8Array(products.length);
	const owned: number[] = [];

	function countOrder(day: number, basket: ReadonlySet<number>): void {
		for (const [w, count] of counts.entries()) {
			if (owned.length === 0 || history.before - day > windows[w]) continue;
			count.numOrders++;
			for (const item of owned) count.owned[item]++;
			for (const item of basket) {
				if (isOwned[item] === 1) count.repeated[item]++;
				else count.begun[item]++;
			}
		}
		for (const item of basket) {
			if (isOwned[item] === 0) owned.push(item);
			isOwned[item] = 1;
		}
	}

	for (const customer of sampleCustomers(history, MAX_CUSTOMERS)) {
		let day = -1;
		let basket = new Set<number>();
		for (let i = history.lineStart[customer]; i < history.lineStart[customer + 1]; i++) {
			const row = history.line[i];
			if (!isSale(row)) continue;
			if (orders.days.ordered_on[row] !== day) {
				if (day >= 0) countOrder(day, basket);
				basket = new Set();
				day = orders.days.ordered_on[row];
			}
			basket.add(orders.refs.product_id[row]);
		}
		if (day >= 0) countOrder(day, basket);
		for (const item of owned) isOwned[item] = 0;
		owned.length = 0;
	}
	return counts;
}
