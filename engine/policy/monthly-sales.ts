import type { History } from "../portfolio/history.ts";
import type { Portfolio, RecentLines, Table } from "../portfolio/portfolio.ts";
import { recentLinesOf } from "../portfolio/recent-lines.ts";
import { once } from "../portfolio/snapshot/lazy.ts";
import type { Day } from "../units.ts";
import { createLineSales } from "./line-sales.ts";
import type { Policy } from "./policy.ts";

/** What each customer bought in a period, all lines or one; by row of customers, cents. */
export interface MonthlySales {
	readonly value: Float64Array;
	readonly margin: Float64Array;
	readonly numProducts: Uint16Array;
}

export interface SalesInputs {
	readonly portfolio: Portfolio;
	readonly history: History;
	readonly policy: Policy;
}

/** Sales of the days from … to − 1 of one supplier line, or of all (null), by customer. */
export type SalesOf = (line: string | null, from: Day, to: Day) => MonthlySales;

/** Sales that somebody has summed already, in memory that threads share. */
export interface SummedSales {
	readonly of: Parameters<SalesOf>;
	readonly sales: MonthlySales;
}

/** Sales, and the lines that they are read from. */
export interface SalesReader {
	readonly salesOf: SalesOf;
	readonly lines: () => RecentLines;
}

/**
 * Reads sales from a day on: returns subtracted, cancelled and cut lines left out. Margin where lines state it, else at the product's rate, else
 * at the policy's; neither bonus nor exchange is a product that was bought. The lines are read once, and so is each period of a supplier line.
 */
export function createSales({ portfolio, history, policy }: SalesInputs, since: Day, summed: readonly SummedSales[] = []): SalesReader {
	const lines = once(() => recentLinesOf(portfolio, history, since));
	const known = new Map(summed.map(({ of, sales }) => [JSON.stringify(of), sales]));
	const salesOf: SalesOf = (...of) => {
		const [line, from, to] = of;
		const key = JSON.stringify(of);
		const sales = known.get(key) ?? sumSales({ portfolio, policy, lines: lines() }, line, from, to);
		known.set(key, sales);
		return sales;
	};
	return { salesOf, lines };
}

function sumSales(
	{ portfolio, policy, lines }: Pick<SalesInputs, "portfolio" | "policy"> & { readonly lines: RecentLines },
	line: string | null,
	from: Day,
	to: Day,
): MonthlySales {
	const { orders, start, row: rows } = lines;
	const { products } = portfolio.tables;
	const numCustomers = start.length - 1;
	const { ordered_on: orderedOn } = orders.days;
	const lineSales = createLineSales({ tables: { orders, products } }, policy);
	const { product_id: product } = orders.refs;
	const sales = {
		value: new Float64Array(new SharedArrayBuffer(8 * numCustomers)),
		margin: new Float64Array(new SharedArrayBuffer(8 * numCustomers)),
		numProducts: new Uint16Array(new SharedArrayBuffer(2 * numCustomers)),
	};
	const isOfLine = line === null ? null : lineTest(orders, products, line);
	const boughtBy = new Int32Array(products.length + 1).fill(-1);
	for (let customer = 0; customer < numCustomers; customer++) {
		let [value, margin, numProducts] = [0, 0, 0];
		for (let i = start[customer + 1] - 1; i >= start[customer]; i--) {
			const row = rows === null ? i : rows[i];
			if (orderedOn[row] < from) break;
			if (orderedOn[row] >= to || !lineSales.counts(row) || (isOfLine !== null && !isOfLine(row))) continue;
			value += lineSales.net(row);
			margin += lineSales.margin(row);
			if (!lineSales.isSale(row) || boughtBy[product[row] + 1] === customer) continue;
			boughtBy[product[row] + 1] = customer;
			numProducts++;
		}
		sales.value[customer] = value;
		sales.margin[customer] = margin;
		sales.numProducts[customer] = numProducts;
	}
	return sales;
}

/** Answers whether a row of orders is of a supplier line: its own, else its product's. */
function lineTest(orders: Table, products: Table, line: string): (row: number) => boolean {
	const { product_id: product } = orders.refs;
	const isProducts = Uint8Array.from({ length: products.length }, (_, row) => Number(products.texts.line.at(row) === line));
	return (row) => {
		const own = orders.texts.line.at(row);
		return own === null ? isProducts[product[row]] === 1 : own === line;
	};
}

/** Do a period's sales reach the policy's least value and number of products? */
export function isPositivated({ positivation }: Policy, sales: MonthlySales, customer: number): boolean {
	return sales.value[customer] >= 100 * positivation.min_value && sales.numProducts[customer] >= positivation.min_products;
}
