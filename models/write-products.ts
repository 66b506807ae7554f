import { stringify } from "csv-stringify/sync";
import { openDurableFile } from "../engine/portfolio/files/durable-file.ts";
import { buildHistory } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { loadPredictor } from "../engine/scoring/predictor.ts";
import { PRODUCT_REASONS } from "../engine/scoring/scores.ts";
import type { Day } from "../engine/units.ts";

export const PRODUCT_COLUMNS = ["customer_id", "rank", "product_id", "propensity", "reason"] as const;

export interface WriteProductsOptions {
	readonly asOf: Day;
	/** Model folder; the shipped one unless said. */
	readonly model?: string;
	/** Products a customer; 20 unless said. */
	readonly top?: number;
	/** Only products that the customer never bought. */
	readonly newOnly?: boolean;
	/** The CSV file. */
	readonly out: string;
}

/** Writes the suggested products of every customer, best first. */
export async function writeProducts(portfolio: Portfolio, options: WriteProductsOptions): Promise<{ rows: number; model: string }> {
	const { asOf, top = 20, newOnly = false } = options;
	const predictor = await loadPredictor(options.model);
	const suggestions = { replenish: newOnly ? 0 : top, open: top };
	const scores = predictor.score(portfolio, buildHistory(portfolio, asOf), { asOf, suggestions });
	const file = openDurableFile(options.out);
	file.write(stringify([[...PRODUCT_COLUMNS]]));
	let rows = 0;
	for (let customer = 0; customer < scores.numCustomers; customer++) {
		const from = scores.productStart[customer];
		const to = Math.min(from + top, scores.productStart[customer + 1]);
		for (let at = from; at < to; at++) {
			const { customers, products } = portfolio.tables;
			const ids = [customers.texts.customer_id.at(customer), at - from + 1, products.texts.product_id.at(scores.product[at])];
			file.write(stringify([[...ids, scores.propensity[at].toFixed(6), PRODUCT_REASONS[scores.productReason[at]]]]));
			rows++;
		}
	}
	file.close();
	return { rows, model: scores.model };
}
