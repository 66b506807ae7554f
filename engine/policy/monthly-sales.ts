import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
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

/**
 * Sales of the days from … to − 1, returns subtracted, cancelled and cut lines left out; of one supplier line, or of all (null). Margin where
 * lines state it, else at the product's rate, else at the policy's; neither bonus nor exchange is a product that was bought.
 */
export function salesBetween({ portfolio, history, policy }: SalesInputs, line: string | null, from: Day, to: Day): MonthlySales {
	const { orders, products } = portfolio.tables;
	const { line: rows, lineStart, numCustomers } = history;
	const { ordered_on: orderedOn } = orders.days;
	const lineSales = createLineSales(portfolio, policy);
	const { product_id: product } = orders.refs;
	const sales = {
		value: new Float64Array(numCustomers),
		margin: new Float64Array(numCustomers),
		numProducts: new Uint16Array(numCustomers),
	};
	const lineOf = (row: number): string | null => orders.texts.line.at(row) ?? products.texts.line.at(product[row]);
	const boughtBy = new Int32Array(products.length + 1).fill(-1);
	for (let customer = 0; customer < numCustomers; customer++) {
		let [value, margin, numProducts] = [0, 0, 0];
		for (let i = lineStart[customer + 1] - 1; i >= lineStart[customer]; i--) {
			const row = rows[i];
			if (orderedOn[row] < from) break;
			if (orderedOn[row] >= to || !lineSales.counts(row) || (line !== null && lineOf(row) !== line)) continue;
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

/** Do a period's sales reach the policy's least value and number of products? */
export function isPositivated({ positivation }: Policy, sales: MonthlySales, customer: number): boolean {
	return sales.value[customer] >= 100 * positivation.min_value && sales.numProducts[customer] >= positivation.min_products;
}
