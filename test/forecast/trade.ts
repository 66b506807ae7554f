import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import type { Day } from "../../engine/units.ts";
import { type LineSpec, portfolioOf, syntheticPortfolio } from "../scoring/synthetic-portfolio.ts";

/** An order line with its supplier line, and its margin in cents where it states one. */
export interface TradeLine extends LineSpec {
	readonly line: string | null;
	readonly margin: number | null;
}

/** Order lines of a portfolio as they were said to be. */
export function linesOf({ tables: { orders, products } }: Portfolio): TradeLine[] {
	return Array.from({ length: orders.numRows }, (_, row) => ({
		customer: orders.refs.customer_id[row],
		product: orders.refs.product_id[row],
		day: orders.days.ordered_on[row],
		quantity: orders.numbers.quantity[row],
		value: orders.numbers.net_value[row],
		line: orders.texts.line.at(row) ?? products.texts.line.at(orders.refs.product_id[row]),
		margin: Number.isNaN(orders.numbers.margin[row]) ? null : orders.numbers.margin[row],
	}));
}

const SEGMENTS = ["bar", "market", null];
const LINES = ["beer", "snacks", null];

/** A portfolio of lines with segments, supplier lines and reps by position. */
export function tradeOf(lines: readonly LineSpec[], numCustomers: number, policy: unknown = null): Portfolio {
	const base = portfolioOf(lines, { numCustomers, numProducts: 60 });
	const { customers, products, reps } = base.tables;
	const text = (length: number, of: (row: number) => string | null) => ({ length, at: of });
	const tables = {
		...base.tables,
		customers: {
			...customers,
			texts: { ...customers.texts, segment: text(customers.length, (row) => SEGMENTS[row % SEGMENTS.length]) },
			refs: { ...customers.refs, rep_id: Int32Array.from({ length: customers.length }, (_, row) => (row % 5 === 4 ? -1 : row % 2)) },
		},
		products: {
			...products,
			texts: { ...products.texts, line: text(products.length, (row) => LINES[row % LINES.length]) },
			numbers: {
				...products.numbers,
				margin_rate: Float64Array.from({ length: products.length }, (_, row) => (row % 4 === 0 ? Number.NaN : 0.1 + (row % 3) / 10)),
			},
		},
		reps: {
			...reps,
			numRows: 2,
			length: 2,
			codes: { ...reps.codes, kind: new Uint8Array(2) },
			texts: { ...reps.texts, rep_id: text(2, (row) => `r${row}`), absences: text(2, () => null) },
			refs: { ...reps.refs, manager_id: new Int32Array(2).fill(-1) },
		},
	};
	return { ...base, tables, policy };
}

/** Two years of trade with returns among it. */
export function madeTrade(numCustomers: number, seed: number, policy: unknown = null): Portfolio {
	const random = createRandom(seed, 99);
	const lines = linesOf(syntheticPortfolio(numCustomers, seed)).flatMap((line) => {
		const back = { ...line, day: line.day + 3, quantity: -1, value: -Math.round((line.value ?? 0) / 2) };
		return random.next() < 0.05 ? [line, back] : [line];
	});
	return tradeOf(lines, numCustomers, policy);
}

/** The same trade with everything dated on a day or later thrown away, or dealt out among customers anew. */
export function spoiled(portfolio: Portfolio, numCustomers: number, from: Day, how: "deleted" | "shuffled"): Portfolio {
	const random = createRandom(5, 1);
	const lines = linesOf(portfolio).flatMap((line) => {
		if (line.day < from) return [line];
		return how === "deleted" ? [] : [{ ...line, customer: random.below(numCustomers), value: 1 + random.below(9_000_000) }];
	});
	return tradeOf(lines, numCustomers, portfolio.policy);
}
