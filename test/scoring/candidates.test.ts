import { describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { createCandidateReader, MAX_OPEN, MAX_REPLENISH } from "../../engine/scoring/candidates.ts";
import { itemGap, OPEN_INPUTS, REPLENISH_INPUTS } from "../../engine/scoring/mix-inputs.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { LAST_DAY, type LineSpec, portfolioOf, syntheticPortfolio } from "./synthetic-portfolio.ts";

function readerOf(portfolio: ReturnType<typeof portfolioOf>) {
	const history = buildHistory(portfolio, LAST_DAY);
	return { history, read: createCandidateReader(portfolio, history, buildRhythm(portfolio, history)) };
}

describe("candidates", () => {
	it("are on one list or the other, each product once, with finite inputs", () => {
		const portfolio = syntheticPortfolio(120, 9, 150);
		const { history, read } = readerOf(portfolio);
		const { refs } = portfolio.tables.orders;
		const bought = new Set(Array.from(refs.product_id, (product, row) => `${refs.customer_id[row]} ${product}`));
		for (let customer = 0; customer < 120; customer++) {
			if (history.eventStart[customer + 1] === history.eventStart[customer]) continue;
			const { replenish, open } = read(customer);
			const isOwn = (product: number): boolean => bought.has(`${customer} ${product}`);
			const [own, others] = [replenish, open].map(({ product, length }) => [...product.subarray(0, length)]);
			expect([own.every(isOwn), others.some(isOwn)]).toEqual([true, false]);
			expect(new Set([...own, ...others]).size).toBe(own.length + others.length);
			expect(own.length <= MAX_REPLENISH && others.length <= MAX_OPEN).toBe(true);
			expect(replenish.inputs.subarray(0, own.length * REPLENISH_INPUTS.length).every(Number.isFinite)).toBe(true);
			expect(open.inputs.subarray(0, others.length * OPEN_INPUTS.length).every(Number.isFinite)).toBe(true);
		}
	});

	it("never hold a product that nobody bought before the day", () => {
		const lines: LineSpec[] = [0, 1, 2].map((customer) => ({ customer, day: LAST_DAY - 10, product: customer }));
		const { read } = readerOf(portfolioOf([...lines, { customer: 0, day: LAST_DAY, product: 3 }], { numProducts: 6 }));
		const { open } = read(0);
		expect(open.product.subarray(0, open.length).toSorted()).toEqual(Int32Array.of(1, 2));
	});

	it("are due once the product's own gap has passed", () => {
		// Product 0 came every 10 days until 5 days ago; product 1 every 10 days until 95 days ago.
		const every = (product: number, last: number): LineSpec[] =>
			Array.from({ length: 20 }, (_, i) => ({ customer: 0, day: LAST_DAY - last - 10 * i, product }));
		const { read } = readerOf(portfolioOf([...every(0, 5), ...every(1, 95)]));
		const { replenish } = read(0);
		const dueOf = (product: number): number => replenish.isDue[replenish.product.indexOf(product)];
		expect([dueOf(0), dueOf(1)]).toEqual([0, 1]);
	});

	it("expect a product bought once after two intervals, and one bought often after its own gap", () => {
		const item = { product: 0, firstOrder: 0, lastOrder: 0, slow: 1, fast: 1, value: 0, firstDay: 100 };
		expect(itemGap({ ...item, count: 1, lastDay: 100 }, 7)).toBe(14); // (0 + 4 × 7) / 2
		expect(itemGap({ ...item, count: 99, lastDay: 100 + 98 * 20 }, 7)).toBeCloseTo((1960 + 28) / 100, 9); // near 20
	});
});
