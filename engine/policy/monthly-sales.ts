import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { createIsSale, createSignOf } from "../portfolio/purchase-events.ts";
import { ORDER_STATUS } from "../portfolio/schema.ts";
import type { Day } from "../units.ts";
import type { Policy } from "./policy.ts";

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
const CUT = ORDER_STATUS.indexOf("cut");

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
	const { net_value: netValue, margin: margins } = orders.numbers;
	const { margin_rate: rates } = products.numbers;
	const { status: statuses } = orders.codes;
	const [isSale, signOf] = [createIsSale(orders), createSignOf(orders)];
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
			const status = statuses[row];
			if (orderedOn[row] >= to || status === CANCELLED || status === CUT || (line !== null && lineOf(row) !== line)) continue;
			const sign = signOf(row);
			const rate = rates[product[row]];
			value += sign * netValue[row];
			margin +=
				sign * (Number.isNaN(margins[row]) ? netValue[row] * (Number.isNaN(rate) ? policy.value.default_margin_rate : rate) : margins[row]);
			if (!isSale(row) || boughtBy[product[row] + 1] === customer) continue;
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
