import { createIsSale } from "../../engine/portfolio/history.ts";
import type { Occasion } from "../../models/mix/mix-occasions.ts";

/** One question to every model: what they may learn from, who is asked, and how answers count. */
export interface MixTrial {
	readonly name: string;
	/** Occasions to learn from; all that is in them was known when the judged ones are asked. */
	readonly training: readonly Occasion[];
	readonly judged: Occasion;
	/** Products that count, in rankings and in baskets. */
	readonly isEligible: (product: number) => boolean;
	/** NDCG divides by the ideal over all target products, as the published code of Ta-Feng does, not over ten. */
	readonly idealOverAll: boolean;
}

/** What each judged customer took next among the products that count, all of it and what it had never bought. */
export interface Target {
	readonly customer: number;
	readonly all: ReadonlySet<number>;
	readonly open: ReadonlySet<number>;
}

/** Targets of the judged customers whose basket holds a product that counts. */
export function targetsOf({ judged, isEligible }: MixTrial): Target[] {
	return judged.customers.flatMap((customer) => {
		const all = new Set([...judged.basketOf(customer)].filter(isEligible));
		const bought = new Set(basketsOf(judged, customer).flat());
		return all.size === 0 ? [] : [{ customer, all, open: new Set([...all].filter((product) => !bought.has(product))) }];
	});
}

/** A customer's baskets as they were known, oldest first, each product once a basket. */
export function basketsOf({ portfolio, past }: Occasion, customer: number): number[][] {
	const { orders } = portfolio.tables;
	const isSale = createIsSale(orders);
	const byDay = new Map<number, Set<number>>();
	for (let i = past.lineStart[customer]; i < past.lineStart[customer + 1]; i++) {
		const row = past.line[i];
		if (!isSale(row)) continue;
		const day = orders.days.ordered_on[row];
		const basket = byDay.get(day);
		if (basket) basket.add(orders.refs.product_id[row]);
		else byDay.set(day, new Set([orders.refs.product_id[row]]));
	}
	return [...byDay.values()].map((basket) => [...basket]);
}
