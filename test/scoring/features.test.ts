import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildHistory, type History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { createFeatureReader, FEATURES, forgetContacts } from "../../engine/scoring/features.ts";
import { createCandidateReader } from "../../engine/scoring/candidates.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { FIRST_DAY, LAST_DAY, type LineSpec, portfolioOf, syntheticPortfolio } from "./synthetic-portfolio.ts";

function featuresOf(portfolio: Portfolio, history: History): Float32Array {
	const values = new Float32Array(history.numCustomers * FEATURES.length);
	const read = createFeatureReader(portfolio, history, buildRhythm(portfolio, history));
	for (let c = 0; c < history.numCustomers; c++)
		if (history.eventStart[c + 1] > history.eventStart[c]) read(c, values, c * FEATURES.length);
	return values;
}

function candidatesOf(portfolio: Portfolio, history: History): unknown[] {
	const read = createCandidateReader(portfolio, history, buildRhythm(portfolio, history));
	return Array.from({ length: history.numCustomers }, (_, customer) => {
		if (history.eventStart[customer + 1] === history.eventStart[customer]) return null;
		const { replenish, open } = read(customer);
		return [replenish, open].map(({ length, product, inputs, value }) => ({
			product: product.slice(0, length),
			value: value.slice(0, length),
			inputs: inputs.slice(0, (inputs.length / product.length) * length),
		}));
	});
}

const feature = (values: Float32Array, name: string, customer = 0): number => values[customer * FEATURES.length + FEATURES.indexOf(name)];

describe("features", () => {
	it("have names of their own and finite values for every customer of a trade", () => {
		expect(new Set(FEATURES).size).toBe(FEATURES.length);
		const portfolio = syntheticPortfolio(80, 3);
		expect(featuresOf(portfolio, buildHistory(portfolio, LAST_DAY)).every(Number.isFinite)).toBe(true);
	});

	it("stay where they are whatever is dated on or after the day, candidates of the mix too", () => {
		const known: LineSpec[] = [];
		const portfolio = syntheticPortfolio(12, 5, 12);
		const { orders } = portfolio.tables;
		const asOf = LAST_DAY - 100;
		for (let row = 0; row < orders.numRows; row++) {
			const day = orders.days.ordered_on[row];
			if (day < asOf)
				known.push({
					customer: orders.refs.customer_id[row],
					day,
					product: orders.refs.product_id[row],
					value: orders.numbers.net_value[row],
				});
		}
		const size = { numCustomers: 12, numProducts: 12 };
		const outcome = (lines: readonly LineSpec[]): unknown => {
			const mutated = portfolioOf(lines, size);
			const history = buildHistory(mutated, asOf);
			return [featuresOf(mutated, history), candidatesOf(mutated, history)];
		};
		const before = outcome(known);
		const line = fc.record({
			customer: fc.nat(11),
			day: fc.integer({ min: asOf, max: asOf + 400 }),
			product: fc.nat(11),
			quantity: fc.integer({ min: -5, max: 50 }),
			value: fc.integer({ min: -100_000, max: 1_000_000 }),
		});
		const mutation = fc.array(line, { minLength: 1, maxLength: 200 });
		fc.assert(
			fc.property(mutation, (future) => {
				expect(outcome([...known, ...future])).toEqual(before);
			}),
			{ seed: 2, numRuns: 25 },
		);
	});

	it("say of a weekly Monday customer what it does", () => {
		// Ten Mondays in a row; asked on the Monday after the last: one interval of silence.
		const monday = 20_000 - ((20_000 + 3) % 7);
		const portfolio = portfolioOf(Array.from({ length: 10 }, (_, i) => ({ customer: 0, day: monday + 7 * i, product: i % 2 })));
		const values = featuresOf(portfolio, buildHistory(portfolio, monday + 70));
		expect(feature(values, "log_orders")).toBeCloseTo(Math.log(11), 5);
		expect(feature(values, "silence_to_interval")).toBeCloseTo(0, 5);
		expect(feature(values, "gap_variation")).toBeCloseTo(0, 5);
		expect(feature(values, "weekday_share_in_0")).toBeCloseTo(1, 5);
		expect(feature(values, "weekday_share_in_1")).toBeCloseTo(0, 5);
		expect(feature(values, "orders_in_4_intervals")).toBeCloseTo(Math.log1p(1), 5); // 4 orders in 28 days
		expect(feature(values, "silence_rank")).toBeCloseTo(10 / 11, 5); // all nine gaps are as long as the silence
		expect(feature(values, "log_products")).toBeCloseTo(Math.log(3), 5);
	});

	it("see the core products that the last orders lack", () => {
		// Product 0 is in all of eight orders, product 1 in the first five: a core of two, one of them lost.
		const lines = Array.from({ length: 8 }, (_, i) => [
			{ customer: 0, day: 19_000 + 10 * i, product: 0 },
			...(i < 5 ? [{ customer: 0, day: 19_000 + 10 * i, product: 1 }] : []),
		]).flat();
		const portfolio = portfolioOf(lines);
		expect(feature(featuresOf(portfolio, buildHistory(portfolio, 19_080)), "lost_core_share")).toBe(0.5);
	});

	it("without contacts are what forgetting the contacts leaves", () => {
		const portfolio = syntheticPortfolio(1, 3);
		const values = featuresOf(portfolio, buildHistory(portfolio, LAST_DAY));
		const forgotten = values.slice();
		forgetContacts(forgotten, 0);
		expect(forgotten).toEqual(values);
	});
});

describe("cutHistory", () => {
	it("equals the history built before the earlier day", () => {
		const portfolio = syntheticPortfolio(20, 9);
		const history = buildHistory(portfolio, LAST_DAY);
		fc.assert(
			fc.property(fc.integer({ min: FIRST_DAY - 3, max: LAST_DAY }), (day) => {
				expect(cutHistory(portfolio, history, day)).toEqual(buildHistory(portfolio, day));
			}),
			{ seed: 3, numRuns: 20 },
		);
	});
});
