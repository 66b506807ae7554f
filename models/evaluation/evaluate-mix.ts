import { createIsSale, type History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { PRODUCT_REASONS, type Scores } from "../../engine/scoring/scores.ts";
import { discountedGainAt, recallAt } from "./metrics.ts";
import { nextBasket } from "../mix/mix-occasions.ts";

const CROSS_SELL = PRODUCT_REASONS.indexOf("cross_sell");
/** A product counts when it was bought so often in the year before. */
const MIN_SALES = 10;
/** A customer counts with so many orders, the last of them in the year before. */
const MIN_ORDERS = 3;

/** How well the first basket within 90 days was foretold; means over customers that came. */
export interface MixFigures {
	readonly numCustomers: number;
	readonly recall10: number;
	readonly ndcg10: number;
	/** Recall among the products that the customer had never bought, over customers whose basket holds one. */
	readonly openRecall10: number;
}

interface MixTrial {
	readonly history: History;
	readonly past: History;
	readonly scores: Scores;
}

/** Judges the suggestions against the next basket, and with baselines the customer's own most frequent products. */
export function evaluateMix(portfolio: Portfolio, trial: MixTrial, withBaselines: boolean): Record<string, MixFigures> {
	const { history, past } = trial;
	const counts = countsOf(portfolio, past);
	const targets = new Map<number, Set<number>>();
	for (let customer = 0; customer < past.numCustomers; customer++) {
		const [from, to] = [past.eventStart[customer], past.eventStart[customer + 1]];
		if (to - from < MIN_ORDERS || past.before - past.eventDay[to - 1] > 365) continue;
		const basket = nextBasket(portfolio, history, customer, past.before);
		const target = new Set([...basket].filter((product) => counts.year[product] >= MIN_SALES));
		if (target.size > 0) targets.set(customer, target);
	}
	const suggested = (customer: number): Ranking => suggestionsOf(trial.scores, customer, (product) => counts.year[product] >= MIN_SALES);
	const figures: Record<string, MixFigures> = { model: measureMix(targets, counts.own, suggested) };
	if (withBaselines) figures["personal top"] = measureMix(targets, counts.own, (customer) => personalTop(counts.own(customer)));
	return figures;
}

interface Ranking {
	readonly products: readonly number[];
	readonly open: readonly number[];
}

function measureMix(
	targets: ReadonlyMap<number, ReadonlySet<number>>,
	own: (customer: number) => ReadonlyMap<number, number>,
	rank: (customer: number) => Ranking,
): MixFigures {
	let [recall, gain, openRecall, numOpen] = [0, 0, 0, 0];
	for (const [customer, target] of targets) {
		const { products, open } = rank(customer);
		recall += recallAt(10, products, target);
		gain += discountedGainAt(10, products, target);
		const bought = own(customer);
		const openTarget = new Set([...target].filter((product) => !bought.has(product)));
		if (openTarget.size === 0) continue;
		numOpen++;
		openRecall += recallAt(10, open, openTarget);
	}
	return { numCustomers: targets.size, recall10: recall / targets.size, ndcg10: gain / targets.size, openRecall10: openRecall / numOpen };
}

function suggestionsOf(scores: Scores, customer: number, isEligible: (product: number) => boolean): Ranking {
	const [from, to] = [scores.productStart[customer], scores.productStart[customer + 1]];
	const at = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => isEligible(scores.product[i]));
	const productAt = (i: number): number => scores.product[i];
	return { products: at.map(productAt), open: at.filter((i) => scores.productReason[i] === CROSS_SELL).map(productAt) };
}

function personalTop(counts: ReadonlyMap<number, number>): Ranking {
	const products = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b).map(([product]) => product);
	return { products, open: [] };
}

/** Sale lines of each product in the year before, and how often a customer ever bought each. */
function countsOf(portfolio: Portfolio, past: History) {
	const { orders, products } = portfolio.tables;
	const isSale = createIsSale(portfolio.tables.orders);
	const year = new Int32Array(products.length);
	for (const row of past.line) if (isSale(row) && past.before - orders.days.ordered_on[row] <= 365) year[orders.refs.product_id[row]]++;
	const own = (customer: number): Map<number, number> => {
		const counts = new Map<number, number>();
		for (const row of past.line.subarray(past.lineStart[customer], past.lineStart[customer + 1]))
			if (isSale(row)) counts.set(orders.refs.product_id[row], (counts.get(orders.refs.product_id[row]) ?? 0) + 1);
		return counts;
	};
	return { year, own };
}
