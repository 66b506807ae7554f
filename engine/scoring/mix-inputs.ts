import type { ItemStatistics } from "./item-statistics.ts";
import type { NeighbourScores } from "./neighbours.ts";
import type { Item, Personal } from "./personal-items.ts";
import type { SimilarScores } from "./similar-items.ts";

/** Inputs of the net that ranks products bought before. */
export const REPLENISH_INPUTS = [
	"share_of_orders",
	"slow_decayed_share",
	"fast_decayed_share",
	"log_slow_decayed_share",
	"log_fast_decayed_share",
	"one_over_count",
	"log_orders_since",
	"orders_since_to_item_gap",
	"days_since_to_item_gap",
	"days_since_to_interval",
	"next_order_to_item_gap",
	"in_last_order",
	"log_popularity",
	"trend",
	"repeat_rate",
	"recent_repeat_rate",
	"log_similar_score",
	"log_similar_to_latest",
	"log_alike",
	"log_near",
	"log_lines_an_order",
	"log_last_lines",
	"log_orders",
	"log_products",
	"log_days_since_order",
] as const;
/** Inputs of the net that ranks products never bought. */
export const OPEN_INPUTS = [
	"log_similar_score",
	"log_similar_to_latest",
	"similar_best",
	"log_alike",
	"log_near",
	"log_fresh",
	"log_popularity",
	"trend",
	"adoption_rate",
	"recent_adoption_rate",
	"category_share",
	"log_lines_an_order",
	"log_last_lines",
	"log_orders",
	"log_products",
	"new_products_an_order",
	"log_days_since_order",
] as const;

/** What is known of the customer whose candidates are described. */
export interface Situation {
	readonly personal: Personal;
	readonly interval: number;
	/** Days since the last order, and until the next one is usual; both from the day asked about. */
	readonly silence: number;
	readonly wait: number;
	readonly items: ItemStatistics;
	readonly similar: SimilarScores;
	readonly neighbours: NeighbourScores;
}

/** Usual days between a customer's purchases of a product: the own mean, drawn to two intervals by two gaps. */
export function itemGap(item: Item, interval: number): number {
	const own = item.count > 1 ? item.lastDay - item.firstDay : 0;
	return (own + 4 * interval) / (item.count + 1);
}

/** Inputs of a product bought before, as REPLENISH_INPUTS names them. */
export function replenishInputs(item: Item, { personal, interval, silence, wait, items, similar, neighbours }: Situation): number[] {
	const { product } = item;
	const gap = itemGap(item, interval);
	const since = silence + personal.lastDay - item.lastDay;
	const ordersSince = personal.numOrders - item.lastOrder;
	const orderGap = (item.lastOrder - item.firstOrder + 4) / (item.count + 1);
	return [
		item.count / personal.numOrders,
		item.slow / personal.slowTotal,
		item.fast / personal.fastTotal,
		Math.log(item.slow / personal.slowTotal + 0.01),
		Math.log(item.fast / personal.fastTotal + 0.001),
		1 / item.count,
		Math.log(ordersSince),
		Math.log(ordersSince / orderGap),
		Math.log(since / gap),
		Math.log(since / interval),
		Math.log((since + wait) / gap),
		ordersSince === 1 ? 1 : 0,
		Math.log(items.popularity[product] + 1e-4),
		items.trend[product],
		logit(items.repeatRate[product]),
		logit(items.recentRepeat[product]),
		Math.log(similar.score[product] + 1e-3),
		Math.log(similar.latest[product] + 1e-3),
		Math.log(neighbours.alike[product] + 1e-3),
		Math.log(neighbours.near[product] + 1e-3),
		...habits(personal, silence),
	];
}

/** Inputs of a product never bought, as OPEN_INPUTS names them. */
export function openInputs(product: number, categoryShare: number, { personal, silence, items, similar, neighbours }: Situation): number[] {
	const [lines, lastLines, orders, products, quiet] = habits(personal, silence);
	return [
		Math.log(similar.score[product] + 1e-4),
		Math.log(similar.latest[product] + 1e-4),
		similar.best[product],
		Math.log(neighbours.alike[product] + 1e-3),
		Math.log(neighbours.near[product] + 1e-3),
		Math.log(neighbours.fresh[product] + 1e-3),
		Math.log(items.popularity[product] + 1e-4),
		items.trend[product],
		logit(items.adoption[product]),
		logit(items.recentAdoption[product]),
		categoryShare,
		lines,
		lastLines,
		orders,
		products,
		personal.newProductsAnOrder,
		quiet,
	];
}

function habits({ numLines, numOrders, lastLines, items }: Personal, silence: number): [number, number, number, number, number] {
	return [Math.log(numLines / numOrders), Math.log(lastLines), Math.log(numOrders), Math.log(items.length), Math.log(silence)];
}

function logit(probability: number): number {
	return Math.log(probability / (1 - probability));
}
