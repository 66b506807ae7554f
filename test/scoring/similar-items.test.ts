import { expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { measureSimilarity, NUM_SIMILAR } from "../../engine/scoring/item-similarity.ts";
import { createPersonalReader } from "../../engine/scoring/personal-items.ts";
import { createSimilarReader } from "../../engine/scoring/similar-items.ts";
import { type LineSpec, portfolioOf } from "./synthetic-portfolio.ts";

const DAY = 20_000;

it("products of the same customers are similar by a shrunk cosine, and spread to who bought their like", () => {
	const baskets = [[0, 1], [0, 1], [0, 2], [0]];
	const lines: LineSpec[] = baskets.flatMap((basket, customer) => basket.map((product) => ({ customer, day: DAY - 3, product })));
	const portfolio = portfolioOf(lines);
	const history = buildHistory(portfolio, DAY);
	const items = measureSimilarity(portfolio, history);
	// Together in 2 of 4 and 2 customers: 2 / (√8 + 5); in 1 of 4 and 1: 1 / (√4 + 5).
	const [withOne, withTwo] = [2 / (Math.sqrt(8) + 5), 1 / 7];
	expect([...items.similar.subarray(0, 3)]).toEqual([1, 2, -1]);
	expect(items.similarity[0]).toBeCloseTo(withOne, 6);
	expect(items.similarity[1]).toBeCloseTo(withTwo, 6);
	const { score, best, touched } = createSimilarReader(items)(createPersonalReader(portfolio, history)(3));
	expect([...Int32Array.from(touched).sort()]).toEqual([1, 2]);
	expect([score[1], best[2]]).toEqual([items.similarity[0], items.similarity[1]]);
});

it("a product keeps its most similar ones only", () => {
	const lines = Array.from({ length: NUM_SIMILAR + 5 }, (_, product) => ({ customer: 0, day: DAY - 1, product }));
	const portfolio = portfolioOf(lines);
	const { similar } = measureSimilarity(portfolio, buildHistory(portfolio, DAY));
	expect(new Set(similar.subarray(0, NUM_SIMILAR)).size).toBe(NUM_SIMILAR);
});
