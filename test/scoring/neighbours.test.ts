import fc from "fast-check";
import { expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { buildPool, createNeighbourReader } from "../../engine/scoring/neighbours.ts";
import { createPersonalReader, type Personal } from "../../engine/scoring/personal-items.ts";
import { type LineSpec, portfolioOf } from "./synthetic-portfolio.ts";

const NUM_PRODUCTS = 9;
const DAY = 20_000;

/** The same scores over all customers as a dense table; few enough that all of them are neighbours. */
function denseScores(people: readonly Personal[], customer: number): { alike: number[]; near: number[]; fresh: number[] } {
	const own = people[customer];
	const sharesWith = (other: Personal): number =>
		other.items.filter(({ product }) => own.items.some((item) => item.product === product)).length;
	const met = people.filter((other, c) => c !== customer && sharesWith(other) > 0);
	const weights = met.map((other) => sharesWith(other) ** 2 / (own.items.length * other.items.length));
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	const mean = (of: (other: Personal, product: number) => number, weightOf: (i: number) => number): number[] =>
		Array.from({ length: NUM_PRODUCTS }, (_, product) => met.reduce((sum, other, i) => sum + weightOf(i) * of(other, product), 0));
	const itemOf = (other: Personal, product: number) => other.items.find((item) => item.product === product);
	return {
		alike: mean(
			(other, product) => (itemOf(other, product)?.count ?? 0) / other.numOrders,
			(i) => weights[i] / total,
		),
		near: mean(
			(other, product) => (itemOf(other, product)?.slow ?? 0) / other.slowTotal,
			() => 1 / met.length,
		),
		fresh: mean(
			(other, product) => {
				const first = itemOf(other, product)?.firstOrder ?? 0;
				return first > 0 && first >= other.numOrders - 4 ? 1 : 0;
			},
			(i) => weights[i] / total,
		),
	};
}

it("neighbours score products as a dense table of customers by products does", () => {
	const line = fc.record({ customer: fc.nat(6), day: fc.nat(30).map((age) => DAY - 1 - age), product: fc.nat(NUM_PRODUCTS - 1) });
	fc.assert(
		fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), (lines: LineSpec[]) => {
			const portfolio = portfolioOf(lines, { numProducts: NUM_PRODUCTS });
			const history = buildHistory(portfolio, DAY);
			const readPersonal = createPersonalReader(portfolio, history);
			const read = createNeighbourReader(portfolio, buildPool(portfolio, history));
			const buyers = Array.from({ length: history.numCustomers }, (_, c) => c).filter(
				(c) => history.eventStart[c + 1] > history.eventStart[c],
			);
			const people = buyers.map((customer) => readPersonal(customer));
			for (const [i, customer] of buyers.entries()) {
				const { alike, near, fresh } = read(customer, people[i]);
				const dense = denseScores(people, i);
				for (let product = 0; product < NUM_PRODUCTS; product++) {
					expect(alike[product]).toBeCloseTo(dense.alike[product] || 0, 5);
					expect(near[product]).toBeCloseTo(dense.near[product] || 0, 5);
					expect(fresh[product]).toBeCloseTo(dense.fresh[product] || 0, 5);
				}
			}
		}),
		{ seed: 4, numRuns: 60 },
	);
});

it("a customer that shares no product with anyone has no neighbours", () => {
	const portfolio = portfolioOf([
		{ customer: 0, day: DAY - 5, product: 0 },
		{ customer: 1, day: DAY - 5, product: 1 },
	]);
	const history = buildHistory(portfolio, DAY);
	const { touched, alike } = createNeighbourReader(portfolio, buildPool(portfolio, history))(
		0,
		createPersonalReader(portfolio, history)(0),
	);
	expect([touched, [...alike]]).toEqual([[], [0, 0]]);
});
