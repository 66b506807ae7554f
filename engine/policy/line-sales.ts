import type { Portfolio } from "../portfolio/portfolio.ts";
import { createIsSale, createSignOf } from "../portfolio/purchase-events.ts";
import { ORDER_STATUS } from "../portfolio/schema.ts";
import type { Policy } from "./policy.ts";

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
const CUT = ORDER_STATUS.indexOf("cut");

/** What a line of `orders` brings, by its row. */
export interface LineSales {
	/** Neither cancelled nor cut. */
	counts(row: number): boolean;
	/** Net value in cents, negative for a return. */
	net(row: number): number;
	/** Margin in cents, likewise: as the line states it, else at the product's rate, else at the policy's. */
	margin(row: number): number;
	/** Is it a product that was bought: neither a return nor a bonus nor an exchange? */
	isSale(row: number): boolean;
}

/** Reads lines as sales less returns: the one rule of monitor, targets, forecast and review. */
export function createLineSales(
	{ tables: { orders, products } }: { readonly tables: Pick<Portfolio["tables"], "orders" | "products"> },
	policy: Policy,
): LineSales {
	const { net_value: netValue, margin: stated } = orders.numbers;
	const { margin_rate: rates } = products.numbers;
	const { status } = orders.codes;
	const product = orders.refs.product_id;
	const { default_margin_rate: usual } = policy.value;
	const signOf = createSignOf(orders);
	return {
		counts: (row) => status[row] !== CANCELLED && status[row] !== CUT,
		net: (row) => signOf(row) * netValue[row],
		margin: (row) => {
			const rate = rates[product[row]];
			return signOf(row) * (Number.isNaN(stated[row]) ? netValue[row] * (Number.isNaN(rate) ? usual : rate) : stated[row]);
		},
		isSale: createIsSale(orders),
	};
}
