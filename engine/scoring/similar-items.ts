import { type ItemSimilarity, NUM_SIMILAR } from "./item-similarity.ts";
import type { Personal } from "./personal-items.ts";

/** How much products are like those that a customer buys; entries of products that are not in `touched` are 0. */
export interface SimilarScores {
	readonly touched: readonly number[];
	/** Mean similarity to the customer's products, by decayed share of orders, slow and fast. */
	readonly score: Float64Array;
	readonly latest: Float64Array;
	/** Largest similarity to any of them. */
	readonly best: Float64Array;
}

/** Spreads a customer's products to the similar ones; the answer is overwritten by the next call. */
export function createSimilarReader({ similar, similarity }: ItemSimilarity): (personal: Personal) => SimilarScores {
	const numProducts = similar.length / NUM_SIMILAR;
	const [score, latest, best] = [0, 0, 0].map(() => new Float64Array(numProducts));
	const touched: number[] = [];
	return (personal) => {
		for (const product of touched) score[product] = latest[product] = best[product] = 0;
		touched.length = 0;
		for (const item of personal.items) {
			const [slow, fast] = [item.slow / personal.slowTotal, item.fast / personal.fastTotal];
			for (let i = item.product * NUM_SIMILAR; i < (item.product + 1) * NUM_SIMILAR && similar[i] >= 0; i++) {
				const other = similar[i];
				if (best[other] === 0) touched.push(other);
				score[other] += slow * similarity[i];
				latest[other] += fast * similarity[i];
				best[other] = Math.max(best[other], similarity[i]);
			}
		}
		return { touched, score, latest, best };
	};
}
