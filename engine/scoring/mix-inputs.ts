import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { createBestOf } from "./best-of.ts";
import { countItems, NUM_SIMILAR } from "./item-statistics.ts";
import { createPersonalReader, type Personal } from "./personal-items.ts";
import type { Rhythm } from "./rhythm.ts";

/** Inputs of the net that ranks products bought before. */
export const REPLENISH_INPUTS: readonly string[] = [
	"share_of_orders",
	"slow_decayed_share",
	"fast_decayed_share",
	"log_count",
	"log_orders_since",
	"days_since_to_item_gap",
	"days_since_to_interval",
	"next_order_to_item_gap",
	"in_last_order",
	"log_popularity",
	"trend",
	"similar_score",
	"log_lines_an_order",
	"log_orders",
];
/** Inputs of the net that ranks products never bought. */
export const OPEN_INPUTS: readonly string[] = [
	"similar_score",
	"similar_best",
	"log_popularity",
	"trend",
	"category_share",
	"log_lines_an_order",
	"log_orders",
	"log_products",
	"new_products_an_order",
];

/** Most candidates of a customer on each list. */
export const MAX_REPLENISH = 40;
export const MAX_OPEN = 30;
/** Of the open ones, those that are there for their popularity alone. */
const NUM_POPULAR = 10;

/** One list of candidates with its inputs; the arrays are reused by the next customer. */
export interface CandidateList {
	length: number;
	readonly product: Int32Array;
	/** Row-major. */
	readonly inputs: Float32Array;
	/** Expected cents if sold. */
	readonly value: Float64Array;
	/** 1: its own gap has passed. All 0 on the open list. */
	readonly isDue: Uint8Array;
}

export interface Candidates {
	readonly replenish: CandidateList;
	readonly open: CandidateList;
}

/** Candidates of a customer with at least one purchase event; the answer is overwritten by the next call. */
export type CandidateReader = (customer: number) => Candidates;

/**
 * Finds candidates: what the customer bought, by decayed count; what its like bought with it (item to item); what sells lately. All
 * from the history. The decays by order follow Hu et al., "Modeling personalized item frequency information", 2020.
 */
export function createCandidateReader(portfolio: Portfolio, history: History, rhythm: Rhythm): CandidateReader {
	const items = countItems(portfolio, history);
	const category = categoryCodes(portfolio);
	const readPersonal = createPersonalReader(portfolio, history);
	const replenish = createList(MAX_REPLENISH, REPLENISH_INPUTS.length);
	const open = createList(MAX_OPEN, OPEN_INPUTS.length);
	const score = new Float64Array(portfolio.tables.products.length);
	const alike = createBestOf(MAX_OPEN - NUM_POPULAR);
	const best = new Float64Array(portfolio.tables.products.length);

	/** Similarity to all that the customer buys, weighted; returns the products touched. */
	function spreadSimilarity(personal: Personal): number[] {
		const touched: number[] = [];
		for (const item of personal.items) {
			const weight = item.slow / personal.slowTotal;
			for (let i = item.product * NUM_SIMILAR; i < (item.product + 1) * NUM_SIMILAR && items.similar[i] >= 0; i++) {
				const other = items.similar[i];
				if (score[other] === 0) touched.push(other);
				score[other] += weight * items.similarity[i];
				best[other] = Math.max(best[other], items.similarity[i]);
			}
		}
		return touched;
	}

	function fillReplenish(customer: number, personal: Personal): void {
		const interval = Math.max(1, rhythm.expectedInterval[customer]);
		const lastOrder = history.eventDay[history.eventStart[customer + 1] - 1];
		const wait = Math.max(0, lastOrder + interval - history.before);
		const chosen = personal.items.toSorted((a, b) => b.slow - a.slow || a.product - b.product).slice(0, MAX_REPLENISH);
		replenish.length = chosen.length;
		for (const [i, item] of chosen.entries()) {
			const ownGap = item.count > 1 ? (item.lastDay - item.firstDay) / (item.count - 1) : 2 * interval;
			const gap = (ownGap * (item.count - 1) + 2 * interval) / (item.count + 1);
			const since = history.before - item.lastDay;
			replenish.product[i] = item.product;
			replenish.value[i] = item.value / item.count;
			replenish.isDue[i] = since >= gap ? 1 : 0;
			const at = i * REPLENISH_INPUTS.length;
			replenish.inputs.set(
				[
					item.count / personal.numOrders,
					item.slow / personal.slowTotal,
					item.fast / personal.fastTotal,
					Math.log(item.count),
					Math.log1p(personal.numOrders - 1 - item.lastOrder),
					Math.log(since / gap),
					Math.log(since / interval),
					Math.log((since + wait) / gap),
					item.lastOrder === personal.numOrders - 1 ? 1 : 0,
					Math.log(items.popularity[item.product] + 1e-4),
					items.trend[item.product],
					score[item.product],
					Math.log(personal.numLines / personal.numOrders),
					Math.log(personal.numOrders),
				],
				at,
			);
		}
	}

	function fillOpen(customer: number, personal: Personal, touched: readonly number[]): void {
		const own = new Set(personal.items.map((item) => item.product));
		const ticketRatio = Math.max(0.5, Math.min(2, rhythm.ticket[customer] / Math.max(1, rhythm.baseTicket)));
		const categoryShare = shareByCategory(personal, category);
		alike.length = 0;
		for (const product of touched) if (!own.has(product)) alike.offer(product, score[product]);
		const chosen = new Set(alike.item.subarray(0, alike.length));
		for (const product of items.popular) {
			if (chosen.size >= MAX_OPEN) break;
			if (!own.has(product)) chosen.add(product);
		}
		open.length = chosen.size;
		for (const [i, product] of [...chosen].entries()) {
			open.product[i] = product;
			open.value[i] = items.lineValue[product] * ticketRatio;
			open.inputs.set(
				[
					score[product],
					best[product],
					Math.log(items.popularity[product] + 1e-4),
					items.trend[product],
					category[product] < 0 ? 0 : (categoryShare.get(category[product]) ?? 0),
					Math.log(personal.numLines / personal.numOrders),
					Math.log(personal.numOrders),
					Math.log(personal.items.length),
					personal.newProductsAnOrder,
				],
				i * OPEN_INPUTS.length,
			);
		}
	}

	return (customer) => {
		const personal = readPersonal(customer);
		const touched = spreadSimilarity(personal);
		fillReplenish(customer, personal);
		fillOpen(customer, personal, touched);
		for (const product of touched) score[product] = best[product] = 0;
		return { replenish, open };
	};
}

function createList(size: number, numInputs: number): CandidateList {
	return {
		length: 0,
		product: new Int32Array(size),
		inputs: new Float32Array(size * numInputs),
		value: new Float64Array(size),
		isDue: new Uint8Array(size),
	};
}

/** A number for each product's category, -1 for none. */
function categoryCodes(portfolio: Portfolio): Int32Array {
	const { category } = portfolio.tables.products.texts;
	const codes = new Map<string, number>();
	return Int32Array.from({ length: portfolio.tables.products.length }, (_, product) => {
		const name = category.at(product);
		if (name === null) return -1;
		const code = codes.get(name) ?? codes.size;
		codes.set(name, code);
		return code;
	});
}

function shareByCategory(personal: Personal, category: Int32Array): Map<number, number> {
	const share = new Map<number, number>();
	const total = personal.items.reduce((sum, item) => sum + item.slow, 0);
	for (const item of personal.items) share.set(category[item.product], (share.get(category[item.product]) ?? 0) + item.slow / total);
	return share;
}
